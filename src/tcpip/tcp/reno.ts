import { decayed, LARGEST_WINDOW, usesWindow } from './congestion.ts';
import { SlowStart } from './slow-start.ts';

/**
 * Congestion control after Reno (RFC 5681): a segment per acknowledged segment in slow start, a segment per round trip
 * beyond the threshold, half of what is in flight after a loss.
 */
export class Reno extends SlowStart {
  private acked = 0;
  private priorWindow = 0;
  private priorThreshold = LARGEST_WINDOW;

  resize(mss: number): void {
    this.mss = mss;
  }

  onAck(acked: number, flight: number): void {
    const { mss, window, threshold } = this;
    if (!usesWindow(flight, window, threshold, mss)) return;
    if (window < threshold) {
      this.grow(acked);
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
