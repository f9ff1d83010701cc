import { STATUS_CONNECTION_RESET } from '../../base/index.ts';
import { ACK, CWR, RST, SYN } from '../wire/tcp.ts';
import { acknowledge } from './acknowledge.ts';
import { restartKeepAlive } from './alarms.ts';
import { nobody } from './client.ts';
import { discard } from './close.ts';
import { judgeEarlyEnd } from './fast-open-client.ts';
import { inputHeld, inputSynSent } from './handshake.ts';
import { failConnection } from './notify.ts';
import type { Segment } from './segment.ts';
import {
  CLOSE_WAIT,
  CLOSED,
  CLOSING,
  ESTABLISHED,
  FIN_WAIT_1,
  FIN_WAIT_2,
  LAST_ACK,
  SYN_RECEIVED,
  SYN_SENT,
} from './states.ts';
import { type Tcb, TELL_FIN_ACKED } from './tcb.ts';
import { noteDuplicate, receiveText } from './text.ts';
import { sendAck, transmit } from './transmit.ts';

const CONGESTION_EXPERIENCED = 3; // RFC 3168, section 5

/**
 * A segment arrives for a connection (RFC 9293, section 3.10.7.4): is it in the window, is it a reset, what does it
 * acknowledge, what does it bring. The steps are in the order of the RFC, with the checks of RFC 5961 against blind
 * resets and of RFC 7323 against old duplicates.
 */
export const inputSegment = (connection: Tcb, segment: Segment): void => {
  if (connection.state <= SYN_RECEIVED) {
    if (connection.state === SYN_SENT) {
      inputSynSent(connection, segment);
      return;
    }
    if (connection.isHeld) {
      inputHeld(connection, segment);
      return;
    }
  }
  const { stack } = connection;
  if (!fitIntoWindow(connection, segment)) return;
  const { flags } = segment;
  if ((flags & RST) !== 0) {
    // RFC 5961, section 3.2: only a reset at exactly RCV.NXT counts; others in the window are asked about.
    if (segment.seq === connection.rcvNxt) receiveReset(connection);
    else {
      if (connection.state === ESTABLISHED) judgeEarlyEnd(connection);
      stack.challenge(connection);
    }
    return;
  }
  if ((flags & SYN) !== 0) {
    stack.challenge(connection); // RFC 5961, section 4.2
    return;
  }
  if ((flags & ACK) === 0) return;
  if (connection.hasEcn) noteEcn(connection, segment);
  if (
    connection.hasTimestamps &&
    segment.opt.hasTimestamps &&
    ((segment.seq - connection.lastAckSent) | 0) <= 0 &&
    ((segment.ack - connection.sndMax) | 0) <= 0 // what acknowledges the future is not from our peer
  ) {
    connection.tsRecent = segment.opt.timestamp; // RFC 7323, section 4.3
  }
  if (connection.state === SYN_RECEIVED && !completeHandshake(connection, segment)) return;
  if (!acknowledge(connection, segment)) return;
  if (connection.keepAlive) restartKeepAlive(connection);
  if (connection.finQueued && connection.sndUna === ((connection.sendQueue.endSeq + 1) | 0)) onFinAcked(connection);
  if (connection.state === CLOSED) return;
  if (segment.sequenceLength > 0) receiveText(connection, segment);
};

