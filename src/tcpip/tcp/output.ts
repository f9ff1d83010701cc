import { ACK, FIN, PSH } from '../wire/tcp.ts';
import { armForData, armRetransmission } from './alarms.ts';
import type { SentLog } from './sent-log.ts';
import { ESTABLISHED, SYN_RECEIVED } from './states.ts';
import { NEVER, type Tcb, TIMER_PROBE } from './tcb.ts';
import { optionBytes, sendAck, timestampBytes, transmit } from './transmit.ts';

/**
 * What to send, and when (RFC 9293, section 3.8.6): as much as the peer's window and the congestion window allow, in
 * full segments; a short one only when it is the end of what there is and nothing is unacknowledged (Nagle, RFC
 * 1122, section 4.2.3.4), or when the window is the limit and the segment fills half the largest window ever seen
 * (section 4.2.3.4 again, the silly window syndrome). The FIN rides on the last segment.
 */
export const output = (connection: Tcb): void => {
  const { state, sendQueue } = connection;
  if (state >= ESTABLISHED || (state === SYN_RECEIVED && connection.fastOpened)) {
    const mss = connection.mss - optionBytes(connection);
    const isClear = connection.log === null || connection.log.lostBytes === 0 || resendLost(connection, connection.log);
    while (isClear) {
      // The SYN that a Fast Open server has out is no data, for windows and for Nagle.
      const inFlight = (connection.sndNxt - connection.sndUna - (state === SYN_RECEIVED ? 1 : 0)) | 0;
      // RFC 6675's pipe: what was delivered or lost is not in the network.
      const pipe = connection.log === null ? inFlight : inFlight - connection.log.away;
      const room = Math.min(connection.congestion.window - pipe, connection.sndWnd - inFlight);
      const unsent = (sendQueue.endSeq - connection.sndNxt) | 0;
      const finDue = connection.finQueued && unsent >= 0;
      if (unsent <= 0 && !(finDue && unsent === 0)) break;
      let count = Math.min(unsent, room, mss);
      if (count < 0) count = 0;
      const isLast = count === unsent;
      if (count < mss && !(isLast && finDue)) {
        if (count === 0) break;
        if (isLast) {
          if (inFlight > 0 && !connection.noDelay && mustWait(connection)) break;
        } else if (count < connection.largestWindow >> 1) break;
      }
      const { sndMax } = connection;
      if (!sendData(connection, count, isLast && finDue)) break;
      if (count < mss && connection.sndMax !== sndMax) connection.shortEnd = connection.sndNxt;
    }
    considerProbing(connection);
  }
  if (connection.ackNow) sendAck(connection);
};

/** Nagle: something is unacknowledged. After Minshall, only another short segment counts. */
const mustWait = (connection: Tcb): boolean =>
  connection.stack.profile.nagle === 'rfc1122' || ((connection.shortEnd - connection.sndUna) | 0) > 0;

/** Sends bytes from SND.NXT on and keeps the books: SND.NXT, the log, the timed segment, the timer. */
export const sendData = (connection: Tcb, count: number, fin: boolean): boolean => {
  const { stack, sndNxt: seq } = connection;
  const end = (seq + count + (fin ? 1 : 0)) | 0;
  if (!transmitData(connection, seq, count, fin)) return false;
  if (connection.log === null) {
    connection.log = stack.takeLog();
    restartAfterIdle(connection);
  }
  connection.log.push(seq, end, stack.now());
  if (connection.recovery !== null) connection.recovery.prr.sent(count);
  // An answer: acknowledgments ride on data from here on.
  if (connection.quickAcks > 0 && stack.now() - connection.quickAckAt < stack.profile.delayedAck) {
    connection.quickAcks = 0;
  }
  connection.sndNxt = end;
  const isAgain = ((seq - connection.sndMax) | 0) < 0; // once was in a SYN, or taken back
  if (isAgain) stack.counters.tcpRetransSegs++;
  if (((end - connection.sndMax) | 0) > 0) {
    connection.sndMax = end;
    if (connection.timedAt === NEVER) {
      connection.timedAt = stack.now();
      connection.timedEnd = end;
    }
  } else connection.timedAt = NEVER;
  if (connection.rtoAt === NEVER || connection.persisting || connection.timer === TIMER_PROBE) {
    connection.persisting = false;
    armForData(connection);
  }
  return true;
};

