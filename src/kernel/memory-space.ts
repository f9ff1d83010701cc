import { OpenWskError } from '../base/index.ts';

/**
 * Memory that MDLs describe: a host buffer or a guest's memory. Views are made at each use and never kept across
 * an event, since a guest's memory may be checked (or, some day, moved) between two uses.
 */
export interface MemorySpace {
  /** The bytes [base, base + length), for reading or writing. A bad range is the client's bug check. */
  bytes(base: number, length: number): Uint8Array;
}

/** Ordinary JavaScript memory. Addresses are offsets, in bytes, in the buffer given. */
export class HostSpace implements MemorySpace {
  private readonly memory: Uint8Array;

  constructor(memory: Uint8Array) {
    this.memory = memory;
  }

  bytes(base: number, length: number): Uint8Array {
    if (base < 0 || length < 0 || base + length > this.memory.length) {
      throw new OpenWskError(
        'OWSK_OUT_OF_RANGE',
        `bytes ${base} to ${base + length} of a buffer of ${this.memory.length}`,
      );
    }
    // All of it needs no view of its own, and most buffers are used whole.
    return length === this.memory.length ? this.memory : this.memory.subarray(base, base + length);
  }
}

/** Where a buffer lies: what a C driver passes as PVOID. A Uint8Array stands for its own first byte. */
export type VirtualAddress = Uint8Array | { readonly space: MemorySpace; readonly base: number };
