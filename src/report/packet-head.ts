import { formatSockaddr, SOCKADDR_IN, SOCKADDR_IN6 } from '../base/index.ts';
import {
  IPV6,
  ipv4HeaderLength,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
  parseTcpOptions,
  skipIpv6Extensions,
  TCP,
  type TcpOptionValue,
  UDP_HEADER_BYTES,
  WireError,
} from '../tcpip/wire/index.ts';

/** What the head of a packet says, without a look at its payload: also of one whose payload was cut off. */
export interface PacketHead {
  readonly version: 4 | 6;
  /** `10.0.0.1:49152`, or the bare address where there are no ports. */
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  readonly hopLimit: number;
  /** Where the header of TCP, UDP or ICMP starts, and where its payload does; bytes from the start of the packet. */
  readonly transport: number;
  readonly payload: number;
  /** Bytes of payload on the wire. */
  readonly payloadLength: number;
  readonly tcp: TcpHead | null;
}

export interface TcpHead {
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly options: readonly TcpOptionValue[];
}

/**
 * Reads a head. Hostile bytes give null or what can be made of them, never an exception.
 * @param bytes the packet from its IP header on, all of it or the beginning  @param length bytes on the wire
 */
export const packetHead = (bytes: Uint8Array, length = bytes.length): PacketHead | null => {
  const version = bytes.length > 0 ? bytes[0] >> 4 : 0;
  if (version === 4) return bytes.length < 20 || ipv4HeaderLength(bytes, 0) < 20 ? null : head4(bytes, length);
  return version !== 6 || bytes.length < IPV6.headerBytes ? null : head6(bytes, length);
};

const head4 = (bytes: Uint8Array, length: number): PacketHead | null => {
  const end = Math.min(length, (bytes[2] << 8) | bytes[3]);
  const source = (port: number) => new SOCKADDR_IN(bytes.slice(12, 16), port);
  const destination = (port: number) => new SOCKADDR_IN(bytes.slice(16, 20), port);
  return head(
    bytes,
    end,
    { version: 4, protocol: bytes[9], hopLimit: bytes[8], source, destination },
    ipv4HeaderLength(bytes, 0),
  );
};

const head6 = (bytes: Uint8Array, length: number): PacketHead | null => {
  const end = Math.min(length, IPV6.headerBytes + ((bytes[4] << 8) | bytes[5]));
  const walked = skipIpv6Extensions(bytes, 0, Math.min(bytes.length, end));
  if (walked < 0) return null;
  const source = (port: number) => new SOCKADDR_IN6(bytes.slice(8, 24), port);
  const destination = (port: number) => new SOCKADDR_IN6(bytes.slice(24, 40), port);
  const [protocol, transport] = [Math.floor(walked / 65536), walked % 65536];
  return head(bytes, end, { version: 6, protocol, hopLimit: bytes[IPV6.hopLimit], source, destination }, transport);
};

interface Ends {
  readonly version: 4 | 6;
  readonly protocol: number;
  readonly hopLimit: number;
  readonly source: (port: number) => SOCKADDR_IN | SOCKADDR_IN6;
  readonly destination: (port: number) => SOCKADDR_IN | SOCKADDR_IN6;
}

const head = (bytes: Uint8Array, end: number, ends: Ends, transport: number): PacketHead => {
  const { version, protocol, hopLimit } = ends;
  const hasPorts = (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP) && bytes.length >= transport + 4;
  const port = (at: number): number => (hasPorts ? (bytes[transport + at] << 8) | bytes[transport + at + 1] : 0);
  const text = (address: SOCKADDR_IN | SOCKADDR_IN6): string =>
    hasPorts ? formatSockaddr(address) : formatSockaddr(address).replace(/:0$/, '');
  const tcp = protocol === PROTOCOL_TCP ? tcpHead(bytes, transport) : null;
  const payload = transport + headerLength(bytes, protocol, transport, tcp !== null);
  const [source, destination] = [text(ends.source(port(0))), text(ends.destination(port(2)))];
  const payloadLength = Math.max(end - payload, 0);
  return { version, source, destination, protocol, hopLimit, transport, payload, payloadLength, tcp };
};

const headerLength = (bytes: Uint8Array, protocol: number, transport: number, isTcp: boolean): number => {
  if (isTcp) return (bytes[transport + TCP.offsetAndFlags] >> 4) * 4;
  if (protocol === PROTOCOL_UDP || protocol === PROTOCOL_ICMP || protocol === PROTOCOL_ICMPV6) return UDP_HEADER_BYTES;
  return 0;
};

const tcpHead = (bytes: Uint8Array, at: number): TcpHead | null => {
  if (bytes.length < at + TCP.headerBytes) return null;
  const header = (bytes[at + TCP.offsetAndFlags] >> 4) * 4;
  if (header < TCP.headerBytes || bytes.length < at + header) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, bytes.length - at);
  const options = parseTcpOptions(view, TCP.headerBytes, header);
  return {
    sequence: view.getUint32(TCP.sequence),
    acknowledgment: view.getUint32(TCP.acknowledgment),
    flags: bytes[at + TCP.offsetAndFlags + 1],
    window: view.getUint16(TCP.window),
    options: options instanceof WireError ? [] : options,
  };
};
