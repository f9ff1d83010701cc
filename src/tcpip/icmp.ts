import {
  type NTSTATUS,
  STATUS_CONNECTION_REFUSED,
  STATUS_HOST_UNREACHABLE,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_PROTOCOL_UNREACHABLE,
} from '../base/index.ts';
import { checksumWords, foldChecksum, type PacketHandle } from '../link/index.ts';
import type { Host } from './host.ts';
import { ICMP, ICMP_HEADER_BYTES, ICMPV6 } from './wire/icmp.ts';
import { IPV4, IPV6 } from './wire/index.ts';
import { PROTOCOL_ICMPV6, PROTOCOL_TCP } from './wire/protocols.ts';

/**
 * ICMP and ICMPv6 of a host: answers echo requests, and hands errors to the connection whose segment they quote, as
 * the status that a connect then fails with (RFC 1122, section 3.2.2; RFC 4443, section 2.4).
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
  const { bytes, words } = arena.chunkOf(packet);
  counters.icmpInMsgs++;
  const pseudo = version === 4 ? 0 : addressSum + PROTOCOL_ICMPV6 + length;
  if (length < ICMP_HEADER_BYTES || foldChecksum(checksumWords(words, start, length) + pseudo) !== 0xffff) {
    counters.icmpInErrors++;
  } else if (bytes[start] === (version === 4 ? ICMP.echoRequest : ICMPV6.echoRequest)) {
    counters.icmpInEchos++;
    answerEcho(host, packet, version, start);
    return;
  } else {
    const status =
      version === 4 ? statusOfV4(bytes[start], bytes[start + 1]) : statusOfV6(bytes[start], bytes[start + 1]);
    const isTooBig =
      version === 4
        ? bytes[start] === ICMP.unreachable && bytes[start + 1] === 4
        : bytes[start] === ICMPV6.packetTooBig;
    if (status !== null || isTooBig) {
      counters.icmpInDestUnreachs++;
      inputQuoted(host, packet, version, start + ICMP_HEADER_BYTES, start + length, status);
    }
  }
  arena.release(packet);
};

/** The request goes back as its own answer: addresses swapped, type changed, checksum mended (RFC 1624). */
const answerEcho = (host: Host, packet: PacketHandle, version: 4 | 6, start: number): void => {
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
  host.counters.icmpOutEchoReps++;
  host.reflect(packet, version);
};

/** Finds the connection behind the start of our own packet that the error carries; status null is "too big". */
const inputQuoted = (
  host: Host,
  packet: PacketHandle,
  version: 4 | 6,
  at: number,
  end: number,
  status: NTSTATUS | null,
): void => {
  const { view, bytes } = host.arena.chunkOf(packet);
  const header = version === 4 ? (bytes[at] & 15) * 4 : IPV6.headerBytes;
  if (at + header + 8 > end || bytes[at] >> 4 !== version) return;
  const protocol = bytes[at + (version === 4 ? IPV4.protocol : IPV6.nextHeader)];
  if (protocol !== PROTOCOL_TCP) return;
  const local = new Int32Array(4);
  const remote = new Int32Array(4);
  for (let i = 0; i < (version === 4 ? 1 : 4); i++) {
    local[i] = view.getInt32(at + (version === 4 ? IPV4.source : IPV6.source) + 4 * i);
    remote[i] = view.getInt32(at + (version === 4 ? IPV4.destination : IPV6.destination) + 4 * i);
  }
  // The segment is ours: its source port is our local one.
  const ports = view.getInt32(at + header);
  const seq = view.getInt32(at + header + 4);
  if (status === null) {
    const head = at - ICMP_HEADER_BYTES;
    const mtu = version === 4 ? view.getUint16(head + 6) : view.getUint32(head + 4);
    const tooLong = version === 4 ? view.getUint16(at + 2) : IPV6.headerBytes + view.getUint16(at + IPV6.payloadLength);
    host.tcp.inputTooBig(version, local, remote, ports, seq, mtu, tooLong);
  } else host.tcp.inputError(version, local, remote, ports, seq, status);
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
  if (type === ICMPV6.parameterProblem) return STATUS_PROTOCOL_UNREACHABLE;
  if (type !== ICMPV6.unreachable) return null;
  if (code === 0) return STATUS_NETWORK_UNREACHABLE;
  return code === 4 ? STATUS_CONNECTION_REFUSED : STATUS_HOST_UNREACHABLE;
};
