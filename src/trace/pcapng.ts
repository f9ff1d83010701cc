import type { Nanoseconds } from '../time/index.ts';

const BLOCK = { section: 0x0a0d0d0a, interface: 1, names: 4, packet: 6 } as const;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const LINKTYPE_RAW = 101; // the packet begins with an IPv4 or IPv6 header
const OPTION = { comment: 1, interfaceName: 2, resolution: 9, flags: 2 } as const;
const NANOSECONDS = 9; // if_tsresol: 10^-9
const TWO_32 = 4294967296;
const CHUNK = 1 << 16;

/**
 * Writes packets as pcapng (draft-ietf-opsawg-pcapng): raw IP packets, nanosecond timestamps, named interfaces, a comment
 * per packet where there is one to make. Pure: it hands out bytes, and whoever has a file or a socket writes them.
 */
export class PcapngWriter {
  private readonly epochHigh: number;
  private readonly epochLow: number;
  private readonly encoder = new TextEncoder();
  private readonly full: Uint8Array[] = [];
  private chunk = new Uint8Array(CHUNK);
  private view = new DataView(this.chunk.buffer);
  private used = 0;
  private interfaces = 0;
  private packets = 0;

  /** @param epoch nanoseconds since 1970 that the start of the run stands for */
  constructor(epoch = 0n) {
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

  /** Says what addresses are called; before the packets. @param addresses four or sixteen bytes each, network order */
  addNames(addresses: readonly { readonly address: Uint8Array; readonly name: string }[]): void {
    if (addresses.length === 0) return;
    const records = addresses.map(({ address, name }) => {
      const value = new Uint8Array([...address, ...this.encoder.encode(name), 0]);
      return { kind: address.length === 4 ? 1 : 2, value }; // nrb_record_ipv4, nrb_record_ipv6
    });
    const length = records.reduce((sum, { value }) => sum + optionSize(value.length), 16);
    this.open(BLOCK.names, length);
    for (const { kind, value } of records) this.option(kind, value);
    this.uint32(0); // nrb_record_end
    this.uint32(length);
  }

  /**
   * @param iface number of the interface  @param at nanoseconds since the start of the run
   * @param bytes the IP packet  @param comment shown with the packet, or null
   */
  packet(iface: number, at: Nanoseconds, bytes: Uint8Array, comment: string | null): void {
    const text = comment === null ? null : this.encoder.encode(comment);
    const options = text === null ? 0 : optionSize(text.length) + 4;
    const length = 32 + padded(bytes.length) + options;
    this.open(BLOCK.packet, length);
    this.uint32(iface);
    const low = (at % TWO_32) + this.epochLow;
    this.uint32(Math.floor(at / TWO_32) + this.epochHigh + (low >= TWO_32 ? 1 : 0));
    this.uint32(low);
    this.uint32(bytes.length);
    this.uint32(bytes.length);
    this.bytes(bytes);
    if (text !== null) {
      this.option(OPTION.comment, text);
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
