import type { Nanoseconds } from '../../time/index.ts';
import type { Path } from '../path.ts';
import type { TcpProfile } from '../profile.ts';

/**
 * What a client remembers about servers (RFC 7413, section 4.1.3): per pair of addresses the newest cookie and the
 * MSS that came with it; per server port, how often Fast Open failed there and until when it is left alone
 * (section 4.1.3.1); and for the whole host, until when nobody is asked because something near it seems to swallow
 * such connections. Bounded: the entry that was not touched for longest makes room.
 */
const MOST_ENTRIES = 1024;
/** The time that Fast Open is left alone doubles with each failure, this often. */
const MOST_DOUBLINGS = 6;

export interface FastOpenEntry {
  cookie: Uint8Array | null;
  /** The server's MSS; 0 when unknown. */
  mss: number;
  /** The cookie came in the experimental form, and goes back in it (RFC 7413, appendix A). */
  isExperimental: boolean;
  /** Requests of either form that were answered by a SYN-ACK without a cookie: after one, the other form is tried. */
  unanswered: number;
  /** By server port. */
  readonly failures: Map<number, { count: number; until: Nanoseconds }>;
}

export class FastOpenCache {
  private readonly entries = new Map<string, FastOpenEntry>();
  private readonly profile: TcpProfile;
  private blackHoles = 0;
  private blackHoleUntil: Nanoseconds = 0;

  constructor(profile: TcpProfile) {
    this.profile = profile;
  }

  get size(): number {
    return this.entries.size;
  }

  lookup(path: Path): FastOpenEntry | null {
    return this.entries.get(keyOf(path)) ?? null;
  }

  /** False while Fast Open is left alone after a failure. */
  mayTry(path: Path, port: number, now: Nanoseconds): boolean {
    if (now < this.blackHoleUntil) return false;
    const failure = this.lookup(path)?.failures.get(port);
    return failure === undefined || now >= failure.until;
  }

  /** A SYN-ACK brought a cookie: it replaces the old one, and whatever failed before works now. */
  learn(path: Path, port: number, cookie: Uint8Array, mss: number, isExperimental = false): void {
    const entry = this.touch(path);
    entry.cookie = cookie;
    entry.mss = mss;
    entry.isExperimental = isExperimental;
    entry.unanswered = 0;
    entry.failures.delete(port);
  }

  learnMss(path: Path, mss: number): void {
    this.touch(path).mss = mss;
  }

  succeeded(path: Path, port: number): void {
    this.lookup(path)?.failures.delete(port);
  }

  failed(path: Path, port: number, now: Nanoseconds): void {
    const { failures } = this.touch(path);
    const count = (failures.get(port)?.count ?? 0) + 1;
    failures.set(port, { count, until: now + this.profile.fastOpenBackoff * doubled(count) });
  }

  /** A request for a cookie was answered by a SYN-ACK without one. */
  notAnswered(path: Path): void {
    this.touch(path).unanswered++;
  }

  /** Something seems to swallow what Fast Open connections send: left alone altogether, longer each time. @returns true when that is news */
  blackHole(now: Nanoseconds): boolean {
    // Connections that began before tell the same story again.
    if (this.profile.fastOpenBlackHole === 0 || now < this.blackHoleUntil) return false;
    this.blackHoles++;
    this.blackHoleUntil = now + this.profile.fastOpenBlackHole * doubled(this.blackHoles);
    return true;
  }

  /** A Fast Open connection has brought data both ways. */
  noBlackHole(): void {
    this.blackHoles = 0;
  }

  clear(): void {
    this.entries.clear();
    this.blackHoles = 0;
    this.blackHoleUntil = 0;
  }

  private touch(path: Path): FastOpenEntry {
    const key = keyOf(path);
    const entry = this.entries.get(key) ?? {
      cookie: null,
      mss: 0,
      isExperimental: false,
      unanswered: 0,
      failures: new Map(),
    };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > MOST_ENTRIES) this.entries.delete(this.entries.keys().next().value!);
    return entry;
  }
}

const doubled = (count: number): number => 1 << Math.min(count - 1, MOST_DOUBLINGS);

const keyOf = (path: Path): string => `${path.local.join()}-${path.remote.join()}`;
