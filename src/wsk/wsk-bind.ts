import {
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_IMPLEMENTED,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { notCancelled, plainKind, type RequestKind, WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import type { WSK_SOCKET } from './structures.ts';

// Steps.
const BINDING = 0;
const LISTENING = 1;

/** Binds and, on a listening socket, then listens: WSK has no separate call for that. */
const kind: RequestKind = {
  finish(request, status) {
    const socket = request.socket!;
    if (NT_SUCCESS(status) && socket.category === 'listen' && request.step === BINDING) {
      request.step = LISTENING;
      socket.endpoint!.listen(request);
      return;
    }
    const bound = request.step === LISTENING ? 'listening' : 'bound';
    if (socket.state === 'binding') socket.state = NT_SUCCESS(status) ? bound : 'created';
    request.complete(status, 0);
    // Statically enabled: a datagram may have come while nobody was told of the bind.
    if (socket.datagrams !== null) socket.indicateSoon();
  },
  /** Binding takes no time worth taking back: the result is on the way. */
  cancel: notCancelled,
  completed: plainKind.completed,
};

/**
 * Gives a socket its local address, once. A listening socket listens from then on. IRQL <= DISPATCH_LEVEL.
 *
 * @param LocalAddress of the socket's family; the wildcard address and port 0 leave the choice to the system
 * @returns STATUS_PENDING, then STATUS_SUCCESS, STATUS_ADDRESS_ALREADY_ASSOCIATED (port taken) or
 *   STATUS_INVALID_ADDRESS_COMPONENT (not an address of this machine); inline STATUS_INVALID_PARAMETER (Flags not 0, other
 *   family, no IRP), STATUS_INVALID_DEVICE_STATE (bound already)
 *
 * Source: wsk.h reference, PFN_WSK_BIND.
 */
export const WskBind = (Socket: WSK_SOCKET, LocalAddress: SOCKADDR, Flags: number, Irp: IRP | null): NTSTATUS => {
  const socket = socketOf(Socket, 'WskBind');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskBind', Irp, kind);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (Flags !== 0 || LocalAddress.sa_family !== socket.family) return request.reject(STATUS_INVALID_PARAMETER);
  if (socket.state !== 'created') return request.reject(STATUS_INVALID_DEVICE_STATE);
  const endpoint = socket.anyEndpoint;
  // Observed on Windows: a UDP socket of the listening category exists but cannot be bound.
  if (endpoint === null) return request.done(STATUS_NOT_IMPLEMENTED, 0);
  request.pend();
  socket.state = 'binding';
  endpoint.bind(LocalAddress, request);
  return request.returnPending();
};
