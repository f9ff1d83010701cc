import {
  NT_SUCCESS,
  type NTSTATUS,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { notCancelled, plainKind, type RequestKind, WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';

const kind: RequestKind = {
  finish(request, status) {
    const socket = request.socket!;
    if (socket.state === 'listening' && !NT_SUCCESS(status)) socket.state = 'bound';
    request.complete(status, 0);
  },
  /** Starting to listen takes no time worth taking back. */
  cancel: notCancelled,
  completed: plainKind.completed,
};

/**
 * Commits a bound stream socket to listening. Completes when it listens. IRQL <= DISPATCH_LEVEL.
 *
 * @returns STATUS_PENDING, then STATUS_SUCCESS; inline STATUS_INVALID_PARAMETER (no IRP), STATUS_INVALID_DEVICE_STATE
 *   (not bound, or committed to connecting already)
 *
 * Source: wsk.h reference, PFN_WSK_LISTEN; the page's remark on STATUS_PENDING contradicts its purpose.
 */
export const WskListen = (Socket: WSK_SOCKET, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskListen');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskListen', Irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (socket.state !== 'bound' || socket.endpoint === null) return request.reject(STATUS_INVALID_DEVICE_STATE);
  request.pend();
  socket.state = 'listening';
  socket.endpoint.listen(request);
  return request.returnPending();
};
