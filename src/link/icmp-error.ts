import type { PacketArena, PacketHandle } from './arena.ts';
import { checksumWords, foldChecksum } from './checksum.ts';
import type { AddressWords } from './prefix-table.ts';

/**
 * ICMP errors about a packet that a router could not forward or a host has no use for (RFC 792, RFC 4443): the error
 * carries the start of the packet at fault, by which its sender finds the connection. No error answers an ICMP error,
 * over IPv4 a fragment other than the first, or a packet without a proper sender (RFC 1122, section 3.2.2; RFC 4443,
 * section 2.4 (e)). Over IPv6, RFC 8200, section 4.5 wants word of later fragments that cannot be right.
 */
const CODES_V4 = {
  noRoute: [3, 0],
  hopLimit: [11, 0],
  tooBig: [3, 4],
  noPort: [3, 3],
  noProtocol: [3, 2],
  reassemblyTimeout: [11, 1],
  badHeader: [12, 0],
} as const;
const CODES_V6 = {
  noRoute: [1, 0],
  hopLimit: [3, 0],
  tooBig: [2, 0],
  noPort: [1, 4],
  noProtocol: [4, 1],
  reassemblyTimeout: [3, 1],
  badHeader: [4, 0],
  badOption: [4, 2],
  shortFirstFragment: [4, 3], // RFC 7112, section 5
  chainTooLong: [4, 7], // RFC 8883, section 2, this and the next two
  tooManyHeaders: [4, 8],
  tooManyOptions: [4, 9],
} as const;
export type IcmpErrorCause = keyof typeof CODES_V6;

const ICMP = 1;
const ICMPV6 = 58;
const QUOTE_V4 = 28; // RFC 792: header and 64 bits of data
const QUOTE_V6 = 1232; // RFC 4443, section 2.4 (c): as much as fits into 1,280 bytes
const TTL = 64;

/**
 * @param parameter the next link's MTU for `tooBig`, the offset of the byte at fault for parameter problems
 * @returns the error, or 0 when none may be sent
 */
export const buildIcmpError = (
  arena: PacketArena,
  packet: PacketHandle,
  cause: IcmpErrorCause,
  from: AddressWords,
  parameter = 0,
): PacketHandle => {
  const { bytes, view } = arena.chunkOf(packet);
  const base = arena.baseOf(packet);
  const length = arena.length[packet];
  const isV4 = from.version === 4;
  const codes = isV4
    ? (CODES_V4 as Partial<Record<IcmpErrorCause, readonly [number, number]>>)[cause]
    : CODES_V6[cause];
  if (codes === undefined || (isV4 ? isUnanswerableV4(bytes, base) : isUnanswerableV6(bytes, base, length))) return 0;
  const error = arena.allocate();
  if (error === 0) return 0;
  const [type, code] = codes;
  const quote = Math.min(length, isV4 ? (bytes[base] & 15) * 4 + QUOTE_V4 - 20 : QUOTE_V6);
  const out = arena.chunkOf(error);
  const at = arena.baseOf(error);
  const body = at + (isV4 ? 20 : 40);
  const total = body - at + 8 + quote;
  out.bytes.fill(0, at, body + 8);
  out.bytes.set(bytes.subarray(base, base + quote), body + 8);
  arena.length[error] = total;
  out.view.setUint16(body, (type << 8) | code);
  if (isV4) {
    if (cause === 'tooBig') out.view.setUint16(body + 6, parameter); // RFC 1191, section 4
    if (cause === 'badHeader') out.bytes[body + 4] = parameter;
    out.view.setUint16(body + 2, ~checksumWords(out.words, body, 8 + quote) & 0xffff);
    out.view.setUint16(at, 0x4500);
    out.view.setUint16(at + 2, total);
    out.view.setUint16(at + 8, (TTL << 8) | ICMP);
    out.view.setInt32(at + 12, from.words[0]);
    out.view.setInt32(at + 16, view.getInt32(base + 12));
    out.view.setUint16(at + 10, ~checksumWords(out.words, at, 20) & 0xffff);
    return error;
  }
  out.view.setInt32(body + 4, parameter);
  out.bytes[at] = 0x60;
  out.view.setUint16(at + 4, 8 + quote);
  out.view.setUint16(at + 6, (ICMPV6 << 8) | TTL);
  for (let i = 0; i < 4; i++) {
    out.view.setInt32(at + 8 + 4 * i, from.words[i]);
    out.view.setInt32(at + 24 + 4 * i, view.getInt32(base + 8 + 4 * i));
  }
  // RFC 8200, section 8.1: the pseudo-header is addresses, length and next header.
  const sum = checksumWords(out.words, at + 8, total - 8) + 8 + quote + ICMPV6;
  out.view.setUint16(body + 2, ~foldChecksum(sum) & 0xffff);
  return error;
};

const isUnanswerableV4 = (bytes: Uint8Array, base: number): boolean => {
  if (bytes[base + 12] >= 224 || bytes[base + 12] === 0) return true; // from a group, a broadcast, nobody
  if (bytes[base + 16] >= 224) return true; // to a group or a broadcast
  if (((bytes[base + 6] & 0x1f) | bytes[base + 7]) !== 0) return true; // not the first fragment
  const type = bytes[base + (bytes[base] & 15) * 4];
  return bytes[base + 9] === ICMP && type !== 0 && type !== 8;
};

/** An error may hide behind extension headers. */
const isUnanswerableV6 = (bytes: Uint8Array, base: number, length: number): boolean => {
  if (bytes[base + 8] === 0xff || bytes[base + 24] === 0xff || isUnspecified(bytes, base + 8)) return true;
  let next = bytes[base + 6];
  let at = 40;
  while ((next === 0 || next === 43 || next === 44 || next === 60) && at + 8 <= length) {
    const isFragment = next === 44;
    const isLater = isFragment && (bytes[base + at + 2] | (bytes[base + at + 3] & 0xf8)) !== 0;
    next = bytes[base + at];
    if (isLater) return next === ICMPV6; // of what type, its first fragment knows
    at += isFragment ? 8 : 8 + 8 * bytes[base + at + 1];
  }
  return next === ICMPV6 && (at >= length || bytes[base + at] < 128);
};

const isUnspecified = (bytes: Uint8Array, at: number): boolean => {
  for (let i = 0; i < 16; i++) if (bytes[at + i] !== 0) return false;
  return true;
};
