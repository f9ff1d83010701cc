import { type Nanoseconds, SECOND } from '../../time/index.ts';
import type { Path } from '../path.ts';
import { sipHash } from '../siphash.ts';
import type { KeySource } from './isn.ts';

/**
 * SYN cookies (RFC 4987, section 3.6): with the queue of half-open connections full, the state of a handshake goes into
 * the initial sequence number (24 bits of a keyed hash, 5 of the time and 3 of the MSS) and comes back with the final
 * ACK. Window scale, SACK and timestamps are lost, a connection is not.
 */
const PERIOD: Nanoseconds = 64 * SECOND;
const MSS_CLASSES: readonly number[] = [216, 536, 940, 1220, 1300, 1400, 1440, 1460];

export class SynCookies {
  private readonly keys: KeySource;
  private key: Int32Array | null = null;
  private readonly message = new Int32Array(11);
  private readonly out = new Int32Array(2);

  constructor(keys: KeySource) {
    this.keys = keys;
  }

  /** The initial sequence number that answers a SYN. @param irs its sequence number @param mss that it offers */
  make(path: Path, ports: number, irs: number, mss: number, now: Nanoseconds): number {
    let least = MSS_CLASSES.length - 1;
    while (least > 0 && MSS_CLASSES[least] > mss) least--;
    const low = ((Math.floor(now / PERIOD) & 31) << 3) | least;
    return (this.hash(path, ports, irs, low) & 0xffffff00) | low;
  }

  /** @returns the MSS of the SYN, or 0 when the number is none of ours, or older than two periods */
  check(path: Path, ports: number, irs: number, cookie: number, now: Nanoseconds): number {
    const low = cookie & 0xff;
    const age = (Math.floor(now / PERIOD) - (low >> 3)) & 31;
    if (age > 1 || ((this.hash(path, ports, irs, low) ^ cookie) & 0xffffff00) !== 0) return 0;
    return MSS_CLASSES[low & 7];
  }

  private hash(path: Path, ports: number, irs: number, low: number): number {
    this.key ??= Int32Array.from({ length: 4 }, () => this.keys.int32());
    const { message } = this;
    message[0] = ports;
    message[1] = irs;
    message[2] = low;
    message.set(path.local, 3);
    message.set(path.remote, 7);
    sipHash(this.key, message, 11, this.out);
    return this.out[0];
  }
}
