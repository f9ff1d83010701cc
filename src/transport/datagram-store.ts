import type { SOCKADDR } from '../base/index.ts';
import type { DatagramInfo, DatagramLease, Scatter } from '../wsk/transport.ts';

/** A received datagram in memory of its own. */
export interface StoredDatagram {
  readonly bytes: Uint8Array;
  readonly info: DatagramInfo;
}

/** What each datagram counts besides its bytes, so that those of no bytes have an end as well. */
const OVERHEAD = 64;
const costOf = ({ bytes }: StoredDatagram): number => bytes.length + OVERHEAD;

/**
 * Received datagrams that a transport holds itself: those that came unasked, and those that an event callback did not
 * take. At most as many bytes as SO_RCVBUF wait or are on loan; one that is longer is taken when nothing else waits.
 */
export class DatagramStore {
  /** SO_RCVBUF, in bytes. */
  limit: number;
  /** Datagrams of anybody else are not wanted; null for all. */
  remote: SOCKADDR | null = null;
  private readonly waiting: StoredDatagram[] = [];
  private held = 0;
  private lent = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isEmpty(): boolean {
    return this.waiting.length === 0;
  }

  /** Whether as much is on loan as may be. */
  get isLentOut(): boolean {
    return this.lent >= this.limit;
  }

  wants(sender: SOCKADDR): boolean {
    const { remote } = this;
    if (remote === null) return true;
    return sender.port === remote.port && sender.address.every((byte, i) => byte === remote.address[i]);
  }

  /** @returns false when it is not wanted, or there is no room */
  push(datagram: StoredDatagram): boolean {
    const used = this.held + this.lent;
    if (!this.wants(datagram.info.remote) || (used > 0 && used + costOf(datagram) > this.limit)) return false;
    this.waiting.push(datagram);
    this.held += costOf(datagram);
    return true;
  }

  /** Moves the next one to `into`. @returns false when there is none */
  receive(into: Scatter, info: DatagramInfo): boolean {
    const next = this.shift();
    if (next === null) return false;
    into.copyFrom(0, next.bytes, 0, Math.min(next.bytes.length, into.length));
    copyInfo(info, next.info);
    return true;
  }

  /** The next one, off the store. */
  shift(): StoredDatagram | null {
    const next = this.waiting.shift() ?? null;
    if (next !== null) this.held -= costOf(next);
    return next;
  }

  /** Lends the next one; null when there is none, or as much is on loan as may be. */
  lendNext(): DatagramLease | null {
    const next = this.isLentOut ? null : this.shift();
    return next === null ? null : this.lend(next);
  }

  /** Lends a datagram that is in no store. */
  lend(datagram: StoredDatagram): DatagramLease {
    const { bytes, info } = datagram;
    let isLent = true;
    this.lent += costOf(datagram);
    const end = (): boolean => {
      if (!isLent) return false;
      isLent = false;
      this.lent -= costOf(datagram);
      return true;
    };
    return {
      info,
      pieces: bytes.length === 0 ? [] : [bytes],
      release: () => {
        end();
      },
      putBack: () => {
        if (!end()) return;
        this.waiting.unshift(datagram);
        this.held += costOf(datagram);
      },
    };
  }

  clear(): void {
    this.waiting.length = 0;
    this.held = 0;
  }
}

const copyInfo = (into: DatagramInfo, from: DatagramInfo): void => {
  into.remote.assign(from.remote);
  into.local.assign(from.local);
  into.interfaceIndex = from.interfaceIndex;
  into.length = from.length;
  into.cast = from.cast;
};
