import {
  type AddressWords,
  buildIcmpError,
  type IcmpErrorCause,
  type LinkEnd,
  type PacketArena,
  type PacketHandle,
} from '../../link/index.ts';
import { type Executor, type Nanoseconds, SECOND } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import type { IpProfile } from './ip-profile.ts';

/** ICMP errors that a host sends, as many as its token bucket lets (RFC 4443, section 2.4 (f); RFC 1812, 4.3.2.8). */
export class IcmpErrors {
  private readonly arena: PacketArena;
  private readonly executor: Executor;
  private readonly counters: HostCounters;
  private readonly interval: Nanoseconds;
  private readonly burst: number;
  /** When the bucket will be full: `burst` errors may be sent at once when that is now. */
  private fullAt: Nanoseconds = 0;

  constructor(arena: PacketArena, executor: Executor, counters: HostCounters, profile: IpProfile) {
    this.arena = arena;
    this.executor = executor;
    this.counters = counters;
    this.interval = Math.ceil(SECOND / profile.icmpErrorRate);
    this.burst = profile.icmpErrorBurst * this.interval;
  }

  /**
   * Tells the sender of `packet`, which stays the caller's.
   * @param from our address that it was sent to  @param parameter the byte at fault, for a parameter problem
   */
  send(packet: PacketHandle, cause: IcmpErrorCause, from: AddressWords, end: LinkEnd, parameter = 0): void {
    const now = this.executor.now();
    const fullAt = Math.max(this.fullAt, now);
    if (fullAt + this.interval - now > this.burst) {
      this.counters.icmpOutRateLimited++;
      return;
    }
    const error = buildIcmpError(this.arena, packet, cause, from, parameter);
    if (error === 0) return;
    this.fullAt = fullAt + this.interval;
    this.count(cause, from.version);
    end.send(error);
  }

  private count(cause: IcmpErrorCause, version: 4 | 6): void {
    const { counters } = this;
    if (cause === 'reassemblyTimeout') counters.icmpOutTimeExcds++;
    else if (cause === 'noPort' || (cause === 'noProtocol' && version === 4)) counters.icmpOutDestUnreachs++;
    else counters.icmpOutParmProbs++;
  }
}
