/**
 * SipHash-2-4 (Aumasson and Bernstein, 2012): a keyed function that cannot be told from a random one without the
 * key, for messages of a few words. Initial sequence numbers and Fast Open cookies come from it. Each 64-bit word is
 * two 32-bit halves; the rounds of all blocks and of the end run through one loop, the message words entering at
 * every second step.
 *
 * @param key four words, the low half of each 64-bit word first
 * @param message words in the same order; the message is 4 × `count` bytes long
 * @param out the low and the high half of the result
 */
export const sipHash = (key: Int32Array, message: Int32Array, count: number, out: Int32Array): void => {
  let v0l = key[0] ^ 0x70736575;
  let v0h = key[1] ^ 0x736f6d65;
  let v1l = key[2] ^ 0x6e646f6d;
  let v1h = key[3] ^ 0x646f7261;
  let v2l = key[0] ^ 0x6e657261;
  let v2h = key[1] ^ 0x6c796765;
  let v3l = key[2] ^ 0x79746573;
  let v3h = key[3] ^ 0x74656462;
  const blocks = (count >> 1) + 1;
  const last = 2 * blocks;
  let ml = 0;
  let mh = 0;
  for (let step = 0; step < last + 4; step++) {
    if (step < last && (step & 1) === 0) {
      ml = step < count ? message[step] : 0;
      mh = step + 1 < count ? message[step + 1] : 0;
      if (step === last - 2) mh |= count << 26; // the length in bytes, in the last byte
      v3l ^= ml;
      v3h ^= mh;
    } else if (step === last) v2l ^= 0xff;

    let sum = (v0l + v1l) | 0;
    v0h = (v0h + v1h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0;
    v0l = sum;
    let t = v1l;
    v1l = (v1l << 13) | (v1h >>> 19);
    v1h = (v1h << 13) | (t >>> 19);
    v1l ^= v0l;
    v1h ^= v0h;
    t = v0l;
    v0l = v0h;
    v0h = t;

    sum = (v2l + v3l) | 0;
    v2h = (v2h + v3h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0;
    v2l = sum;
    t = v3l;
    v3l = (v3l << 16) | (v3h >>> 16);
    v3h = (v3h << 16) | (t >>> 16);
    v3l ^= v2l;
    v3h ^= v2h;

    sum = (v0l + v3l) | 0;
    v0h = (v0h + v3h + (sum >>> 0 < v0l >>> 0 ? 1 : 0)) | 0;
    v0l = sum;
    t = v3l;
    v3l = (v3l << 21) | (v3h >>> 11);
    v3h = (v3h << 21) | (t >>> 11);
    v3l ^= v0l;
    v3h ^= v0h;

    sum = (v2l + v1l) | 0;
    v2h = (v2h + v1h + (sum >>> 0 < v2l >>> 0 ? 1 : 0)) | 0;
    v2l = sum;
    t = v1l;
    v1l = (v1l << 17) | (v1h >>> 15);
    v1h = (v1h << 17) | (t >>> 15);
    v1l ^= v2l;
    v1h ^= v2h;
    t = v2l;
    v2l = v2h;
    v2h = t;

    if (step < last && (step & 1) === 1) {
      v0l ^= ml;
      v0h ^= mh;
    }
  }
  out[0] = v0l ^ v1l ^ v2l ^ v3l;
  out[1] = v0h ^ v1h ^ v2h ^ v3h;
};
