import { MILLISECOND, type Nanoseconds } from '../../time/index.ts';
import { OPEN } from './recovery.ts';
import { ESTABLISHED } from './states.ts';
import { NEVER, type Tcb, TIMER_PROBE, TIMER_REORDERING, TIMER_RETRANSMISSION } from './tcb.ts';

/** RFC 8985, section 7.2: WCDelAckT, and the least that a probe waits (a few ticks, as in Linux). */
const WORST_DELAYED_ACK: Nanoseconds = 200 * MILLISECOND;
const LEAST_PROBE: Nanoseconds = 4 * MILLISECOND;

/**
 * Timers are deadlines in fields, with one entry per connection in the event heap. The entry is armed lazily: a
 * deadline that moves later leaves it where it is, and when it fires early it is armed again for what is still to
 * come. So restarting the retransmission timer for every segment costs one store.
 */
export const armAt = (connection: Tcb, at: Nanoseconds): void => {
  if (at >= connection.entryAt) return;
  const { executor } = connection.stack;
  if (connection.entry !== 0) executor.reschedule(connection.entry, at);
  else connection.entry = executor.schedule(at, connection, 0, 0);
  connection.entryAt = at;
};

export const cancelTimers = (connection: Tcb): void => {
  connection.rtoAt = connection.delayedAckAt = connection.keepAliveAt = connection.mtuAgesAt = NEVER;
  if (connection.entry !== 0) connection.stack.executor.cancel(connection.entry);
  connection.entry = 0;
  connection.entryAt = NEVER;
};

/** RFC 1122, section 4.2.3.2: an acknowledgment may wait for company, but not long. */
export const armDelayedAck = (connection: Tcb): void => {
  connection.delayedAckAt = connection.stack.now() + connection.stack.profile.delayedAck;
  armAt(connection, connection.delayedAckAt);
};

export const armRetransmission = (connection: Tcb): void => {
  connection.timer = TIMER_RETRANSMISSION;
  connection.rtoAt = connection.stack.now() + connection.rto.rto;
  armAt(connection, connection.rtoAt);
};

/**
 * Data is in flight: a tail loss probe comes before the timeout (RFC 8985, section 7.2), unless SACK is off, something
 * is amiss already, or one is out.
 */
export const armForData = (connection: Tcb): void => {
  const { log, recovery, rto, state } = connection;
  const mayProbe =
    connection.sackPermitted &&
    log !== null &&
    state >= ESTABLISHED &&
    rto.srtt > 0 &&
    log.away === 0 &&
    (recovery === null || (recovery.state === OPEN && !recovery.probing));
  if (!mayProbe) {
    armRetransmission(connection);
    return;
  }
  const probe = Math.max(2 * rto.srtt + (log.count === 1 ? WORST_DELAYED_ACK : 0), LEAST_PROBE);
  connection.timer = TIMER_PROBE;
  connection.rtoAt = connection.stack.now() + Math.ceil(Math.min(probe, rto.rto));
  armAt(connection, connection.rtoAt);
};

/** RFC 8985, section 6.2: what is not lost yet may be by then. */
export const armReordering = (connection: Tcb, wait: Nanoseconds): void => {
  connection.timer = TIMER_REORDERING;
  connection.rtoAt = connection.stack.now() + Math.ceil(wait);
  armAt(connection, connection.rtoAt);
};

/**
 * The timer of a SYN or SYN-ACK, whose RTO is far longer than that of the data to come. The heap's entry is put where
 * the data's will be, a probe's included: moved forward once when nobody answers, it is in place already when somebody does.
 */
export const armHandshake = (connection: Tcb): void => {
  const now = connection.stack.now();
  connection.timer = TIMER_RETRANSMISSION;
  connection.rtoAt = now + connection.rto.rto;
  armAt(connection, Math.min(connection.rtoAt, now + Math.min(connection.stack.profile.minRto, WORST_DELAYED_ACK)));
};

/** Something came from the peer, or keep-alive was switched on. */
export const restartKeepAlive = (connection: Tcb): void => {
  connection.keepAliveProbes = 0;
  connection.keepAliveAt = connection.stack.now() + connection.stack.profile.keepAliveIdle;
  armAt(connection, connection.keepAliveAt);
};
