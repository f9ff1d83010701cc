import { type Path, sipHash } from '../tcpip/index.ts';
import { COOKIE_BYTES, FastOpenServer } from '../tcpip/tcp/fast-open-server.ts';
import { hexText } from './packet-notation.ts';

/**
 * Cookies are opaque to clients, and ours are made by another function of key and addresses than those of the system
 * that most scripts were written on. A script that writes its listener's cookie out in hexadecimal digits means "the
 * cookie under the key that was set": so digits that this other function gives under a key known here stand for the
 * cookie that our listener gives under the same key.
 */
export class CookieBook {
  private readonly keys: Int32Array[] = [];

  /** @param key four words in the order of the system's setting, `a1a1a1a1-b2b2b2b2-c3c3c3c3-d4d4d4d4` */
  add(key: Int32Array): void {
    this.keys.push(key.slice(0, 4));
  }

  /** The cookie to put into a packet of ours or to us where the script writes `digits`. */
  translate(digits: Uint8Array, path: Path): Uint8Array {
    if (digits.length !== COOKIE_BYTES) return digits;
    const key = this.keys.find((one) => hexText(foreignCookie(one, path)) === hexText(digits));
    return key === undefined ? digits : ownCookie(key, path);
  }
}

/** Our listener's cookie under a given key. */
const ownCookie = (key: Int32Array, path: Path): Uint8Array => {
  let at = 0;
  return currentCookie(new FastOpenServer({ int32: () => key[at++] }), path);
};

/** The cookie that a listener gives now. */
export const currentCookie = (server: FastOpenServer, path: Path): Uint8Array => {
  const bytes = new Uint8Array(COOKIE_BYTES);
  server.writeCookie(path, new DataView(bytes.buffer), 0);
  return bytes;
};

/** SipHash-2-4 of remote and local address in network order; key, message and result are read as little-endian bytes. */
const foreignCookie = (key: Int32Array, path: Path): Uint8Array => {
  const count = path.version === 4 ? 1 : 4;
  const message = Int32Array.from({ length: 2 * count }, (_, i) =>
    swapped(i < count ? path.remote[i] : path.local[i - count]),
  );
  const out = new Int32Array(2);
  sipHash(key, message, 2 * count, out);
  const bytes = new Uint8Array(COOKIE_BYTES);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, out[0], true);
  view.setInt32(4, out[1], true);
  return bytes;
};

const swapped = (word: number): number =>
  (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
