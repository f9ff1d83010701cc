import {
  formatSockaddr,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_FOUND,
  STATUS_SUCCESS,
  sockaddrSize,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { NI_NAMEREQD, NI_NUMERICHOST, NI_NUMERICSERV } from './constants.ts';
import { nameLookup } from './name-lookup.ts';
import { serviceName } from './names.ts';
import { WskRequest } from './request.ts';
import type { UNICODE_STRING_OUT, WSK_CLIENT } from './structures.ts';

/** sizeof(SOCKADDR_STORAGE) */
const LARGEST_SOCKADDR = 128;

/**
 * Translates an address to a name and a service. IRQL PASSIVE_LEVEL.
 *
 * @param SockAddrLength bytes of the address
 * @param NodeName  @param ServiceName where the texts go; either may be null, not both
 * @param Flags NI_NUMERICHOST, NI_NUMERICSERV, NI_NAMEREQD
 * @returns STATUS_PENDING; then STATUS_SUCCESS, STATUS_NOT_FOUND (NI_NAMEREQD, and the address has no name),
 *   STATUS_BUFFER_TOO_SMALL (a text does not fit), STATUS_CANCELLED, with Information 0. Inline: STATUS_INVALID_PARAMETER
 *   (both texts null, a wrong length, no IRP), STATUS_INVALID_HANDLE (Client null: the IRP is not completed)
 *
 * Source: wsk.h reference, PFN_WSK_GET_NAME_INFO.
 */
export const WskGetNameInfo = (
  Client: WSK_CLIENT | null,
  SockAddr: SOCKADDR,
  SockAddrLength: number,
  NodeName: UNICODE_STRING_OUT | null,
  ServiceName: UNICODE_STRING_OUT | null,
  Flags: number,
  OwningProcess: object | null,
  OwningThread: object | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  if (Client === null) return STATUS_INVALID_HANDLE;
  const { wsk } = Client as WskClient;
  const request = new WskRequest(wsk, null, 'WskGetNameInfo', Irp, nameLookup);
  if (NodeName === null && ServiceName === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (SockAddrLength < sockaddrSize(SockAddr.sa_family) || SockAddrLength > LARGEST_SOCKADDR)
    return request.reject(STATUS_INVALID_PARAMETER);
  if (OwningThread !== null && OwningProcess === null) return request.reject(STATUS_INVALID_PARAMETER);
  const numeric = (Flags & NI_NUMERICHOST) !== 0;
  const answer = (name: string | null): NTSTATUS => {
    if (name === null && (Flags & NI_NAMEREQD) !== 0) return STATUS_NOT_FOUND;
    const service = serviceName(SockAddr.port, (Flags & NI_NUMERICSERV) !== 0);
    const fits = (NodeName?.assign(name ?? numericText(SockAddr)) ?? true) && (ServiceName?.assign(service) ?? true);
    return fits ? STATUS_SUCCESS : STATUS_BUFFER_TOO_SMALL;
  };
  if (NodeName === null || numeric) return request.done(answer(null), 0);
  request.pend();
  wsk.names.nameOf(SockAddr, (name) => {
    if (!request.isOver) request.onTransportComplete(answer(name), 0);
  });
  return request.returnPending();
};

/** The address without its port: `10.0.0.1`, `fd00::1`. */
const numericText = (address: SOCKADDR): string =>
  formatSockaddr(address)
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '');
