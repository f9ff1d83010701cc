import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Where numbers come from that peers must not guess: seeded in a simulation, cryptographic when packets leave it. */
export interface RandomSource {
  /** A signed 32-bit number. */
  int32(): number;
  /** An integer in [0, limit). @param limit an integer from 1 to 2^32 */
  below(limit: number): number;
}

/** A seeded source of numbers (xoroshiro128+): same seed, same numbers, on every machine. Not for secrets. */
export class Random implements RandomSource {
  private readonly generator: { next(): number };

  /** @param seed any integer; its low 32 bits count */
  constructor(seed: number) {
    this.generator = xoroshiro128plus(scattered(seed));
  }

  /** A signed 32-bit number. */
  int32(): number {
    return this.generator.next() | 0;
  }

  /** An integer in [0, limit). @param limit an integer from 1 to 2^32 */
  below(limit: number): number {
    return Math.floor(((this.generator.next() >>> 0) * limit) / 4294967296);
  }

  /** A number in [0, 1) with 32 random bits. */
  unit(): number {
    return (this.generator.next() >>> 0) / 4294967296;
  }

  /** True with probability `p` (0 to 1). */
  chance(p: number): boolean {
    return p > 0 && this.unit() < p;
  }

  /** A generator of its own, so that one consumer's draws do not move another's. */
  fork(): Random {
    return new Random(this.int32());
  }
}

/**
 * The generator's first number is its seed less one, so that seeds 1, 2, 3, … of a sweep would all decide their first
 * question alike. MurmurHash3's finalizer spreads them over 32 bits, no two to the same.
 */
const scattered = (seed: number): number => {
  let bits = seed | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return bits ^ (bits >>> 16);
};
