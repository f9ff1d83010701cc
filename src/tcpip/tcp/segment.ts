import { foldChecksum, type PacketArena, type PacketHandle } from '../../link/index.ts';
import { PROTOCOL_TCP } from '../wire/protocols.ts';
import { FIN, SYN, TCP } from '../wire/tcp.ts';
import { TcpOptions } from '../wire/tcp-options.ts';

/**
 * The segment being processed. One object per stack, filled anew for each packet. The payload's place and length
 * stand in the arena's columns, since the packet may be kept for the client.
 */
export class Segment {
  readonly options = new TcpOptions();
  private readonly noOptions = new TcpOptions();
  /** The options of this segment: `options`, or an empty one that is not read for every plain segment. */
  opt: TcpOptions = this.options;
  /** 0 once somebody keeps the packet. */
  packet: PacketHandle = 0;
  /** Local port in the upper half, remote port in the lower. */
  ports = 0;
  seq = 0;
  ack = 0;
  flags = 0;
  /** As in the header, not scaled. */
  window = 0;
  dataLength = 0;
  /** The ECN field of the packet it came in (RFC 3168). */
  ecn = 0;
  bytes: Uint8Array = new Uint8Array(0);
  view: DataView = new DataView(new ArrayBuffer(0));
  private start = 0;
  private length = 0;

  /** Reads the fixed header. @returns false for a segment that is too short or has a bad header length */
  read(arena: PacketArena, packet: PacketHandle, start: number, length: number): boolean {
    if (length < TCP.headerBytes) return false;
    const { view, bytes } = arena.chunkOf(packet);
    const word = view.getInt32(start + TCP.offsetAndFlags);
    const header = (word >>> 28) << 2;
    if (header < TCP.headerBytes || header > length) return false;
    const portWord = view.getInt32(start);
    this.packet = packet;
    this.view = view;
    this.bytes = bytes;
    this.start = start;
    this.length = length;
    this.ports = (portWord << 16) | (portWord >>> 16);
    this.seq = view.getInt32(start + TCP.sequence);
    this.ack = view.getInt32(start + TCP.acknowledgment);
    this.flags = (word >>> 16) & 0xff;
    this.window = word & 0xffff;
    this.dataLength = length - header;
    arena.seq[packet] = this.seq;
    arena.data[packet] = start + header - arena.baseOf(packet);
    arena.dataLength[packet] = this.dataLength;
    if (header === TCP.headerBytes) this.opt = this.noOptions;
    else {
      this.opt = this.options;
      this.options.read(view, start + TCP.headerBytes, start + header, (this.flags & SYN) !== 0);
    }
    return true;
  }

  /** @param addressSum one's complement sum of both addresses */
  hasGoodChecksum(arena: PacketArena, addressSum: number): boolean {
    const sum =
      arena.sum(arena.chunkOf(this.packet), this.start, this.length) + addressSum + PROTOCOL_TCP + this.length;
    return foldChecksum(sum) === 0xffff;
  }

  /** SEG.LEN: data, and one each for SYN and FIN. */
  get sequenceLength(): number {
    return this.dataLength + ((this.flags & SYN) >> 1) + (this.flags & FIN);
  }

  /** Drops bytes at the front that were received before. */
  trimFront(arena: PacketArena, count: number): void {
    if ((this.flags & SYN) !== 0) {
      this.flags &= ~SYN;
      this.seq = (this.seq + 1) | 0;
      count--;
    }
    const cut = Math.min(count, this.dataLength);
    this.seq = (this.seq + cut) | 0;
    this.dataLength -= cut;
    arena.seq[this.packet] = this.seq;
    arena.data[this.packet] += cut;
    arena.dataLength[this.packet] = this.dataLength;
  }

  /** Drops bytes at the end that lie beyond the window, and the FIN behind them. */
  trimEnd(arena: PacketArena, count: number): void {
    if ((this.flags & FIN) !== 0) {
      this.flags &= ~FIN;
      count--;
    }
    this.dataLength -= Math.min(count, this.dataLength);
    arena.dataLength[this.packet] = this.dataLength;
  }
}
