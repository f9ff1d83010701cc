import type { Nanoseconds } from '../time/index.ts';
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

const BLOCK = { section: 0x0a0d0d0a, interface: 1, packet: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINKTYPE_RAW = 101; // the packet begins with an IPv4 or IPv6 header
const OPTION = { comment: 1, interfaceName: 2, resolution: 9, flags: 2 } as const;
const NANOSECONDS = 9; // if_tsresol: 10^-9
const TWO_32 = 4294967296;
const CHUNK = 1 << 16;

export class PcapngCapture implements LinkTap {
  private readonly describeCause: (cause: number) => string | null;
  private readonly epochHigh: number;
  private readonly epochLow: number;
  private readonly encoder = new TextEncoder();
  private readonly full: Uint8Array[] = [];
  private chunk = new Uint8Array(CHUNK);
  private view = new DataView(this.chunk.buffer);
  private used = 0;
  private interfaces = 0;
  private drops = -1;
  private packets = 0;

  constructor(options: CaptureOptions = {}) {
    const { describeCause = () => null, epoch = 0n } = options;
    this.describeCause = describeCause;
    this.epochHigh = Number(epoch >> 32n);
    this.epochLow = Number(epoch & 0xffffffffn);
    this.writeSection();
  }

  get packetCount(): number {
    return this.packets;
  }

  addInterface(name: string): number {
    const text = this.encoder.encode(name);
    const length = 20 + optionSize(text.length) + optionSize(1) + 4;
    this.open(BLOCK.interface, length);
    this.uint16(LINKTYPE_RAW);
    this.uint16(0);
    this.uint32(0); // no snap length
    this.option(OPTION.interfaceName, text);
    this.option(OPTION.resolution, Uint8Array.of(NANOSECONDS));
    this.uint32(0); // opt_endofopt
    this.uint32(length);
    return this.interfaces++;
  }

  onPacket(iface: number, at: Nanoseconds, fate: PacketFate, arena: PacketArena, packet: PacketHandle): void {
    const dropped = isDropped(fate);
    if (dropped && this.drops < 0) this.drops = this.addInterface('drops');
    const cause = arena.cause[packet];
    const said = cause === 0 ? null : this.describeCause(cause);
    const words = fate === FATE.sent ? said : said === null ? fateText[fate] : `${said}; ${fateText[fate]}`;
    const comment = words === null ? null : this.encoder.encode(words);
    const bytes = arena.bytesOf(packet);
    const options = comment === null ? 0 : optionSize(comment.length) + 4;
    const length = 32 + padded(bytes.length) + options;
    this.open(BLOCK.packet, length);
    this.uint32(dropped ? this.drops : iface);
    const low = (at % TWO_32) + this.epochLow;
    this.uint32(Math.floor(at / TWO_32) + this.epochHigh + (low >= TWO_32 ? 1 : 0));
    this.uint32(low);
    this.uint32(bytes.length);
    this.uint32(bytes.length);
    this.bytes(bytes);
    if (comment !== null) {
      this.option(OPTION.comment, comment);
      this.uint32(0); // opt_endofopt
    }
    this.uint32(length);
    this.packets++;
  }

  /** The bytes written since the last call, in order. Joined, all pieces are the file. */
  take(): Uint8Array[] {
    const pieces = this.full.splice(0);
    if (this.used > 0) pieces.push(this.chunk.slice(0, this.used));
    this.used = 0;
    return pieces;
  }

  private writeSection(): void {
    this.open(BLOCK.section, 28);
    this.uint32(BYTE_ORDER_MAGIC);
    this.uint16(1); // version 1.0
    this.uint16(0);
    this.uint32(0xffffffff); // section length: not given
    this.uint32(0xffffffff);
    this.uint32(28);
  }

  /** Makes room for a block and writes its head. */
  private open(type: number, length: number): void {
    if (this.used + length > this.chunk.length) {
      if (this.used > 0) this.full.push(this.chunk.slice(0, this.used));
      this.used = 0;
      if (length > this.chunk.length) {
        this.chunk = new Uint8Array(length);
        this.view = new DataView(this.chunk.buffer);
      }
    }
    this.uint32(type);
    this.uint32(length);
  }

  private option(code: number, value: Uint8Array): void {
    this.uint16(code);
    this.uint16(value.length);
    this.bytes(value);
  }

  private bytes(value: Uint8Array): void {
    this.chunk.set(value, this.used);
    this.chunk.fill(0, this.used + value.length, this.used + padded(value.length));
    this.used += padded(value.length);
  }

  private uint16(value: number): void {
    this.view.setUint16(this.used, value, true);
    this.used += 2;
  }

  private uint32(value: number): void {
    this.view.setUint32(this.used, value, true);
    this.used += 4;
  }
}

const padded = (length: number): number => (length + 3) & ~3;
const optionSize = (length: number): number => 4 + padded(length);
