import { MILLISECOND, type Nanoseconds } from '../../time/index.ts';

/**
 * HyStart++ (RFC 9406): ends the first slow start before it overshoots. When the shortest round trip of a round is
 * clearly longer than that of the round before, a queue has begun to grow: the window then grows at a quarter of the
 * speed (conservative slow start, CSS), and after five such rounds slow start is over. When the delay falls below
 * what it was when CSS began, it was jitter, and slow start goes on.
 */
// Section 4.3.
const MIN_RTT_THRESH: Nanoseconds = 4 * MILLISECOND;
const MAX_RTT_THRESH: Nanoseconds = 16 * MILLISECOND;
const MIN_RTT_DIVISOR = 8;
const N_RTT_SAMPLE = 8;
const CSS_GROWTH_DIVISOR = 4;
const CSS_ROUNDS = 5;
/** In segments; of a sender that does not pace. */
const L = 8;

const INFINITY: Nanoseconds = Number.POSITIVE_INFINITY;

export class HyStart {
  /** False while nothing was in flight at the end of the last round: the next acknowledgment begins one. */
  private hasRound = false;
  /** The round ends when this sequence number is acknowledged. */
  private windowEnd = 0;
  private lastRoundMinRtt = INFINITY;
  private currentRoundMinRtt = INFINITY;
  private rttSampleCount = 0;
  /** Infinite but in CSS. */
  private cssBaselineMinRtt = INFINITY;
  private cssRounds = 0;

  /** In CSS. */
  get isConservative(): boolean {
    return this.cssBaselineMinRtt !== INFINITY;
  }

  /**
   * Something new was acknowledged (section 4.2).
   * @param rtt of the newest segment among it; negative when that is not known
   * @param next SND.NXT
   * @returns true when slow start is over: the threshold is to be what the window is
   */
  onAck(una: number, next: number, rtt: Nanoseconds): boolean {
    if (!this.hasRound) this.beginRound(next);
    if (rtt >= 0) this.sample(rtt);
    if (((una - this.windowEnd) | 0) < 0) return false;
    if (next === una) this.hasRound = false;
    else this.beginRound(next);
    return this.isConservative && ++this.cssRounds >= CSS_ROUNDS; // a round that was in CSS in part counts
  }

  private beginRound(next: number): void {
    this.hasRound = true;
    this.windowEnd = next;
    this.lastRoundMinRtt = this.currentRoundMinRtt;
    this.currentRoundMinRtt = INFINITY;
    this.rttSampleCount = 0;
  }

  private sample(rtt: Nanoseconds): void {
    if (rtt < this.currentRoundMinRtt) this.currentRoundMinRtt = rtt;
    if (++this.rttSampleCount < N_RTT_SAMPLE) return;
    const { currentRoundMinRtt, lastRoundMinRtt } = this;
    if (this.isConservative) {
      if (currentRoundMinRtt < this.cssBaselineMinRtt) this.resume();
    } else if (lastRoundMinRtt !== INFINITY && currentRoundMinRtt >= lastRoundMinRtt + threshold(lastRoundMinRtt)) {
      this.cssBaselineMinRtt = currentRoundMinRtt;
    }
  }

  /** It was for nothing. */
  private resume(): void {
    this.cssBaselineMinRtt = INFINITY;
    this.cssRounds = 0;
  }
}

/** Section 4.2: bytes that the window grows by. @param acked bytes  @param isConservative in CSS */
export const hystartStep = (acked: number, mss: number, isConservative: boolean): number => {
  const step = Math.min(acked, L * mss);
  return isConservative ? Math.floor(step / CSS_GROWTH_DIVISOR) : step;
};

/** Section 4.2's RttThresh. */
const threshold = (lastRoundMinRtt: Nanoseconds): Nanoseconds =>
  Math.max(MIN_RTT_THRESH, Math.min(lastRoundMinRtt / MIN_RTT_DIVISOR, MAX_RTT_THRESH));
