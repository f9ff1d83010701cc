/**
 * The Internet checksum (RFC 1071) over packets of the arena.
 *
 * The one's complement sum does not care about byte order: summing little-endian halves and swapping the two bytes
 * of the result gives the sum of the big-endian halves. So a packet is read as 32-bit words of the machine, each
 * split into its two halves, which an optimising compiler turns into four adds per eight bytes; every JavaScript
 * engine of today runs on little-endian machines. Packets start at a multiple of four in their slot, and so do
 * transport headers behind a legal IP header.
 */

/**
 * Sum of `length` bytes as a 16-bit number in network order, not yet complemented.
 * @param offset in bytes from the start of `words`, a multiple of 4; at most 64 KiB - 4 bytes are summed
 */
export const checksumWords = (words: Uint32Array, offset: number, length: number): number => {
  let at = offset >>> 2;
  const end = at + (length >>> 2);
  let low = 0;
  let high = 0;
  for (const last = end - 7; at < last; at += 8) {
    const a = words[at];
    const b = words[at + 1];
    const c = words[at + 2];
    const d = words[at + 3];
    const e = words[at + 4];
    const f = words[at + 5];
    const g = words[at + 6];
    const h = words[at + 7];
    low = (low + (a & 0xffff) + (b & 0xffff) + (c & 0xffff) + (d & 0xffff)) | 0;
    high = (high + (a >>> 16) + (b >>> 16) + (c >>> 16) + (d >>> 16)) | 0;
    low = (low + (e & 0xffff) + (f & 0xffff) + (g & 0xffff) + (h & 0xffff)) | 0;
    high = (high + (e >>> 16) + (f >>> 16) + (g >>> 16) + (h >>> 16)) | 0;
  }
  for (; at < end; at++) {
    const word = words[at];
    low = (low + (word & 0xffff)) | 0;
    high = (high + (word >>> 16)) | 0;
  }
  const rest = length & 3;
  if (rest !== 0) {
    const word = words[end] & (0xffffffff >>> (32 - 8 * rest));
    low = (low + (word & 0xffff)) | 0;
    high = (high + (word >>> 16)) | 0;
  }
  const sum = foldChecksum(low + high);
  return ((sum & 0xff) << 8) | (sum >>> 8);
};

/** Folds a sum of 16-bit numbers (below 2^32) into 16 bits. */
export const foldChecksum = (sum: number): number => {
  sum = (sum & 0xffff) + (sum >>> 16);
  return (sum & 0xffff) + (sum >>> 16);
};
