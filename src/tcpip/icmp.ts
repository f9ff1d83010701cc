import {
  type NTSTATUS,
  STATUS_CONNECTION_REFUSED,
  STATUS_HOST_UNREACHABLE,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_PORT_UNREACHABLE,
  STATUS_PROTOCOL_UNREACHABLE,
} from '../base/index.ts';
import { foldChecksum, type PacketHandle } from '../link/index.ts';
import type { Host } from './host.ts';
import { aimChain, ChainSource, releaseChain, sumChain } from './ip/packet-chain.ts';
import { ICMP, ICMP_HEADER_BYTES, ICMPV6 } from './wire/icmp.ts';
import { IPV4, IPV4_FRAGMENT_OFFSET, IPV6, ipv4HeaderLength } from './wire/index.ts';
import {
  IPV6_DESTINATION_OPTIONS,
  IPV6_FRAGMENT,
  IPV6_HOP_BY_HOP,
  IPV6_ROUTING,
  PROTOCOL_ICMP,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from './wire/protocols.ts';

/**
 * ICMP and ICMPv6 of a host: answers echo requests, and hands errors to the connection or endpoint whose packet they
 * quote, as the status that a connect then fails with (RFC 1122, section 3.2.2; RFC 4443, section 2.4).
 */
export const inputIcmp = (
  host: Host,
  packet: PacketHandle,
  version: 4 | 6,
  addressSum: number,
  start: number,
  length: number,
): void => {
  const { arena, counters } = host;
  const { bytes } = arena.chunkOf(packet);
  counters.icmpInMsgs++;
  aimChain(arena, packet, start);
  const pseudo = version === 4 ? 0 : addressSum + PROTOCOL_ICMPV6 + length;
  if (length < ICMP_HEADER_BYTES || foldChecksum(sumChain(arena, packet, length) + pseudo) !== 0xffff) {
    counters.icmpInErrors++;
  } else if (bytes[start] === (version === 4 ? ICMP.echoRequest : ICMPV6.echoRequest)) {
    counters.icmpInEchos++;
    answerEcho(host, packet, version, start, length);
    return;
  } else inputError(host, packet, version, start, arena.baseOf(packet) + arena.length[packet]);
  releaseChain(arena, packet);
};

const answerEcho = (host: Host, packet: PacketHandle, version: 4 | 6, start: number, length: number): void => {
  const { arena } = host;
  host.counters.icmpOutEchoReps++;
  const end = host.endTo(version);
  const isPlain = version === 4 || start - arena.baseOf(packet) === IPV6.headerBytes;
  if (end !== null && isPlain && arena.next[packet] === 0 && arena.length[packet] <= end.mtu) {
    reflect(host, packet, version, start);
    end.send(packet);
    return;
  }
  sendEcho(host, packet, version, start, length);
  releaseChain(arena, packet);
};

/** The request becomes its own answer: addresses swapped, type changed, checksum mended (RFC 1624). */
const reflect = (host: Host, packet: PacketHandle, version: 4 | 6, start: number): void => {
  const { view, bytes } = host.arena.chunkOf(packet);
  const base = host.arena.baseOf(packet);
  const [source, destination] = version === 4 ? [IPV4.source, IPV4.destination] : [IPV6.source, IPV6.destination];
  for (let at = 0; at < (version === 4 ? 4 : 16); at += 4) {
    const word = view.getInt32(base + source + at);
    view.setInt32(base + source + at, view.getInt32(base + destination + at));
    view.setInt32(base + destination + at, word);
  }
  const [from, to] = version === 4 ? [ICMP.echoRequest, ICMP.echoReply] : [ICMPV6.echoRequest, ICMPV6.echoReply];
  bytes[start] = to;
  const sum = (~view.getUint16(start + 2) & 0xffff) + (~(from << 8) & 0xffff) + (to << 8);
  view.setUint16(start + 2, ~foldChecksum(sum));
  if (version === 4) {
    const ttl = bytes[base + IPV4.ttl];
    bytes[base + IPV4.ttl] = host.profile.hopLimit;
    const mended =
      (~view.getUint16(base + IPV4.checksum) & 0xffff) + (~(ttl << 8) & 0xffff) + (host.profile.hopLimit << 8);
    view.setUint16(base + IPV4.checksum, ~foldChecksum(mended));
  } else bytes[base + IPV6.hopLimit] = host.profile.hopLimit;
};

/** The answer to a request that came in fragments, or behind extension headers (RFC 1122, section 3.2.2.6: whole). */
const sendEcho = (host: Host, packet: PacketHandle, version: 4 | 6, start: number, length: number): void => {
  const { arena, profile, paths, output } = host;
  const path = host.pathTo(version, host.input.local, host.input.remote);
  if (typeof path === 'number') return;
  const type = version === 4 ? ICMP.echoReply : ICMPV6.echoReply;
  const protocol = version === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6;
  const pseudo = version === 4 ? 0 : path.addressSum + protocol + length;
  const identifier = arena.chunkOf(packet).view.getInt32(start + 4);
  aimChain(arena, packet, start + ICMP_HEADER_BYTES);
  const source = new ChainSource().aim(arena, packet, length - ICMP_HEADER_BYTES);
  const options = { hopLimit: profile.hopLimit, trafficClass: 0, dontFragment: false };
  output.send(path, protocol, type << 24, identifier, 2, pseudo, source, options, 0);
  paths.release(path);
};

const inputError = (host: Host, packet: PacketHandle, version: 4 | 6, start: number, end: number): void => {
  const { counters } = host;
  const { bytes } = host.arena.chunkOf(packet);
  const type = bytes[start];
  const code = bytes[start + 1];
  if (type === (version === 4 ? ICMP.timeExceeded : ICMPV6.timeExceeded)) counters.icmpInTimeExcds++;
  else if (type === (version === 4 ? ICMP.parameterProblem : ICMPV6.parameterProblem)) counters.icmpInParmProbs++;
  else if (version === 4 ? type === ICMP.unreachable : type === ICMPV6.unreachable || type === ICMPV6.packetTooBig) {
    counters.icmpInDestUnreachs++;
  }
  const status = version === 4 ? statusOfV4(type, code) : statusOfV6(type, code);
  const isTooBig = version === 4 ? type === ICMP.unreachable && code === 4 : type === ICMPV6.packetTooBig;
  if (status !== null || isTooBig) inputQuoted(host, packet, version, start + ICMP_HEADER_BYTES, end, status);
};

/** Finds whose packet it is of which the error carries the start; status null is "too big". */
const inputQuoted = (
  host: Host,
  packet: PacketHandle,
  version: 4 | 6,
  at: number,
  end: number,
  status: NTSTATUS | null,
): void => {
  const { view, bytes } = host.arena.chunkOf(packet);
  const found = at + 20 <= end && bytes[at] >> 4 === version ? findTransport(bytes, at, end, version) : 0;
  if (found === 0) return;
  const protocol = found >>> 16;
  const transport = at + (found & 0xffff);
  const local = new Int32Array(4);
  const remote = new Int32Array(4);
  for (let i = 0; i < (version === 4 ? 1 : 4); i++) {
    local[i] = view.getInt32(at + (version === 4 ? IPV4.source : IPV6.source) + 4 * i);
    remote[i] = view.getInt32(at + (version === 4 ? IPV4.destination : IPV6.destination) + 4 * i);
  }
  // The packet is ours: its source port is our local one.
  const ports = view.getInt32(transport);
  if (status !== null) {
    if (protocol === PROTOCOL_TCP)
      host.tcp.inputError(version, local, remote, ports, view.getInt32(transport + 4), status);
    if (protocol === PROTOCOL_UDP) host.udp.inputError(version, local, remote, ports, udpStatus(status));
    return;
  }
  const head = at - ICMP_HEADER_BYTES;
  const mtu = version === 4 ? view.getUint16(head + 6) : view.getUint32(head + 4);
  const tooLong = version === 4 ? view.getUint16(at + 2) : IPV6.headerBytes + view.getUint16(at + IPV6.payloadLength);
  if (protocol === PROTOCOL_TCP) {
    host.tcp.inputTooBig(version, local, remote, ports, view.getInt32(transport + 4), mtu, tooLong);
  } else if (protocol === PROTOCOL_UDP) host.udp.inputTooBig(version, local, remote, ports, mtu, tooLong);
};

/** @returns protocol × 65,536 + offset of 8 bytes of a transport, or 0 when they are not there: in a later fragment, say */
const findTransport = (bytes: Uint8Array, at: number, end: number, version: 4 | 6): number => {
  if (version === 4) {
    const header = ipv4HeaderLength(bytes, at);
    const offset = ((bytes[at + 6] << 8) | bytes[at + 7]) & IPV4_FRAGMENT_OFFSET;
    return header < 20 || offset !== 0 || at + header + 8 > end ? 0 : bytes[at + IPV4.protocol] * 65_536 + header;
  }
  let next = bytes[at + IPV6.nextHeader];
  let offset = IPV6.headerBytes;
  for (;;) {
    if (at + offset + 8 > end) return 0;
    const isFragment = next === IPV6_FRAGMENT;
    if (!isFragment && next !== IPV6_HOP_BY_HOP && next !== IPV6_ROUTING && next !== IPV6_DESTINATION_OPTIONS) break;
    if (isFragment && (bytes[at + offset + 2] | (bytes[at + offset + 3] & 0xf8)) !== 0) return 0;
    next = bytes[at + offset];
    offset += isFragment ? 8 : 8 + 8 * bytes[at + offset + 1];
  }
  return next * 65_536 + offset;
};

const statusOfV4 = (type: number, code: number): NTSTATUS | null => {
  if (type === ICMP.timeExceeded) return STATUS_HOST_UNREACHABLE;
  if (type !== ICMP.unreachable) return null;
  if (code === 0 || code === 6 || code === 11) return STATUS_NETWORK_UNREACHABLE;
  if (code === 2) return STATUS_PROTOCOL_UNREACHABLE;
  if (code === 3) return STATUS_CONNECTION_REFUSED; // the transport's "nobody there"
  return code === 4 ? null : STATUS_HOST_UNREACHABLE; // 4: path MTU discovery's business
};

const statusOfV6 = (type: number, code: number): NTSTATUS | null => {
  if (type === ICMPV6.timeExceeded) return STATUS_HOST_UNREACHABLE;
  // RFC 1122, section 4.2.3.9 calls parameter problems soft; an unknown next header is what IPv4's code 2 says.
  if (type === ICMPV6.parameterProblem) return code === 1 ? STATUS_PROTOCOL_UNREACHABLE : null;
  if (type !== ICMPV6.unreachable) return null;
  if (code === 0) return STATUS_NETWORK_UNREACHABLE;
  return code === 4 ? STATUS_CONNECTION_REFUSED : STATUS_HOST_UNREACHABLE;
};

/** For a datagram, nobody there is a port. */
const udpStatus = (status: NTSTATUS): NTSTATUS =>
  status === STATUS_CONNECTION_REFUSED ? STATUS_PORT_UNREACHABLE : status;
