import { nobody } from './client.ts';
import { CLOSED, SYN_RECEIVED, SYN_SENT, TIME_WAIT } from './states.ts';
import type { Tcb } from './tcb.ts';
import { sendReset } from './transmit.ts';

/**
 * Ways for a connection to end (RFC 9293, section 3.10.4 and 3.10.5). `discard` takes it out of the stack's tables
 * and timers; received bytes stay readable until the client lets go.
 */
export const discard = (connection: Tcb): void => {
  const { stack } = connection;
  if (connection.state === CLOSED || connection.state === TIME_WAIT) return;
  connection.enter(CLOSED);
  stack.forget(connection);
};

/** RFC 9293, section 3.10.5: a reset unless nothing was ever answered; pending notices are void. */
export const abortConnection = (connection: Tcb, cause: number): void => {
  const { state } = connection;
  connection.tell = 0;
  if (state === CLOSED) return;
  if (state !== SYN_SENT && state !== TIME_WAIT) sendReset(connection, cause);
  discard(connection);
};

export const closeConnection = (connection: Tcb, cause: number): void => {
  connection.client = nobody;
  connection.tell = 0;
  const { state } = connection;
  const unread = connection.receiveQueue.bytes > 0;
  connection.receiveQueue.clear();
  if (state === CLOSED || state === TIME_WAIT) return;
  // RFC 2525, section 2.17: closing with unread data is a reset, so that the peer learns that it was not taken.
  const ended = connection.finQueued && connection.finReceived && !unread;
  if (!ended || state === SYN_RECEIVED) abortConnection(connection, cause);
};
