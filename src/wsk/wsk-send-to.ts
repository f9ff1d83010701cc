import {
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { type BufferChain, bufferChain } from './buffer-chain.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import type { WSK_BUF, WSK_BUF_LIST, WSK_SOCKET } from './structures.ts';

/**
 * Sends one datagram from a bound socket. MDLs and memory stay in place until the IRP completes. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0
 * @param RemoteAddress of the socket's family, or null for the one that SIO_WSK_SET_REMOTE_ADDRESS or
 *   SIO_WSK_SET_SENDTO_ADDRESS has set
 * @param ControlInfoLength 0: no transport here takes control information with what it sends
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes, STATUS_INVALID_BUFFER_SIZE (longer than a
 *   datagram can be), STATUS_ACCESS_DENIED (a broadcast without SO_BROADCAST), STATUS_NOT_SUPPORTED (an address that the
 *   transport does not send to), STATUS_NETWORK_UNREACHABLE, STATUS_HOST_UNREACHABLE, STATUS_CANCELLED. Inline:
 *   STATUS_INVALID_PARAMETER (Flags, family, no address, no IRP), STATUS_NOT_SUPPORTED (ControlInfoLength),
 *   STATUS_INVALID_ADDRESS_COMPONENT (port 0), STATUS_INVALID_DEVICE_STATE (not bound)
 *
 * Source: wsk.h reference, PFN_WSK_SEND_TO; statuses are our decision (20).
 */
export const WskSendTo = (
  Socket: WSK_SOCKET,
  Buffer: WSK_BUF,
  Flags: number,
  RemoteAddress: SOCKADDR | null,
  ControlInfoLength: number,
  _ControlInfo: Uint8Array | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, 'WskSendTo');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskSendTo', Irp);
  const to = RemoteAddress ?? socket.datagrams?.defaultRemote ?? null;
  const refusal = refusalOf(socket, Flags, to, ControlInfoLength);
  if (refusal !== STATUS_SUCCESS) return request.reject(refusal);
  const data = bufferChain(socket.wsk.kernel, Buffer, 'WskSendTo');
  request.pend();
  socket.datagrams!.endpoint.sendTo(data, to!, request);
  return request.returnPending();
};

/** What a WskSendMessages has still to send: the `work` of its request. */
interface Messages {
  readonly to: SOCKADDR;
  readonly chains: readonly BufferChain[];
}

/** One datagram after the other: the step is the number of those that were sent. */
const messages: RequestKind = {
  finish(request, status, information) {
    request.filled += information;
    request.step++;
    const { chains } = request.work as Messages;
    if (!NT_SUCCESS(status) || request.step === chains.length) request.complete(status, request.filled);
    else sendNext(request);
  },
  cancel: plainKind.cancel,
  completed: plainKind.completed,
};

const sendNext = (request: WskRequest): void => {
  const { to, chains } = request.work as Messages;
  request.socket!.datagrams!.endpoint.sendTo(chains[request.step], to, request);
};

/**
 * Sends a list of datagrams, one for each element, in order (Windows 8 and later); otherwise like WskSendTo.
 *
 * @returns as WskSendTo does; Information is the bytes of all that were sent, also when one could not be: those behind
 *   it were not tried
 *
 * Source: wsk.h reference, PFN_WSK_SEND_MESSAGES.
 */
export const WskSendMessages = (
  Socket: WSK_SOCKET,
  BufferList: WSK_BUF_LIST,
  Flags: number,
  RemoteAddress: SOCKADDR | null,
  ControlInfoLength: number,
  _ControlInfo: Uint8Array | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, 'WskSendMessages');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskSendMessages', Irp, messages);
  const to = RemoteAddress ?? socket.datagrams?.defaultRemote ?? null;
  const refusal = refusalOf(socket, Flags, to, ControlInfoLength);
  if (refusal !== STATUS_SUCCESS) return request.reject(refusal);
  const chains: BufferChain[] = [];
  for (let entry: WSK_BUF_LIST | null = BufferList; entry !== null; entry = entry.Next)
    chains.push(bufferChain(socket.wsk.kernel, entry.Buffer, 'WskSendMessages'));
  request.work = { to: to!, chains } satisfies Messages;
  request.pend();
  sendNext(request);
  return request.returnPending();
};

/** Why nothing can be sent so, in the order of decision 3; or STATUS_SUCCESS. */
const refusalOf = (socket: SocketObject, flags: number, to: SOCKADDR | null, controlLength: number): NTSTATUS => {
  if (socket.isForcedClosed) return STATUS_FILE_FORCED_CLOSED;
  if (flags !== 0 || (to !== null && to.sa_family !== socket.family)) return STATUS_INVALID_PARAMETER;
  if (controlLength !== 0) return STATUS_NOT_SUPPORTED;
  if (to?.port === 0) return STATUS_INVALID_ADDRESS_COMPONENT;
  if (socket.datagrams === null || socket.state !== 'bound') return STATUS_INVALID_DEVICE_STATE;
  return to === null ? STATUS_INVALID_PARAMETER : STATUS_SUCCESS;
};
