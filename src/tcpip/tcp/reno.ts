import { type CongestionControl, decayed, LARGEST_WINDOW, slowStartStep, usesWindow } from './congestion.ts';

/**
 * Congestion control after Reno (RFC 5681): a segment per acknowledged segment in slow start, a segment per round trip
 * beyond the threshold, half of what is in flight after a loss.
 */
export class Reno implements CongestionControl {
  window = 0;
  threshold = LARGEST_WINDOW;
  private readonly limit: number;
  private mss = 0;
  private acked = 0;
  private priorWindow = 0;
  private priorThreshold = LARGEST_WINDOW;

  constructor(limit = 2) {
    this.limit = limit;
  }

  start(mss: number, segments: number): void {
    this.mss = mss;
    this.window = mss * segments;
  }

  resize(mss: number): void {
    this.mss = mss;
  }

  onAck(acked: number, flight: number): void {
    const { mss, window, threshold } = this;
    if (!usesWindow(flight, window, threshold, mss)) return;
    if (window < threshold) {
      this.window = Math.min(window + slowStartStep(acked, mss, this.limit), LARGEST_WINDOW);
      return;
    }
    this.acked += acked;
    if (this.acked >= window) {
      this.acked -= window;
      this.window = Math.min(window + mss, LARGEST_WINDOW);
    }
  }

  onCongestion(flight: number): void {
    this.priorWindow = this.window;
    this.priorThreshold = this.threshold;
    this.threshold = Math.max(flight >> 1, 2 * this.mss); // RFC 5681, equation 4
    this.acked = 0;
  }

  onTimeout(flight: number, first: boolean): void {
    if (first) this.onCongestion(flight);
    this.window = this.mss;
    this.acked = 0;
  }

  restart(timeouts: number, segments: number): void {
    this.threshold = Math.max(this.threshold, Math.floor(this.window * 0.75)); // RFC 2861, section 3.1
    this.window = decayed(this.window, segments * this.mss, timeouts);
    this.acked = 0;
  }

  undo(): void {
    this.window = Math.max(this.window, this.priorWindow);
    this.threshold = this.priorThreshold;
  }
}
