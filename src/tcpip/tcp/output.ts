import { ACK, FIN, PSH } from '../wire/tcp.ts';
import { armRetransmission } from './alarms.ts';
import { ESTABLISHED, SYN_RECEIVED } from './states.ts';
import { NEVER, type Tcb } from './tcb.ts';
import { optionBytes, sendAck, transmit } from './transmit.ts';

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
    for (;;) {
      const inFlight = (connection.sndNxt - connection.sndUna) | 0;
      const window = Math.min(connection.congestion.window, connection.sndWnd);
      const unsent = (sendQueue.endSeq - connection.sndNxt) | 0;
      const finDue = connection.finQueued && unsent >= 0;
      if (unsent <= 0 && !(finDue && unsent === 0)) break;
      let count = Math.min(unsent, window - inFlight, mss);
      if (count < 0) count = 0;
      const isLast = count === unsent;
      if (count < mss && !(isLast && finDue)) {
        if (count === 0) break;
        if (isLast) {
          // Nagle waits for data, not for the SYN that a Fast Open server has out.
          if (inFlight > (state === SYN_RECEIVED ? 1 : 0) && !connection.noDelay) break;
        } else if (count < connection.largestWindow >> 1) break;
      }
      if (!sendData(connection, connection.sndNxt, count, isLast && finDue)) break;
    }
    considerProbing(connection);
  }
  if (connection.ackNow) sendAck(connection);
};

/** Sends bytes from `seq` on and keeps the books: SND.NXT, the timed segment, the timer. */
export const sendData = (connection: Tcb, seq: number, count: number, fin: boolean): boolean => {
  const end = (seq + count + (fin ? 1 : 0)) | 0;
  const isLast = ((seq + count - connection.sendQueue.endSeq) | 0) === 0;
  const flags = (fin ? FIN : 0) | (count > 0 && isLast ? PSH : 0) | ACK;
  if (!transmit(connection, seq, count, flags, count === 0 ? connection.finCause : 0)) {
    armRetransmission(connection); // the arena is full: try again when the timer fires
    return false;
  }
  const { stack } = connection;
  if (((end - connection.sndNxt) | 0) > 0) connection.sndNxt = end;
  if (((end - connection.sndMax) | 0) > 0) {
    if (((seq - connection.sndMax) | 0) < 0) stack.counters.tcpRetransSegs++;
    connection.sndMax = end;
    if (connection.timedAt === NEVER) {
      connection.timedAt = stack.now();
      connection.timedEnd = end;
    }
  } else {
    stack.counters.tcpRetransSegs++;
    connection.timedAt = NEVER; // Karn: what was sent twice tells nothing about the round trip
  }
  if (connection.rtoAt === NEVER || connection.persisting) {
    connection.persisting = false;
    armRetransmission(connection);
  }
  return true;
};

/** Sends the first unacknowledged segment again, whatever the windows say. */
export const resend = (connection: Tcb): void => {
  const { sendQueue, sndUna } = connection;
  const pending = (sendQueue.endSeq - sndUna) | 0;
  const count = Math.min(Math.max(pending, 0), connection.mss - optionBytes(connection));
  const fin = connection.finQueued && count === Math.max(pending, 0) && finIsOut(connection);
  if (count > 0 || fin) sendData(connection, sndUna, count, fin);
};

/** The FIN has been sent and is not acknowledged: the bytes ahead of it may be resent together with it. */
const finIsOut = (connection: Tcb): boolean => ((connection.sndMax - connection.sendQueue.endSeq) | 0) > 0;

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
  const window = connection.receiveBuffer - connection.receiveQueue.bytes - connection.lent;
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
