import { type NTSTATUS, STATUS_CANCELLED, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { notCancelled, type RequestKind, WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';

const ENDPOINT_GONE = 1; // a step

/** Completes last: after the endpoint is gone and every other request and callback of the socket has ended. */
const kind: RequestKind = {
  finish(request) {
    request.step = ENDPOINT_GONE;
    tryComplete(request);
  },
  /** Closing cannot be taken back. */
  cancel: notCancelled,
  /** Only now may WskDeregister return: until then the client's completion routine is still to run. */
  completed: ({ socket }) => socket!.client.socketClosed(socket!),
};

const tryComplete = (request: WskRequest): void => {
  const socket = request.socket!;
  if (request.step !== ENDPOINT_GONE || socket.pendingCount > 1 || socket.callbacks.anyRunning) return;
  socket.onQuiet = null;
  socket.state = 'closed';
  request.completeSoon(STATUS_SUCCESS, 0);
};

/** R26 */
const retained = (socket: SocketObject): void => {
  const count = socket.retainedCount;
  const kind = socket.datagrams === null ? 'data' : 'datagram';
  const lists = `${count} retained ${kind} indication${count === 1 ? '' : 's'}`;
  socket.wsk.kernel.report('error', 'R26', `WskCloseSocket with ${lists}: WskRelease them first`);
};

/**
 * Closes a socket of any category; no call on it is allowed afterwards. Everything that is pending on it is cancelled
 * and completes first. A connection that was not ended by both sides is reset. IRQL <= DISPATCH_LEVEL.
 *
 * @returns STATUS_PENDING, then STATUS_SUCCESS; STATUS_INVALID_PARAMETER without an IRP
 *
 * Source: wsk.h reference, PFN_WSK_CLOSE_SOCKET.
 */
export const WskCloseSocket = (Socket: WSK_SOCKET, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskCloseSocket');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskCloseSocket', Irp, kind);
  if (socket.retainedCount > 0) retained(socket);
  request.pend();
  socket.state = 'closing';
  socket.onQuiet = () => tryComplete(request);
  socket.endWaiting(STATUS_CANCELLED);
  const endpoint = socket.anyEndpoint;
  if (endpoint === null) request.step = ENDPOINT_GONE;
  else endpoint.close(request);
  tryComplete(request);
  return request.returnPending();
};
