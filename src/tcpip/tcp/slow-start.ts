import type { Nanoseconds } from '../../time/index.ts';
import { type CongestionControl, LARGEST_WINDOW } from './congestion.ts';
import { HyStart, hystartStep } from './hystart.ts';

/** Slow start (RFC 5681, section 3.1), which Reno and CUBIC share: with HyStart++, or with RFC 3465's byte counting. */
export abstract class SlowStart implements CongestionControl {
  window = 0;
  threshold = LARGEST_WINDOW;
  protected mss = 0;
  private readonly limit: number;
  /** False where there is no HyStart++, and once it has ended slow start. */
  private mayWatch: boolean;
  /** Null before there is anything to watch: a connection with one segment in flight at a time has none. */
  private hystart: HyStart | null = null;

  /** @param limit RFC 3465's L: with 2, a delayed acknowledgment counts for both of its segments  @param hystart with HyStart++ */
  constructor(limit = 2, hystart = false) {
    this.limit = limit;
    this.mayWatch = hystart;
  }

  start(mss: number, segments: number): void {
    this.mss = mss;
    this.window = mss * segments;
  }

  /** RFC 9406, section 4.3: in the first slow start only, before anything has set the threshold. */
  get watchesDelay(): boolean {
    return this.mayWatch && this.threshold === LARGEST_WINDOW;
  }

  onRoundTrip(rtt: Nanoseconds, una: number, next: number): void {
    if (this.hystart === null) {
      if (una === next) return;
      this.hystart = new HyStart();
    }
    if (!this.hystart.onAck(una, next, rtt)) return;
    this.threshold = this.window; // RFC 9406, section 4.2: congestion avoidance from here on
    this.mayWatch = false;
    this.hystart = null;
  }

  protected grow(acked: number): void {
    const { hystart, mss } = this;
    const step = this.watchesDelay
      ? hystartStep(acked, mss, hystart?.isConservative === true)
      : Math.min(acked, this.limit * mss);
    this.window = Math.min(this.window + step, LARGEST_WINDOW);
  }

  abstract resize(mss: number): void;
  abstract onAck(acked: number, flight: number, now: Nanoseconds, srtt: Nanoseconds): void;
  abstract onCongestion(flight: number): void;
  abstract onTimeout(flight: number, first: boolean): void;
  abstract restart(timeouts: number, segments: number): void;
  abstract undo(): void;
}
