import {
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_BUFFER_OVERFLOW,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { RecordKind } from '../trace/index.ts';
import { bufferChain } from './buffer-chain.ts';
import { WSK_CONNECT_EX_MAX_BUFFER } from './constants.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';

const kind: RequestKind = {
  finish(request, status) {
    const socket = request.socket!;
    if (!NT_SUCCESS(status)) {
      // Refused, unreachable, timed out: the socket is bound as before and may try again.
      if (socket.state === 'connecting') socket.state = 'bound';
      request.complete(status, 0);
      return;
    }
    socket.state = 'connected';
    traceEarlyData(socket);
    request.complete(status, request.filled);
  },
  /** After a cancelled connect nobody knows what the peer saw: only closing is of use. */
  cancel(request) {
    const socket = request.socket!;
    if (!socket.endpoint!.cancel(request)) return;
    socket.die(STATUS_CANCELLED);
    request.completeSoon(STATUS_CANCELLED, 0);
  },
  completed: plainKind.completed,
};

/** WskConnect: WskConnectEx without a Buffer. Source: wsk.h reference, PFN_WSK_CONNECT. */
export const WskConnect = (Socket: WSK_SOCKET, RemoteAddress: SOCKADDR, Flags: number, Irp: IRP | null): NTSTATUS =>
  connect('WskConnect', Socket, RemoteAddress, null, Flags, Irp);

/**
 * Connects a bound socket and sends `Buffer`, at most 65,535 bytes, during or after the handshake: in the SYN as far
 * as TCP Fast Open allows (option TCP_FASTOPEN set before, a cookie cached), the rest right behind the handshake.
 * The whole Buffer is captured during the call. IRQL <= DISPATCH_LEVEL.
 *
 * @param RemoteAddress of the socket's family
 * @param Buffer bytes to send first, or null
 * @param Flags 0
 * @returns STATUS_PENDING; then STATUS_SUCCESS once connected, with Information = Buffer.Length (0 without Buffer), or
 *   STATUS_CONNECTION_REFUSED, STATUS_IO_TIMEOUT, STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE (the socket is
 *   bound as before), STATUS_ADDRESS_ALREADY_EXISTS (no local port towards this peer is left),
 *   STATUS_ADDRESS_ALREADY_ASSOCIATED (the local port was lost while an earlier connect failed), STATUS_CANCELLED. Inline: STATUS_INVALID_PARAMETER (Flags, family, no IRP),
 *   STATUS_BUFFER_OVERFLOW (Length over 65,535), STATUS_INVALID_ADDRESS_COMPONENT (port 0),
 *   STATUS_INVALID_DEVICE_STATE (not bound, or connected already). An inline status leaves the socket as it was.
 *
 * Source: wsk.h reference, PFN_WSK_CONNECT_EX; Information and the time of completion are our decision (1).
 */
export const WskConnectEx = (
  Socket: WSK_SOCKET,
  RemoteAddress: SOCKADDR,
  Buffer: WSK_BUF | null,
  Flags: number,
  Irp: IRP | null,
): NTSTATUS => connect('WskConnectEx', Socket, RemoteAddress, Buffer, Flags, Irp);

const connect = (
  name: 'WskConnect' | 'WskConnectEx',
  Socket: WSK_SOCKET,
  to: SOCKADDR,
  buffer: WSK_BUF | null,
  flags: number,
  irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, name);
  if (irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, name, irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (flags !== 0 || to.sa_family !== socket.family) return request.reject(STATUS_INVALID_PARAMETER);
  if (buffer !== null && buffer.Length > WSK_CONNECT_EX_MAX_BUFFER) return request.reject(STATUS_BUFFER_OVERFLOW);
  if (to.port === 0) return request.reject(STATUS_INVALID_ADDRESS_COMPONENT);
  if (socket.state !== 'bound' || socket.endpoint === null) return request.reject(STATUS_INVALID_DEVICE_STATE);
  const { kernel } = socket.wsk;
  const data = buffer === null || buffer.Length === 0 ? null : bufferChain(kernel, buffer, name);
  if (data !== null && !kernel.mayAllocate()) return request.done(STATUS_INSUFFICIENT_RESOURCES, 0);
  const early = data === null ? null : socket.wsk.captures.capture(data);
  kernel.assertAlive();
  request.filled = early === null ? 0 : early.length;
  request.pend();
  socket.state = 'connecting';
  socket.endpoint.connect(to, early, request);
  return request.returnPending();
};

const traceEarlyData = (socket: SocketObject): void => {
  const { trace, machine } = socket.wsk.kernel;
  if (trace === null) return;
  const { bytesInSyn, acked } = socket.endpoint!.earlyData;
  trace.record(RecordKind.EarlyData, machine, socket.id, bytesInSyn ?? -1, acked === null ? -1 : Number(acked), 0);
};
