import type { Path } from '../path.ts';
import { sipHash } from '../siphash.ts';
import type { KeySource } from '../tcp/isn.ts';

const COUNTERS = 256;

/**
 * Identifications of datagrams that may be fragmented. Two of one pair of addresses must not be the same while
 * fragments may live (RFC 6864, section 4.3), and a stranger must not be able to foretell them (RFC 7739, section
 * 5.3): a counter, one of a few by a keyed hash of the addresses, on top of a keyed offset. 16 bits of it go into IPv4.
 */
export class FragmentIds {
  private readonly counters = new Uint32Array(COUNTERS);
  private readonly keys: KeySource;
  /** Drawn when it is first needed: a run in which nothing is cut is the same as without this. */
  private key: Int32Array | null = null;
  private readonly message = new Int32Array(8);
  private readonly out = new Int32Array(2);

  constructor(keys: KeySource) {
    this.keys = keys;
  }

  next(path: Path): number {
    this.message.set(path.local, 0);
    this.message.set(path.remote, 4);
    if (this.key === null) this.key = Int32Array.from({ length: 4 }, () => this.keys.int32());
    sipHash(this.key, this.message, 8, this.out);
    return (this.out[0] + this.counters[this.out[1] & (COUNTERS - 1)]++) | 0;
  }
}
