import {
  type NTSTATUS,
  type SockaddrOut,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';

/**
 * Tells the local address: the port from bind on, the concrete address from connect on. IRQL <= DISPATCH_LEVEL.
 * @returns STATUS_PENDING, then STATUS_SUCCESS; inline STATUS_INVALID_DEVICE_STATE when not bound
 * Source: wsk.h reference, PFN_WSK_GET_LOCAL_ADDRESS.
 */
export const WskGetLocalAddress = (Socket: WSK_SOCKET, LocalAddress: SockaddrOut, Irp: IRP | null): NTSTATUS =>
  getAddress('WskGetLocalAddress', Socket, LocalAddress, Irp);

/**
 * Tells the peer's address. IRQL <= DISPATCH_LEVEL.
 * @returns STATUS_PENDING, then STATUS_SUCCESS; inline STATUS_INVALID_DEVICE_STATE when not connected
 * Source: wsk.h reference, PFN_WSK_GET_REMOTE_ADDRESS.
 */
export const WskGetRemoteAddress = (Socket: WSK_SOCKET, RemoteAddress: SockaddrOut, Irp: IRP | null): NTSTATUS =>
  getAddress('WskGetRemoteAddress', Socket, RemoteAddress, Irp);

const getAddress = (
  name: 'WskGetLocalAddress' | 'WskGetRemoteAddress',
  Socket: WSK_SOCKET,
  into: SockaddrOut,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, name);
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, name, Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  const remote = name === 'WskGetRemoteAddress';
  const known = remote ? socket.state === 'connected' : socket.state !== 'created' && socket.state !== 'binding';
  const ask = remote ? socket.endpoint?.remoteAddress() : socket.anyEndpoint?.localAddress();
  const address = known ? (ask ?? null) : null;
  if (address === null) return request.reject(STATUS_INVALID_DEVICE_STATE);
  into.assign(address);
  return request.done(STATUS_SUCCESS, 0);
};
