import { FIN } from '../wire/tcp.ts';
import { judgeEarlyEnd } from './fast-open-client.ts';
import { EARLY_DUPLICATE, EARLY_NO_ROOM } from './receive-queue.ts';
import { SackReceiver } from './sack-receiver.ts';
import type { Segment } from './segment.ts';
import { CLOSE_WAIT, CLOSING, ESTABLISHED, FIN_WAIT_1, FIN_WAIT_2, LAST_ACK, SYN_RECEIVED } from './states.ts';
import { type Tcb, TELL_EOF, TELL_READABLE } from './tcb.ts';

/**
 * Segment text and FIN (RFC 9293, section 3.10.7.4, seventh and eighth). The segment lies in the window and starts at
 * RCV.NXT or behind it. Bytes in order go to the client; early ones wait and are acknowledged at once, so that the
 * sender sees duplicate acknowledgments (RFC 5681, section 4.2). Acknowledgments of bytes in order wait for the second
 * segment or the timer, which is armed when the client has had its turn and sent nothing.
 */
export const receiveText = (connection: Tcb, segment: Segment): void => {
  const { stack, receiveQueue } = connection;
  const count = segment.dataLength;
  const hasFin = (segment.flags & FIN) !== 0;
  if (connection.finReceived) return;
  if (segment.seq !== connection.rcvNxt) {
    connection.ackNow = true;
    if (hasFin) {
      connection.hasEarlyFin = true;
      connection.earlyFin = (segment.seq + count) | 0;
      if (count === 0) judgeEarlyEnd(connection);
    }
    if (count > 0) {
      stack.counters.tcpOutOfOrder++;
      const { packet } = segment;
      segment.packet = 0;
      const kept = receiveQueue.insertEarly(packet, connection.receiveBuffer);
      if (kept === EARLY_NO_ROOM) stack.counters.tcpOutOfOrderDropped++;
      else if (kept === EARLY_DUPLICATE) noteDuplicate(connection, segment.seq, count);
      else sackReceiverOf(connection)?.add(segment.seq, (segment.seq + count) | 0);
    }
    return;
  }
  if (count > 0) {
    connection.rcvNxt = (connection.rcvNxt + count) | 0;
    receiveQueue.append(segment.packet);
    segment.packet = 0;
    if (receiveQueue.hasEarly) {
      connection.rcvNxt = receiveQueue.joinEarly(connection.rcvNxt);
      connection.ackNow = true; // RFC 5681, section 4.2: a filled gap is acknowledged at once
      if (connection.sackReceiver !== null) connection.sackReceiver.advance(connection.rcvNxt);
    }
    connection.tell |= TELL_READABLE;
    if (++connection.segmentsToAck >= stack.profile.delayedAckSegments) connection.ackNow = true;
    if (connection.quickAcks > 0) {
      connection.quickAcks--;
      connection.quickAckAt = stack.now();
      connection.ackNow = true;
    }
  }
  const finNow = hasFin || (connection.hasEarlyFin && connection.earlyFin === connection.rcvNxt);
  if (finNow) receiveFin(connection);
};

/** Bytes came that were there: the sender is told (DSACK, RFC 2883). */
export const noteDuplicate = (connection: Tcb, seq: number, count: number): void => {
  if (count > 0) sackReceiverOf(connection)?.duplicate(seq, (seq + count) | 0);
};

/** Made when the first segment comes early or twice; null without SACK. */
const sackReceiverOf = (connection: Tcb): SackReceiver | null => {
  if (connection.sackReceiver === null && connection.sackPermitted) connection.sackReceiver = new SackReceiver();
  return connection.sackReceiver;
};

const receiveFin = (connection: Tcb): void => {
  const { state } = connection;
  connection.rcvNxt = (connection.rcvNxt + 1) | 0;
  connection.finReceived = true;
  connection.hasEarlyFin = false;
  connection.ackNow = true;
  connection.tell |= TELL_EOF;
  connection.receiveQueue.clearEarly();
  if (connection.sackReceiver !== null) connection.sackReceiver.clear();
  if (state === ESTABLISHED || state === SYN_RECEIVED) {
    connection.enter(connection.finQueued ? LAST_ACK : CLOSE_WAIT);
  } else if (state === FIN_WAIT_1)
    connection.enter(CLOSING); // our FIN's acknowledgment was looked at before
  else if (state === FIN_WAIT_2) connection.stack.enterTimeWait(connection);
};
