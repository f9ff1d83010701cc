import type { SentLog } from './sent-log.ts';
import type { Tcb } from './tcb.ts';

/**
 * New data was acknowledged, and nothing is being mended: the window may grow.
 * @param acked bytes  @param flight the most that was in flight of late
 */
export const growWindow = (connection: Tcb, log: SentLog, acked: number, flight: number): void => {
  const { congestion, stack } = connection;
  const now = stack.now();
  congestion.onAck(acked, flight, now, connection.rto.srtt);
  if (!congestion.watchesDelay) return;
  // The log knows when each segment left; what was sent twice tells nothing (Karn).
  const rtt = log.deliveredResent || log.newestAt < 0 ? -1 : now - log.newestAt;
  congestion.onRoundTrip(rtt, connection.sndUna, connection.sndNxt);
};
