/**
 * Congestion control after Reno (RFC 5681) with NewReno's recovery (RFC 6582) and limited transmit (RFC 3042).
 *
 * The window grows by a segment per acknowledgment in slow start and by a segment per round trip beyond `ssthresh`.
 * Three duplicate acknowledgments mean a loss: the segment is sent again at once, the window is halved, and every
 * further duplicate, which means that a packet has left the network, lets one more out. An acknowledgment short of
 * `recover`, where the recovery began, uncovers the next hole. A timeout starts over with one segment.
 */
const DUPLICATES = 3; // RFC 5681, section 3.2
const LARGEST_WINDOW = 1 << 30;

/** What the output side asks and the input side tells; CUBIC will be another. */
export interface CongestionControl {
  /** Bytes that may be in flight. */
  readonly window: number;
  readonly inRecovery: boolean;
  start(mss: number, segments: number): void;
  /** New data was acknowledged. @returns true when the next hole must be sent again now */
  onAck(acked: number, una: number, inFlight: number): boolean;
  /** @returns true when the segment at SND.UNA must be sent again now */
  onDuplicateAck(una: number, nxt: number): boolean;
  onTimeout(inFlight: number, nxt: number): void;
}

export class Reno implements CongestionControl {
  private mss = 0;
  private cwnd = 0;
  private ssthresh = LARGEST_WINDOW;
  private duplicates = 0;
  private acked = 0;
  private recover = 0;
  private hasRecover = false;
  inRecovery = false;

  get window(): number {
    // RFC 3042: the first two duplicates let a new segment out each.
    if (!this.inRecovery && this.duplicates > 0) return this.cwnd + Math.min(this.duplicates, 2) * this.mss;
    return this.cwnd;
  }

  start(mss: number, segments: number): void {
    this.mss = mss;
    this.cwnd = mss * segments;
  }

  onAck(acked: number, una: number, inFlight: number): boolean {
    this.duplicates = 0;
    if (this.inRecovery) {
      if (((una - this.recover) | 0) >= 0) {
        this.inRecovery = false;
        this.cwnd = Math.min(this.ssthresh, Math.max(inFlight, this.mss) + this.mss); // RFC 6582, section 3.2, step 3
        return false;
      }
      this.cwnd = Math.max(this.cwnd - acked + (acked >= this.mss ? this.mss : 0), this.mss);
      return true;
    }
    if (this.cwnd < this.ssthresh) {
      // RFC 3465 with L = 2: a delayed acknowledgment counts for both of its segments.
      this.cwnd = Math.min(this.cwnd + Math.min(acked, 2 * this.mss), LARGEST_WINDOW);
      return false;
    }
    this.acked += acked;
    if (this.acked >= this.cwnd) {
      this.acked -= this.cwnd;
      this.cwnd = Math.min(this.cwnd + this.mss, LARGEST_WINDOW);
    }
    return false;
  }

  onDuplicateAck(una: number, nxt: number): boolean {
    if (this.inRecovery) {
      this.cwnd = Math.min(this.cwnd + this.mss, LARGEST_WINDOW);
      return false;
    }
    if (++this.duplicates !== DUPLICATES) return false;
    // RFC 6582, section 3.2, step 2: not again for losses of a window that was dealt with already.
    if (this.hasRecover && ((una - this.recover) | 0) < 0) return false;
    this.ssthresh = Math.max(((nxt - una) | 0) >> 1, 2 * this.mss);
    this.cwnd = this.ssthresh + DUPLICATES * this.mss;
    this.recover = nxt;
    this.hasRecover = this.inRecovery = true;
    this.acked = 0;
    return true;
  }

  onTimeout(inFlight: number, nxt: number): void {
    if (inFlight > 0) this.ssthresh = Math.max(inFlight >> 1, 2 * this.mss); // RFC 5681, equation 4
    this.cwnd = this.mss;
    this.duplicates = this.acked = 0;
    this.inRecovery = false;
    this.recover = nxt;
    this.hasRecover = true;
  }
}
