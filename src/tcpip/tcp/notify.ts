import { type NTSTATUS, STATUS_SUCCESS } from '../../base/index.ts';
import type { SendRequest } from './client.ts';
import { discard } from './close.ts';
import { SYN_RECEIVED } from './states.ts';
import { type Tcb, TELL_CONNECTED, TELL_EOF, TELL_FIN_ACKED, TELL_READABLE, TELL_RESET, TELL_SENT } from './tcb.ts';

/**
 * Tells the client what has happened, at the end of a segment or timer, when the connection is in order and may be
 * used from within the call. What a call makes void (an abort, say) clears the notices that are still to come.
 */
export const notify = (connection: Tcb): void => {
  while (connection.tell !== 0) {
    const { tell, client } = connection;
    const one = tell & -tell;
    connection.tell = tell & ~one;
    if (one === TELL_CONNECTED) client.onConnected();
    else if (one === TELL_SENT) tellSent(connection);
    else if (one === TELL_READABLE) client.onReadable();
    else if (one === TELL_EOF) client.onEof();
    else if (one === TELL_FIN_ACKED) client.onFinAcked();
    else if (one === TELL_RESET) tellReset(connection);
  }
};

export const queueDone = (connection: Tcb, request: SendRequest): void => {
  if (connection.doneTail === null) connection.doneHead = request;
  else connection.doneTail.next = request;
  connection.doneTail = request;
  connection.tell |= TELL_SENT;
};

/** The connection has failed: its end is told with `status`, sends first. */
export const failConnection = (connection: Tcb, status: NTSTATUS): void => {
  connection.resetStatus = status;
  connection.tell |= TELL_RESET;
  connection.wasConnecting = !connection.isPassive && connection.state <= SYN_RECEIVED;
  discard(connection);
};

const tellSent = (connection: Tcb): void => {
  let request = connection.doneHead;
  connection.doneHead = connection.doneTail = null;
  while (request !== null) {
    const next: SendRequest | null = request.next;
    request.next = null;
    connection.client.onSent(request, STATUS_SUCCESS);
    request = next;
  }
};

const tellReset = (connection: Tcb): void => {
  const { resetStatus } = connection;
  for (let request = connection.sendQueue.takeAny(); request !== null; request = connection.sendQueue.takeAny()) {
    connection.client.onSent(request, resetStatus);
  }
  if (connection.wasConnecting) connection.client.onConnectFailed(resetStatus);
  else connection.client.onReset(resetStatus);
};
