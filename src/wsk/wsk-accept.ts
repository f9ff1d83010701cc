import {
  type NTSTATUS,
  type SockaddrOut,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import type { WSK_CLIENT_CONNECTION_DISPATCH, WSK_SOCKET } from './structures.ts';

/** What a WskAccept wants made of its connection: the `work` of its request. */
export interface AcceptWork {
  readonly socketContext: unknown;
  readonly socketDispatch: object | null;
  readonly localAddress: SockaddrOut | null;
  readonly remoteAddress: SockaddrOut | null;
}

const kind: RequestKind = {
  finish: plainKind.finish,
  cancel(request) {
    if (request.socket!.accepts.remove(request)) request.completeSoon(STATUS_CANCELLED, 0);
  },
  completed: plainKind.completed,
};

/**
 * Takes the next connection of a listening socket. IRQL <= DISPATCH_LEVEL.
 *
 * @param LocalAddress  @param RemoteAddress room for the addresses, or null; filled before the IRP completes
 * @returns STATUS_PENDING; IoStatus.Information is then the accepted WSK_SOCKET. STATUS_INVALID_PARAMETER (Flags not 0,
 *   no IRP), STATUS_INVALID_DEVICE_STATE (not listening), STATUS_CANCELLED (IoCancelIrp, or the socket was closed).
 *
 * Source: wsk.h reference, PFN_WSK_ACCEPT.
 */
export const WskAccept = (
  ListenSocket: WSK_SOCKET,
  Flags: number,
  AcceptSocketContext: unknown,
  AcceptSocketDispatch: WSK_CLIENT_CONNECTION_DISPATCH | null,
  LocalAddress: SockaddrOut | null,
  RemoteAddress: SockaddrOut | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket: SocketObject = socketOf(ListenSocket, 'WskAccept');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskAccept', Irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (Flags !== 0) return request.reject(STATUS_INVALID_PARAMETER);
  if (socket.state !== 'listening') return request.reject(STATUS_INVALID_DEVICE_STATE);
  request.work = {
    socketContext: AcceptSocketContext,
    socketDispatch: AcceptSocketDispatch,
    localAddress: LocalAddress,
    remoteAddress: RemoteAddress,
  } satisfies AcceptWork;
  const accepted = socket.wsk.completesInline(request.name) ? socket.accepts.serveNow(request) : null;
  if (accepted !== null) return request.done(STATUS_SUCCESS, accepted);
  request.pend();
  socket.accepts.push(request);
  return request.returnPending();
};
