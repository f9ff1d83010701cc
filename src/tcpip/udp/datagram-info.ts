import type { PacketArena, PacketHandle } from '../../link/index.ts';

/** What came with a datagram, besides its bytes; filled anew by each receive. */
export class DatagramInfo {
  version: 4 | 6 = 4;
  /** Four words in host order; IPv4 uses the first alone. */
  readonly remote = new Int32Array(4);
  remotePort = 0;
  /** The address that it was sent to. */
  readonly local = new Int32Array(4);
  localPort = 0;
  /** The number of the interface that it came by, as `Host.addInterface` gave it; 0 is the loopback. */
  interfaceIndex = 0;
  /** TTL or hop limit as it arrived. */
  hopLimit = 0;
  /** DSCP in the upper six bits, ECN in the lower two. */
  trafficClass = 0;
  /** Bytes of the whole datagram. */
  length = 0;
  /** Bytes that were copied. */
  copied = 0;
  /** It was longer than the room for it, and the rest is lost (MSG_TRUNC). */
  isTruncated = false;

  get ecn(): number {
    return this.trafficClass & 3;
  }

  /** Reads the headers, which stand in front of the payload in the packet. */
  read(arena: PacketArena, packet: PacketHandle, length: number, interfaceIndex: number): void {
    const { bytes, view } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    const udp = base + arena.data[packet] - 8;
    const is4 = bytes[base] >> 4 === 4;
    this.version = is4 ? 4 : 6;
    for (let i = 0; i < 4; i++) {
      this.remote[i] = is4 ? 0 : view.getInt32(base + 8 + 4 * i);
      this.local[i] = is4 ? 0 : view.getInt32(base + 24 + 4 * i);
    }
    if (is4) {
      this.remote[0] = view.getInt32(base + 12);
      this.local[0] = view.getInt32(base + 16);
    }
    this.remotePort = view.getUint16(udp);
    this.localPort = view.getUint16(udp + 2);
    this.hopLimit = bytes[base + (is4 ? 8 : 7)];
    this.trafficClass = is4 ? bytes[base + 1] : ((bytes[base] & 15) << 4) | (bytes[base + 1] >> 4);
    this.interfaceIndex = interfaceIndex;
    this.length = this.copied = length;
    this.isTruncated = false;
  }
}
