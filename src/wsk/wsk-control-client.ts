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
import { NPI_WSK_INTERFACE_ID, WSK_SET_STATIC_EVENT_CALLBACKS } from './constants.ts';
import { ALL_EVENTS } from './event-callbacks.ts';
import { WskRequest } from './request.ts';
import type { InputBuffer, WSK_CLIENT } from './structures.ts';

/**
 * Client-wide settings; WSK_SET_STATIC_EVENT_CALLBACKS so far: enables event callbacks on every socket that the client
 * makes from now on, for good.
 *
 * @param InputBuffer WSK_EVENT_CALLBACK_CONTROL
 * @param Irp null for this code
 * @returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER (Irp, NpiId or EventMask wrong), STATUS_INVALID_DEVICE_STATE (a
 *   socket was made before), STATUS_INVALID_HANDLE (Client null), STATUS_NOT_IMPLEMENTED (another code, so far)
 *
 * Source: wsk.h reference, PFN_WSK_CONTROL_CLIENT; "WSK_SET_STATIC_EVENT_CALLBACKS".
 */
export const WskControlClient = (
  Client: WSK_CLIENT | null,
  ControlCode: number,
  _InputSize: number,
  InputBuffer: InputBuffer | null,
  _OutputSize: number,
  _OutputBuffer: Uint8Array | null,
  _OutputSizeReturned: Ref<number> | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Client === null) return STATUS_INVALID_HANDLE;
  const client = Client as WskClient;
  client.kernel.assertAlive();
  const status =
    ControlCode === WSK_SET_STATIC_EVENT_CALLBACKS ? setStaticEvents(client, InputBuffer, Irp) : STATUS_NOT_IMPLEMENTED;
  return Irp === null ? status : new WskRequest(client.wsk, null, 'WskControlClient', Irp).reject(status);
};

const setStaticEvents = (client: WskClient, input: InputBuffer | null, irp: IRP | null): NTSTATUS => {
  if (irp !== null || input === null || input instanceof Uint8Array) return STATUS_INVALID_PARAMETER;
  const { NpiId, EventMask } = input;
  if (NpiId !== NPI_WSK_INTERFACE_ID || EventMask === 0 || (EventMask & ~ALL_EVENTS) !== 0)
    return STATUS_INVALID_PARAMETER;
  if (client.hadSockets) return STATUS_INVALID_DEVICE_STATE;
  client.staticEvents |= EventMask;
  return STATUS_SUCCESS;
};
