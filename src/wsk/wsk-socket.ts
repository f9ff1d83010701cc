import {
  type ADDRESS_FAMILY,
  AF_INET,
  AF_INET6,
  type NTSTATUS,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  WSK_FLAG_BASIC_SOCKET,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_FLAG_STREAM_SOCKET,
} from './constants.ts';
import { Datagrams } from './datagrams.ts';
import { WskRequest } from './request.ts';
import { type SocketCategory, SocketObject } from './socket.ts';
import type { WSK_CLIENT } from './structures.ts';

const categories = new Map<number, SocketCategory>([
  [WSK_FLAG_BASIC_SOCKET, 'basic'],
  [WSK_FLAG_LISTEN_SOCKET, 'listen'],
  [WSK_FLAG_CONNECTION_SOCKET, 'connection'],
  [WSK_FLAG_DATAGRAM_SOCKET, 'datagram'],
  [WSK_FLAG_STREAM_SOCKET, 'stream'],
]);

/**
 * Creates a socket. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags exactly one category, WSK_FLAG_CONNECTION_SOCKET for example
 * @param SocketContext handed to the socket's callbacks
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = the WSK_SOCKET, or STATUS_INSUFFICIENT_RESOURCES.
 *   Inline: STATUS_INVALID_PARAMETER (no IRP, or Flags no category), STATUS_INVALID_HANDLE (Client null: the IRP is not
 *   completed), STATUS_NOT_SUPPORTED (family, type and protocol that do not fit the category; datagram sockets of raw IP,
 *   and those of UDP on a transport that has no datagrams)
 *
 * Source: wsk.h reference, PFN_WSK_SOCKET.
 */
export const WskSocket = (
  Client: WSK_CLIENT | null,
  AddressFamily: ADDRESS_FAMILY,
  SocketType: number,
  Protocol: number,
  Flags: number,
  SocketContext: unknown,
  Dispatch: object | null,
  _OwningProcess: object | null,
  _OwningThread: object | null,
  _SecurityDescriptor: object | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  if (Client === null) return STATUS_INVALID_HANDLE;
  const client = Client as WskClient;
  const { wsk } = client;
  const request = new WskRequest(wsk, null, 'WskSocket', Irp);
  const category = categories.get(Flags);
  if (category === undefined) return request.reject(STATUS_INVALID_PARAMETER);
  if (AddressFamily !== AF_INET && AddressFamily !== AF_INET6) return request.reject(STATUS_NOT_SUPPORTED);
  if (!fits(category, SocketType, Protocol)) return request.reject(STATUS_NOT_SUPPORTED);
  if (client.isFull || !wsk.kernel.mayAllocate()) return request.done(STATUS_INSUFFICIENT_RESOURCES, 0);
  const socket = new SocketObject({
    wsk,
    client,
    category,
    family: AddressFamily,
    Dispatch: wsk.tables[category],
    SocketContext,
    clientDispatch: Dispatch,
  });
  const status = giveEndpoint(socket, SocketType);
  if (status !== STATUS_SUCCESS) client.socketClosed(socket);
  return request.done(status, status === STATUS_SUCCESS ? socket : 0);
};

const fits = (category: SocketCategory, type: number, protocol: number): boolean => {
  const tcp = type === SOCK_STREAM && protocol === IPPROTO_TCP;
  const udp = type === SOCK_DGRAM && protocol === IPPROTO_UDP;
  if (category === 'basic') return tcp || udp || type === SOCK_RAW;
  if (category === 'datagram') return udp;
  // Observed on Windows: a UDP socket of the listening category exists, and cannot be bound.
  return tcp || (category === 'listen' && udp);
};

/** What the socket is on its transport: nothing for basic sockets and listening ones of UDP. */
const giveEndpoint = (socket: SocketObject, type: number): NTSTATUS => {
  const { transport } = socket.wsk;
  if (socket.category === 'basic') return STATUS_SUCCESS;
  if (socket.category === 'datagram') {
    const endpoint = transport.createDatagram(socket.family, socket);
    if (typeof endpoint === 'number') return endpoint;
    socket.datagrams = new Datagrams(socket, endpoint);
  } else if (type === SOCK_STREAM) {
    const endpoint = transport.createStream(socket.family, socket);
    if (typeof endpoint === 'number') return endpoint;
    socket.endpoint = endpoint;
  }
  return STATUS_SUCCESS;
};
