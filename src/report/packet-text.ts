import { formatSockaddr, SOCKADDR_IN, SOCKADDR_IN6 } from '../base/index.ts';
import {
  ACK,
  FIN,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  PSH,
  parseIpv4,
  parseIpv6,
  parseTcp,
  parseUdp,
  RST,
  SYN,
  type TcpOptionValue,
  type TcpSegment,
  WireError,
} from '../tcpip/wire/index.ts';
import type { TcpHead } from './packet-head.ts';

export interface PacketText {
  /** `10.0.0.1:49152`, or the bare address where there are no ports. */
  readonly source: string;
  readonly destination: string;
  /** Flags, sequence and acknowledgment, payload and options in a line. */
  readonly text: string;
  /** Present for TCP with a good checksum. */
  readonly segment: TcpSegment | null;
}

/** What a packet says, for people. Sequence numbers are as on the wire; the ladder makes them relative. */
export const packetText = (
  bytes: Uint8Array,
  origin: (segment: TcpSegment) => Origin = () => onTheWire,
): PacketText => {
  const ip = bytes.length > 0 && bytes[0] >> 4 === 6 ? parseIpv6(bytes) : parseIpv4(bytes);
  if (ip instanceof WireError) return { source: '?', destination: '?', text: `malformed (${ip.kind})`, segment: null };
  const payload = ip.version === 6 ? ip.payload.subarray(ip.transportOffset) : ip.payload;
  const address = (host: Uint8Array, port: number): string =>
    formatSockaddr(ip.version === 4 ? new SOCKADDR_IN(host, port) : new SOCKADDR_IN6(host, port));
  const bare = (host: Uint8Array): string => address(host, 0).replace(/:0$/, '');
  if (ip.protocol === PROTOCOL_UDP) {
    const datagram = parseUdp(payload, ip.source, ip.destination);
    if (!(datagram instanceof WireError)) {
      const [source, destination] = [
        address(ip.source, datagram.sourcePort),
        address(ip.destination, datagram.destinationPort),
      ];
      return { source, destination, text: `UDP  ${datagram.payload.length} bytes`, segment: null };
    }
  }
  if (ip.protocol !== PROTOCOL_TCP) {
    const icmp = ip.protocol === PROTOCOL_ICMP || ip.protocol === PROTOCOL_ICMPV6;
    const text = icmp
      ? `ICMP type ${payload[0]} code ${payload[1]}`
      : `protocol ${ip.protocol}, ${payload.length} bytes`;
    return { source: bare(ip.source), destination: bare(ip.destination), text, segment: null };
  }
  const segment = parseTcp(payload, ip.source, ip.destination);
  if (segment instanceof WireError) {
    const text = `malformed TCP (${segment.kind})`;
    return { source: bare(ip.source), destination: bare(ip.destination), text, segment: null };
  }
  return {
    source: address(ip.source, segment.sourcePort),
    destination: address(ip.destination, segment.destinationPort),
    text: segmentText(segment, origin(segment)),
    segment,
  };
};

/** What sequence and acknowledgment numbers are counted from. */
export interface Origin {
  readonly sequence: number;
  readonly acknowledgment: number;
}
const onTheWire: Origin = { sequence: 0, acknowledgment: 0 };

/** Flags by their bits, in the order in which they are shown. */
const flagNames = [
  [SYN, 'SYN'],
  [FIN, 'FIN'],
  [RST, 'RST'],
  [PSH, 'PSH'],
  [ACK, 'ACK'],
] as const;

export const flagsText = (flags: number): string =>
  flagNames.flatMap(([bit, name]) => (flags & bit ? [name] : [])).join(' ');

const segmentText = (segment: TcpSegment, origin: Origin): string => tcpText(segment, segment.payload.length, origin);

/** Flags, sequence and acknowledgment, payload and options of a segment. */
export const tcpText = (segment: Omit<TcpHead, 'window'>, payloadLength: number, origin: Origin): string => {
  const { flags } = segment;
  const parts = [flagsText(flags), `seq ${(segment.sequence - origin.sequence) >>> 0}`];
  if (flags & ACK) parts.push(`ack ${(segment.acknowledgment - origin.acknowledgment) >>> 0}`);
  if (payloadLength > 0) parts.push(`${payloadLength} bytes`);
  const options = segment.options.flatMap((option) => optionText(option, origin));
  if (options.length > 0) parts.push(`[${options.join(', ')}]`);
  return parts.join('  ');
};

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Options that tell something; timestamps and padding do not. @param origin of the segment that carries them */
export const optionText = (option: TcpOptionValue, { acknowledgment }: Origin): string[] => {
  const relative = (number: number): number => (number - acknowledgment) >>> 0;
  switch (option.kind) {
    case 'mss':
      return [`MSS ${option.mss}`];
    case 'windowScale':
      return [`window scale ${option.shift}`];
    case 'sackPermitted':
      return ['SACK permitted'];
    case 'sack':
      return [`SACK ${option.blocks.map(([left, right]) => `${relative(left)}-${relative(right)}`).join(' ')}`];
    case 'fastOpen':
      return [option.cookie.length === 0 ? 'Fast Open cookie request' : `Fast Open cookie ${hex(option.cookie)}`];
    case 'timestamps':
      return [];
    case 'unknown':
      return [`option ${option.number}`];
  }
};
