import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_CONNECTION_ABORTED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { bufferChain } from './buffer-chain.ts';
import { WSK_FLAG_ABORTIVE } from './constants.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';
import { sendRefusal } from './wsk-send.ts';

/** Sends the Buffer, if there is one, then ends this side. */
class DisconnectRequest extends WskRequest {
  sending = false;

  protected override finish(status: NTSTATUS): void {
    if (this.sending && NT_SUCCESS(status)) {
      this.sending = false;
      this.socket!.endpoint!.shutdown(this);
      return;
    }
    this.complete(status, 0);
  }
}

class AbortRequest extends WskRequest {
  /** An abort is as good as done. */
  override cancel(): void {}
}

/**
 * Ends a connection. IRQL <= DISPATCH_LEVEL.
 *
 * Graceful (Flags 0): pending sends first, then Buffer, then FIN; completes when the transport has finished. Receiving
 * goes on. Abortive: pending sends are cancelled and the connection is reset.
 *
 * @param Buffer last bytes to send, or null (always null with WSK_FLAG_ABORTIVE)
 * @param Flags 0 or WSK_FLAG_ABORTIVE
 * @returns STATUS_PENDING, then STATUS_SUCCESS; inline STATUS_INVALID_PARAMETER (another flag, Buffer with
 *   WSK_FLAG_ABORTIVE, no IRP), STATUS_INVALID_DEVICE_STATE (not connected, or ended before)
 *
 * Source: wsk.h reference, PFN_WSK_DISCONNECT.
 */
export const WskDisconnect = (Socket: WSK_SOCKET, Buffer: WSK_BUF | null, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskDisconnect');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const abortive = Flags === WSK_FLAG_ABORTIVE;
  const request = abortive
    ? new AbortRequest(socket.wsk, socket, 'WskDisconnect', Irp)
    : new DisconnectRequest(socket.wsk, socket, 'WskDisconnect', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if ((Flags & ~WSK_FLAG_ABORTIVE) !== 0 || (abortive && Buffer !== null)) {
    return request.reject(STATUS_INVALID_PARAMETER);
  }
  if (request instanceof DisconnectRequest) {
    const refusal = sendRefusal(socket);
    if (refusal !== STATUS_SUCCESS) return request.reject(refusal);
    const data = Buffer === null ? null : bufferChain(socket.wsk.kernel, Buffer, 'WskDisconnect');
    request.pend();
    socket.sendClosed = true;
    request.sending = data !== null && data.length > 0;
    if (request.sending) socket.endpoint!.send(data!, request);
    else socket.endpoint!.shutdown(request);
    return request.returnPending();
  }
  if (socket.state === 'dead') return request.done(STATUS_SUCCESS, 0);
  if (socket.state !== 'connected' && socket.state !== 'connecting') {
    return request.reject(STATUS_INVALID_DEVICE_STATE);
  }
  request.pend();
  socket.die(STATUS_CONNECTION_ABORTED);
  socket.endpoint!.abort(request);
  return request.returnPending();
};
