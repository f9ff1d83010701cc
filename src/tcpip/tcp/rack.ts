import type { Nanoseconds } from '../../time/index.ts';
import type { SentLog } from './sent-log.ts';

/**
 * RACK (RFC 8985, section 6): what was sent well before something that has been delivered is lost. "Well before" is
 * the reordering window: nothing while no reordering was seen and three segments (or a recovery) say so, else a quarter
 * of the shortest round trip, and more when duplicates tell that it was too little.
 */
const DUPLICATES = 3; // RFC 5681's DupThresh
const FORGET_AFTER = 16; // recoveries, section 6.2, step 4

export class Rack {
  /** Of the segment sent last among those delivered. */
  private sentAt: Nanoseconds = -1;
  private end = 0;
  private rtt: Nanoseconds = 0;
  private multiplier = 1;
  private persist = 0;
  private sawReordering = false;
  private hasDsackRound = false;
  private dsackRound = 0;

  /** Section 6.2, steps 2 and 3, for all that an acknowledgment delivered. */
  onDelivered(log: SentLog, now: Nanoseconds): void {
    if (log.reordered) this.sawReordering = true;
    if (log.newestAt < 0) return;
    if (log.newestAt > this.sentAt || (log.newestAt === this.sentAt && ((log.newestEnd - this.end) | 0) > 0)) {
      this.sentAt = log.newestAt;
      this.end = log.newestEnd;
      this.rtt = now - log.newestAt;
    }
  }

  /** Section 6.2, step 4: a duplicate tells that something was sent again for nothing. Once per round trip. */
  onDsack(una: number, nxt: number): void {
    if (this.hasDsackRound && ((una - this.dsackRound) | 0) < 0) return;
    this.hasDsackRound = true;
    this.dsackRound = nxt;
    this.multiplier++;
    this.persist = FORGET_AFTER;
  }

  onRecoveryEnd(): void {
    if (this.persist > 0 && --this.persist === 0) this.multiplier = 1;
  }

  /**
   * Section 6.2, step 5: marks what is lost.
   * @returns how long until more would be, or 0
   */
  detect(
    log: SentLog,
    now: Nanoseconds,
    srtt: Nanoseconds,
    minRtt: Nanoseconds,
    mss: number,
    inRecovery: boolean,
  ): Nanoseconds {
    if (this.sentAt < 0) return 0;
    const reordering =
      !this.sawReordering && (inRecovery || log.sackedBytes >= DUPLICATES * mss)
        ? 0
        : Math.min((this.multiplier * minRtt) / 4, srtt);
    return log.markOlder(this.sentAt, this.end, this.rtt + reordering, now);
  }
}
