import { STATUS_IO_TIMEOUT } from '../../base/index.ts';
import { ACK } from '../wire/tcp.ts';
import { armAt, armRetransmission } from './alarms.ts';
import { nobody } from './client.ts';
import { discard } from './close.ts';
import { retransmitSyn, retransmitSynAck } from './handshake.ts';
import { failConnection, notify } from './notify.ts';
import { output, resend, sendData } from './output.ts';
import { CLOSED, SYN_RECEIVED, SYN_SENT } from './states.ts';
import { NEVER, type Tcb } from './tcb.ts';
import { optionBytes, sendAck, sendReset, transmit } from './transmit.ts';

export const onTimer = (connection: Tcb): void => {
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
const onRetransmissionTimeout = (connection: Tcb): void => {
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

/** RFC 9293, section 3.8.6.1: at least one byte of new data; the answer tells the window. */
const probeWindow = (connection: Tcb, pending: number): void => {
  connection.sndNxt = connection.sndUna;
  if (pending > 0) {
    const wasPersisting = connection.persisting;
    const open = Math.min(connection.sndWnd, pending, connection.mss - optionBytes(connection));
    sendData(connection, connection.sndUna, Math.max(open, 1), false);
    connection.persisting = wasPersisting;
  } else transmit(connection, (connection.sndUna - 1) | 0, 0, ACK, 0);
};

/** RFC 9293, section 3.8.4: off unless asked for; an old sequence number makes the peer answer. */
const onKeepAlive = (connection: Tcb): void => {
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
