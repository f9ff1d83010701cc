import type { Random } from '../../src/base/index.ts';
import { checksumWords, foldChecksum, type PacketArena, type PacketHandle } from '../../src/link/index.ts';
import type { Tcb } from '../../src/tcpip/index.ts';

/** Room for the options of a header, and some more for headers that lie. */
const MOST_OPTIONS = 40;
const MOST_EXTRA = 320;

/**
 * A packet to be thrown at a host, as fields. One object is filled anew for each, and written straight into the
 * arena, so that millions cost no garbage. Begins as the segment that the peer of a connection might send now.
 */
export class ForgedPacket {
  version: 4 | 6 = 4;
  readonly source = new Int32Array(4);
  readonly destination = new Int32Array(4);
  protocol = 6;
  hopLimit = 64;
  ecn = 0;
  /** Of the IPv4 header: flags and offset. */
  fragment = 0x4000;
  /** What the IP header says in excess of the truth. */
  lengthLie = 0;
  /** What stands between the IP header and the rest: options of IPv4, extension headers of IPv6 (see `chain`). */
  readonly extra = new Uint8Array(MOST_EXTRA);
  extraLength = 0;
  /** Of IPv6: the first header, and where in `extra` the last names `protocol`. */
  private firstHeader = 0;
  private lastHeader = 0;
  /** Source port in the upper half. */
  ports = 0;
  seq = 0;
  ack = 0;
  flags = 0x10;
  window = 0;
  urgent = 0;
  readonly options = new Uint8Array(MOST_OPTIONS);
  optionLength = 0;
  /** Header words that the data offset says in excess of the truth. */
  offsetLie = 0;
  payload = 0;
  goodChecksum = true;
  /** The other protocols: bytes in place of a segment. */
  readonly raw = new Uint8Array(1400);
  rawLength = 0;
  /** They are a datagram, with a checksum or without. */
  isDatagram = false;
  hasChecksum = true;

  /** Its IP header is right, and nothing stands behind it but the transport. */
  get isPlain(): boolean {
    return this.extraLength === 0 && this.lengthLie === 0;
  }

  /** As the peer of `target` might send it: the next number, and an acknowledgment of all. */
  begin(target: Tcb): void {
    const { path } = target;
    this.version = path.version;
    this.source.set(path.remote);
    this.destination.set(path.local);
    this.protocol = 6;
    this.hopLimit = 64;
    this.ecn = this.lengthLie = this.extraLength = this.urgent = 0;
    this.optionLength = this.offsetLie = this.payload = this.rawLength = 0;
    this.fragment = 0x4000;
    this.ports = (target.ports << 16) | (target.ports >>> 16);
    this.seq = target.rcvNxt;
    this.ack = target.sndMax;
    this.flags = 0x10;
    this.window = 0x4000;
    this.goodChecksum = this.hasChecksum = true;
    this.isDatagram = false;
    if (target.hasTimestamps) this.stamp((target.tsRecent + 1) | 0, target.stack.timestampOf(target));
  }

  /** Another extension header, of so many bytes, to be filled in by the caller but for its first. */
  chain(type: number, length: number): void {
    if (this.extraLength === 0) this.firstHeader = type;
    else this.extra[this.lastHeader] = type;
    this.lastHeader = this.extraLength;
    this.extraLength += length;
  }

  option(kind: number, length: number): number {
    const at = this.optionLength;
    if (at + Math.max(length, 2) > MOST_OPTIONS) return -1;
    this.options[at] = kind;
    this.options[at + 1] = length;
    this.optionLength += Math.max(length, 2);
    return at + 2;
  }

  stamp(value: number, echo: number): void {
    const at = this.option(8, 10);
    if (at < 0) return;
    this.word(at, value);
    this.word(at + 4, echo);
  }

  word(at: number, value: number): void {
    for (let i = 0; i < 4 && at + i < MOST_OPTIONS; i++) this.options[at + i] = value >>> (24 - 8 * i);
  }

