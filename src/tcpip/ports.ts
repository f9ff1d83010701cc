import type { RandomSource } from '../base/index.ts';

/**
 * Who uses which local port. A lease is shared by the endpoint that bound it, its connection and, after that, the
 * TIME_WAIT record; the port is free when the last lets go. Ephemeral ports start at a random place in the range and
 * go up from there (RFC 6056, section 3.3.1), so one seed gives one sequence.
 */
export interface PortLease {
  readonly port: number;
  readonly key: number;
  readonly shared: boolean;
  readonly exclusive: boolean;
  readonly ephemeral: boolean;
  refs: number;
  /** Another lease of the same address and port. */
  next: PortLease | null;
}

/** Numbers a local address for the table; 0 and 1 are the wildcards of IPv4 and IPv6. */
export type AddressId = number;
export const WILDCARD_V4: AddressId = 0;
export const WILDCARD_V6: AddressId = 1;
const isWildcardId = (id: AddressId): boolean => id <= WILDCARD_V6;

export class PortTable {
  private readonly leases = new Map<number, PortLease>();
  private readonly wildcards = new Uint16Array(65536);
  private readonly specific = new Uint16Array(65536);
  private readonly first: number;
  private readonly range: number;
  private cursor: number;
  /** Ephemeral ports in use, a byte each, by address: most leases by far are these, and they never conflict singly. */
  private readonly ephemeral = new Map<AddressId, Uint8Array>();
  private count = 0;

  private readonly scatter: RandomSource | null;

  /** @param scatter starts at a random place for every port, so that one port does not tell the next */
  constructor(first: number, last: number, random: RandomSource, scatter = false) {
    this.first = first;
    this.range = last - first + 1;
    this.cursor = random.below(this.range);
    this.scatter = scatter ? random : null;
  }

  /** Leases in force. */
  get size(): number {
    return this.count;
  }

  /**
   * @param shared SO_REUSEADDR: may stand beside other shared leases  @param exclusive SO_EXCLUSIVEADDRUSE
   * @returns null when the port is taken
   */
  bind(address: AddressId, port: number, shared: boolean, exclusive: boolean): PortLease | null {
    return this.mayBind(address, port, shared, exclusive) ? this.add(address, port, shared, exclusive) : null;
  }

  /** A free port of the ephemeral range, or null when there is none. */
  bindEphemeral(address: AddressId): PortLease | null {
    const inUse = this.ephemeralOf(address);
    const clashing = isWildcardId(address) ? this.specific : this.wildcards;
    if (this.scatter !== null) this.cursor = this.scatter.below(this.range);
    let left = this.range;
    let index: number;
    let port: number;
    do {
      if (left-- === 0) return null;
      index = this.cursor;
      port = this.first + index;
      this.cursor = index + 1 === this.range ? 0 : index + 1;
    } while (
      inUse[index] !== 0 ||
      clashing[port] !== 0 ||
      (this.leases.size > 0 && this.leases.has(keyOf(address, port)))
    );
    inUse[index] = 1;
    this.tally(address)[port]++;
    this.count++;
    return { port, key: keyOf(address, port), shared: false, exclusive: false, ephemeral: true, refs: 1, next: null };
  }

  retain(lease: PortLease): void {
    lease.refs++;
  }

  release(lease: PortLease): void {
    if (--lease.refs > 0) return;
    const address = Math.floor(lease.key / 65536);
    this.tally(address)[lease.port]--;
    this.count--;
    if (lease.ephemeral) {
      this.ephemeralOf(address)[lease.port - this.first] = 0;
      return;
    }
    const first = this.leases.get(lease.key)!;
    if (first === lease) {
      if (lease.next === null) this.leases.delete(lease.key);
      else this.leases.set(lease.key, lease.next);
    } else {
      let before = first;
      while (before.next !== lease) before = before.next!;
      before.next = lease.next;
    }
  }

  private mayBind(address: AddressId, port: number, shared: boolean, exclusive: boolean): boolean {
    // A wildcard and a specific address on one port do not collide on Windows unless one is exclusive; the more
    // specific one gets the connection. An ephemeral port keeps clear of both, see `bindEphemeral`.
    const index = port - this.first;
    if (index >= 0 && index < this.range && this.ephemeralOf(address)[index] !== 0) return false;
    const same = this.leases.get(keyOf(address, port));
    if (same !== undefined && !(shared && same.shared)) return false;
    if (this.wildcards[port] === 0 && this.specific[port] === 0) return true;
    if (isWildcardId(address) ? this.specific[port] > 0 : this.wildcards[port] > 0) {
      return !exclusive && !this.hasExclusive(port);
    }
    return true;
  }

  private hasExclusive(port: number): boolean {
    for (const [key, lease] of this.leases) if (key % 65536 === port && lease.exclusive) return true;
    return false;
  }

  private add(address: AddressId, port: number, shared: boolean, exclusive: boolean): PortLease {
    const key = keyOf(address, port);
    const lease: PortLease = {
      port,
      key,
      shared,
      exclusive,
      ephemeral: false,
      refs: 1,
      next: this.leases.get(key) ?? null,
    };
    this.leases.set(key, lease);
    this.tally(address)[port]++;
    this.count++;
    return lease;
  }

  private ephemeralOf(address: AddressId): Uint8Array {
    let inUse = this.ephemeral.get(address);
    if (inUse === undefined) this.ephemeral.set(address, (inUse = new Uint8Array(this.range)));
    return inUse;
  }

  private tally(address: AddressId): Uint16Array {
    return isWildcardId(address) ? this.wildcards : this.specific;
  }
}

const keyOf = (address: AddressId, port: number): number => address * 65536 + port;