/** RFC 5681, section 4.1: nothing was sent for longer than the RTO, and what is known of the path is old. */
const restartAfterIdle = (connection: Tcb): void => {
  const { congestion, emptiedAt, stack, rto } = connection;
  if (emptiedAt === NEVER) return;
  const idle = stack.now() - emptiedAt;
  connection.emptiedAt = NEVER;
  if (idle > rto.rto) congestion.restart(idle / rto.rto, stack.profile.initialWindow);
};

const transmitData = (connection: Tcb, seq: number, count: number, fin: boolean): boolean => {
  const isLast = ((seq + count - connection.sendQueue.endSeq) | 0) === 0;
  const flags = (fin ? FIN : 0) | (count > 0 && isLast ? PSH : 0) | ACK;
  if (transmit(connection, seq, count, flags, count === 0 ? connection.finCause : 0)) return true;
  armRetransmission(connection); // the arena is full: try again when the timer fires
  return false;
};

/** Sends what counts as lost again, as far as the congestion window allows. @returns true when none of it is left */
const resendLost = (connection: Tcb, log: SentLog): boolean => {
  const { recovery, congestion } = connection;
  if (recovery?.hold) return true;
  for (let i = log.nextLost(); i >= 0; i = log.nextLost()) {
    const pipe = ((connection.sndNxt - connection.sndUna) | 0) - log.away;
    const length = Math.min((log.endOf(i) - log.startOf(i)) | 0, connection.mss);
    if (pipe + length > congestion.window || !resend(connection, log, i)) return false;
  }
  return true;
};

/** Sends a segment of the log again, whatever the windows say. */
export const resend = (connection: Tcb, log: SentLog, i: number): boolean => {
  const { stack, sendQueue, recovery } = connection;
  const seq = log.startOf(i);
  // The options of an acknowledgment give way: the segment is as long as it was.
  const most = connection.mss - timestampBytes(connection);
  let fin = ((log.endOf(i) - sendQueue.endSeq) | 0) > 0;
  let count = (log.endOf(i) - seq - (fin ? 1 : 0)) | 0;
  if (count > most) {
    log.split(i, (seq + most) | 0);
    count = most;
    fin = false;
  }
  if (!transmitData(connection, seq, count, fin)) return false;
  stack.counters.tcpRetransSegs++;
  connection.timedAt = NEVER; // Karn: what was sent twice tells nothing about the round trip
  log.resent(i, stack.now());
  if (recovery !== null) {
    recovery.prr.sent(count);
    recovery.resent++;
  }
  if (connection.rtoAt === NEVER) armRetransmission(connection);
  return true;
};

/** Nothing of what is not acknowledged counts as sent any more: the peer's window was shut in front of it. */
export const takeFlightBack = (connection: Tcb): void => {
  const { log, recovery } = connection;
  connection.sndNxt = connection.sndUna;
  connection.timedAt = NEVER;
  if (recovery !== null) recovery.reset();
  if (log === null) return;
  connection.log = null;
  connection.stack.giveLog(log);
};

/** RFC 9293, section 3.8.6.1: data waits, nothing is in flight and the window lets nothing out. */
const considerProbing = (connection: Tcb): void => {
  if (connection.rtoAt !== NEVER || connection.sndNxt !== connection.sndUna) return;
  if (((connection.sendQueue.endSeq - connection.sndNxt) | 0) <= 0) return;
  connection.persisting = true;
  connection.retries = 0;
  armRetransmission(connection);
};

/** After the client read: tells the peer when the window has become worth it (RFC 1122, section 4.2.3.3). */
export const sendWindowUpdate = (connection: Tcb): void => {
  if (connection.finReceived) return;
  const most = 0xffff << connection.rcvScale; // what the field can tell
  const window = Math.min(connection.receiveBuffer - connection.receiveQueue.bytes - connection.lent, most);
  const promised = (connection.rcvAdvertised - connection.rcvNxt) | 0;
  if (window - promised >= Math.min(connection.receiveBuffer >> 1, 2 * connection.mss)) {
    // An acknowledgment that is due anyway tells the window too, unless the peer may be waiting for it.
    const isDue = connection.ackNow || connection.segmentsToAck > 0;
    const isTight = promised < 4 * connection.mss;
    if (isTight || (!isDue && promised < connection.receiveBuffer >> 1)) {
      sendAck(connection);
    }
  }
};
