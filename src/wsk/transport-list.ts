import {
  AF_INET,
  AF_INET6,
  type NTSTATUS,
  STATUS_BUFFER_OVERFLOW,
  STATUS_CANCELLED,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP, Ref } from '../kernel/index.ts';
import type { WskClient } from './client.ts';
import { IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_STREAM } from './constants.ts';
import { plainKind, type RequestKind, WskRequest } from './request.ts';

/** sizeof(WSK_TRANSPORT): Version, SocketType, Protocol, AddressFamily, and ProviderId from byte 12 on. */
const SIZE = 28;

const transports = [AF_INET, AF_INET6].flatMap((family) => [
  { family, type: SOCK_STREAM, protocol: IPPROTO_TCP },
  { family, type: SOCK_DGRAM, protocol: IPPROTO_UDP },
]);

/**
 * WSK_TRANSPORT_LIST_QUERY: the transports that sockets can be made of, as an array of WSK_TRANSPORT in Windows' layout,
 * Version and ProviderId all zeros.
 *
 * @param returned told the bytes of the whole list, also when they do not fit
 * @param irp null for this code
 * @returns STATUS_SUCCESS; STATUS_BUFFER_OVERFLOW (too small); STATUS_INVALID_PARAMETER (an IRP, or no `returned`)
 *
 * Source: wsk.h reference, "WSK_TRANSPORT_LIST_QUERY".
 */
export const queryTransports = (
  size: number,
  output: Uint8Array | null,
  returned: Ref<number> | null,
  irp: IRP | null,
): NTSTATUS => {
  if (irp !== null || returned === null) return STATUS_INVALID_PARAMETER;
  returned.value = SIZE * transports.length;
  if (size < returned.value) return STATUS_BUFFER_OVERFLOW;
  if (output === null || output.length < returned.value) return STATUS_INVALID_PARAMETER;
  const view = new DataView(output.buffer, output.byteOffset, returned.value);
  output.fill(0, 0, returned.value);
  for (const [i, { family, type, protocol }] of transports.entries()) {
    view.setUint16(SIZE * i + 2, type, true);
    view.setUint32(SIZE * i + 4, protocol, true);
    view.setUint16(SIZE * i + 8, family, true);
  }
  return STATUS_SUCCESS;
};

const kind: RequestKind = {
  finish: plainKind.finish,
  cancel(request) {
    if ((request.work as WskClient).transportWatches.remove(request)) request.completeSoon(STATUS_CANCELLED, 0);
  },
  completed: ({ work }) => (work as WskClient).watchEnded(),
};

/**
 * WSK_TRANSPORT_LIST_CHANGE: pends until a transport comes or goes, which none ever does here: until it is cancelled,
 * by IoCancelIrp or WskDeregister.
 *
 * Source: wsk.h reference, "WSK_TRANSPORT_LIST_CHANGE".
 */
export const watchTransports = (client: WskClient, irp: IRP | null): NTSTATUS => {
  if (irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(client.wsk, null, 'WskControlClient', irp, kind);
  request.work = client;
  request.pend();
  client.addWatch(request);
  return request.returnPending();
};
