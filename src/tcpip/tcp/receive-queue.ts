import { type PacketArena, type PacketHandle, SLOT_BYTES } from '../../link/index.ts';
import type { ByteSink } from './client.ts';

/**
 * Received bytes, kept in the packets they came in until the client reads them: they are copied once, into the
 * client's memory. Packets that came early wait in a second list, sorted and without overlaps.
 *
 * Memory is bounded by the window, which counts bytes, only if packets are not mostly empty: a peer that sends single
 * bytes would hold 2 KiB for each. So a short packet is copied onto the end of the one before it where it fits, and
 * the number of early packets is limited.
 */
const COALESCE_BELOW = 512;
const LEAST_EARLY_LIMIT = 32;

export const EARLY_KEPT = 0;
export const EARLY_DUPLICATE = 1;
export const EARLY_NO_ROOM = 2;

export class ReceiveQueue {
  private readonly arena: PacketArena;
  private head: PacketHandle = 0;
  private tail: PacketHandle = 0;
  private earlyHead: PacketHandle = 0;
  /** Means nothing while there is no head. */
  private earlyTail: PacketHandle = 0;
  private earlyCount = 0;
  /** Bytes in order, not read yet. */
  bytes = 0;
  /** Bytes that came early. */
  earlyBytes = 0;

  constructor(arena: PacketArena) {
    this.arena = arena;
  }

  get hasEarly(): boolean {
    return this.earlyHead !== 0;
  }

  /** Appends a packet that is next in order and has data. */
  append(packet: PacketHandle): void {
    const { arena, tail } = this;
    const count = arena.dataLength[packet];
    this.bytes += count;
    if (tail !== 0 && count < COALESCE_BELOW && this.coalesce(tail, packet, count)) return;
    arena.next[packet] = 0;
    if (tail === 0) this.head = packet;
    else arena.next[tail] = packet;
    this.tail = packet;
  }

  /** Keeps a packet that came early, cut down to what is new. @returns why it was not kept and is released, or EARLY_KEPT */
  insertEarly(packet: PacketHandle, limitBytes: number): number {
    const { arena } = this;
    if (this.earlyCount >= Math.max(LEAST_EARLY_LIMIT, limitBytes >> 9)) {
      arena.release(packet);
      return EARLY_NO_ROOM;
    }
    let before = 0;
    let after = this.earlyHead;
    if (after !== 0 && ((arena.seq[this.earlyTail] - arena.seq[packet]) | 0) <= 0) {
      before = this.earlyTail; // in their order, as nearly always
      after = 0;
    }
    while (after !== 0 && ((arena.seq[after] - arena.seq[packet]) | 0) <= 0) {
      before = after;
      after = arena.next[after];
    }
    if (before !== 0) {
      const overlap = (arena.seq[before] + arena.dataLength[before] - arena.seq[packet]) | 0;
      if (overlap >= arena.dataLength[packet]) {
        arena.release(packet);
        return EARLY_DUPLICATE;
      }
      if (overlap > 0) trimFront(arena, packet, overlap);
    }
    const end = (arena.seq[packet] + arena.dataLength[packet]) | 0;
    while (after !== 0 && ((end - arena.seq[after]) | 0) > 0) {
      const overlap = (end - arena.seq[after]) | 0;
      if (overlap < arena.dataLength[after]) {
        arena.dataLength[packet] -= overlap;
        break;
      }
      const covered = after;
      after = arena.next[after];
      this.dropEarly(covered);
    }
    arena.next[packet] = after;
    if (before === 0) this.earlyHead = packet;
    else arena.next[before] = packet;
    if (after === 0) this.earlyTail = packet;
    this.earlyCount++;
    this.earlyBytes += arena.dataLength[packet];
    return EARLY_KEPT;
  }

