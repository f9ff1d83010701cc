import type { Tcb } from './tcb.ts';

/** Connections by addresses and ports: chains in a table that doubles. */
export class ConnectionTable {
  private buckets: (Tcb | null)[] = new Array(256).fill(null);
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** IPv4: one word per address. */
  find4(local: number, remote: number, ports: number): Tcb | null {
    let at = this.buckets[hash(remote, ports) & (this.buckets.length - 1)];
    while (at !== null) {
      if (at.ports === ports && at.path.remote0 === remote && at.path.local0 === local && at.path.version === 4) break;
      at = at.nextInBucket;
    }
    return at;
  }

  find6(local: Int32Array, remote: Int32Array, ports: number): Tcb | null {
    let at = this.buckets[hash(mix6(remote), ports) & (this.buckets.length - 1)];
    while (at !== null && !(at.ports === ports && at.path.matches(6, local, remote))) at = at.nextInBucket;
    return at;
  }

  add(connection: Tcb): void {
    if (++this.count > this.buckets.length) this.grow();
    const bucket = this.bucketOf(connection);
    connection.nextInBucket = this.buckets[bucket];
    this.buckets[bucket] = connection;
  }

  remove(connection: Tcb): void {
    const bucket = this.bucketOf(connection);
    let at = this.buckets[bucket];
    if (at === connection) this.buckets[bucket] = connection.nextInBucket;
    else {
      while (at !== null && at.nextInBucket !== connection) at = at.nextInBucket;
      if (at === null) return;
      at.nextInBucket = connection.nextInBucket;
    }
    connection.nextInBucket = null;
    this.count--;
  }

  /** Every connection, in an order that depends on the table only. */
  all(): Tcb[] {
    const found: Tcb[] = [];
    for (const bucket of this.buckets) for (let at = bucket; at !== null; at = at.nextInBucket) found.push(at);
    return found;
  }

  private bucketOf(connection: Tcb): number {
    const { path, ports } = connection;
    const remote = path.version === 4 ? path.remote0 : mix6(path.remote);
    return hash(remote, ports) & (this.buckets.length - 1);
  }

  private grow(): void {
    const all = this.all();
    this.buckets = new Array(this.buckets.length * 4).fill(null);
    for (const connection of all) {
      const bucket = this.bucketOf(connection);
      connection.nextInBucket = this.buckets[bucket];
      this.buckets[bucket] = connection;
    }
  }
}

const hash = (remote: number, ports: number): number => {
  const mixed = Math.imul(remote ^ Math.imul(ports, 0x85ebca6b), 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};

const mix6 = (words: Int32Array): number => words[0] ^ words[1] ^ words[2] ^ words[3];
