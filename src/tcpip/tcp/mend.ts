import { MILLISECOND, type Nanoseconds } from '../../time/index.ts';
import { ECE } from '../wire/tcp.ts';
import { growWindow } from './grow-window.ts';
import { FRTO_FIRST_ACK, FRTO_OFF, FRTO_SECOND_ACK, OPEN, RECOVERY, REDUCED, Recovery, TIMEOUT } from './recovery.ts';
import type { Segment } from './segment.ts';
import type { SentLog } from './sent-log.ts';
import type { Tcb } from './tcb.ts';

/**
 * What acknowledgments mean when something has gone wrong, or may have: which segments are lost (RACK with SACK, three
 * duplicates and NewReno's partial acknowledgments without), whether a recovery begins or ends, whether the last one
 * was for nothing, and how large the window is meanwhile. What counts as lost is marked in the log; output sends it.
 */
const DUPLICATES = 3; // RFC 5681, section 3.2

/**
 * @param acked bytes that SND.UNA has moved by
 * @param flight RFC 6675's pipe before the acknowledgment
 * @returns how long until RACK may find more, or 0
 */
export const mend = (
  connection: Tcb,
  log: SentLog,
  segment: Segment,
  acked: number,
  isDuplicate: boolean,
  flight: number,
): Nanoseconds => {
  const { stack, rto, congestion, sndUna, sndNxt, mss } = connection;
  if (connection.recovery === null) connection.recovery = new Recovery();
  const { recovery } = connection;
  const now = stack.now();
  const hasDsack = connection.sackPermitted && segment.opt.sackCount > 0 && takeSacks(connection, log, segment);
  const wasMending = recovery.state === RECOVERY || recovery.state === REDUCED;
  if (acked > 0 && recovery.state !== OPEN && ((sndUna - recovery.point) | 0) >= 0)
    endEpisode(connection, recovery, log);
  if (acked > 0 && log.deliveredResent) sampleByEcho(connection, log, segment, now);
  let wait = 0;
  const { lostBytes } = log;
  if (connection.sackPermitted) {
    if (hasDsack) onDsack(connection, recovery, log);
    recovery.rack.onDelivered(log, now);
    if (recovery.state !== OPEN || log.sackedBytes > 0) {
      wait = recovery.rack.detect(log, now, rto.srtt, rto.minRtt, mss, recovery.state !== OPEN);
    }
  } else countDuplicates(connection, recovery, log, acked, isDuplicate);
  if (recovery.frto !== FRTO_OFF) judgeTimeout(connection, recovery, log, acked);
  if (recovery.probing) judgeProbe(connection, recovery, segment.ack, acked, hasDsack);

  let least = 0;
  if (log.lostBytes > 0 && (recovery.state === OPEN || recovery.state === REDUCED)) {
    stack.counters.tcpFastRetransmits++;
    beginEpisode(connection, recovery, RECOVERY, acked);
    least = mss;
  } else if (connection.hasEcn && (segment.flags & ECE) !== 0 && recovery.state === OPEN && sndNxt !== sndUna) {
    stack.counters.tcpEcnReductions++;
    beginEpisode(connection, recovery, REDUCED, acked);
    connection.cwrDue = true;
  }
  if (recovery.state === RECOVERY || recovery.state === REDUCED) {
    const pipe = ((sndNxt - sndUna) | 0) - log.away;
    const isSafe = acked > 0 && log.lostBytes <= lostBytes; // it goes on, and nothing more is lost
    congestion.window = Math.max(
      recovery.prr.onAck(log.delivered, pipe, congestion.threshold, mss, least, isSafe),
      mss,
    );
  } else if (acked > 0 && !wasMending && recovery.frto !== FRTO_SECOND_ACK)
    growWindow(connection, log, log.delivered, Math.max(flight, connection.mostFlight));
  return wait;
};

/** The reordering window is over: what has not arrived by now is lost. @returns as `mend` */
export const mendAtTimer = (connection: Tcb, log: SentLog): Nanoseconds => {
  const { stack, rto, congestion, mss, recovery } = connection;
  if (recovery === null) return 0;
  const wait = recovery.rack.detect(log, stack.now(), rto.srtt, rto.minRtt, mss, recovery.state !== OPEN);
  if (log.lostBytes > 0 && (recovery.state === OPEN || recovery.state === REDUCED)) {
    stack.counters.tcpFastRetransmits++;
    beginEpisode(connection, recovery, RECOVERY, 0);
    const pipe = ((connection.sndNxt - connection.sndUna) | 0) - log.away;
    congestion.window = Math.max(recovery.prr.onAck(0, pipe, congestion.threshold, mss, mss), mss);
  }
  return wait;
};

