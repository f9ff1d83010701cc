import type { Nanoseconds } from '../time/index.ts';
import { PcapngWriter } from '../trace/index.ts';
import type { PacketArena, PacketHandle } from './arena.ts';
import { FATE, fateText, isDropped, type LinkTap, type PacketFate } from './link.ts';

/**
 * Writes what links carry as pcapng (draft-ietf-opsawg-pcapng): raw IP packets, nanosecond timestamps, an interface
 * for each end of a link and one named `drops` for what never arrived, so that each packet stands in the file once.
 * The comment of a packet names the call behind it and what a link did to it. Pure: it hands out bytes, and whoever
 * has a file or a socket writes them.
 */
export interface CaptureOptions {
  /** Puts a packet's cause into words, such as `WskConnectEx #12`; null for no comment. */
  readonly describeCause?: (cause: number) => string | null;
  /** Nanoseconds since 1970 that the start of the run stands for; 0 unless given. */
  readonly epoch?: bigint;
}

export class PcapngCapture implements LinkTap {
  private readonly describeCause: (cause: number) => string | null;
  private readonly writer: PcapngWriter;
  private drops = -1;

  constructor(options: CaptureOptions = {}) {
    const { describeCause = () => null, epoch = 0n } = options;
    this.describeCause = describeCause;
    this.writer = new PcapngWriter(epoch);
  }

  get packetCount(): number {
    return this.writer.packetCount;
  }

  addInterface(name: string): number {
    return this.writer.addInterface(name);
  }

  onPacket(iface: number, at: Nanoseconds, fate: PacketFate, arena: PacketArena, packet: PacketHandle): void {
    const dropped = isDropped(fate);
    if (dropped && this.drops < 0) this.drops = this.addInterface('drops');
    const cause = arena.cause[packet];
    const said = cause === 0 ? null : this.describeCause(cause);
    const words = fate === FATE.sent ? said : said === null ? fateText[fate] : `${said}; ${fateText[fate]}`;
    this.writer.packet(dropped ? this.drops : iface, at, arena.bytesOf(packet), words);
  }

  /** The bytes written since the last call, in order. Joined, all pieces are the file. */
  take(): Uint8Array[] {
    return this.writer.take();
  }
}
