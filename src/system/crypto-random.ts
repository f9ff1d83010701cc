import { randomFillSync } from 'node:crypto';
import type { RandomSource } from '../base/index.ts';

const POOL = 256;

/**
 * Numbers that nobody can foresee: sequence numbers, cookie keys and ports of a stack whose packets leave the process
 * (RFC 6528, RFC 6056). Drawn from the system in lots, since most are asked for one by one.
 */
export class CryptoRandom implements RandomSource {
  private readonly pool = new Int32Array(POOL);
  private used = POOL;

  int32(): number {
    if (this.used === POOL) {
      randomFillSync(this.pool);
      this.used = 0;
    }
    const value = this.pool[this.used];
    this.pool[this.used++] = 0; // what was handed out is not kept
    return value;
  }

  /** By rejection, so that every number is as likely as the others. */
  below(limit: number): number {
    const fair = 4_294_967_296 - (4_294_967_296 % limit);
    let value = this.int32() >>> 0;
    while (value >= fair) value = this.int32() >>> 0;
    return value % limit;
  }
}
