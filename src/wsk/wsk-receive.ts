import {
  type NTSTATUS,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { bufferChain } from './buffer-chain.ts';
import { WSK_FLAG_DRAIN, WSK_FLAG_WAITALL } from './constants.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';

const kind: RequestKind = {
  finish: plainKind.finish,
  cancel(request) {
    if (request.socket!.receives.remove(request)) request.completeSoon(STATUS_CANCELLED, request.filled);
  },
  completed: (request) => request.socket!.receives.rearm(),
};

/**
 * Receives bytes: completes as soon as some are there. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0; WSK_FLAG_WAITALL to wait until the Buffer is full, or the stream ends; WSK_FLAG_DRAIN, with a Length
 *   of 0, to throw everything away until the peer ends its side
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes (0: the peer has ended its side, or Length was
 *   0), STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED, STATUS_CANCELLED (Information: bytes received before).
 *   Inline: STATUS_NOT_SUPPORTED (another flag), STATUS_INVALID_PARAMETER (both flags, WSK_FLAG_DRAIN with a Length, no
 *   IRP), STATUS_INVALID_DEVICE_STATE (not connected), the connection's last status when it is over.
 *
 * Source: wsk.h reference, PFN_WSK_RECEIVE.
 */
export const WskReceive = (Socket: WSK_SOCKET, Buffer: WSK_BUF, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskReceive');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskReceive', Irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if ((Flags & ~(WSK_FLAG_WAITALL | WSK_FLAG_DRAIN)) !== 0) return request.reject(STATUS_NOT_SUPPORTED);
  const drain = (Flags & WSK_FLAG_DRAIN) !== 0;
  if (drain && (Buffer.Length !== 0 || (Flags & WSK_FLAG_WAITALL) !== 0))
    return request.reject(STATUS_INVALID_PARAMETER);
  if (socket.state === 'dead') return request.reject(socket.deathStatus);
  if (socket.state !== 'connected') return request.reject(STATUS_INVALID_DEVICE_STATE);
  const data = bufferChain(socket.wsk.kernel, Buffer, 'WskReceive');
  request.data = data;
  request.flags = Flags;
  // Moves no data, but makes the socket ready for indications again.
  if (data.length === 0 && !drain) return request.done(STATUS_SUCCESS, 0);
  if (socket.wsk.completesInline(request.name) && socket.receives.serveNow(request))
    return request.done(STATUS_SUCCESS, request.filled);
  request.pend();
  socket.receives.push(request);
  return request.returnPending();
};
