import {
  type NTSTATUS,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_IMPLEMENTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP, Ref } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import {
  NPI_WSK_INTERFACE_ID,
  WSK_SET_STATIC_EVENT_CALLBACKS,
  WSK_TRANSPORT_LIST_CHANGE,
  WSK_TRANSPORT_LIST_QUERY,
} from './constants.ts';
import { ALL_EVENTS } from './event-callbacks.ts';
import { WskRequest } from './request.ts';
import { type InputBuffer, isEventControl, type WSK_CLIENT } from './structures.ts';
import { queryTransports, watchTransports } from './transport-list.ts';

/**
 * Client-wide queries and settings. WSK_TRANSPORT_LIST_QUERY and WSK_TRANSPORT_LIST_CHANGE: see transport-list.ts.
 * WSK_SET_STATIC_EVENT_CALLBACKS enables event callbacks on every socket that the client makes from now on, for good.
 *
 * @param InputBuffer WSK_EVENT_CALLBACK_CONTROL, or null
 * @param Irp null, except for WSK_TRANSPORT_LIST_CHANGE
 * @returns STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW (OutputSizeReturned tells the size); STATUS_PENDING (with an IRP);
 *   STATUS_INVALID_PARAMETER (Irp, OutputSizeReturned, NpiId or EventMask wrong), STATUS_INVALID_DEVICE_STATE (a socket
 *   was made before), STATUS_INVALID_HANDLE (Client null), STATUS_NOT_IMPLEMENTED (another code, so far)
 *
 * Source: wsk.h reference, PFN_WSK_CONTROL_CLIENT; "WSK_SET_STATIC_EVENT_CALLBACKS".
 */
export const WskControlClient = (
  Client: WSK_CLIENT | null,
  ControlCode: number,
  _InputSize: number,
  InputBuffer: InputBuffer | null,
  OutputSize: number,
  OutputBuffer: Uint8Array | null,
  OutputSizeReturned: Ref<number> | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Client === null) return STATUS_INVALID_HANDLE;
  const client = Client as WskClient;
  client.kernel.assertAlive();
  const control = (): NTSTATUS => {
    if (ControlCode === WSK_SET_STATIC_EVENT_CALLBACKS) return setStaticEvents(client, InputBuffer, Irp);
    if (ControlCode !== WSK_TRANSPORT_LIST_QUERY) return STATUS_NOT_IMPLEMENTED;
    return queryTransports(OutputSize, OutputBuffer, OutputSizeReturned, Irp);
  };
  if (ControlCode === WSK_TRANSPORT_LIST_CHANGE) return watchTransports(client, Irp);
  const status = control();
  return Irp === null ? status : new WskRequest(client.wsk, null, 'WskControlClient', Irp).reject(status);
};

const setStaticEvents = (client: WskClient, input: InputBuffer | null, irp: IRP | null): NTSTATUS => {
  if (irp !== null || !isEventControl(input)) return STATUS_INVALID_PARAMETER;
  const { NpiId, EventMask } = input;
  if (NpiId !== NPI_WSK_INTERFACE_ID || EventMask === 0 || (EventMask & ~ALL_EVENTS) !== 0)
    return STATUS_INVALID_PARAMETER;
  if (client.hadSockets) return STATUS_INVALID_DEVICE_STATE;
  client.staticEvents |= EventMask;
  return STATUS_SUCCESS;
};
