import type { Nanoseconds } from '../time/index.ts';
import type { PacketHandle } from './arena.ts';

/** Packets in order, each with a time; a ring that grows by doubling and never allocates otherwise. */
export class PacketRing {
  private packets = new Int32Array(64);
  private times = new Float64Array(64);
  private first = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }
  /** Time of the first packet; Infinity when there is none. */
  get headTime(): Nanoseconds {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.times[this.first];
  }

  /** The first packet; call only when there is one. */
  get head(): PacketHandle {
    return this.packets[this.first];
  }

  push(packet: PacketHandle, time: Nanoseconds): void {
    if (this.count === this.packets.length) this.grow();
    const at = (this.first + this.count++) & (this.packets.length - 1);
    this.packets[at] = packet;
    this.times[at] = time;
  }

  /** Removes the first packet; call only when there is one. */
  shift(): PacketHandle {
    const packet = this.packets[this.first];
    this.first = (this.first + 1) & (this.packets.length - 1);
    this.count--;
    return packet;
  }

  private grow(): void {
    const old = this.packets.length;
    const packets = new Int32Array(old * 2);
    const times = new Float64Array(old * 2);
    for (let i = 0; i < this.count; i++) {
      const at = (this.first + i) & (old - 1);
      packets[i] = this.packets[at];
      times[i] = this.times[at];
    }
    this.packets = packets;
    this.times = times;
    this.first = 0;
  }
}