  /** @returns the packet, or 0 when the arena is full */
  write(arena: PacketArena, random: Random): PacketHandle {
    const packet = arena.allocate();
    if (packet === 0) return 0;
    const chunk = arena.chunkOf(packet);
    const { bytes, view } = chunk;
    const base = arena.baseOf(packet);
    while ((this.optionLength & 3) !== 0 && this.optionLength < MOST_OPTIONS) this.options[this.optionLength++] = 1;
    const header = 20 + (this.optionLength & ~3);
    const isTcp = this.rawLength === 0;
    const before = this.version === 4 ? 20 : 40;
    const extra = this.extraLength;
    if (extra > 0 && this.version === 6) this.extra[this.lastHeader] = this.protocol;
    bytes.set(this.extra.subarray(0, extra), base + before);
    const start = base + before + extra;
    const length = isTcp ? header + this.payload : this.rawLength;
    let sum = 0;
    for (let i = 0; i < (this.version === 4 ? 1 : 4); i++) {
      sum += (this.source[i] >>> 16) + (this.source[i] & 0xffff);
      sum += (this.destination[i] >>> 16) + (this.destination[i] & 0xffff);
    }
    if (isTcp) {
      view.setInt32(start, this.ports);
      view.setInt32(start + 4, this.seq);
      view.setInt32(start + 8, this.ack);
      view.setInt32(start + 12, (((header >> 2) + this.offsetLie) << 28) | (this.flags << 16) | this.window);
      view.setInt32(start + 16, this.urgent);
      bytes.set(this.options.subarray(0, header - 20), start + 20);
      bytes.fill(0xee, start + header, start + length);
      this.seal(arena, packet, start, length, sum + 6 + length, 16, random);
    } else {
      bytes.set(this.raw.subarray(0, length), start);
      if (this.isDatagram) this.sealDatagram(arena, packet, start, length, sum, random);
      else if (this.protocol === 1) this.seal(arena, packet, start, length, 0, 2, random);
      else if (this.protocol === 58) this.seal(arena, packet, start, length, sum + 58 + length, 2, random);
    }
    this.writeIp(view, chunk.words, base, extra, length);
    arena.length[packet] = start - base + length;
    return packet;
  }

  /** Its length may be another than the packet's: what it says is what counts. 0 as its checksum is none. */
  private sealDatagram(
    arena: PacketArena,
    packet: PacketHandle,
    start: number,
    length: number,
    sum: number,
    random: Random,
  ): void {
    const { view } = arena.chunkOf(packet);
    const claimed = view.getUint16(start + 4);
    if (this.hasChecksum) this.seal(arena, packet, start, Math.min(claimed, length), sum + 17 + claimed, 6, random);
    else view.setUint16(start + 6, 0);
  }

  private seal(
    arena: PacketArena,
    packet: PacketHandle,
    start: number,
    length: number,
    pseudo: number,
    field: number,
    random: Random,
  ): void {
    const chunk = arena.chunkOf(packet);
    chunk.view.setUint16(start + field, 0);
    const sum = ~foldChecksum(foldChecksum(arena.sum(chunk, start, length) + foldChecksum(pseudo)));
    chunk.view.setUint16(start + field, this.goodChecksum ? sum : sum ^ (1 + random.below(0xffff)));
  }

  private writeIp(view: DataView, words: Uint32Array, base: number, extra: number, length: number): void {
    if (this.version === 4) {
      view.setInt32(
        base,
        0x40000000 | ((5 + (extra >> 2)) << 24) | (this.ecn << 16) | ((20 + extra + length + this.lengthLie) & 0xffff),
      );
      view.setInt32(base + 4, this.fragment);
      view.setInt32(base + 8, (this.hopLimit << 24) | (this.protocol << 16));
      view.setInt32(base + 12, this.source[0]);
      view.setInt32(base + 16, this.destination[0]);
      view.setUint16(base + 10, ~checksumWords(words, base, 20 + extra));
      return;
    }
    const next = extra > 0 ? this.firstHeader : this.protocol;
    view.setInt32(base, 0x60000000 | (this.ecn << 20));
    view.setInt32(base + 4, (((extra + length + this.lengthLie) & 0xffff) << 16) | (next << 8) | this.hopLimit);
    for (let i = 0; i < 4; i++) {
      view.setInt32(base + 8 + 4 * i, this.source[i]);
      view.setInt32(base + 24 + 4 * i, this.destination[i]);
    }
  }
}
