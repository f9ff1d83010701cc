import type { Nanoseconds } from '../../time/index.ts';

/**
 * How large the congestion window is, and what becomes of it when acknowledgments come or congestion shows. Which
 * segments are lost, and how many may leave while that is mended, is the business of others (RACK, PRR).
 */
export interface CongestionControl {
  /** Bytes that may be in flight. Loss recovery sets it while it lasts. */
  window: number;
  /** Where slow start ends, and where a recovery leads to; in bytes. */
  readonly threshold: number;
  start(mss: number, segments: number): void;
  /** Segments are of another length from now on; the windows stay what they are, in bytes. */
  resize(mss: number): void;
  /**
   * New data was acknowledged, and nothing is being mended.
   * @param flight bytes that were in flight before: a window that was not used does not grow (RFC 9438, section 5.8)
   */
  onAck(acked: number, flight: number, now: Nanoseconds, srtt: Nanoseconds): void;
  /** Behind `onAck` it wants to hear by `onRoundTrip` how long the newest segment took (HyStart++). */
  readonly watchesDelay: boolean;
  /** @param rtt negative when it is not known  @param una SND.UNA  @param next SND.NXT */
  onRoundTrip(rtt: Nanoseconds, una: number, next: number): void;
  /** A loss, or a mark of congestion: lowers the threshold and leaves the window to the recovery. */
  onCongestion(flight: number): void;
  /** The retransmission timer fired: starts over with one segment. @param first not again for the same data */
  onTimeout(flight: number, first: boolean): void;
  /** Nothing was sent for `timeouts` times the RTO; the window decays to at most `segments` (RFC 2861, RFC 5681). */
  restart(timeouts: number, segments: number): void;
  /** The last reduction was for nothing. */
  undo(): void;
}

export const LARGEST_WINDOW = 1 << 30;

/** False when the window was not what held the sender back. In slow start it may be up to twice of what is used. */
export const usesWindow = (flight: number, window: number, threshold: number, mss: number): boolean =>
  window < threshold ? 2 * flight > window : flight + 2 * mss >= window;

/** RFC 2861, section 3.1: half for each RTO without use, but not below what a new connection would have. */
export const decayed = (window: number, least: number, timeouts: number): number => {
  let left = window;
  for (let i = 1; i < timeouts && left > least; i++) left = Math.floor(left / 2);
  return Math.max(left, Math.min(window, least));
};
