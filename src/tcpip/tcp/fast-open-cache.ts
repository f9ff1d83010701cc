import type { Nanoseconds } from '../../time/index.ts';
import type { Path } from '../path.ts';
import type { TcpProfile } from '../profile.ts';

/**
 * What a client remembers about servers (RFC 7413, section 4.1.3): per pair of addresses the newest cookie and the
 * MSS that came with it; per server port, how often Fast Open failed there and until when it is left alone
 * (section 4.1.3.1). Bounded: the entry that was not touched for longest makes room.
 */
const MOST_ENTRIES = 1024;
/** The time that a port is left alone doubles with each failure, this often. */
const MOST_DOUBLINGS = 6;

export interface FastOpenEntry {
  cookie: Uint8Array | null;
  /** The server's MSS; 0 when unknown. */
  mss: number;
  /** By server port. */
  readonly failures: Map<number, { count: number; until: Nanoseconds }>;
}

export class FastOpenCache {
  private readonly entries = new Map<string, FastOpenEntry>();
  private readonly backoff: Nanoseconds;

  constructor(profile: TcpProfile) {
    this.backoff = profile.fastOpenBackoff;
  }

  get size(): number {
    return this.entries.size;
  }

  lookup(path: Path): FastOpenEntry | null {
    return this.entries.get(keyOf(path)) ?? null;
  }

  /** False while Fast Open is left alone after a failure. */
  mayTry(path: Path, port: number, now: Nanoseconds): boolean {
    const failure = this.lookup(path)?.failures.get(port);
    return failure === undefined || now >= failure.until;
  }

  /** A SYN-ACK brought a cookie: it replaces the old one, and whatever failed before works now. */
  learn(path: Path, port: number, cookie: Uint8Array, mss: number): void {
    const entry = this.touch(path);
    entry.cookie = cookie;
    entry.mss = mss;
    entry.failures.delete(port);
  }

  learnMss(path: Path, mss: number): void {
    const entry = this.lookup(path);
    if (entry !== null) entry.mss = mss;
  }

  succeeded(path: Path, port: number): void {
    this.lookup(path)?.failures.delete(port);
  }

  failed(path: Path, port: number, now: Nanoseconds): void {
    const { failures } = this.touch(path);
    const count = (failures.get(port)?.count ?? 0) + 1;
    failures.set(port, { count, until: now + this.backoff * (1 << Math.min(count - 1, MOST_DOUBLINGS)) });
  }

  clear(): void {
    this.entries.clear();
  }

  private touch(path: Path): FastOpenEntry {
    const key = keyOf(path);
    const entry = this.entries.get(key) ?? { cookie: null, mss: 0, failures: new Map() };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > MOST_ENTRIES) this.entries.delete(this.entries.keys().next().value!);
    return entry;
  }
}

const keyOf = (path: Path): string => `${path.local.join()}-${path.remote.join()}`;
