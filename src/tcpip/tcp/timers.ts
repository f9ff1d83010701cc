import { STATUS_IO_TIMEOUT } from '../../base/index.ts';
import { ACK } from '../wire/tcp.ts';
import { armAt, armReordering, armRetransmission, restartKeepAlive } from './alarms.ts';
import { considerBlackHole, endProbe } from './black-hole.ts';
import { nobody } from './client.ts';
import { discard } from './close.ts';
import { judgeSilence } from './fast-open-client.ts';
import { retransmitSyn, retransmitSynAck } from './handshake.ts';
import { beginTimeout, mendAtTimer } from './mend.ts';
import { failConnection, notify } from './notify.ts';
import { output, resend, sendData, takeFlightBack } from './output.ts';
import { tryLargerMtu } from './path-mtu.ts';
import { Recovery } from './recovery.ts';
import type { SentLog } from './sent-log.ts';
import { CLOSED, ESTABLISHED, SYN_RECEIVED, SYN_SENT } from './states.ts';
import { NEVER, type Tcb, TIMER_PROBE, TIMER_REORDERING } from './tcb.ts';
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
    const { log, timer } = connection;
    if (timer === TIMER_PROBE && log !== null) sendTailProbe(connection, log);
    else if (timer === TIMER_REORDERING && log !== null) findLost(connection, log);
    else {
      onRetransmissionTimeout(connection);
      capByUserTimeout(connection);
    }
  }
  if (connection.keepAliveAt <= now) onKeepAlive(connection);
  if (connection.mtuAgesAt <= now) tryLargerMtu(connection, now);
  if (connection.stack.tap !== null) connection.stack.tellWindow(connection);
  if (connection.state !== CLOSED) {
    const next = Math.min(connection.rtoAt, connection.delayedAckAt, connection.keepAliveAt, connection.mtuAgesAt);
    if (next !== NEVER) armAt(connection, next);
  }
  notify(connection);
};

/** RFC 6298, section 5.4 to 5.7, and what it means in each state. */
const onRetransmissionTimeout = (connection: Tcb): void => {
  const { stack, state, rto } = connection;
  const { profile } = stack;
  stack.counters.tcpTimeouts++;
  if (outlastsUserTimeout(connection)) {
    if (state !== SYN_SENT) sendReset(connection, 0);
    failConnection(connection, STATUS_IO_TIMEOUT);
    return;
  }
  if (state === SYN_SENT) {
    judgeSilence(connection, connection.synRetries, connection.synRetries >= profile.synRetries);
    if (connection.synRetries >= profile.synRetries) {
      failConnection(connection, STATUS_IO_TIMEOUT);
      return;
    }
    retransmitSyn(connection);
    return;
  }
  if (state === SYN_RECEIVED) {
    if (connection.isHeld || connection.synRetries >= profile.synAckRetries) {
      failConnection(connection, STATUS_IO_TIMEOUT);
      return;
    }
    retransmitSynAck(connection);
    return;
  }
  // A peer that keeps its window shut but answers the probes may do so for ever (RFC 9293, section 3.8.6.1); one
  // that does not answer is given up like any other, and so is one that nobody waits for any more.
  const wasProbe = endProbe(connection);
  if (!wasProbe) connection.retries++;
  const unanswered = connection.retries;
  if (connection.synData > 0) judgeSilence(connection, unanswered - 1, unanswered > profile.dataRetries);
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
  if (!wasProbe) rto.doubleAfterTimeout();
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
  const { log } = connection;
  if (log !== null) {
    // Everything in flight counts as lost; RFC 5681, section 3.1: further timeouts of it leave ssthresh as it is.
    beginTimeout(connection, log, unanswered === 1);
    connection.timedAt = NEVER;
    considerBlackHole(connection, log, unanswered);
    resend(connection, log, 0);
  }
  armRetransmission(connection);
  output(connection);
};

/** The first timeout in a row marks when the peer fell silent: one timeout ago. */
const outlastsUserTimeout = (connection: Tcb): boolean => {
  const { stack, userTimeout } = connection;
  const now = stack.now();
  const isFirst = connection.state >= ESTABLISHED ? connection.retries === 0 : connection.synRetries === 0;
  if (isFirst) connection.silentSince = now - connection.rto.rto;
  return userTimeout > 0 && now - connection.silentSince >= userTimeout;
};

/** The user timeout may be over before the next retransmission is due. */
const capByUserTimeout = (connection: Tcb): void => {
  if (connection.userTimeout === 0 || connection.rtoAt === NEVER || connection.silentSince === NEVER) return;
  connection.rtoAt = Math.max(
    Math.min(connection.rtoAt, connection.silentSince + connection.userTimeout),
    connection.stack.now() + 1,
  );
};

/** RFC 8985, section 7.3: something new, or the last segment again, so that an answer shows what is missing. */
const sendTailProbe = (connection: Tcb, log: SentLog): void => {
  const { stack } = connection;
  if (connection.recovery === null) connection.recovery = new Recovery();
  const { recovery } = connection;
  stack.counters.tcpLossProbes++;
  const inFlight = (connection.sndNxt - connection.sndUna) | 0;
  const unsent = (connection.sendQueue.endSeq - connection.sndNxt) | 0;
  const count = Math.min(unsent, connection.sndWnd - inFlight, connection.mss - optionBytes(connection));
  recovery.probing = true;
  if (count > 0) {
    recovery.probeResent = false;
    sendData(connection, count, count === unsent && connection.finQueued);
  } else {
    recovery.probeResent = true;
    resend(connection, log, log.count - 1);
  }
  recovery.probeEnd = connection.sndNxt;
  armRetransmission(connection);
};

/** RFC 8985, section 6.3: the reordering window is over. */
const findLost = (connection: Tcb, log: SentLog): void => {
  armRetransmission(connection);
  const wait = mendAtTimer(connection, log);
  if (wait > 0) armReordering(connection, wait);
  output(connection);
};

/** RFC 9293, section 3.8.6.1: at least one byte of new data; the answer tells the window. */
const probeWindow = (connection: Tcb, pending: number): void => {
  takeFlightBack(connection);
  if (pending > 0) {
    const open = Math.min(connection.sndWnd, pending, connection.mss - optionBytes(connection));
    sendData(connection, Math.max(open, 1), false);
    connection.persisting = true;
  } else transmit(connection, (connection.sndUna - 1) | 0, 0, ACK, 0);
};

/** RFC 9293, section 3.8.4: off unless asked for; an old sequence number makes the peer answer. */
const onKeepAlive = (connection: Tcb): void => {
  const { profile } = connection.stack;
  if (!connection.keepAlive) {
    connection.keepAliveAt = NEVER;
    return;
  }
  // Data is on its way, and its timer tells whether the peer is there.
  if (connection.rtoAt !== NEVER) {
    restartKeepAlive(connection);
    return;
  }
  const silence = profile.keepAliveIdle + connection.keepAliveProbes * profile.keepAliveInterval;
  const isOver = connection.userTimeout > 0 && connection.keepAliveProbes > 0 && silence >= connection.userTimeout;
  if (isOver || connection.keepAliveProbes++ >= profile.keepAliveProbes) {
    sendReset(connection, 0);
    failConnection(connection, STATUS_IO_TIMEOUT);
    return;
  }
  transmit(connection, (connection.sndNxt - 1) | 0, 0, ACK, 0);
  connection.keepAliveAt = connection.stack.now() + profile.keepAliveInterval;
};
