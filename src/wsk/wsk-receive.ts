import {
  type NTSTATUS,
  STATUS_CANCELLED,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { type BufferChain, bufferChain } from './buffer-chain.ts';
import { WSK_FLAG_DRAIN, WSK_FLAG_WAITALL } from './constants.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_BUF, WSK_SOCKET } from './structures.ts';
import type { StreamEndpoint } from './transport.ts';

/** How much is thrown away at a time with WSK_FLAG_DRAIN. */
const DRAINED_AT_ONCE = 65_536;

export class ReceiveRequest extends WskRequest {
  buffer!: BufferChain;
  flags = 0;
  /** Bytes received so far: more than one go with WSK_FLAG_WAITALL. */
  filled = 0;

  get isSatisfied(): boolean {
    if ((this.flags & WSK_FLAG_DRAIN) !== 0) return false;
    return (this.flags & WSK_FLAG_WAITALL) === 0 || this.filled === this.buffer.length;
  }

  /** Takes what there is. @returns bytes; 0 for none now */
  take(endpoint: StreamEndpoint): number {
    if ((this.flags & WSK_FLAG_DRAIN) === 0) {
      const bytes = endpoint.read(this.buffer, this.filled);
      this.filled += bytes;
      return bytes;
    }
    const lease = endpoint.borrow(DRAINED_AT_ONCE);
    lease?.release();
    return lease?.length ?? 0;
  }

  override cancel(): void {
    if (this.socket!.receives.remove(this)) this.completeSoon(STATUS_CANCELLED, this.filled);
  }

  protected override completed(): void {
    this.socket!.receives.rearm();
  }
}

/**
 * Receives bytes: completes as soon as some are there. IRQL <= DISPATCH_LEVEL.
 *
 * @param Flags 0; WSK_FLAG_WAITALL to wait until the Buffer is full, or the stream ends; WSK_FLAG_DRAIN, with a Length
 *   of 0, to throw everything away until the peer ends its side
 * @returns STATUS_PENDING; then STATUS_SUCCESS with Information = bytes (0: the peer has ended its side, or Length was
 *   0), STATUS_CONNECTION_RESET, STATUS_CONNECTION_ABORTED, STATUS_CANCELLED (Information: bytes received before).
 *   Inline: STATUS_NOT_SUPPORTED (another flag), STATUS_INVALID_PARAMETER (both flags, WSK_FLAG_DRAIN with a Length, no
 *   IRP), STATUS_INVALID_DEVICE_STATE (not connected), the connection's last status when it is over.
 *
 * Source: wsk.h reference, PFN_WSK_RECEIVE.
 */
export const WskReceive = (Socket: WSK_SOCKET, Buffer: WSK_BUF, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskReceive');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new ReceiveRequest(socket.wsk, socket, 'WskReceive', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if ((Flags & ~(WSK_FLAG_WAITALL | WSK_FLAG_DRAIN)) !== 0) return request.reject(STATUS_NOT_SUPPORTED);
  const drain = (Flags & WSK_FLAG_DRAIN) !== 0;
  if (drain && (Buffer.Length !== 0 || (Flags & WSK_FLAG_WAITALL) !== 0))
    return request.reject(STATUS_INVALID_PARAMETER);
  if (socket.state === 'dead') return request.reject(socket.deathStatus);
  if (socket.state !== 'connected') return request.reject(STATUS_INVALID_DEVICE_STATE);
  request.buffer = bufferChain(socket.wsk.kernel, Buffer, 'WskReceive');
  request.flags = Flags;
  // Moves no data, but makes the socket ready for indications again.
  if (request.buffer.length === 0 && !drain) return request.done(STATUS_SUCCESS, 0);
  if (socket.wsk.completesInline() && socket.receives.serveNow(request))
    return request.done(STATUS_SUCCESS, request.filled);
  request.pend();
  socket.receives.push(request);
  return request.returnPending();
};
