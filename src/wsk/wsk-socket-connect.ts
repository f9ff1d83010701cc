import {
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { IPPROTO_TCP, SOCK_STREAM } from './constants.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { SocketObject } from './socket.ts';
import type { WSK_CLIENT, WSK_CLIENT_CONNECTION_DISPATCH } from './structures.ts';

/** The `work` of a request. */
interface SocketConnect {
  readonly socket: SocketObject;
  readonly to: SOCKADDR;
  failure: NTSTATUS;
}

// Steps.
const BIND = 0;
const CONNECT = 1;
const CLOSE = 2;

/** Binds, connects and, when either fails, closes the socket before the IRP says so. */
const kind: RequestKind = {
  finish(request, status) {
    const work = request.work as SocketConnect;
    const { socket } = work;
    if (request.step === CLOSE) {
      socket.state = 'closed';
      socket.client.socketClosed(socket);
      request.complete(work.failure, 0);
    } else if (!NT_SUCCESS(status)) {
      fail(request, status);
    } else if (request.step === BIND) {
      request.step = CONNECT;
      socket.endpoint!.connect(work.to, null, request);
    } else {
      socket.state = 'connected';
      request.complete(status, socket);
    }
  },
  cancel(request) {
    const { socket } = request.work as SocketConnect;
    if (request.step === CONNECT && socket.endpoint!.cancel(request)) fail(request, STATUS_CANCELLED);
  },
  completed: plainKind.completed,
};

const fail = (request: WskRequest, status: NTSTATUS): void => {
  const work = request.work as SocketConnect;
  request.step = CLOSE;
  work.failure = status;
  work.socket.endpoint!.close(request);
};

/**
 * Creates a connection-oriented socket, binds and connects it. No data and no Fast Open. IRQL <= DISPATCH_LEVEL.
 *
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = the WSK_SOCKET, or WskBind's and WskConnect's
 *   failures, and no socket exists. Inline: STATUS_INVALID_HANDLE (Client null: the IRP is not completed),
 *   STATUS_INVALID_PARAMETER, STATUS_NOT_SUPPORTED.
 *
 * Source: wsk.h reference, PFN_WSK_SOCKET_CONNECT.
 */
export const WskSocketConnect = (
  Client: WSK_CLIENT | null,
  SocketType: number,
  Protocol: number,
  LocalAddress: SOCKADDR,
  RemoteAddress: SOCKADDR,
  Flags: number,
  SocketContext: unknown,
  Dispatch: WSK_CLIENT_CONNECTION_DISPATCH | null,
  _OwningProcess: object | null,
  _OwningThread: object | null,
  _SecurityDescriptor: object | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  if (Client === null) return STATUS_INVALID_HANDLE;
  const client = Client as WskClient;
  const request = new WskRequest(client.wsk, null, 'WskSocketConnect', Irp, kind);
  const family = LocalAddress.sa_family;
  if (Flags !== 0 || RemoteAddress.sa_family !== family) return request.reject(STATUS_INVALID_PARAMETER);
  if (SocketType !== SOCK_STREAM || Protocol !== IPPROTO_TCP) return request.reject(STATUS_NOT_SUPPORTED);
  if (RemoteAddress.port === 0) return request.reject(STATUS_INVALID_ADDRESS_COMPONENT);
  if (client.isFull) return request.done(STATUS_INSUFFICIENT_RESOURCES, 0);
  const socket = new SocketObject({
    wsk: client.wsk,
    client,
    category: 'connection',
    family,
    Dispatch: client.wsk.tables.connection,
    SocketContext,
    clientDispatch: Dispatch,
  });
  const endpoint = client.wsk.transport.createStream(family, socket);
  if (typeof endpoint === 'number') {
    client.socketClosed(socket);
    return request.done(endpoint, 0);
  }
  socket.endpoint = endpoint;
  request.work = { socket, to: RemoteAddress, failure: STATUS_SUCCESS } satisfies SocketConnect;
  request.pend();
  endpoint.bind(LocalAddress, request);
  return request.returnPending();
};
