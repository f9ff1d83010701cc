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
import { notCancelled, plainKind, type RequestKind, WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';
import { sendRefusal } from './wsk-send.ts';

// Steps of a graceful end.
const ENDING = 0;
const SENDING = 1;

/** Sends the Buffer, if there is one, then ends this side. */
const graceful: RequestKind = {
  finish(request, status) {
    if (request.step === SENDING && NT_SUCCESS(status)) {
      request.step = ENDING;
      request.socket!.endpoint!.shutdown(request);
      return;
    }
    request.complete(status, 0);
  },
  cancel: plainKind.cancel,
  completed: plainKind.completed,
};

/** An abort is as good as done. */
const abort: RequestKind = { ...plainKind, cancel: notCancelled };

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
  const request = new WskRequest(socket.wsk, socket, 'WskDisconnect', Irp, abortive ? abort : graceful);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if ((Flags & ~WSK_FLAG_ABORTIVE) !== 0 || (abortive && Buffer !== null)) {
    return request.reject(STATUS_INVALID_PARAMETER);
  }
  if (!abortive) {
    const refusal = sendRefusal(socket);
    if (refusal !== STATUS_SUCCESS) return request.reject(refusal);
    const data = Buffer === null ? null : bufferChain(socket.wsk.kernel, Buffer, 'WskDisconnect');
    request.pend();
    socket.sendClosed = true;
    if (data !== null && data.length > 0) {
      request.step = SENDING;
      socket.endpoint!.send(data, request);
    } else socket.endpoint!.shutdown(request);
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