/** First: is it acceptable? What was received before and what lies beyond the window is cut off. */
const fitIntoWindow = (connection: Tcb, segment: Segment): boolean => {
  const { stack, rcvNxt } = connection;
  const { arena } = stack;
  const window = (connection.rcvAdvertised - rcvNxt) | 0;
  const length = segment.sequenceLength;
  const isReset = (segment.flags & RST) !== 0;
  if (
    connection.hasTimestamps &&
    segment.opt.hasTimestamps &&
    !isReset &&
    ((segment.opt.timestamp - connection.tsRecent) | 0) < 0
  ) {
    stack.counters.tcpPawsRejected++; // RFC 7323, section 5.3
    answerUnacceptable(connection, segment);
    return false;
  }
  const ahead = (segment.seq - rcvNxt) | 0;
  if (ahead === 0 && segment.dataLength <= window) return true; // a FIN needs no room
  const end = ahead + length;
  if (length === 0 ? ahead < 0 || (ahead >= window && ahead !== 0) : end <= 0 || ahead > window) {
    // The data of a SYN begins behind it.
    const first = (segment.flags & SYN) === 0 ? segment.seq : (segment.seq + 1) | 0;
    if (end <= 0 && segment.dataLength > 0) noteDuplicate(connection, first, segment.dataLength);
    if (!isReset) answerUnacceptable(connection, segment);
    // Where our window seems to end for the peer once it is rounded: what such a segment acknowledges is good (RFC
    // 9293, section 3.10.7.4, the special allowance), or two full windows would lock each other.
    return length === 0 && ahead < 0 && ahead >= -(1 << connection.rcvScale) && connection.state >= ESTABLISHED;
  }
  if (ahead < 0) {
    if ((segment.flags & SYN) !== 0) {
      answerUnacceptable(connection, segment); // RFC 5961, section 4.2: wherever it lies, nothing of it is taken
      return false;
    }
    noteDuplicate(connection, segment.seq, Math.min(-ahead, segment.dataLength));
    segment.trimFront(arena, -ahead);
  }
  const beyond = Math.max(end - Math.max(window, 0), 0);
  if (beyond > 0) {
    // A full window still lets acknowledgments through (RFC 9293, section 3.10.7.4).
    segment.trimEnd(arena, beyond);
    connection.ackNow = true;
  } else if (ahead < 0) connection.ackNow = true;
  return true;
};

/** RFC 3168, section 6.1.3: a mark is echoed until the sender tells that it has slowed down. */
const noteEcn = (connection: Tcb, segment: Segment): void => {
  if ((segment.flags & CWR) !== 0) connection.ecnEcho = false;
  if (segment.ecn !== CONGESTION_EXPERIENCED) return;
  connection.stack.counters.ipInCongestionMarks++;
  if (!connection.ecnEcho) connection.ackNow = true;
  connection.ecnEcho = true;
};

const answerUnacceptable = (connection: Tcb, segment: Segment): void => {
  const { stack } = connection;
  if (connection.state === SYN_RECEIVED && (segment.flags & (SYN | ACK)) === SYN && segment.seq === connection.irs) {
    transmit(connection, connection.iss, 0, SYN | ACK, 0); // our SYN-ACK was lost
    return;
  }
  // An empty segment may be the answer to one of ours: answering each would never end.
  if (segment.sequenceLength > 0) sendAck(connection);
  else stack.challenge(connection);
};

const receiveReset = (connection: Tcb): void => {
  const { stack, state } = connection;
  if (state === SYN_RECEIVED) {
    stack.counters.tcpAttemptFails++;
    connection.gotReset = true;
  } else if (state === ESTABLISHED || state === CLOSE_WAIT) stack.counters.tcpEstabResets++;
  if (connection.client === nobody && !connection.isPassive) discard(connection);
  else failConnection(connection, STATUS_CONNECTION_RESET);
};

/** SYN-RECEIVED: the final ACK. */
const completeHandshake = (connection: Tcb, segment: Segment): boolean => {
  const { stack } = connection;
  const { ack } = segment;
  if (((ack - connection.sndUna) | 0) <= 0 || ((ack - connection.sndMax) | 0) > 0) {
    stack.sendRaw(connection.path, segment.ports, ack, 0, RST);
    return false;
  }
  if (connection.synRetries > 0) connection.rto.afterSynTimeout();
  connection.enter(connection.finQueued ? FIN_WAIT_1 : ESTABLISHED);
  if (connection.finReceived) connection.enter(connection.finQueued ? LAST_ACK : CLOSE_WAIT);
  connection.sndWnd = segment.window << connection.sndScale;
  connection.largestWindow = Math.max(connection.largestWindow, connection.sndWnd);
  connection.sndWl1 = segment.seq;
  connection.sndWl2 = ack;
  stack.handshakeDone(connection);
  return true;
};

const onFinAcked = (connection: Tcb): void => {
  const { state, stack } = connection;
  if (state === FIN_WAIT_1) {
    connection.enter(FIN_WAIT_2);
    connection.tell |= TELL_FIN_ACKED;
  } else if (state === CLOSING) {
    connection.tell |= TELL_FIN_ACKED;
    stack.enterTimeWait(connection);
  } else if (state === LAST_ACK) {
    connection.tell |= TELL_FIN_ACKED;
    discard(connection);
  }
};
