import type { Nanoseconds } from '../../time/index.ts';
import { type CongestionControl, LARGEST_WINDOW } from './congestion.ts';
import type { HyStart } from './hystart.ts';

/** Slow start (RFC 5681, section 3.1), which Reno and CUBIC share: with HyStart++, or with RFC 3465's byte counting. */
export abstract class SlowStart implements CongestionControl {
  window = 0;
  threshold = LARGEST_WINDOW;
  protected mss = 0;
  private readonly limit: number;
  /** Null where there is none, and once it has ended slow start. */
  private hystart: HyStart | null;

  /** @param limit RFC 3465's L: with 2, a delayed acknowledgment counts for both of its segments */
  constructor(limit = 2, hystart: HyStart | null = null) {
    this.limit = limit;
    this.hystart = hystart;
  }

  start(mss: number, segments: number): void {
    this.mss = mss;
    this.window = mss * segments;
  }

  /** RFC 9406, section 4.3: in the first slow start only, before anything has set the threshold. */
  get watchesDelay(): boolean {
    return this.hystart !== null && this.threshold === LARGEST_WINDOW;
  }

  onRoundTrip(rtt: Nanoseconds, una: number, next: number): void {
    if (!this.hystart!.onAck(una, next, rtt)) return;
    this.threshold = this.window; // RFC 9406, section 4.2: congestion avoidance from here on
    this.hystart = null;
  }

  protected grow(acked: number): void {
    const step = this.watchesDelay ? this.hystart!.step(acked, this.mss) : Math.min(acked, this.limit * this.mss);
    this.window = Math.min(this.window + step, LARGEST_WINDOW);
  }

  abstract resize(mss: number): void;
  abstract onAck(acked: number, flight: number, now: Nanoseconds, srtt: Nanoseconds): void;
  abstract onCongestion(flight: number): void;
  abstract onTimeout(flight: number, first: boolean): void;
  abstract restart(timeouts: number, segments: number): void;
  abstract undo(): void;
}
