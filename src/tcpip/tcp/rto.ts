import { MILLISECOND, type Nanoseconds, SECOND } from '../../time/index.ts';
import type { TcpProfile } from '../profile.ts';

/**
 * Retransmission timeout (RFC 6298): a smoothed round-trip time and its deviation, from one timed segment per round
 * trip; a segment that was sent twice is never timed (Karn, section 3).
 */
const CLOCK_GRANULARITY: Nanoseconds = MILLISECOND;
/** RFC 6298, section 5.7: when the SYN timer expired, data starts with at least 3 s. */
const AFTER_SYN_TIMEOUT: Nanoseconds = 3 * SECOND;

export class RtoEstimator {
  private readonly profile: TcpProfile;
  srtt: Nanoseconds = 0;
  /** The shortest round trip seen; 0 before the first. */
  minRtt: Nanoseconds = 0;
  private rttvar: Nanoseconds = 0;
  private base: Nanoseconds;
  private backoff = 1;

  constructor(profile: TcpProfile) {
    this.profile = profile;
    this.base = profile.initialRto;
  }

  /** The timeout now, with the doubling of timeouts so far. */
  get rto(): Nanoseconds {
    return Math.min(this.base * this.backoff, this.profile.maxRto);
  }

  sample(rtt: Nanoseconds): void {
    if (this.minRtt === 0 || rtt < this.minRtt) this.minRtt = Math.max(rtt, 1);
    if (this.srtt === 0) {
      this.srtt = Math.max(rtt, 1);
      this.rttvar = rtt / 2; // RFC 6298, section 2.2
    } else {
      this.rttvar = (3 * this.rttvar + Math.abs(this.srtt - rtt)) / 4; // section 2.3
      this.srtt = (7 * this.srtt + rtt) / 8;
    }
    const margin = Math.max(CLOCK_GRANULARITY, 4 * this.rttvar);
    this.base = Math.min(Math.max(Math.ceil(this.srtt + margin), this.profile.minRto), this.profile.maxRto);
    this.backoff = 1;
  }

  /** Section 5.5. */
  doubleAfterTimeout(): void {
    if (this.base * this.backoff < this.profile.maxRto) this.backoff *= 2;
  }

  /** New data was acknowledged: the path works again. */
  forgiveTimeouts(): void {
    this.backoff = 1;
  }

  afterSynTimeout(): void {
    if (this.srtt === 0) this.base = Math.max(this.base, AFTER_SYN_TIMEOUT);
    this.backoff = 1;
  }
}
