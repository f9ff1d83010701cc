import {
  type NTSTATUS,
  STATUS_EVENT_PENDING,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import { NPI_WSK_INTERFACE_ID } from './constants.ts';
import { CONNECTION_EVENTS, DATAGRAM_EVENTS, eventsOf, isDisable, LISTEN_EVENTS } from './event-callbacks.ts';
import type { WskRequest } from './request.ts';
import type { SocketObject } from './socket.ts';
import { type InputBuffer, isEventControl } from './structures.ts';

/**
 * SO_WSK_EVENT_CALLBACK: enables event callbacks, several at a time, or disables one. On a listening socket (bound) the
 * bits of connections are for the sockets that WskAcceptEvent delivers, and stay. On a connection: once connected; on a
 * datagram socket: once bound.
 *
 * @param request null when the client gave no IRP
 * @returns STATUS_SUCCESS; when disabling while the callback runs: STATUS_PENDING with an IRP, STATUS_EVENT_PENDING
 *   without; STATUS_INVALID_PARAMETER, STATUS_INVALID_DEVICE_STATE
 *
 * Source: wsk.h reference, SO_WSK_EVENT_CALLBACK.
 */
export const controlEvents = (
  socket: SocketObject,
  input: InputBuffer | null,
  request: WskRequest | null,
): NTSTATUS => {
  const refusal = refusalOf(socket, input);
  if (refusal !== STATUS_SUCCESS) return request?.reject(refusal) ?? refusal;
  const mask = (input as { EventMask: number }).EventMask;
  if (!isDisable(mask)) {
    socket.callbacks.enable(mask);
    socket.indicateSoon();
  } else if (socket.callbacks.disable(eventsOf(mask))) {
    if (request === null) return STATUS_EVENT_PENDING;
    request.pend();
    socket.callbacks.completeAfter(eventsOf(mask), request);
    return request.returnPending();
  }
  return request?.done(STATUS_SUCCESS, 0) ?? STATUS_SUCCESS;
};

const refusalOf = (socket: SocketObject, input: InputBuffer | null): NTSTATUS => {
  if (!isEventControl(input) || input.NpiId !== NPI_WSK_INTERFACE_ID) return STATUS_INVALID_PARAMETER;
  const events = eventsOf(input.EventMask);
  const listens = socket.category === 'listen' || socket.state === 'listening';
  const allowed = allowedEvents(socket, listens);
  if (events === 0 || (events & ~allowed) !== 0) return STATUS_INVALID_PARAMETER;
  if (isDisable(input.EventMask)) {
    const single = (events & (events - 1)) === 0;
    const handedDown = listens && (events & CONNECTION_EVENTS) !== 0;
    if (!single || handedDown || socket.callbacks.isFixed(events)) return STATUS_INVALID_PARAMETER;
  }
  const ready = socket.category === 'datagram' ? 'bound' : listens ? 'listening' : 'connected';
  return socket.state === ready ? STATUS_SUCCESS : STATUS_INVALID_DEVICE_STATE;
};

const allowedEvents = ({ category }: SocketObject, listens: boolean): number => {
  if (category === 'basic') return 0;
  if (category === 'datagram') return DATAGRAM_EVENTS;
  return listens ? LISTEN_EVENTS | CONNECTION_EVENTS : CONNECTION_EVENTS;
};
