import {
  type NTSTATUS,
  STATUS_CANCELLED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { type BufferChain, bufferChain } from './buffer-chain.ts';
import { WSK_FLAG_WAITALL } from './constants.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';

export class ReceiveRequest extends WskRequest {
  buffer!: BufferChain;
  waitAll = false;
  filled = 0;

  get isSatisfied(): boolean {
    return !this.waitAll || this.filled === this.buffer.length;
  }

  override cancel(): void {
    if (this.socket!.receives.remove(this)) this.completeSoon(STATUS_CANCELLED, 0);
  }
}

/**
 * Receives bytes: completes as soon as some are there. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0, or WSK_FLAG_WAITALL to wait until the Buffer is full
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes (0: the peer has ended its side),
 *   STATUS_CONNECTION_RESET, STATUS_CANCELLED. Inline: STATUS_NOT_SUPPORTED (another flag; WSK_FLAG_DRAIN so far),
 *   STATUS_INVALID_PARAMETER (no IRP), STATUS_INVALID_DEVICE_STATE (not connected), the connection's last status when
 *   it is over.
 *
 * Source: wsk.h reference, PFN_WSK_RECEIVE.
 */
export const WskReceive = (Socket: WSK_SOCKET, Buffer: WSK_BUF, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskReceive');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new ReceiveRequest(socket.wsk, socket, 'WskReceive', Irp);
  if ((Flags & ~WSK_FLAG_WAITALL) !== 0) return request.reject(STATUS_NOT_SUPPORTED);
  if (socket.state === 'dead') return request.reject(socket.deathStatus);
  if (socket.state !== 'connected') return request.reject(STATUS_INVALID_DEVICE_STATE);
  request.buffer = bufferChain(socket.wsk.kernel, Buffer, 'WskReceive');
  if (request.buffer.length === 0) return request.done(STATUS_SUCCESS, 0);
  request.waitAll = (Flags & WSK_FLAG_WAITALL) !== 0;
  request.pend();
  socket.receives.push(request);
  return STATUS_PENDING;
};
