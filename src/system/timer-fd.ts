import { OpenWskError } from '../base/index.ts';
import { type Alarm, MICROSECOND, type Nanoseconds, SECOND } from '../time/index.ts';
import { CLOCK_MONOTONIC, type Libc, SOCK_CLOEXEC, SOCK_NONBLOCK } from './libc.ts';
import type { Reactor, ReadinessTarget } from './reactor.ts';

/** struct itimerspec: the interval, then the first expiry, each in seconds and nanoseconds. */
const SPEC_BYTES = 32;
const VALUE_SECONDS = 16;
const VALUE_NANOSECONDS = 24;
/** Setting it and being woken costs some ten microseconds: what is due so soon waits, and is fired together. */
const LEAST_WAIT: Nanoseconds = 50 * MICROSECOND;

/**
 * A timer of the kernel as the real clock's alarm, good to less than a hundred microseconds where JavaScript's timers count whole
 * milliseconds: a link of half a millisecond needs it, and so do TCP's reordering timers on such a link.
 */
export class TimerFd implements Alarm, ReadinessTarget {
  private readonly libc: Libc;
  private readonly reactor: Reactor;
  private readonly ring: () => void;
  private readonly fd: number;
  private readonly slot: number;
  private readonly spec = new Uint8Array(SPEC_BYTES);
  private readonly view = new DataView(this.spec.buffer);

  constructor(libc: Libc, reactor: Reactor, ring: () => void) {
    this.libc = libc;
    this.reactor = reactor;
    this.ring = ring;
    this.fd = libc.timerfd_create(CLOCK_MONOTONIC, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (this.fd < 0) throw new OpenWskError('OWSK_NO_HOST', `timerfd_create failed (errno ${libc.errno()})`);
    this.slot = reactor.add(this.fd, this);
  }

  set(wait: Nanoseconds): void {
    this.settime(Math.max(Math.ceil(wait), LEAST_WAIT));
  }

  clear(): void {
    this.settime(0);
  }

  /** Nothing is read from it: setting it anew forgets an expiry that was not told yet. */
  onReadiness(): void {
    this.ring();
  }

  close(): void {
    this.reactor.remove(this.slot);
    this.libc.close(this.fd);
  }

  private settime(wait: number): void {
    const seconds = Math.floor(wait / SECOND);
    this.view.setUint32(VALUE_SECONDS, seconds, true);
    this.view.setUint32(VALUE_NANOSECONDS, wait - seconds * SECOND, true);
    this.libc.timerfd_settime(this.fd, 0, this.spec, null);
  }
}
