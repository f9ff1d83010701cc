import type { PacketArena, PacketHandle } from '../../link/index.ts';
import { releaseChain } from '../ip/packet-chain.ts';

/** A short datagram holds a slot of 2 KiB all the same: one for each so many bytes of the limit may wait. */
const BYTES_PER_DATAGRAM = 256;
const LEAST_DATAGRAMS = 64;

/** Received datagrams, kept in the packets that they came in; a ring of columns that grows by doubling. */
export class DatagramQueue {
  /** Bytes of payload that wait. */
  bytes = 0;
  count = 0;
  private readonly arena: PacketArena;
  private packets = new Int32Array(8);
  private lengths = new Int32Array(8);
  private interfaces = new Int32Array(8);
  private head = 0;

  constructor(arena: PacketArena) {
    this.arena = arena;
  }

  /**
   * Appends a datagram. One that is longer than the limit is taken when nothing else waits.
   * @param lent bytes on loan, which count too  @returns false when there is no room: it stays the caller's
   */
  push(packet: PacketHandle, length: number, interfaceIndex: number, limit: number, lent: number): boolean {
    const held = this.bytes + lent;
    if (held > 0 && held + length > limit) return false;
    if (this.count >= Math.max(LEAST_DATAGRAMS, Math.floor(limit / BYTES_PER_DATAGRAM))) return false;
    if (this.count === this.packets.length) this.grow();
    this.put((this.head + this.count) & (this.packets.length - 1), packet, length, interfaceIndex);
    return true;
  }

  /** Puts a datagram back in front. */
  unshift(packet: PacketHandle, length: number, interfaceIndex: number): void {
    if (this.count === this.packets.length) this.grow();
    this.head = (this.head - 1) & (this.packets.length - 1);
    this.put(this.head, packet, length, interfaceIndex);
  }

  /** The first datagram's packet, length and interface; call only when there is one. */
  get packet(): PacketHandle {
    return this.packets[this.head];
  }
  get length(): number {
    return this.lengths[this.head];
  }
  get interfaceIndex(): number {
    return this.interfaces[this.head];
  }

  /** Takes the first off; its packets are the caller's from then on. */
  shift(): void {
    this.bytes -= this.lengths[this.head];
    this.head = (this.head + 1) & (this.packets.length - 1);
    this.count--;
  }

  clear(): void {
    while (this.count > 0) {
      releaseChain(this.arena, this.packet);
      this.shift();
    }
  }

  private put(at: number, packet: PacketHandle, length: number, interfaceIndex: number): void {
    this.packets[at] = packet;
    this.lengths[at] = length;
    this.interfaces[at] = interfaceIndex;
    this.bytes += length;
    this.count++;
  }

  private grow(): void {
    const { packets, lengths, interfaces, head, count } = this;
    const old = packets.length;
    this.packets = new Int32Array(old * 2);
    this.lengths = new Int32Array(old * 2);
    this.interfaces = new Int32Array(old * 2);
    for (let i = 0; i < count; i++) {
      const at = (head + i) & (old - 1);
      this.packets[i] = packets[at];
      this.lengths[i] = lengths[at];
      this.interfaces[i] = interfaces[at];
    }
    this.head = 0;
  }
}
