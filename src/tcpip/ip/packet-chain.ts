import type { PacketArena, PacketHandle } from '../../link/index.ts';
import type { ByteSink, ByteSource } from '../tcp/client.ts';

/**
 * A datagram as it lies in the arena: one packet, or several by the `next` column when it came in fragments. The
 * columns `data` and `dataLength` of each say where its bytes are.
 */

/** Frees all packets of a chain. */
export const releaseChain = (arena: PacketArena, head: PacketHandle): void => {
  for (let packet = head; packet !== 0; ) {
    const next = arena.next[packet];
    arena.release(packet);
    packet = next;
  }
};

/** Sets the columns of the first packet: its bytes are those from `start` (in its chunk) on. */
export const aimChain = (arena: PacketArena, head: PacketHandle, start: number): void => {
  arena.data[head] = start - arena.baseOf(head);
  arena.dataLength[head] = arena.length[head] - arena.data[head];
};

/** Sum for the Internet checksum of the first `length` bytes; each packet but the last holds an even number. */
export const sumChain = (arena: PacketArena, head: PacketHandle, length: number): number => {
  let sum = 0;
  let left = length;
  for (let packet = head; packet !== 0 && left > 0; packet = arena.next[packet]) {
    const count = Math.min(left, arena.dataLength[packet]);
    sum += arena.sum(arena.chunkOf(packet), arena.baseOf(packet) + arena.data[packet], count);
    left -= count;
  }
  return sum;
};

/** Copies the first `length` bytes into `into`. */
export const readChain = (arena: PacketArena, head: PacketHandle, length: number, into: ByteSink): void => {
  let at = 0;
  for (let packet = head; packet !== 0 && at < length; packet = arena.next[packet]) {
    const count = Math.min(length - at, arena.dataLength[packet]);
    into.copyFrom(at, arena.chunkOf(packet).bytes, arena.baseOf(packet) + arena.data[packet], count);
    at += count;
  }
};

/** A chain to send from; `from` is counted from its first byte. Meant to be read from front to back. */
export class ChainSource implements ByteSource {
  length = 0;
  private arena: PacketArena | null = null;
  private head: PacketHandle = 0;

  aim(arena: PacketArena, head: PacketHandle, length: number): this {
    this.arena = arena;
    this.head = head;
    this.length = length;
    return this;
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    const arena = this.arena!;
    let skip = from;
    let left = count;
    for (let packet = this.head; packet !== 0 && left > 0; packet = arena.next[packet]) {
      const here = arena.dataLength[packet];
      if (skip >= here) {
        skip -= here;
        continue;
      }
      const take = Math.min(left, here - skip);
      const start = arena.baseOf(packet) + arena.data[packet] + skip;
      into.set(arena.chunkOf(packet).bytes.subarray(start, start + take), at);
      at += take;
      left -= take;
      skip = 0;
    }
  }
}
