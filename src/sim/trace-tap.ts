import { fateText, type LinkTap, type PacketArena, type PacketFate, type PacketHandle } from '../link/index.ts';
import type { Recorder } from '../trace/index.ts';

/** Records what links carry. */
export class TraceTap implements LinkTap {
  private readonly trace: Recorder;
  private readonly fates: readonly number[];

  constructor(trace: Recorder) {
    this.trace = trace;
    this.fates = fateText.map((text) => trace.intern(text));
  }

  /** @returns the name's number in the trace */
  addInterface(name: string): number {
    return this.trace.intern(name);
  }

  onPacket(
    iface: number,
    _at: number,
    fate: PacketFate,
    arena: PacketArena,
    packet: PacketHandle,
    arrival: number,
    to: number,
  ): void {
    const { bytes } = arena.chunkOf(packet);
    const [from, length] = [arena.baseOf(packet), arena.length[packet]];
    this.trace.recordPacket(iface, this.fates[fate], arena.cause[packet], bytes, from, length, arrival, to);
  }
}
