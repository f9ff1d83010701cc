import {
  buildIpv4,
  buildIpv6,
  isWireError,
  PROTOCOL_TCP,
  parseIpv4,
  parseIpv6,
  parseTcp,
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