  /** Moves early packets that have become next in order. @returns the new RCV.NXT */
  joinEarly(rcvNxt: number): number {
    const { arena } = this;
    while (this.earlyHead !== 0 && ((arena.seq[this.earlyHead] - rcvNxt) | 0) <= 0) {
      const packet = this.earlyHead;
      this.earlyHead = arena.next[packet];
      this.earlyCount--;
      this.earlyBytes -= arena.dataLength[packet];
      const overlap = (rcvNxt - arena.seq[packet]) | 0;
      if (overlap >= arena.dataLength[packet]) {
        arena.release(packet);
        continue;
      }
      if (overlap > 0) trimFront(arena, packet, overlap);
      rcvNxt = (rcvNxt + arena.dataLength[packet]) | 0;
      this.append(packet);
    }
    return rcvNxt;
  }

  /** Copies bytes out and forgets them. @returns bytes copied */
  read(into: ByteSink, at: number): number {
    const { arena } = this;
    let room = into.length - at;
    let copied = 0;
    while (room > 0 && this.head !== 0) {
      const packet = this.head;
      const count = arena.dataLength[packet];
      const take = Math.min(room, count);
      into.copyFrom(at + copied, arena.chunkOf(packet).bytes, arena.baseOf(packet) + arena.data[packet], take);
      copied += take;
      room -= take;
      if (take === count) this.dropHead();
      else trimFront(arena, packet, take);
    }
    this.bytes -= copied;
    return copied;
  }

  /**
   * Takes up to `max` bytes off as packets, whose references pass to the caller; a packet that is only partly taken
   * stays, with a second reference. @returns the number of packets put into `into`
   */
  take(max: number, packets: PacketHandle[], pieces: Uint8Array[]): number {
    const { arena } = this;
    let left = max;
    while (left > 0 && this.head !== 0) {
      const packet = this.head;
      const count = arena.dataLength[packet];
      const take = Math.min(left, count);
      const start = arena.baseOf(packet) + arena.data[packet];
      packets.push(packet);
      pieces.push(arena.chunkOf(packet).bytes.subarray(start, start + take));
      arena.retain(packet);
      if (take === count) this.dropHead();
      else trimFront(arena, packet, take);
      left -= take;
    }
    this.bytes -= max - left;
    return max - left;
  }

  /** Puts bytes back in front, as when the client took fewer than it was lent. */
  putBack(bytes: Uint8Array): boolean {
    const { arena } = this;
    for (let end = bytes.length; end > 0; ) {
      const count = Math.min(end, SLOT_BYTES);
      const packet = arena.from(bytes.subarray(end - count, end));
      if (packet === 0) return false;
      arena.data[packet] = 0;
      arena.dataLength[packet] = count;
      arena.next[packet] = this.head;
      if (this.head === 0) this.tail = packet;
      this.head = packet;
      this.bytes += count;
      end -= count;
    }
    return true;
  }

  /** Forgets everything. */
  clear(): void {
    while (this.head !== 0) this.dropHead();
    this.bytes = 0;
    this.clearEarly();
  }

  clearEarly(): void {
    while (this.earlyHead !== 0) {
      const packet = this.earlyHead;
      this.earlyHead = this.arena.next[packet];
      this.arena.release(packet);
    }
    this.earlyBytes = this.earlyCount = 0;
  }

  private coalesce(tail: PacketHandle, packet: PacketHandle, count: number): boolean {
    const { arena } = this;
    const end = arena.data[tail] + arena.dataLength[tail];
    if (end + count > SLOT_BYTES || arena.isShared(tail)) return false;
    const from = arena.baseOf(packet) + arena.data[packet];
    const to = arena.baseOf(tail) + end;
    const target = arena.chunkOf(tail).bytes;
    const source = arena.chunkOf(packet).bytes;
    for (let i = 0; i < count; i++) target[to + i] = source[from + i];
    arena.dataLength[tail] += count;
    arena.release(packet);
    return true;
  }

  private dropHead(): void {
    const packet = this.head;
    this.head = this.arena.next[packet];
    if (this.head === 0) this.tail = 0;
    this.arena.release(packet);
  }

  private dropEarly(packet: PacketHandle): void {
    this.earlyCount--;
    this.earlyBytes -= this.arena.dataLength[packet];
    this.arena.release(packet);
  }
}

const trimFront = (arena: PacketArena, packet: PacketHandle, count: number): void => {
  arena.seq[packet] = (arena.seq[packet] + count) | 0;
  arena.data[packet] += count;
  arena.dataLength[packet] -= count;
};