/** Nothing is in flight; the first block may still tell of a duplicate. */
export const mendNothing = (connection: Tcb, segment: Segment): void => {
  const { recovery } = connection;
  if (recovery !== null && connection.sackPermitted && hasDuplicate(segment)) onDsack(connection, recovery, null);
};

/** RFC 2883, section 4: the first block lies below the acknowledgment, or within the second. */
const hasDuplicate = (segment: Segment): boolean => {
  const { sackEdges, sackCount } = segment.opt;
  const [left, right] = [sackEdges[0], sackEdges[1]];
  if (((right - left) | 0) <= 0) return false;
  if (((right - segment.ack) | 0) <= 0) return true;
  return sackCount > 1 && ((left - sackEdges[2]) | 0) >= 0 && ((right - sackEdges[3]) | 0) <= 0;
};

/** RFC 2018. @returns true when the first block tells of a duplicate */
const takeSacks = (connection: Tcb, log: SentLog, segment: Segment): boolean => {
  const { sackEdges, sackCount } = segment.opt;
  const { sndUna, sndNxt } = connection;
  const hasDsack = hasDuplicate(segment);
  for (let i = hasDsack ? 1 : 0; i < sackCount; i++) {
    const from = sackEdges[2 * i];
    const to = sackEdges[2 * i + 1];
    if (((to - from) | 0) <= 0 || ((to - sndNxt) | 0) > 0 || ((to - sndUna) | 0) <= 0) continue;
    log.sack(from, to);
  }
  return hasDsack;
};

const beginEpisode = (connection: Tcb, recovery: Recovery, state: number, acked: number): void => {
  const { congestion, sndNxt } = connection;
  // Losses behind a mark of congestion belong to the same reduction.
  if (recovery.state === OPEN) {
    const outstanding = ((sndNxt - connection.sndUna) | 0) + acked;
    congestion.onCongestion(outstanding);
    recovery.prr.start(outstanding);
    recovery.resent = 0;
    recovery.mayUndo = true;
  }
  recovery.state = state;
  recovery.point = sndNxt;
  recovery.hasPoint = true;
  recovery.probing = false;
};

const endEpisode = (connection: Tcb, recovery: Recovery, log: SentLog): void => {
  if (recovery.state !== TIMEOUT) connection.congestion.window = connection.congestion.threshold;
  recovery.state = OPEN;
  recovery.duplicates = 0;
  recovery.frto = FRTO_OFF;
  recovery.hold = false;
  log.ghostBytes = 0;
  recovery.rack.onRecoveryEnd();
};

/** The retransmission timer has fired. @param first not again for the same data */
export const beginTimeout = (connection: Tcb, log: SentLog, first: boolean): void => {
  const { congestion, sndNxt } = connection;
  if (connection.recovery === null) connection.recovery = new Recovery();
  const { recovery } = connection;
  const isNew = first && recovery.state !== TIMEOUT;
  congestion.onTimeout((sndNxt - connection.sndUna) | 0, isNew);
  log.forgetRenegedSacks();
  log.markAllLost();
  // RFC 5682, section 3.1, step 1: not while a recovery is under way.
  recovery.frto = isNew && connection.sackPermitted && recovery.state === OPEN ? FRTO_FIRST_ACK : FRTO_OFF;
  recovery.hold = recovery.probing = false;
  recovery.state = TIMEOUT;
  recovery.point = sndNxt;
  recovery.hasPoint = true;
  recovery.duplicates = 0;
  if (isNew) {
    recovery.resent = 0;
    recovery.mayUndo = true;
  }
};

