import { IPV6_DESTINATION_OPTIONS, IPV6_HOP_BY_HOP, IPV6_ROUTING } from './protocols.ts';
import { WireError } from './wire-error.ts';

/** IPv6 (RFC 8200). Offsets in the header, for the data path. */
export const IPV6 = Object.freeze({
  headerBytes: 40,
  payloadLength: 4,
  nextHeader: 6,
  hopLimit: 7,
  source: 8,
  destination: 24,
});

// Extension headers (RFC 8200, section 4) whose length is all that a reader has to know.
const isSkippable = (next: number): boolean =>
  next === IPV6_HOP_BY_HOP || next === IPV6_ROUTING || next === IPV6_DESTINATION_OPTIONS;

/**
 * Walks the extension headers of the packet that starts at `at` and ends at `end`, as one who only looks on: what a
 * receiver has to check is in `ip/extension-headers.ts`. Stops at a Fragment header.
 * @returns next header × 65,536 + offset of what follows from the start of the packet, or -1 when the chain is broken
 */
export const skipIpv6Extensions = (bytes: Uint8Array, at: number, end: number): number => {
  let next = bytes[at + IPV6.nextHeader];
  let offset = at + IPV6.headerBytes;
  while (isSkippable(next)) {
    if (offset + 8 > end) return -1;
    next = bytes[offset];
    offset += 8 + bytes[offset + 1] * 8;
    if (offset > end) return -1;
  }
  return next * 65536 + offset - at;
};

/** An IPv6 packet as a value. */
export interface Ipv6Packet {
  readonly version: 6;
  /** Sixteen bytes each, network order. */
  readonly source: Uint8Array;
  readonly destination: Uint8Array;
  readonly trafficClass: number;
  readonly flowLabel: number;
  readonly hopLimit: number;
  /** The next header of the fixed header. */
  readonly nextHeader: number;
  /** The protocol behind the extension headers, and where its bytes start in `payload`. */
  readonly protocol: number;
  readonly transportOffset: number;
  /** Everything behind the fixed header. */
  readonly payload: Uint8Array;
}

export const parseIpv6 = (bytes: Uint8Array): Ipv6Packet | WireError => {
  if (bytes.length < IPV6.headerBytes) return new WireError('truncated', bytes.length);
  if (bytes[0] >> 4 !== 6) return new WireError('bad-version', 0);
  const end = IPV6.headerBytes + ((bytes[4] << 8) | bytes[5]);
  if (end > bytes.length) return new WireError('bad-total-length', IPV6.payloadLength);
  const walked = skipIpv6Extensions(bytes, 0, end);
  if (walked < 0) return new WireError('bad-extension-header', IPV6.headerBytes);
  return {
    version: 6,
    source: bytes.slice(IPV6.source, IPV6.destination),
    destination: bytes.slice(IPV6.destination, IPV6.headerBytes),
    trafficClass: ((bytes[0] & 15) << 4) | (bytes[1] >> 4),
    flowLabel: ((bytes[1] & 15) << 16) | (bytes[2] << 8) | bytes[3],
    hopLimit: bytes[IPV6.hopLimit],
    nextHeader: bytes[IPV6.nextHeader],
    protocol: walked >>> 16,
    transportOffset: (walked & 0xffff) - IPV6.headerBytes,
    payload: bytes.slice(IPV6.headerBytes, end),
  };
};

export const buildIpv6 = (packet: Omit<Ipv6Packet, 'version' | 'protocol' | 'transportOffset'>): Uint8Array => {
  const { payload, trafficClass, flowLabel } = packet;
  const bytes = new Uint8Array(IPV6.headerBytes + payload.length);
  bytes.set([0x60 | (trafficClass >> 4), ((trafficClass & 15) << 4) | (flowLabel >> 16)]);
  bytes.set([(flowLabel >> 8) & 0xff, flowLabel & 0xff, payload.length >> 8, payload.length & 0xff], 2);
  bytes.set([packet.nextHeader, packet.hopLimit], IPV6.nextHeader);
  bytes.set(packet.source, IPV6.source);
  bytes.set(packet.destination, IPV6.destination);
  bytes.set(payload, IPV6.headerBytes);
  return bytes;
};
