import type { PacketArena, PacketHandle } from './arena.ts';

/** What a fault rule may ask about a packet. Fields that the packet does not have read as 0 or false. */
export interface PacketPeek {
  readonly ipVersion: 4 | 6 | 0;
  /** 6 for TCP, 17 for UDP, 1 and 58 for ICMP. */
  readonly protocol: number;
  readonly length: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly payloadLength: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
  /** The packet itself. Read-only by contract. */
  readonly bytes: Uint8Array;
}

const TCP = 6;
const UDP = 17;

/** One reader that is moved from packet to packet; it looks at bytes only when asked and trusts none of them. */
export class ArenaPeek implements PacketPeek {
  private chunk: Uint8Array = new Uint8Array(0);
  private base = 0;
  length = 0;

  aim(arena: PacketArena, packet: PacketHandle): this {
    this.chunk = arena.chunkOf(packet).bytes;
    this.base = arena.baseOf(packet);
    this.length = arena.length[packet];
    return this;
  }

  get bytes(): Uint8Array {
    return this.chunk.subarray(this.base, this.base + this.length);
  }
  get ipVersion(): 4 | 6 | 0 {
    const version = this.byte(0) >> 4;
    return version === 4 || version === 6 ? version : 0;
  }
  get protocol(): number {
    return this.ipVersion === 4 ? this.byte(9) : this.ipVersion === 6 ? this.byte(6) : 0;
  }
  get sourcePort(): number {
    return this.hasPorts ? this.short(this.transport) : 0;
  }
  get destinationPort(): number {
    return this.hasPorts ? this.short(this.transport + 2) : 0;
  }
  get payloadLength(): number {
    const header = this.protocol === TCP ? (this.byte(this.transport + 12) >> 4) * 4 : this.protocol === UDP ? 8 : 0;
    return Math.max(0, this.length - this.transport - header);
  }
  get syn(): boolean {
    return (this.flags & 2) !== 0;
  }
  get ack(): boolean {
    return (this.flags & 16) !== 0;
  }
  get fin(): boolean {
    return (this.flags & 1) !== 0;
  }
  get rst(): boolean {
    return (this.flags & 4) !== 0;
  }

  private get flags(): number {
    return this.protocol === TCP ? this.byte(this.transport + 13) : 0;
  }
  private get hasPorts(): boolean {
    return this.protocol === TCP || this.protocol === UDP;
  }
  private get transport(): number {
    return this.ipVersion === 4 ? (this.byte(0) & 15) * 4 : 40;
  }
  private byte(at: number): number {
    return at < this.length ? this.chunk[this.base + at] : 0;
  }
  private short(at: number): number {
    return (this.byte(at) << 8) | this.byte(at + 1);
  }
}
