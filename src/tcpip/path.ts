import { foldChecksum, type LinkEnd } from '../link/index.ts';
import { type Nanoseconds, SECOND } from '../time/index.ts';

const LEAST_MTU_V4 = 552; // as Linux: less is an attack more often than a link
const LEAST_MTU_V6 = 1280; // RFC 8201, section 4
const PLATEAUS: readonly number[] = [17_914, 8166, 4352, 2002, 1492, 1006, 552]; // RFC 1191, section 7.1
/** How long a smaller MTU counts before a larger one is tried again (RFC 1191, section 6.3; RFC 8201, section 4). */
const MTU_AGE: Nanoseconds = 600 * SECOND;

/**
 * A path is a pair of a local and a remote address with what is known about the way between them: the link end to
 * leave by, the MTU, and the parts of both checksums that every packet of the pair shares. Connections hold a
 * reference; the table keeps a few unused ones so that connection after connection to one server makes no new ones.
 */
export class Path {
  readonly id: number;
  readonly version: 4 | 6;
  readonly local: Int32Array;
  readonly remote: Int32Array;
  /** First words, all of an IPv4 address; copies, because each packet compares them. */
  readonly local0: number;
  readonly remote0: number;
  readonly end: LinkEnd;
  readonly ipHeader: 20 | 40;
  /** One's complement sum of both addresses: the constant part of pseudo-headers and of the IPv4 header. */
  readonly addressSum: number;
  private learnedMtu = Number.POSITIVE_INFINITY;
  /** When what was learned of the MTU is too old to count; infinite while nothing was. */
  mtuAgesAt: Nanoseconds = Number.POSITIVE_INFINITY;
  refs = 0;
  nextInBucket: Path | null = null;

  constructor(id: number, version: 4 | 6, local: Int32Array, remote: Int32Array, end: LinkEnd) {
    this.id = id;
    this.version = version;
    this.local = local;
    this.remote = remote;
    this.local0 = local[0];
    this.remote0 = remote[0];
    this.end = end;
    this.ipHeader = version === 4 ? 20 : 40;
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      sum += (local[i] >>> 16) + (local[i] & 0xffff) + (remote[i] >>> 16) + (remote[i] & 0xffff);
    }
    this.addressSum = foldChecksum(sum);
  }

  /** The longest TCP segment without options that the link carries (RFC 9293, section 3.7.1). */
  get mss(): number {
    return this.mtu - this.ipHeader - 20;
  }

  /** The MSS that is told to peers: what the link carries, whatever is known of the way beyond it (RFC 6691). */
  get offeredMss(): number {
    return this.end.mtu - this.ipHeader - 20;
  }

  /** The longest packet that gets through, as far as is known. */
  get mtu(): number {
    return Math.min(this.end.mtu, this.learnedMtu);
  }

  /**
   * A router could not pass a packet on (RFC 1191, RFC 8201). What is less than every link must carry is not believed.
   * @param mtu of the link beyond it; 0 when it does not say  @param length of the packet that was too long
   */
  learnMtu(mtu: number, length: number, now: Nanoseconds): void {
    const least = this.version === 4 ? LEAST_MTU_V4 : LEAST_MTU_V6;
    const told = mtu > 0 ? mtu : (PLATEAUS.find((plateau) => plateau < length) ?? least);
    this.learnedMtu = Math.max(Math.min(this.learnedMtu, told), least);
    this.mtuAgesAt = now + MTU_AGE;
  }

  /** Forgets what was learned of the MTU once it is old: the way may be another by now. */
  age(now: Nanoseconds): void {
    if (now < this.mtuAgesAt) return;
    this.learnedMtu = this.mtuAgesAt = Number.POSITIVE_INFINITY;
  }

  matches(version: 4 | 6, local: Int32Array, remote: Int32Array): boolean {
    if (this.version !== version || this.local0 !== local[0] || this.remote0 !== remote[0]) return false;
    return version === 4 || (sameTail(this.local, local) && sameTail(this.remote, remote));
  }
}

const sameTail = (a: Int32Array, b: Int32Array): boolean => a[1] === b[1] && a[2] === b[2] && a[3] === b[3];

const BUCKETS = 1024;
const IDLE_KEPT = 64;

export class PathTable {
  private readonly buckets: (Path | null)[] = new Array(BUCKETS).fill(null);
  private readonly byId: (Path | null)[] = [];
  private readonly freeIds: number[] = [];
  private readonly idle: Path[] = [];

  /** Paths that something refers to. */
  get inUse(): number {
    let count = 0;
    for (const path of this.byId) if (path !== null && path.refs > 0) count++;
    return count;
  }

  at(id: number): Path {
    return this.byId[id]!;
  }

  find(version: 4 | 6, local: Int32Array, remote: Int32Array): Path | null {
    let path = this.buckets[bucketOf(local, remote)];
    while (path !== null && !path.matches(version, local, remote)) path = path.nextInBucket;
    return path;
  }

  /** The path between two addresses, with one reference more. The words are copied. */
  acquire(version: 4 | 6, local: Int32Array, remote: Int32Array, end: LinkEnd, now: Nanoseconds): Path {
    let path = this.find(version, local, remote);
    if (path === null) {
      const id = this.freeIds.pop() ?? this.byId.length;
      path = new Path(id, version, local.slice(), remote.slice(), end);
      this.byId[id] = path;
      const bucket = bucketOf(local, remote);
      path.nextInBucket = this.buckets[bucket];
      this.buckets[bucket] = path;
    }
    path.refs++;
    path.age(now);
    return path;
  }

  release(path: Path): void {
    if (--path.refs > 0) return;
    if (this.idle.includes(path)) return;
    this.idle.push(path);
    if (this.idle.length <= IDLE_KEPT) return;
    const oldest = this.idle.shift()!;
    if (oldest.refs === 0) this.forget(oldest);
  }

  /** Routes have changed: paths that nobody uses are found anew. */
  forgetIdle(): void {
    for (const path of this.idle.splice(0)) if (path.refs === 0) this.forget(path);
  }

  private forget(path: Path): void {
    const bucket = bucketOf(path.local, path.remote);
    let at = this.buckets[bucket];
    if (at === path) this.buckets[bucket] = path.nextInBucket;
    else {
      while (at!.nextInBucket !== path) at = at!.nextInBucket;
      at!.nextInBucket = path.nextInBucket;
    }
    this.byId[path.id] = null;
    this.freeIds.push(path.id);
  }
}

const bucketOf = (local: Int32Array, remote: Int32Array): number => {
  const mixed = Math.imul(remote[0] ^ remote[1] ^ remote[2] ^ remote[3], 0x9e3779b1) ^ (local[0] + local[3]);
  return (mixed ^ (mixed >>> 15)) & (BUCKETS - 1);
};
