import type { BufferChain } from './buffer-chain.ts';
import type { Gather } from './transport.ts';

const SLAB = 65_536;
const LARGEST_IN_SLAB = 4096;

/** Bytes of WSK's own: what WskConnectEx captured. */
export class CapturedBytes implements Gather {
  readonly length: number;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = bytes.length;
  }

  view(from: number): Uint8Array {
    return this.bytes.subarray(from);
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    into.set(this.bytes.subarray(from, from + count), at);
  }
}

/** Captures the Buffers of connects. Small ones share a slab, since making an array costs more than copying into one. */
export class CaptureSlab {
  private slab = new Uint8Array(0);

  capture(chain: BufferChain): CapturedBytes {
    const bytes = this.room(chain.length);
    chain.copyTo(0, bytes, 0, chain.length);
    return new CapturedBytes(bytes);
  }

  private room(length: number): Uint8Array {
    if (length > LARGEST_IN_SLAB) return new Uint8Array(length);
    if (length > this.slab.length) this.slab = new Uint8Array(SLAB);
    const room = this.slab.subarray(0, length);
    this.slab = this.slab.subarray(length);
    return room;
  }
}
