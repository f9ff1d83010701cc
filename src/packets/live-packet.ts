import {
  buildIpv4,
  buildIpv6,
  checksumBytes,
  isWireError,
  PROTOCOL_TCP,
  parseIpv4,
  parseIpv6,
  parseTcp,
  sumPseudoHeader,
  TCP,
  type TcpSegment,
} from '../tcpip/wire/index.ts';
import type { Nanoseconds } from '../time/index.ts';

/** A packet that our stack has sent. */
export interface LivePacket {
  readonly at: Nanoseconds;
  readonly version: 4 | 6;
  readonly remote: Uint8Array;
  readonly ecn: number;
  readonly segment: TcpSegment;
}

/** @returns what is wrong with the bytes when they are no TCP packet with good checksums */
export const readLivePacket = (bytes: Uint8Array, at: Nanoseconds): LivePacket | string => {
  const version = bytes[0] >> 4 === 6 ? 6 : 4;
  const ip = version === 4 ? parseIpv4(bytes) : parseIpv6(bytes);
  if (isWireError(ip)) return `an IP packet with ${ip.kind} at byte ${ip.offset}`;
  if (ip.protocol !== PROTOCOL_TCP) return `a packet of IP protocol ${ip.protocol}`;
  const segment = parseTcp(ip.payload, ip.source, ip.destination);
  if (isWireError(segment)) return `a TCP segment with ${segment.kind} at byte ${segment.offset}`;
  const ecn = (ip.version === 4 ? ip.tos : ip.trafficClass) & 3;
  return { at, version, remote: ip.destination, ecn, segment };
};

/** A TCP header as numbers, with its options as bytes. */
export interface RawSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: Uint8Array;
  readonly payload: Uint8Array;
}

/** Options are written as they are, so that a script can send malformed ones. */
export const buildSegment = (segment: RawSegment, source: Uint8Array, destination: Uint8Array): Uint8Array => {
  const header = TCP.headerBytes + segment.options.length;
  const bytes = new Uint8Array(header + segment.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(TCP.sourcePort, segment.sourcePort);
  view.setUint16(TCP.destinationPort, segment.destinationPort);
  view.setUint32(TCP.sequence, segment.sequence);
  view.setUint32(TCP.acknowledgment, segment.acknowledgment);
  view.setUint16(TCP.offsetAndFlags, (header << 10) | segment.flags);
  view.setUint16(TCP.window, segment.window);
  view.setUint16(TCP.urgent, segment.urgent);
  bytes.set(segment.options, TCP.headerBytes);
  bytes.set(segment.payload, header);
  const pseudo = sumPseudoHeader(source, destination, PROTOCOL_TCP, bytes.length);
  view.setUint16(TCP.checksum, checksumBytes(bytes, 0, bytes.length, pseudo));
  return bytes;
};

const HOPS = 64;

export const wrapInIp = (
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  ecn: number,
  payload: Uint8Array,
): Uint8Array =>
  source.length === 4
    ? buildIpv4({
        source,
        destination,
        protocol,
        ttl: HOPS,
        tos: ecn,
        id: 0,
        dontFragment: true,
        moreFragments: false,
        fragmentOffset: 0,
        options: new Uint8Array(0),
        payload,
      })
    : buildIpv6({
        source,
        destination,
        nextHeader: protocol,
        hopLimit: HOPS,
        trafficClass: ecn,
        flowLabel: 0,
        payload,
      });
