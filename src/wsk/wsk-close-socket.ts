import { type NTSTATUS, STATUS_CANCELLED, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';

/** Completes last: after the endpoint is gone and every other request and callback of the socket has ended. */
class CloseRequest extends WskRequest {
  endpointGone = false;

  protected override finish(): void {
    this.endpointGone = true;
    this.tryComplete();
  }

  tryComplete(): void {
    const socket = this.socket!;
    if (!this.endpointGone || socket.pending.length > 1 || socket.callbacks.anyRunning) return;
    socket.onQuiet = null;
    socket.state = 'closed';
    socket.client.socketClosed(socket);
    this.completeSoon(STATUS_SUCCESS, 0);
  }

  /** Closing cannot be taken back. */
  override cancel(): void {}
}

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
  const request = new CloseRequest(socket.wsk, socket, 'WskCloseSocket', Irp);
  request.pend();
  socket.state = 'closing';
  socket.onQuiet = () => request.tryComplete();
  socket.endWaiting(STATUS_CANCELLED);
  if (socket.endpoint === null) request.endpointGone = true;
  else socket.endpoint.close(request);
  request.tryComplete();
  return request.returnPending();
};
