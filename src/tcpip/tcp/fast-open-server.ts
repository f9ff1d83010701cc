import type { Path } from '../path.ts';
import { sipHash } from '../siphash.ts';
import type { KeySource } from './isn.ts';

/**
 * The server's side of cookies (RFC 7413, section 4.1.2): a keyed function of both addresses, so that nothing is
 * stored per client. A rotation keeps the old key for checking: a cookie under it still opens, and the client is
 * handed one under the new key.
 */
export const COOKIE_BYTES = 8;
export const COOKIE_INVALID = 0;
export const COOKIE_VALID = 1;
export const COOKIE_OF_OLD_KEY = 2;

export class FastOpenServer {
  private primary: Int32Array;
  private backup: Int32Array | null = null;
  private readonly message = new Int32Array(8);
  private readonly out = new Int32Array(2);

  constructor(keys: KeySource) {
    this.primary = Int32Array.from({ length: 4 }, () => keys.int32());
  }

  /** Replaces the key. @param key four words; farm members that answer for one address share it */
  rotate(key: Int32Array): void {
    this.backup = this.primary;
    this.primary = key.slice(0, 4);
  }

  /** Writes the cookie of a path to `into[at…]`. */
  writeCookie(path: Path, into: DataView, at: number): void {
    this.compute(this.primary, path);
    into.setInt32(at, this.out[0]);
    into.setInt32(at + 4, this.out[1]);
  }

  check(path: Path, view: DataView, at: number, length: number): number {
    if (length !== COOKIE_BYTES) return COOKIE_INVALID;
    if (this.matches(this.primary, path, view, at)) return COOKIE_VALID;
    return this.backup !== null && this.matches(this.backup, path, view, at) ? COOKIE_OF_OLD_KEY : COOKIE_INVALID;
  }

  private matches(key: Int32Array, path: Path, view: DataView, at: number): boolean {
    this.compute(key, path);
    return ((view.getInt32(at) ^ this.out[0]) | (view.getInt32(at + 4) ^ this.out[1])) === 0;
  }

  private compute(key: Int32Array, path: Path): void {
    if (path.version === 4) {
      this.message[0] = path.local0;
      this.message[1] = path.remote0;
      sipHash(key, this.message, 2, this.out);
    } else {
      this.message.set(path.local, 0);
      this.message.set(path.remote, 4);
      sipHash(key, this.message, 8, this.out);
    }
  }
}
