import { FIN, SYN } from '../wire/tcp.ts';
import { armRetransmission } from './alarms.ts';
import { queueDone } from './notify.ts';
import { resend } from './output.ts';
import type { Segment } from './segment.ts';
import { NEVER, type Tcb } from './tcb.ts';

/**
 * What an acknowledgment does (RFC 9293, section 3.10.7.4, fifth): SND.UNA moves, sends complete, the round trip is
 * measured, the timer starts again or stops, congestion control hears of it, and the peer's window is taken over when
 * the segment is newer than the one it came from last (SND.WL1, SND.WL2).
 *
 * @returns false when the segment must not be looked at any further
 */
export const acknowledge = (connection: Tcb, segment: Segment): boolean => {
  const { stack, sndUna } = connection;
  const { ack, seq } = segment;
  const acked = (ack - sndUna) | 0;
  if (((ack - connection.sndMax) | 0) > 0 || acked < -connection.largestWindow) {
    // Something not sent yet, or older than any window: RFC 5961, section 5.2.
    stack.challenge(connection);
    return false;
  }
  const window = segment.window << connection.sndScale;
  if (acked > 0) takeNew(connection, ack, acked);
  else if (acked === 0) {
    const isDuplicate =
      segment.dataLength === 0 &&
      (segment.flags & (SYN | FIN)) === 0 &&
      window === connection.sndWnd &&
      connection.sndMax !== sndUna &&
      !connection.persisting;
    if (isDuplicate && connection.congestion.onDuplicateAck(sndUna, connection.sndMax)) {
      stack.counters.tcpFastRetransmits++;
      connection.timedAt = NEVER;
      resend(connection);
    }
  }
  if (connection.persisting) connection.retries = 0;
  const newer = (seq - connection.sndWl1) | 0;
  if (newer > 0 || (newer === 0 && ((ack - connection.sndWl2) | 0) >= 0)) {
    connection.sndWl1 = seq;
    connection.sndWl2 = ack;
    if (window !== connection.sndWnd) takeWindow(connection, window);
  }
  return true;
};

const takeNew = (connection: Tcb, ack: number, acked: number): void => {
  const { stack, rto } = connection;
  if (connection.timedAt !== NEVER && ((ack - connection.timedEnd) | 0) >= 0) {
    rto.sample(stack.now() - connection.timedAt);
    connection.timedAt = NEVER;
  }
  connection.sndUna = ack;
  if (((ack - connection.sndNxt) | 0) > 0) connection.sndNxt = ack;
  connection.retries = 0;
  rto.forgiveTimeouts();
  const inFlight = (connection.sndMax - ack) | 0;
  if (connection.congestion.onAck(acked, ack, inFlight)) {
    connection.timedAt = NEVER;
    resend(connection);
  }
  takeAcknowledged(connection);
  if (inFlight === 0) connection.rtoAt = NEVER;
  else if (!connection.persisting) armRetransmission(connection);
};

/** Sends whose last byte is acknowledged are done. */
export const takeAcknowledged = (connection: Tcb): void => {
  const { sendQueue, sndUna } = connection;
  for (
    let request = sendQueue.takeAcknowledged(sndUna);
    request !== null;
    request = sendQueue.takeAcknowledged(sndUna)
  ) {
    queueDone(connection, request);
  }
};

const takeWindow = (connection: Tcb, window: number): void => {
  connection.sndWnd = window;
  if (window > connection.largestWindow) connection.largestWindow = window;
  if (connection.persisting && window > 0) {
    // The probe's byte may have been dropped: it is sent again with what else fits.
    connection.persisting = false;
    connection.rtoAt = NEVER;
    connection.sndNxt = connection.sndUna;
    connection.timedAt = NEVER;
    connection.rto.forgiveTimeouts();
  }
};
