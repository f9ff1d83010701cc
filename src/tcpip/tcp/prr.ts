/**
 * Proportional Rate Reduction (RFC 6937): while a loss is mended, how many bytes may leave for each acknowledgment, so
 * that the window comes down to the threshold smoothly over one round trip. When more was lost than the reduction
 * wants, it grows back as in slow start (the slow start reduction bound).
 */
export class Prr {
  private flightAtStart = 1;
  private delivered = 0;
  private out = 0;

  start(flight: number): void {
    this.flightAtStart = Math.max(flight, 1);
    this.delivered = this.out = 0;
  }

  sent(bytes: number): void {
    this.out += bytes;
  }

  /**
   * @param delivered bytes that this acknowledgment tells have left the network
   * @param pipe bytes in flight now
   * @param least allowed in any case: a segment for the fast retransmission
   * @param isSafe more may leave than arrives: the acknowledgment shows progress and no further loss (the revision of RFC 6937)
   * @returns the window until the next acknowledgment
   */
  onAck(delivered: number, pipe: number, threshold: number, mss: number, least: number, isSafe = false): number {
    this.delivered += delivered;
    let count: number;
    if (pipe > threshold) {
      count = Math.ceil((this.delivered * threshold) / this.flightAtStart) - this.out;
    } else {
      const owed = this.delivered - this.out;
      count = Math.min(threshold - pipe, isSafe ? Math.max(owed, delivered) + mss : owed);
    }
    return pipe + Math.max(count, least);
  }
}
