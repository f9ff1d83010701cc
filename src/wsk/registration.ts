import {
  type NTSTATUS,
  STATUS_DEVICE_NOT_READY,
  STATUS_INVALID_PARAMETER,
  STATUS_NOINTERFACE,
  STATUS_SUCCESS,
} from '../base/index.ts';
import { Executive, KernelMode, type KernelRoutine, KeWaitForSingleObject } from '../kernel/index.ts';
import { WskClient } from './client.ts';
import { MAKE_WSK_VERSION, WSK_MAJOR_VERSION, WSK_MINOR_VERSION } from './constants.ts';
import type { WSK_CLIENT_NPI, WSK_PROVIDER_CHARACTERISTICS, WSK_PROVIDER_NPI, WSK_REGISTRATION } from './structures.ts';
import type { Wsk } from './wsk.ts';

const VERSION = MAKE_WSK_VERSION(1, 0);

const clientOf = (registration: WSK_REGISTRATION): WskClient | null =>
  registration.ReservedRegistrationContext as WskClient | null;

/**
 * Registers a client. Pair with WskDeregister. IRQL PASSIVE_LEVEL.
 * @returns STATUS_SUCCESS; STATUS_INVALID_PARAMETER when the registration is in use or WSK_CLIENT_DISPATCH.Reserved is not 0
 */
export const WskRegister = (wsk: Wsk, WskClientNpi: WSK_CLIENT_NPI, WskRegistration: WSK_REGISTRATION): NTSTATUS => {
  wsk.kernel.assertAlive();
  if (WskClientNpi.Dispatch.Reserved !== 0 || clientOf(WskRegistration) !== null) return STATUS_INVALID_PARAMETER;
  const client = new WskClient(wsk, WskClientNpi);
  wsk.clients.add(client);
  WskRegistration.ReservedRegistrationContext = client;
  return STATUS_SUCCESS;
};

/**
 * Captures the provider's NPI. Pair with WskReleaseProviderNPI. IRQL PASSIVE_LEVEL (<= DISPATCH_LEVEL with WSK_NO_WAIT).
 *
 * @param _WaitTimeout milliseconds, WSK_NO_WAIT or WSK_INFINITE_WAIT; WSK is always ready here, so nothing waits
 * @returns STATUS_SUCCESS; STATUS_DEVICE_NOT_READY once the client is deregistering; STATUS_NOINTERFACE when the
 *   client's version is not supported
 */
export function* WskCaptureProviderNPI(
  wsk: Wsk,
  WskRegistration: WSK_REGISTRATION,
  _WaitTimeout: number,
  WskProviderNpi: WSK_PROVIDER_NPI,
): KernelRoutine<NTSTATUS> {
  wsk.kernel.assertAlive();
  const client = clientOf(WskRegistration);
  if (client === null || client.deregistering) return STATUS_DEVICE_NOT_READY;
  const wanted = client.npi.Dispatch.Version;
  const sameMajor = WSK_MAJOR_VERSION(wanted) === WSK_MAJOR_VERSION(VERSION);
  if (!sameMajor || WSK_MINOR_VERSION(wanted) > WSK_MINOR_VERSION(VERSION)) return STATUS_NOINTERFACE;
  client.captures++;
  WskProviderNpi.Client = client;
  WskProviderNpi.Dispatch = wsk.tables.provider;
  return STATUS_SUCCESS;
}

/** Ends one capture; sockets that exist go on working. */
export const WskReleaseProviderNPI = (_wsk: Wsk, WskRegistration: WSK_REGISTRATION): void => {
  const client = clientOf(WskRegistration);
  if (client === null || client.captures === 0) return;
  client.captures--;
  client.checkIdle();
};

/** @returns STATUS_SUCCESS with the range of versions; STATUS_DEVICE_NOT_READY once deregistering */
export const WskQueryProviderCharacteristics = (
  _wsk: Wsk,
  WskRegistration: WSK_REGISTRATION,
  WskProviderCharacteristics: WSK_PROVIDER_CHARACTERISTICS,
): NTSTATUS => {
  const client = clientOf(WskRegistration);
  if (client === null || client.deregistering) return STATUS_DEVICE_NOT_READY;
  WskProviderCharacteristics.HighestVersion = VERSION;
  WskProviderCharacteristics.LowestVersion = VERSION;
  return STATUS_SUCCESS;
};

/**
 * Ends a registration. Cancels every WSK_TRANSPORT_LIST_CHANGE, and waits until every capture is released and every socket closed (R27: for ever, if one is not).
 * IRQL PASSIVE_LEVEL.
 */
export function* WskDeregister(wsk: Wsk, WskRegistration: WSK_REGISTRATION): KernelRoutine<void> {
  wsk.kernel.assertAlive();
  const client = clientOf(WskRegistration);
  if (client === null) return;
  client.deregister();
  yield* KeWaitForSingleObject(wsk.kernel, client.idle, Executive, KernelMode, false, null);
  wsk.clients.delete(client);
  WskRegistration.ReservedRegistrationContext = null;
}
