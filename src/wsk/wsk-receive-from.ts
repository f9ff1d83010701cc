import {
  type NTSTATUS,
  type SockaddrOut,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP, Ref } from '../kernel/index.ts';
import { bufferChain } from './buffer-chain.ts';
import type { ReceiveFromWork } from './receive-from-queue.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';

const kind: RequestKind = {
  finish: plainKind.finish,
  cancel(request) {
    if (request.socket!.datagrams!.receives.remove(request)) request.completeSoon(STATUS_CANCELLED, 0);
  },
  /** No call waits now, perhaps: WskReceiveFromEvent may have its turn. */
  completed: (request) => request.socket!.indicateSoon(),
};

/**
 * Receives one datagram. What is given to be written is nonpaged and stays in place until the IRP completes.
 * IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0
 * @param RemoteAddress room for the sender's address, or null
 * @param ControlLength room for control information in bytes, then the bytes written, or null for none
 * @param ControlInfo room for CMSGHDRs (`readControlInfo` reads them), or null
 * @param ControlFlags room for MSG_BCAST, MSG_MCAST, MSG_TRUNC (the datagram was longer than the Buffer, the rest is
 *   lost) and MSG_CTRUNC (there was no room for the control information), or null
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes in the Buffer, also of a datagram that was cut;
 *   STATUS_CANCELLED. Inline: STATUS_INVALID_PARAMETER (Flags not 0, no IRP), STATUS_INVALID_DEVICE_STATE (not bound)
 *
 * Source: wsk.h reference, PFN_WSK_RECEIVE_FROM; that a cut datagram is a success is our decision (20).
 */
export const WskReceiveFrom = (
  Socket: WSK_SOCKET,
  Buffer: WSK_BUF,
  Flags: number,
  RemoteAddress: SockaddrOut | null,
  ControlLength: Ref<number> | null,
  ControlInfo: Uint8Array | null,
  ControlFlags: Ref<number> | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, 'WskReceiveFrom');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskReceiveFrom', Irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (Flags !== 0) return request.reject(STATUS_INVALID_PARAMETER);
  const { datagrams } = socket;
  if (datagrams === null || socket.state !== 'bound') return request.reject(STATUS_INVALID_DEVICE_STATE);
  request.data = bufferChain(socket.wsk.kernel, Buffer, 'WskReceiveFrom');
  request.work = {
    remoteAddress: RemoteAddress,
    controlLength: ControlLength,
    controlInfo: ControlInfo,
    controlFlags: ControlFlags,
  } satisfies ReceiveFromWork;
  if (socket.wsk.completesInline(request.name) && datagrams.receives.serveNow(request))
    return request.done(STATUS_SUCCESS, request.filled);
  request.pend();
  datagrams.receives.push(request);
  return request.returnPending();
};
