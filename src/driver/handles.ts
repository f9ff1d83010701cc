import { type NTSTATUS, STATUS_INSUFFICIENT_RESOURCES, STATUS_SUCCESS } from '../base/index.ts';
import type { GuestMemory } from './guest-memory.ts';

/** Handles of a driver at a time: beyond, one that opens them in a loop is told that there is no memory. */
const MOST_HANDLES = 65_536;

/** The handles of one driver: multiples of 4, as in Windows, given out in order. */
export class Handles {
  private readonly objects = new Map<number, object>();
  private next = 0x8000_0004;

  open(object: object): number {
    const handle = this.next;
    this.next += 4;
    this.objects.set(handle, object);
    return handle;
  }

  get isFull(): boolean {
    return this.objects.size >= MOST_HANDLES;
  }

  /** Opens a handle and writes it to where the driver wants it. @returns STATUS_INSUFFICIENT_RESOURCES when there are too many */
  give(memory: GuestMemory, address: number, object: object): NTSTATUS {
    if (this.isFull) return STATUS_INSUFFICIENT_RESOURCES;
    memory.write32(address >>> 0, this.open(object));
    return STATUS_SUCCESS;
  }

  find(handle: number): object | null {
    return this.objects.get(handle >>> 0) ?? null;
  }

  /** @returns whether there was such a handle */
  close(handle: number): boolean {
    return this.objects.delete(handle >>> 0);
  }

  /** Handles that were not closed. */
  get count(): number {
    return this.objects.size;
  }
}
