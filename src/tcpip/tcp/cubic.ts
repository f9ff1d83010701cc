import { type Nanoseconds, SECOND } from '../../time/index.ts';
import { decayed, LARGEST_WINDOW, usesWindow } from './congestion.ts';
import { cubeRoot } from './cube-root.ts';
import { SlowStart } from './slow-start.ts';

/**
 * CUBIC (RFC 9438). After a loss the window follows a cubic function of the time since: fast at first, flat around
 * `wMax`, where the loss was, and faster and faster beyond it, independent of the round-trip time. Where Reno would be
 * faster (short round trips), its estimate is followed. Windows are counted in segments here, as in the RFC.
 */
const C = 0.4; // section 5.1, segments per cubic second
const BETA = 0.7; // section 4.6
const RENO_ALPHA = (3 * (1 - BETA)) / (1 + BETA); // section 4.3
const FASTEST = 1.5; // section 4.2: at most half as much again per round trip

/** The curve, in segments and seconds; the first slow start has none. */
class Curve {
  wMax = 0;
  /** The window before the last reduction. */
  wPrior = 0;
  wEstimate = 0;
  k = 0;
  /** When this stage of congestion avoidance began; -1 before the first acknowledgment of it. */
  epochAt: Nanoseconds = -1;
  lastAt: Nanoseconds = 0;
  afterTimeout = false;
  /** Part of a byte that the window has not grown by yet. */
  credit = 0;
  undoWMax = 0;

  begin(current: number, now: Nanoseconds): void {
    this.epochAt = now;
    this.wEstimate = current;
    this.credit = 0;
    if (this.afterTimeout || this.wMax <= current) {
      this.wMax = current; // section 4.8: behind a timeout the plateau is where slow start ended
      this.k = 0;
    } else this.k = cubeRoot((this.wMax - current) / C);
    this.afterTimeout = false;
  }

  /** Segments have become shorter by `factor`. */
  rescale(factor: number): void {
    this.wMax *= factor;
    this.wPrior *= factor;
    this.wEstimate *= factor;
    this.undoWMax *= factor;
    this.epochAt = -1;
  }

  at(t: number): number {
    const d = t - this.k;
    return C * d * d * d + this.wMax;
  }
}

export class Cubic extends SlowStart {
  private undoWindow = 0;
  private undoThreshold = LARGEST_WINDOW;
  private curve: Curve | null = null;

  resize(mss: number): void {
    this.curve?.rescale(this.mss / mss);
    this.mss = mss;
  }

  onAck(acked: number, flight: number, now: Nanoseconds, srtt: Nanoseconds): void {
    const { mss, window, threshold } = this;
    const isUsed = usesWindow(flight, window, threshold, mss);
    if (window < threshold) {
      if (isUsed) this.grow(acked);
      return;
    }
    const curve = this.curve ?? this.firstCurve();
    if (isUsed) this.avoid(curve, acked, now, srtt);
    else if (curve.epochAt >= 0) curve.epochAt += now - curve.lastAt; // section 5.8: such time does not count
    curve.lastAt = now;
  }

  /** Section 4.10: slow start has ended without a loss, and the plateau is where it ended. */
  private firstCurve(): Curve {
    this.curve = new Curve();
    this.curve.wPrior = this.window / this.mss;
    return this.curve;
  }

  private avoid(curve: Curve, acked: number, now: Nanoseconds, srtt: Nanoseconds): void {
    const current = this.window / this.mss;
    const segments = acked / this.mss;
    if (curve.epochAt < 0) curve.begin(current, now);
    const t = (now - curve.epochAt) / SECOND;
    curve.wEstimate += ((curve.wEstimate >= curve.wPrior ? 1 : RENO_ALPHA) * segments) / current;
    let growth: number;
    if (curve.at(t) < curve.wEstimate) growth = Math.min(Math.max(curve.wEstimate - current, 0), segments);
    else {
      const target = Math.min(Math.max(curve.at(t + srtt / SECOND), current), FASTEST * current);
      growth = ((target - current) / current) * segments;
    }
    curve.credit += growth * this.mss;
    const whole = Math.floor(curve.credit);
    curve.credit -= whole;
    this.window = Math.min(this.window + whole, LARGEST_WINDOW);
  }

  onCongestion(_flight: number): void {
    const current = this.window / this.mss;
    if (this.curve === null) this.curve = new Curve();
    const { curve } = this;
    this.undoWindow = this.window;
    this.undoThreshold = this.threshold;
    curve.undoWMax = curve.wMax;
    // Section 4.7, fast convergence: lost before it was where it had been, so somebody else needs room.
    curve.wMax = current < curve.wMax ? (current * (1 + BETA)) / 2 : current;
    curve.wPrior = current;
    curve.epochAt = -1;
    this.threshold = Math.max(Math.floor(this.window * BETA), 2 * this.mss);
  }

  onTimeout(flight: number, first: boolean): void {
    if (first || this.curve === null) this.onCongestion(flight);
    this.window = this.mss;
    this.curve!.epochAt = -1;
    this.curve!.afterTimeout = true;
  }

  restart(timeouts: number, segments: number): void {
    this.threshold = Math.max(this.threshold, Math.floor(this.window * 0.75)); // RFC 2861, section 3.1
    this.window = decayed(this.window, segments * this.mss, timeouts);
    if (this.curve !== null) this.curve.epochAt = -1;
  }

  undo(): void {
    this.window = Math.max(this.window, this.undoWindow);
    this.threshold = this.undoThreshold;
    if (this.curve === null) return;
    this.curve.wMax = this.curve.undoWMax;
    this.curve.epochAt = -1;
    this.curve.afterTimeout = false;
  }
}
