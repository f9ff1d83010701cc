import { checksumBytes, sumBytes } from './checksum.ts';
import { WireError } from './wire-error.ts';

/** IPv4 (RFC 791). Offsets in the header, for the data path. */
export const IPV4 = Object.freeze({
  headerBytes: 20,
  totalLength: 2,
  fragment: 6,
  ttl: 8,
  protocol: 9,
  checksum: 10,
  source: 12,
  destination: 16,
});
export const IPV4_DONT_FRAGMENT = 0x4000;
export const IPV4_MORE_FRAGMENTS = 0x2000;
export const IPV4_FRAGMENT_OFFSET = 0x1fff;

export const ipv4HeaderLength = (bytes: Uint8Array, at: number): number => (bytes[at] & 15) * 4;

/** An IPv4 packet as a value. */
export interface Ipv4Packet {
  readonly version: 4;
  /** Four bytes each, network order. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly protocol: number;
  readonly ttl: number;
  readonly tos: number;
  readonly id: number;
  readonly dontFragment: boolean;
  readonly moreFragments: boolean;
  /** In bytes. */
  readonly fragmentOffset: number;
  /** A multiple of four bytes, at most 40. */
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
}

export const parseIpv4 = (bytes: Uint8Array): Ipv4Packet | WireError => {
  if (bytes.length < IPV4.headerBytes) return new WireError('truncated', bytes.length);
  if (bytes[0] >> 4 !== 4) return new WireError('bad-version', 0);
  const header = ipv4HeaderLength(bytes, 0);
  if (header < IPV4.headerBytes || header > bytes.length) return new WireError('bad-header-length', 0);
  const total = (bytes[2] << 8) | bytes[3];
  if (total < header || total > bytes.length) return new WireError('bad-total-length', IPV4.totalLength);
  if (sumBytes(bytes, 0, header) !== 0xffff) return new WireError('bad-checksum', IPV4.checksum);
  const fragment = (bytes[6] << 8) | bytes[7];
  return {
    version: 4,
    source: bytes.slice(12, 16),
    destination: bytes.slice(16, 20),
    protocol: bytes[IPV4.protocol],
    ttl: bytes[IPV4.ttl],
    tos: bytes[1],
    id: (bytes[4] << 8) | bytes[5],
    dontFragment: (fragment & IPV4_DONT_FRAGMENT) !== 0,
    moreFragments: (fragment & IPV4_MORE_FRAGMENTS) !== 0,
    fragmentOffset: (fragment & IPV4_FRAGMENT_OFFSET) * 8,
    options: bytes.slice(IPV4.headerBytes, header),
    payload: bytes.slice(header, total),
  };
};

export const buildIpv4 = (packet: Omit<Ipv4Packet, 'version'>): Uint8Array => {
  const header = IPV4.headerBytes + packet.options.length;
  const total = header + packet.payload.length;
  const fragment =
    (packet.dontFragment ? IPV4_DONT_FRAGMENT : 0) |
    (packet.moreFragments ? IPV4_MORE_FRAGMENTS : 0) |
    (packet.fragmentOffset >> 3);
  const bytes = new Uint8Array(total);
  bytes.set([0x40 | (header >> 2), packet.tos, total >> 8, total & 0xff, packet.id >> 8, packet.id & 0xff]);
  bytes.set([fragment >> 8, fragment & 0xff, packet.ttl, packet.protocol], IPV4.fragment);
  bytes.set(packet.source, IPV4.source);
  bytes.set(packet.destination, IPV4.destination);
  bytes.set(packet.options, IPV4.headerBytes);
  bytes.set(packet.payload, header);
  const checksum = checksumBytes(bytes, 0, header);
  bytes[IPV4.checksum] = checksum >> 8;
  bytes[IPV4.checksum + 1] = checksum & 0xff;
  return bytes;
};
