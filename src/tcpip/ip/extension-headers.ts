import type { IcmpErrorCause } from '../../link/index.ts';
import {
  IPV6_DESTINATION_OPTIONS,
  IPV6_FRAGMENT,
  IPV6_HOP_BY_HOP,
  IPV6_ROUTING,
  PROTOCOL_ICMPV6,
  PROTOCOL_TCP,
  PROTOCOL_UDP,
} from '../wire/protocols.ts';
import type { IpProfile } from './ip-profile.ts';

/** All is well: `protocol` and `start` say what follows. */
export const CHAIN_GOOD = 0;
/** To be dropped without a word. */
export const CHAIN_DROP = 1;
/** To be dropped, and its sender told of `problem` at `pointer`. */
export const CHAIN_PROBLEM = 2;
/** A fragment of something longer: its header is at `fragmentAt`. */
export const CHAIN_FRAGMENT = 3;
/** It ends in the middle of a header: to be dropped. */
export const CHAIN_TRUNCATED = 4;
export type ChainVerdict =
  | typeof CHAIN_TRUNCATED
  | typeof CHAIN_GOOD
  | typeof CHAIN_DROP
  | typeof CHAIN_PROBLEM
  | typeof CHAIN_FRAGMENT;

const PAD_1 = 0;
const PAD_N = 1;
const MOST_PADDING = 7; // RFC 8504, section 5.3: more than aligns to 8 bytes carries something else

const isExtension = (next: number): boolean =>
  next === IPV6_HOP_BY_HOP || next === IPV6_ROUTING || next === IPV6_FRAGMENT || next === IPV6_DESTINATION_OPTIONS;

/**
 * What a receiver does with the extension headers of a packet (RFC 8200, section 4): options that it does not know by
 * their action bits, which makes the jumbo payload of RFC 2675 a problem; routing headers as of unknown types, type 0
 * too (RFC 5095), so only those with no segments left pass; limits as RFC 8504, section 5.3 allows them, with the codes
 * of RFC 8883. All offsets are from the start of the packet. One object, filled anew for each packet.
 */
export class ExtensionHeaders {
  protocol = 0;
  start = 0;
  /** Where the byte stands that names `protocol`, or the Fragment header. */
  nextAt = 0;
  fragmentAt = 0;
  problem: IcmpErrorCause = 'badHeader';
  pointer = 0;
  private readonly profile: IpProfile;
  private isMulticast = false;

  constructor(profile: IpProfile) {
    this.profile = profile;
  }

  /**
   * @param base start of the packet in `bytes`  @param end of the packet, from its start
   * @param nextAt of the first byte that names a header  @param start of that header: 6 and 40 for a whole packet
   */
  walk(bytes: Uint8Array, base: number, end: number, nextAt: number, start: number): ChainVerdict {
    const { profile } = this;
    const first = start;
    this.isMulticast = bytes[base + 24] === 0xff;
    this.fragmentAt = 0;
    for (let count = 0; ; count++) {
      const next = bytes[base + nextAt];
      this.protocol = next;
      this.nextAt = nextAt;
      this.start = start;
      if (!isExtension(next)) return CHAIN_GOOD;
      if (start + 8 > end) return CHAIN_TRUNCATED;
      const length = next === IPV6_FRAGMENT ? 8 : 8 + 8 * bytes[base + start + 1];
      if (start + length > end) return CHAIN_TRUNCATED;
      if (count === profile.extensionHeaders) return this.refuse('tooManyHeaders', start);
      if (start + length - first > profile.extensionBytes) return this.refuse('chainTooLong', start);
      const verdict = this.look(bytes, base, next, length, nextAt);
      if (verdict !== CHAIN_GOOD) return verdict;
      nextAt = start;
      start += length;
    }
  }

  /** True when what is at `start` has the fixed part of its header before `end` (RFC 7112, section 5). */
  hasTransportHeader(end: number): boolean {
    const { protocol } = this;
    const least = protocol === PROTOCOL_TCP ? 20 : protocol === PROTOCOL_UDP || protocol === PROTOCOL_ICMPV6 ? 8 : 0;
    return this.start + least <= end;
  }

  private look(bytes: Uint8Array, base: number, next: number, length: number, nextAt: number): ChainVerdict {
    const { start } = this;
    if (next === IPV6_FRAGMENT) return this.lookAtFragment(bytes, base);
    if (next === IPV6_ROUTING) {
      return bytes[base + start + 3] === 0 ? CHAIN_GOOD : this.refuse('badHeader', start + 2); // Segments Left
    }
    // RFC 8200, section 4.3: behind the IPv6 header only, or it is a header that nobody knows.
    if (next === IPV6_HOP_BY_HOP && nextAt !== 6) return this.refuse('noProtocol', nextAt);
    return this.lookAtOptions(bytes, base, start + 2, start + length);
  }

  private lookAtFragment(bytes: Uint8Array, base: number): ChainVerdict {
    if (this.fragmentAt !== 0) return CHAIN_DROP;
    this.fragmentAt = this.start;
    const isWhole = bytes[base + this.start + 2] === 0 && (bytes[base + this.start + 3] & 0xf9) === 0;
    return isWhole ? CHAIN_GOOD : CHAIN_FRAGMENT; // RFC 6946: a whole packet all the same
  }

  private lookAtOptions(bytes: Uint8Array, base: number, from: number, to: number): ChainVerdict {
    let options = 0;
    let padding = 0;
    for (let at = from; at < to; ) {
      const type = bytes[base + at];
      const length = type === PAD_1 ? 1 : at + 1 < to ? 2 + bytes[base + at + 1] : 256;
      if (at + length > to) return this.refuse('badHeader', at);
      if (type === PAD_1 || type === PAD_N) {
        padding += length;
        if (padding > MOST_PADDING) return CHAIN_DROP;
      } else {
        padding = 0;
        if (++options > this.profile.extensionOptions) return this.refuse('tooManyOptions', at);
        const action = type >> 6;
        if (action === 1) return CHAIN_DROP;
        if (action === 2 || (action === 3 && !this.isMulticast)) return this.refuse('badOption', at);
        if (action === 3) return CHAIN_DROP;
      }
      at += length;
    }
    return CHAIN_GOOD;
  }

  private refuse(problem: IcmpErrorCause, pointer: number): ChainVerdict {
    this.problem = problem;
    this.pointer = pointer;
    return CHAIN_PROBLEM;
  }
}