/** Without SACK (RFC 6582): each duplicate means that something has arrived, a partial acknowledgment the next hole. */
const countDuplicates = (
  connection: Tcb,
  recovery: Recovery,
  log: SentLog,
  acked: number,
  isDuplicate: boolean,
): void => {
  const { sndUna, sndNxt, mss } = connection;
  if (acked > 0) {
    const arrived = Math.min(log.ghostBytes, Math.max(acked - mss, 0));
    log.delivered -= arrived;
    log.ghostBytes = recovery.state === RECOVERY ? log.ghostBytes - arrived : 0;
    recovery.duplicates = 0;
    if (recovery.state === RECOVERY) log.markLost(0);
  } else if (isDuplicate && recovery.state !== TIMEOUT) {
    recovery.duplicates++;
    const most = ((sndNxt - sndUna) | 0) - log.lostBytes - mss;
    const ghosts = Math.max(Math.min(log.ghostBytes + mss, most), log.ghostBytes);
    log.delivered += ghosts - log.ghostBytes;
    log.ghostBytes = ghosts;
    // Section 3.2, step 2: not again for losses of a window that was dealt with already.
    const isOld = recovery.hasPoint && ((sndUna - recovery.point) | 0) < 0;
    if (recovery.state !== RECOVERY && recovery.duplicates >= DUPLICATES && !isOld) log.markLost(0);
  }
};

/** All that was sent again was there already: the reduction was for nothing (RFC 2883, section 4; RFC 3708). */
const onDsack = (connection: Tcb, recovery: Recovery, log: SentLog | null): void => {
  connection.stack.counters.tcpDsacksReceived++;
  recovery.rack.onDsack(connection.sndUna, connection.sndNxt);
  if (recovery.probing && recovery.probeResent) return;
  if (recovery.mayUndo && recovery.resent > 0 && --recovery.resent === 0) undo(connection, recovery, log);
};

const undo = (connection: Tcb, recovery: Recovery, log: SentLog | null): void => {
  connection.stack.counters.tcpUndos++;
  connection.congestion.undo();
  log?.unmarkLost();
  recovery.state = OPEN;
  recovery.frto = FRTO_OFF;
  recovery.hold = recovery.mayUndo = false;
};

/**
 * F-RTO (RFC 5682, section 3.1): behind a timeout the first acknowledgment that moves SND.UNA lets two new segments
 * out. When the next one moves it again and covers what was sent once only, the first copies were merely late.
 */
const judgeTimeout = (connection: Tcb, recovery: Recovery, log: SentLog, acked: number): void => {
  const { congestion, sndUna, sndNxt, mss } = connection;
  const isFirst = recovery.frto === FRTO_FIRST_ACK;
  recovery.frto = FRTO_OFF;
  recovery.hold = false;
  if (acked === 0) return;
  if (!isFirst) {
    if (log.deliveredFresh && !log.deliveredResent) undo(connection, recovery, log);
    return;
  }
  const unsent = (connection.sendQueue.endSeq - sndNxt) | 0;
  const room = connection.sndWnd - ((sndNxt - sndUna) | 0);
  if (unsent < mss || room < mss) return;
  recovery.frto = FRTO_SECOND_ACK;
  recovery.hold = true;
  congestion.window = ((sndNxt - sndUna) | 0) - log.away + 2 * mss;
};

/** RFC 8985, section 7.4: a tail loss probe was answered; if it mended a loss, the window must hear of it. */
const judgeProbe = (connection: Tcb, recovery: Recovery, ack: number, acked: number, hasDsack: boolean): void => {
  const beyond = (ack - recovery.probeEnd) | 0;
  if (beyond < 0) return;
  if (!recovery.probeResent || hasDsack || (beyond === 0 && acked === 0)) recovery.probing = false;
  else if (beyond > 0) {
    recovery.probing = false;
    if (recovery.state !== OPEN) return;
    connection.congestion.onCongestion((connection.sndNxt - connection.sndUna) | 0);
    connection.congestion.window = Math.min(connection.congestion.window, connection.congestion.threshold);
  }
};

/**
 * RFC 7323, section 4: the echo tells that the last copy was answered, and the round trip is known in spite of Karn. An
 * older echo may stand for a lost acknowledgment as well: measuring by it would make the timeout run away.
 */
const sampleByEcho = (connection: Tcb, log: SentLog, segment: Segment, now: Nanoseconds): void => {
  if (!connection.hasTimestamps || !segment.opt.hasTimestamps) return;
  const elapsed = now - log.resentAt;
  const echoed = (connection.stack.timestampOf(connection) - segment.opt.timestampEcho) | 0;
  if (echoed >= 0 && echoed <= elapsed / MILLISECOND + 1) connection.rto.sample(elapsed);
};
