import {
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { IPPROTO_TCP, SOCK_STREAM } from './constants.ts';
import { WskRequest } from './request.ts';
import { SocketObject } from './socket.ts';
import type { WSK_CLIENT, WSK_CLIENT_CONNECTION_DISPATCH } from './structures.ts';

/** Binds, connects and, when either fails, closes the socket before the IRP says so. */
class SocketConnectRequest extends WskRequest {
  newSocket!: SocketObject;
  to!: SOCKADDR;
  private step: 'bind' | 'connect' | 'close' = 'bind';
  private failure: NTSTATUS = 0;

  protected override finish(status: NTSTATUS): void {
    const { newSocket } = this;
    const endpoint = newSocket.endpoint!;
    if (this.step === 'close') {
      newSocket.state = 'closed';
      newSocket.client.socketClosed(newSocket);
      this.complete(this.failure, 0);
    } else if (!NT_SUCCESS(status)) {
      this.fail(status);
    } else if (this.step === 'bind') {
      this.step = 'connect';
      endpoint.connect(this.to, null, this);
    } else {
      newSocket.state = 'connected';
      this.complete(status, newSocket);
    }
  }

  override cancel(): void {
    if (this.step === 'connect' && this.newSocket.endpoint!.cancel(this)) this.fail(STATUS_CANCELLED);
  }

  private fail(status: NTSTATUS): void {
    this.step = 'close';
    this.failure = status;
    this.newSocket.endpoint!.close(this);
  }
}

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
  const request = new SocketConnectRequest(client.wsk, null, 'WskSocketConnect', Irp);
  const family = LocalAddress.sa_family;
  if (Flags !== 0 || RemoteAddress.sa_family !== family) return request.reject(STATUS_INVALID_PARAMETER);
  if (SocketType !== SOCK_STREAM || Protocol !== IPPROTO_TCP) return request.reject(STATUS_NOT_SUPPORTED);
  if (RemoteAddress.port === 0) return request.reject(STATUS_INVALID_ADDRESS_COMPONENT);
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
  request.newSocket = socket;
  request.to = RemoteAddress;
  request.pend();
  endpoint.bind(LocalAddress, request);
  return request.returnPending();
};
