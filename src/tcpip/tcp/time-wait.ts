import type { EventHandle, EventTarget, Executor, Nanoseconds } from '../../time/index.ts';
import type { PortLease } from '../ports.ts';

/**
 * Connections in TIME-WAIT (RFC 9293, section 3.6.1) as records in columns, about 60 bytes each, so that a million
 * of them is no burden. All wait equally long, so they expire in the order of a queue, with one entry in the event
 * heap for its head; a record that is made to wait again moves to the back.
 */
const NONE = -1;

export class TimeWaitTable implements EventTarget {
  private readonly executor: Executor;
  private readonly duration: Nanoseconds;
  private readonly onExpire: (slot: number) => void;
  private capacity = 64;
  ports = new Int32Array(this.capacity);
  path = new Int32Array(this.capacity);
  sndNxt = new Int32Array(this.capacity);
  rcvNxt = new Int32Array(this.capacity);
  tsRecent = new Int32Array(this.capacity);
  /** 1 when the connection had timestamps: `tsRecent` is the last of the peer. */
  hasTimestamps = new Int32Array(this.capacity);
  private chain = new Int32Array(this.capacity);
  private before = new Int32Array(this.capacity);
  private after = new Int32Array(this.capacity);
  private expires = new Float64Array(this.capacity);
  /** The port that the record keeps from being chosen again; null for a listener's. */
  readonly leases: (PortLease | null)[] = [];
  private buckets = new Int32Array(64).fill(NONE);
  private first = NONE;
  private last = NONE;
  private free = NONE;
  private used = 0;
  private count = 0;
  private entry: EventHandle = 0;

  constructor(executor: Executor, duration: Nanoseconds, onExpire: (slot: number) => void) {
    this.executor = executor;
    this.duration = duration;
    this.onExpire = onExpire;
  }

  get size(): number {
    return this.count;
  }

  find(path: number, ports: number): number {
    let slot = this.buckets[hash(path, ports) & (this.buckets.length - 1)];
    while (slot !== NONE && !(this.ports[slot] === ports && this.path[slot] === path)) slot = this.chain[slot];
    return slot;
  }

  /** @returns the record's slot, for its remaining columns */
  add(path: number, ports: number, lease: PortLease | null): number {
    if (this.free === NONE && this.used === this.capacity) this.grow();
    let slot = this.free;
    if (slot === NONE) slot = this.used++;
    else this.free = this.chain[slot];
    this.ports[slot] = ports;
    this.path[slot] = path;
    this.leases[slot] = lease;
    const bucket = hash(path, ports) & (this.buckets.length - 1);
    this.chain[slot] = this.buckets[bucket];
    this.buckets[bucket] = slot;
    this.count++;
    this.append(slot);
    return slot;
  }

  /** The two minutes (or what the profile says) start again. */
  restart(slot: number): void {
    this.unlink(slot);
    this.append(slot);
  }

  remove(slot: number): void {
    this.unlink(slot);
    const bucket = hash(this.path[slot], this.ports[slot]) & (this.buckets.length - 1);
    if (this.buckets[bucket] === slot) this.buckets[bucket] = this.chain[slot];
    else {
      let at = this.buckets[bucket];
      while (this.chain[at] !== slot) at = this.chain[at];
      this.chain[at] = this.chain[slot];
    }
    this.leases[slot] = null;
    this.chain[slot] = this.free;
    this.free = slot;
    this.count--;
    if (this.count === 0 && this.entry !== 0) {
      this.executor.cancel(this.entry);
      this.entry = 0;
    }
  }

  onEvent(): void {
    this.entry = 0;
    const now = this.executor.now();
    while (this.first !== NONE && this.expires[this.first] <= now) this.onExpire(this.first);
    this.arm();
  }

  /** Ends them all, as when the machine goes down. */
  clear(): void {
    while (this.first !== NONE) this.onExpire(this.first);
  }

  private append(slot: number): void {
    this.expires[slot] = this.executor.now() + this.duration;
    this.before[slot] = this.last;
    this.after[slot] = NONE;
    if (this.last === NONE) this.first = slot;
    else this.after[this.last] = slot;
    this.last = slot;
    this.arm();
  }

  private unlink(slot: number): void {
    const { before, after } = this;
    if (before[slot] === NONE) this.first = after[slot];
    else after[before[slot]] = after[slot];
    if (after[slot] === NONE) this.last = before[slot];
    else before[after[slot]] = before[slot];
  }

  private arm(): void {
    if (this.entry === 0 && this.first !== NONE) {
      this.entry = this.executor.schedule(this.expires[this.first], this, 0, 0);
    }
  }

  private grow(): void {
    const size = this.capacity * 2;
    const wider = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const into = new Int32Array(size);
      into.set(from);
      return into;
    };
    this.ports = wider(this.ports);
    this.path = wider(this.path);
    this.sndNxt = wider(this.sndNxt);
    this.rcvNxt = wider(this.rcvNxt);
    this.tsRecent = wider(this.tsRecent);
    this.hasTimestamps = wider(this.hasTimestamps);
    this.chain = wider(this.chain);
    this.before = wider(this.before);
    this.after = wider(this.after);
    const expires = new Float64Array(size);
    expires.set(this.expires);
    this.expires = expires;
    this.capacity = size;
    this.buckets = new Int32Array(size).fill(NONE);
    for (let slot = this.first; slot !== NONE; slot = this.after[slot]) {
      const bucket = hash(this.path[slot], this.ports[slot]) & (size - 1);
      this.chain[slot] = this.buckets[bucket];
      this.buckets[bucket] = slot;
    }
  }
}

const hash = (path: number, ports: number): number => {
  const mixed = Math.imul(path ^ Math.imul(ports, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};
