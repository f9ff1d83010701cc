import { STATUS_IO_TIMEOUT } from '../../base/index.ts';
import type { Nanoseconds } from '../../time/index.ts';
import { ACK } from '../wire/tcp.ts';
import { nobody } from './client.ts';
import { discard } from './close.ts';
import { NEVER, type TcpConnection } from './connection.ts';
import { retransmitSyn, retransmitSynAck } from './handshake.ts';
import { failConnection, notify } from './notify.ts';
import { armRetransmission, output, sendData } from './output.ts';
import { CLOSED, SYN_RECEIVED, SYN_SENT } from './states.ts';
import { optionBytes, sendAck, sendReset, transmit } from './transmit.ts';

/**
 * Timers are deadlines in fields, with one entry per connection in the event heap. The entry is armed lazily: a
 * deadline that moves later leaves it where it is, and when it fires early it is armed again for what is still to
 * come. So restarting the retransmission timer for every segment costs one store.
 */
export const armAt = (connection: TcpConnection, at: Nanoseconds): void => {
  if (at >= connection.entryAt) return;
  const { executor } = connection.stack;
  if (connection.entry !== 0) executor.reschedule(connection.entry, at);
  else connection.entry = executor.schedule(at, connection, 0, 0);
  connection.entryAt = at;
};

export const cancelTimers = (connection: TcpConnection): void => {
  connection.rtoAt = connection.delayedAckAt = connection.keepAliveAt = NEVER;
  if (connection.entry !== 0) connection.stack.executor.cancel(connection.entry);
  connection.entry = 0;
  connection.entryAt = NEVER;
};

/** RFC 1122, section 4.2.3.2: an acknowledgment may wait for company, but not long. */
export const armDelayedAck = (connection: TcpConnection): void => {
  connection.delayedAckAt = connection.stack.now() + connection.stack.profile.delayedAck;
  armAt(connection, connection.delayedAckAt);
};

export const onTimer = (connection: TcpConnection): void => {
  connection.entry = 0;
  connection.entryAt = NEVER;
  const now = connection.stack.now();
  if (connection.delayedAckAt <= now) {
    connection.delayedAckAt = NEVER;
    connection.stack.counters.tcpDelayedAcks++;
    sendAck(connection);
  }
  if (connection.rtoAt <= now) {
    connection.rtoAt = NEVER;
    onRetransmissionTimeout(connection);
  }
  if (connection.keepAliveAt <= now) onKeepAlive(connection);
  if (connection.state !== CLOSED) {
    const next = Math.min(connection.rtoAt, connection.delayedAckAt, connection.keepAliveAt);
    if (next !== NEVER) armAt(connection, next);
  }
  notify(connection);
};

/** RFC 6298, section 5.4 to 5.7, and what it means in each state. */
const onRetransmissionTimeout = (connection: TcpConnection): void => {
  const { stack, state, rto } = connection;
  const { profile } = stack;
  stack.counters.tcpTimeouts++;
  if (state === SYN_SENT) {
    if (connection.synRetries >= profile.synRetries) {
      failConnection(connection, STATUS_IO_TIMEOUT);
      return;
    }
    retransmitSyn(connection);
    return;
  }
  if (state === SYN_RECEIVED) {
    if (connection.synRetries >= profile.synAckRetries) {
      failConnection(connection, STATUS_IO_TIMEOUT);
      return;
    }
    retransmitSynAck(connection);
    return;
  }
  // A peer that keeps its window shut but answers the probes may do so for ever (RFC 9293, section 3.8.6.1); one
  // that does not answer is given up like any other, and so is one that nobody waits for any more.
  const unanswered = ++connection.retries;
  if (unanswered > profile.dataRetries) {
    if (connection.client === nobody) {
      sendReset(connection, 0);
      discard(connection);
      return;
    }
    sendReset(connection, 0);
    failConnection(connection, STATUS_IO_TIMEOUT);
    return;
  }
  rto.doubleAfterTimeout();
  const pending = (connection.sendQueue.endSeq - connection.sndUna) | 0;
  if (connection.persisting || (connection.sndWnd === 0 && pending > 0)) {
    connection.persisting = true;
    stack.counters.tcpZeroWindowProbes++;
    probeWindow(connection, pending);
    armRetransmission(connection);
    return;
  }
  const inFlight = (connection.sndNxt - connection.sndUna) | 0;
  if (inFlight === 0 && pending === 0 && !connection.finQueued) return;
  // RFC 5681, section 3.1: further timeouts of the same segment leave ssthresh as it is.
  connection.congestion.onTimeout(unanswered === 1 ? inFlight : 0, connection.sndMax);
  connection.timedAt = NEVER;
  // Everything not acknowledged counts as lost: SND.NXT goes back, and the window decides what follows.
  connection.sndNxt = connection.sndUna;
  resend(connection);
  armRetransmission(connection);
  output(connection);
};

/** Sends the first unacknowledged segment again, whatever the windows say. */
export const resend = (connection: TcpConnection): void => {
  const { sendQueue, sndUna } = connection;
  const pending = (sendQueue.endSeq - sndUna) | 0;
  const count = Math.min(Math.max(pending, 0), connection.mss - optionBytes(connection));
  const fin = connection.finQueued && count === Math.max(pending, 0) && finIsOut(connection);
  if (count > 0 || fin) sendData(connection, sndUna, count, fin);
};

/** The FIN has been sent and is not acknowledged: the bytes ahead of it may be resent together with it. */
const finIsOut = (connection: TcpConnection): boolean => ((connection.sndMax - connection.sendQueue.endSeq) | 0) > 0;

/** RFC 9293, section 3.8.6.1: at least one byte of new data; the answer tells the window. */
const probeWindow = (connection: TcpConnection, pending: number): void => {
  connection.sndNxt = connection.sndUna;
  if (pending > 0) {
    const wasPersisting = connection.persisting;
    const open = Math.min(connection.sndWnd, pending, connection.mss - optionBytes(connection));
    sendData(connection, connection.sndUna, Math.max(open, 1), false);
    connection.persisting = wasPersisting;
  } else transmit(connection, (connection.sndUna - 1) | 0, 0, ACK, 0);
};

/** RFC 9293, section 3.8.4: off unless asked for; an old sequence number makes the peer answer. */
const onKeepAlive = (connection: TcpConnection): void => {
  const { profile } = connection.stack;
  if (!connection.keepAlive) {
    connection.keepAliveAt = NEVER;
    return;
  }
  if (connection.keepAliveProbes++ >= profile.keepAliveProbes) {
    sendReset(connection, 0);
    failConnection(connection, STATUS_IO_TIMEOUT);
    return;
  }
  transmit(connection, (connection.sndNxt - 1) | 0, 0, ACK, 0);
  connection.keepAliveAt = connection.stack.now() + profile.keepAliveInterval;
};

/** Something came from the peer, or keep-alive was switched on. */
export const restartKeepAlive = (connection: TcpConnection): void => {
  connection.keepAliveProbes = 0;
  connection.keepAliveAt = connection.stack.now() + connection.stack.profile.keepAliveIdle;
  armAt(connection, connection.keepAliveAt);
};
