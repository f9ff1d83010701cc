import {
  AF_INET,
  AF_INET6,
  AF_UNSPEC,
  copySockaddr,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_FOUND,
  STATUS_SUCCESS,
  sockaddrFromHost,
} from '../base/index.ts';
import type { IRP, Ref } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { AI_CANONNAME, AI_NUMERICHOST, AI_PASSIVE } from './constants.ts';
import { nameLookup } from './name-lookup.ts';
import { localhostAddresses, portOf } from './names.ts';
import { WskRequest } from './request.ts';
import type { ADDRINFOEXW, WSK_CLIENT } from './structures.ts';

/**
 * Translates a name and a service to addresses. IRQL PASSIVE_LEVEL.
 *
 * @param NodeName a host's name or numeric address, or null
 * @param ServiceName a service's name or port number, or null; one of the two is needed
 * @param _NameSpace NS_ALL, NS_DNS: not told apart here
 * @param Hints what is wanted: ai_flags (AI_PASSIVE, AI_CANONNAME, AI_NUMERICHOST), ai_family, ai_socktype, ai_protocol
 * @param Result receives the list; give it back with WskFreeAddressInfo
 * @returns STATUS_PENDING; then STATUS_SUCCESS, STATUS_NOT_FOUND (no such name or service), STATUS_CANCELLED, with
 *   Information 0. Inline: STATUS_INVALID_PARAMETER (neither name, a family or thread that makes no sense, no IRP),
 *   STATUS_INVALID_HANDLE (Client null: the IRP is not completed)
 *
 * Source: wsk.h reference, PFN_WSK_GET_ADDRESS_INFO; STATUS_NOT_FOUND as Windows 8 and later were observed to give.
 */
export const WskGetAddressInfo = (
  Client: WSK_CLIENT | null,
  NodeName: string | null,
  ServiceName: string | null,
  _NameSpace: number,
  _Provider: string | null,
  Hints: ADDRINFOEXW | null,
  Result: Ref<ADDRINFOEXW | null>,
  OwningProcess: object | null,
  OwningThread: object | null,
  Irp: IRP | null,
): NTSTATUS => {
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  if (Client === null) return STATUS_INVALID_HANDLE;
  const { wsk } = Client as WskClient;
  const request = new WskRequest(wsk, null, 'WskGetAddressInfo', Irp, nameLookup);
  const family = Hints?.ai_family ?? AF_UNSPEC;
  if (!NodeName && !ServiceName) return request.reject(STATUS_INVALID_PARAMETER);
  if (family !== AF_UNSPEC && family !== AF_INET && family !== AF_INET6)
    return request.reject(STATUS_INVALID_PARAMETER);
  if (OwningThread !== null && OwningProcess === null) return request.reject(STATUS_INVALID_PARAMETER);
  const port = ServiceName ? portOf(ServiceName) : 0;
  const known = port === null ? [] : withoutLookup(NodeName, family, Hints?.ai_flags ?? 0);
  const answer = (found: readonly SOCKADDR[]): NTSTATUS => {
    if (found.length === 0) return STATUS_NOT_FOUND;
    Result.value = listOf(found, port!, Hints, NodeName);
    wsk.addressLists.add(Result.value!);
    return STATUS_SUCCESS;
  };
  if (known !== null) return request.done(answer(known), 0);
  request.pend();
  wsk.names.addressesOf(NodeName!, family, (found) => {
    if (!request.isOver) request.onTransportComplete(answer(found), 0);
  });
  return request.returnPending();
};

/** Addresses that need no look-up; null when one is needed. */
const withoutLookup = (name: string | null, family: number, flags: number): readonly SOCKADDR[] | null => {
  const fits = ({ sa_family }: SOCKADDR): boolean => family === AF_UNSPEC || sa_family === family;
  if (!name) {
    const passive = (flags & AI_PASSIVE) !== 0;
    return passive ? [new SOCKADDR_IN(), new SOCKADDR_IN6()].filter(fits) : localhostAddresses(family);
  }
  const numeric = sockaddrFromHost(name, 0);
  if (numeric !== null) return fits(numeric) ? [numeric] : [];
  return (flags & AI_NUMERICHOST) !== 0 ? [] : null;
};

const listOf = (
  found: readonly SOCKADDR[],
  port: number,
  hints: ADDRINFOEXW | null,
  name: string | null,
): ADDRINFOEXW | null => {
  let list: ADDRINFOEXW | null = null;
  for (const address of [...found].reverse()) {
    const ai_addr = copySockaddr(address);
    if (ai_addr.sa_family === AF_INET) ai_addr.sin_port = port;
    else ai_addr.sin6_port = port;
    list = {
      ai_flags: 0,
      ai_family: ai_addr.sa_family,
      ai_socktype: hints?.ai_socktype ?? 0,
      ai_protocol: hints?.ai_protocol ?? 0,
      ai_canonname: null,
      ai_addr,
      ai_next: list,
    };
  }
  if (list !== null && hints !== null && (hints.ai_flags & AI_CANONNAME) !== 0) list.ai_canonname = name;
  return list;
};

/** Gives a list of WskGetAddressInfo back, whole and once. IRQL PASSIVE_LEVEL. */
export const WskFreeAddressInfo = (Client: WSK_CLIENT | null, AddrInfo: ADDRINFOEXW): void => {
  (Client as WskClient | null)?.wsk.addressLists.delete(AddrInfo);
};
