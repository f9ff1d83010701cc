/** IPv4 options (RFC 791, section 3.1): nothing in them is acted upon, but they have to make sense. */
const END = 0;
const NO_OPERATION = 1;
const LOOSE_SOURCE_ROUTE = 131;
const STRICT_SOURCE_ROUTE = 137;

export const IPV4_OPTIONS_GOOD = 0;
/** A length below 2 or beyond the header. */
export const IPV4_OPTIONS_BAD = 1;
/** A source route, which hosts of today do not follow and do not receive (RFC 7126, sections 4.3 and 4.4). */
export const IPV4_OPTIONS_SOURCE_ROUTE = 2;

/** Looks through the options between `from` and `to`; trusts no byte. */
export const checkIpv4Options = (bytes: Uint8Array, from: number, to: number): number => {
  let verdict = IPV4_OPTIONS_GOOD;
  for (let at = from; at < to; ) {
    const type = bytes[at];
    if (type === END) break;
    if (type === NO_OPERATION) {
      at++;
      continue;
    }
    const length = at + 1 < to ? bytes[at + 1] : 0;
    if (length < 2 || at + length > to) return IPV4_OPTIONS_BAD;
    if (type === LOOSE_SOURCE_ROUTE || type === STRICT_SOURCE_ROUTE) verdict = IPV4_OPTIONS_SOURCE_ROUTE;
    at += length;
  }
  return verdict;
};
