import {
  type NTSTATUS,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { bufferChain } from './buffer-chain.ts';
import { WSK_FLAG_NODELAY } from './constants.ts';
import { WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';

/**
 * Sends bytes on a connected socket, in the order of the calls. The MDLs stay in place until the IRP completes: there
 * is no send buffer, it completes when all data has been sent. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0 or WSK_FLAG_NODELAY
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes, STATUS_CONNECTION_RESET, STATUS_CANCELLED.
 *   Inline: STATUS_NOT_SUPPORTED (another flag), STATUS_INVALID_PARAMETER (no IRP), STATUS_INVALID_DEVICE_STATE (not
 *   connected, or after a graceful WskDisconnect), the connection's last status when it is over.
 *
 * Source: wsk.h reference, PFN_WSK_SEND.
 */
export const WskSend = (Socket: WSK_SOCKET, Buffer: WSK_BUF, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskSend');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskSend', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if ((Flags & ~WSK_FLAG_NODELAY) !== 0) return request.reject(STATUS_NOT_SUPPORTED);
  const refusal = sendRefusal(socket);
  if (refusal !== STATUS_SUCCESS) return request.reject(refusal);
  const data = bufferChain(socket.wsk.kernel, Buffer, 'WskSend');
  if (data.length === 0) return request.done(STATUS_SUCCESS, 0);
  request.pend();
  socket.endpoint!.send(data, request);
  return request.returnPending();
};

/** Why nothing can be sent now, or STATUS_SUCCESS. */
export const sendRefusal = (socket: SocketObject): NTSTATUS => {
  if (socket.state === 'dead') return socket.deathStatus;
  return socket.state === 'connected' && !socket.sendClosed ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
};
