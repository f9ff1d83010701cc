import {
  copySockaddr,
  isWildcard,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_BUFFER_OVERFLOW,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_IMPLEMENTED,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
  sockaddrFromBytes,
  sockaddrSize,
} from '../base/index.ts';
import type { Ref } from '../kernel/index.ts';
import {
  SIO_ADDRESS_LIST_QUERY,
  SIO_WSK_QUERY_IDEAL_SEND_BACKLOG,
  SIO_WSK_QUERY_INSPECT_ID,
  SIO_WSK_QUERY_RECEIVE_BACKLOG,
  SIO_WSK_REGISTER_EXTENSION,
  SIO_WSK_SET_REMOTE_ADDRESS,
  SIO_WSK_SET_SENDTO_ADDRESS,
} from './constants.ts';
import type { SocketObject } from './socket.ts';
import { type InputBuffer, isEventControl, type OutputBuffer, SOCKET_ADDRESS_LIST } from './structures.ts';
import { SIZE_OF_ULONG, ULONG } from './ulong.ts';

/**
 * SIO_WSK_QUERY_IDEAL_SEND_BACKLOG and SIO_WSK_QUERY_RECEIVE_BACKLOG of a connection.
 * @returns the number, in bytes, or why there is none
 */
export const queryBacklog = (socket: SocketObject, code: number): { readonly bytes: number } | NTSTATUS => {
  if (socket.state !== 'connected') return STATUS_INVALID_DEVICE_STATE;
  const { idealBacklog, receiveBacklog } = socket.endpoint!;
  return { bytes: code === SIO_WSK_QUERY_RECEIVE_BACKLOG ? receiveBacklog : idealBacklog };
};

export const isBacklogQuery = (code: number): boolean =>
  code === SIO_WSK_QUERY_IDEAL_SEND_BACKLOG || code === SIO_WSK_QUERY_RECEIVE_BACKLOG;

/** The I/O controls that give nothing back and take an IRP. @returns STATUS_SUCCESS, or why not */
export const setByIoctl = (socket: SocketObject, code: number, size: number, input: InputBuffer | null): NTSTATUS => {
  if (code !== SIO_WSK_SET_REMOTE_ADDRESS && code !== SIO_WSK_SET_SENDTO_ADDRESS) return STATUS_NOT_IMPLEMENTED;
  const { datagrams } = socket;
  if (datagrams === null) return STATUS_INVALID_DEVICE_REQUEST;
  const address = size === 0 ? null : addressOf(socket, size, input);
  if (typeof address === 'number') return address;
  if (socket.state !== 'bound') return STATUS_INVALID_DEVICE_STATE;
  if (code === SIO_WSK_SET_SENDTO_ADDRESS) {
    datagrams.sendTo = address;
    return STATUS_SUCCESS;
  }
  const status = datagrams.endpoint.setRemote(address);
  if (status === STATUS_SUCCESS) datagrams.remote = address;
  return status;
};

/** The SOCKADDR that was given, as bytes or as it is; or what is wrong with it. */
const addressOf = (socket: SocketObject, size: number, input: InputBuffer | null): SOCKADDR | NTSTATUS => {
  if (input === null || isEventControl(input) || size < sockaddrSize(socket.family)) return STATUS_INVALID_PARAMETER;
  const address = input instanceof Uint8Array ? sockaddrFromBytes(input) : copySockaddr(input);
  if (address?.sa_family !== socket.family) return STATUS_INVALID_PARAMETER;
  return address.port === 0 || isWildcard(address) ? STATUS_INVALID_ADDRESS_COMPONENT : address;
};

/** The I/O controls that take no IRP. */
export const takesNoIrp = (code: number): boolean =>
  code === SIO_WSK_REGISTER_EXTENSION || code === SIO_ADDRESS_LIST_QUERY || code === SIO_WSK_QUERY_INSPECT_ID;

/** Carries one of them out. */
export const ioctlWithoutIrp = (
  socket: SocketObject,
  code: number,
  size: number,
  output: OutputBuffer | null,
  returned: Ref<number> | null,
): NTSTATUS => {
  // No extension is defined.
  if (code === SIO_WSK_REGISTER_EXTENSION) return STATUS_NOT_SUPPORTED;
  return code === SIO_ADDRESS_LIST_QUERY
    ? queryAddresses(socket, size, output, returned)
    : queryInspectId(socket, size, output);
};

/** sizeof(WSK_INSPECT_ID) on 32-bit Windows. */
const INSPECT_ID = 8;

/** As bytes: Key, SerialNumber. */
const queryInspectId = ({ inspectId }: SocketObject, size: number, output: OutputBuffer | null): NTSTATUS => {
  if (inspectId === null) return STATUS_INVALID_DEVICE_REQUEST;
  if (!(output instanceof Uint8Array)) return STATUS_INVALID_PARAMETER;
  if (size < INSPECT_ID || output.length < INSPECT_ID) return STATUS_BUFFER_TOO_SMALL;
  output.set(ULONG(inspectId.Key));
  output.set(ULONG(inspectId.SerialNumber), SIZE_OF_ULONG);
  return STATUS_SUCCESS;
};

/** sizeof(INT) and sizeof(SOCKET_ADDRESS) on 32-bit Windows. */
const COUNT = 4;
const SOCKET_ADDRESS = 8;

const queryAddresses = (
  socket: SocketObject,
  size: number,
  output: OutputBuffer | null,
  returned: Ref<number> | null,
): NTSTATUS => {
  if (returned === null) return STATUS_INVALID_PARAMETER;
  const addresses = socket.wsk.transport.localAddresses(socket.family);
  returned.value = COUNT + addresses.length * (SOCKET_ADDRESS + sockaddrSize(socket.family));
  if (size < returned.value) return STATUS_BUFFER_OVERFLOW;
  // The list holds pointers: bytes alone cannot be it.
  if (!(output instanceof SOCKET_ADDRESS_LIST)) return STATUS_INVALID_PARAMETER;
  output.Address = [...addresses];
  return STATUS_SUCCESS;
};
