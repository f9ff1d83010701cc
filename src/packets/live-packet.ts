import {
  buildIpv4,
  buildIpv6,
  type IcmpMessage,
  IPV6_FRAGMENT,
  isWireError,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  parseIcmp,
  parseIpv4,
  parseIpv6,
  parseTcp,
  parseUdp,
  type TcpSegment,
  type UdpDatagram,
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

/** A datagram or ICMP message that our stack has sent; the other is null. */
export interface LiveDatagram {
  readonly at: Nanoseconds;
  readonly version: 4 | 6;
  readonly ecn: number;
  readonly datagram: UdpDatagram | null;
  readonly message: IcmpMessage | null;
}

/** @returns what is wrong with the bytes when they are no whole packet of TCP, UDP or ICMP with good checksums */
export const readLivePacket = (bytes: Uint8Array, at: Nanoseconds): LivePacket | LiveDatagram | string => {
  const version = bytes[0] >> 4 === 6 ? 6 : 4;
  const ip = version === 4 ? parseIpv4(bytes) : parseIpv6(bytes);
  if (isWireError(ip)) return `an IP packet with ${ip.kind} at byte ${ip.offset}`;
  const ecn = (ip.version === 4 ? ip.tos : ip.trafficClass) & 3;
  if (ip.protocol === IPV6_FRAGMENT || (ip.version === 4 && (ip.moreFragments || ip.fragmentOffset > 0))) {
    return 'a fragment, for which scripts have no notation';
  }
  if (ip.protocol === PROTOCOL_UDP) {
    const datagram = parseUdp(ip.payload, ip.source, ip.destination);
    if (isWireError(datagram)) return `a datagram with ${datagram.kind} at byte ${datagram.offset}`;
    return { at, version, ecn, datagram, message: null };
  }
  if (ip.protocol === (version === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) {
    const message = parseIcmp(ip.payload, version === 4 ? null : [ip.source, ip.destination]);
    if (isWireError(message)) return `an ICMP message with ${message.kind} at byte ${message.offset}`;
    return { at, version, ecn, datagram: null, message };
  }
  if (ip.protocol !== PROTOCOL_TCP) return `a packet of IP protocol ${ip.protocol}`;
  const segment = parseTcp(ip.payload, ip.source, ip.destination);
  if (isWireError(segment)) return `a TCP segment with ${segment.kind} at byte ${segment.offset}`;
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
