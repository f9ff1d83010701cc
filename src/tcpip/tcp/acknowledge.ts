import type { Nanoseconds } from '../../time/index.ts';
import { ECE, FIN, SYN } from '../wire/tcp.ts';
import { armForData, armReordering, armRetransmission } from './alarms.ts';
import { judgeProbe } from './black-hole.ts';
import { growWindow } from './grow-window.ts';
import { mend, mendNothing } from './mend.ts';
import { queueDone } from './notify.ts';
import { takeFlightBack } from './output.ts';
import type { Segment } from './segment.ts';
import type { SentLog } from './sent-log.ts';
import { NEVER, type Tcb, TIMER_PROBE } from './tcb.ts';

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
  const { log } = connection;
  const flight = log === null ? 0 : ((connection.sndNxt - sndUna) | 0) - log.away;
  const isDuplicate =
    acked === 0 &&
    segment.dataLength === 0 &&
    (segment.flags & (SYN | FIN)) === 0 &&
    window === connection.sndWnd &&
    connection.sndMax !== sndUna &&
    !connection.persisting;
  // The most in flight within a round trip tells whether the window was used (RFC 9438, section 5.8).
  if (flight > connection.mostFlight || ((ack - connection.flightEnd) | 0) > 0) {
    connection.mostFlight = flight;
    connection.flightEnd = connection.sndNxt;
  }
  if (log !== null) log.beginAck(stack.now() - connection.rto.minRtt);
  if (acked > 0) takeNew(connection, ack, acked);
  if (log !== null) {
    let wait = 0;
    if (
      connection.recovery !== null ||
      (connection.sackPermitted ? segment.opt.sackCount > 0 : isDuplicate) ||
      (connection.hasEcn && (segment.flags & ECE) !== 0)
    ) {
      wait = mend(connection, log, segment, acked, isDuplicate, flight);
    } else if (acked > 0) growWindow(connection, log, acked, connection.mostFlight);
    startTimer(connection, log, acked, wait);
  } else {
    if (segment.opt.sackCount > 0) mendNothing(connection, segment);
    if (acked > 0 && !connection.persisting) connection.rtoAt = NEVER;
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

const takeNew = (connection: Tcb, ack: number, _acked: number): void => {
  const { stack, rto, log } = connection;
  if (connection.timedAt !== NEVER && ((ack - connection.timedEnd) | 0) >= 0) {
    rto.sample(stack.now() - connection.timedAt);
    connection.timedAt = NEVER;
  }
  connection.sndUna = ack;
  if (connection.blackHole !== null) judgeProbe(connection);
  if (((ack - connection.sndNxt) | 0) > 0) connection.sndNxt = ack;
  connection.retries = 0;
  rto.forgiveTimeouts();
  if (log !== null) log.acknowledge(ack);
  takeAcknowledged(connection);
};

const startTimer = (connection: Tcb, log: SentLog, acked: number, wait: Nanoseconds): void => {
  if (log.count === 0) {
    connection.emptiedAt = log.lastSentAt;
    connection.log = null;
    connection.stack.giveLog(log);
    if (acked > 0) connection.rtoAt = NEVER;
    return;
  }
  if (connection.persisting) return;
  if (wait > 0) armReordering(connection, wait);
  else if (acked > 0) armForData(connection);
  else if (connection.timer === TIMER_PROBE && log.away > 0) armRetransmission(connection);
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
    takeFlightBack(connection);
    connection.rto.forgiveTimeouts();
  }
};
