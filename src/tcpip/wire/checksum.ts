/**
 * The Internet checksum (RFC 1071) over any bytes. The data path sums packets in the arena by words; this one reads
 * bytes, works at any offset, and is the plain statement that the fast one is tested against.
 */

/** The sum of big-endian 16-bit numbers, folded, not complemented; an odd last byte counts as the high half. */
export const sumBytes = (bytes: Uint8Array, from = 0, to: number = bytes.length, start = 0): number => {
  let sum = start;
  for (let i = from; i + 1 < to; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  if ((to - from) & 1) sum += bytes[to - 1] << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 0x10000);
  return sum;
};

export const checksumBytes = (bytes: Uint8Array, from = 0, to: number = bytes.length, start = 0): number =>
  ~sumBytes(bytes, from, to, start) & 0xffff;

/** Sum of the pseudo-header (RFC 9293, section 3.1; RFC 8200, section 8.1) for addresses of either size. */
export const sumPseudoHeader = (
  source: Uint8Array,
  destination: Uint8Array,
  protocol: number,
  length: number,
): number =>
  sumBytes(destination, 0, destination.length, sumBytes(source) + protocol + (length >>> 16) + (length & 0xffff));
