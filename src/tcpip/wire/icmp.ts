import { checksumBytes, sumBytes, sumPseudoHeader } from './checksum.ts';
import { PROTOCOL_ICMPV6 } from './protocols.ts';
import { WireError } from './wire-error.ts';

/** ICMP (RFC 792) and ICMPv6 (RFC 4443): the types that hosts and routers of the simulated network use. */
export const ICMP = Object.freeze({
  echoReply: 0,
  unreachable: 3,
  echoRequest: 8,
  timeExceeded: 11,
  parameterProblem: 12,
});
export const ICMPV6 = Object.freeze({
  unreachable: 1,
  packetTooBig: 2,
  timeExceeded: 3,
  parameterProblem: 4,
  echoRequest: 128,
  echoReply: 129,
});
export const ICMP_HEADER_BYTES = 8;

export interface IcmpMessage {
  readonly type: number;
  readonly code: number;
  /** The four bytes behind the checksum: identifier and sequence, or an MTU, or unused. */
  readonly rest: number;
  readonly body: Uint8Array;
}

/** @param addresses source and destination for ICMPv6, whose checksum covers them; null for ICMP */
export const parseIcmp = (
  bytes: Uint8Array,
  addresses: readonly [Uint8Array, Uint8Array] | null,
): IcmpMessage | WireError => {
  if (bytes.length < ICMP_HEADER_BYTES) return new WireError('truncated', bytes.length);
  if (sumBytes(bytes, 0, bytes.length, pseudo(bytes, addresses)) !== 0xffff) return new WireError('bad-checksum', 2);
  return {
    type: bytes[0],
    code: bytes[1],
    rest: ((bytes[4] << 24) | (bytes[5] << 16) | (bytes[6] << 8) | bytes[7]) >>> 0,
    body: bytes.slice(ICMP_HEADER_BYTES),
  };
};

export const buildIcmp = (message: IcmpMessage, addresses: readonly [Uint8Array, Uint8Array] | null): Uint8Array => {
  const { type, code, rest, body } = message;
  const bytes = new Uint8Array(ICMP_HEADER_BYTES + body.length);
  bytes.set([type, code, 0, 0, rest >>> 24, (rest >>> 16) & 0xff, (rest >>> 8) & 0xff, rest & 0xff]);
  bytes.set(body, ICMP_HEADER_BYTES);
  const sum = checksumBytes(bytes, 0, bytes.length, pseudo(bytes, addresses));
  bytes.set([sum >> 8, sum & 0xff], 2);
  return bytes;
};

const pseudo = (bytes: Uint8Array, addresses: readonly [Uint8Array, Uint8Array] | null): number =>
  addresses === null ? 0 : sumPseudoHeader(addresses[0], addresses[1], PROTOCOL_ICMPV6, bytes.length);
