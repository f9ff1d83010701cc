import {
  type NTSTATUS,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_IMPLEMENTED,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP, Ref } from '../kernel/index.ts';
import {
  SIO_WSK_QUERY_IDEAL_SEND_BACKLOG,
  SIO_WSK_QUERY_RECEIVE_BACKLOG,
  SO_WSK_EVENT_CALLBACK,
  SO_WSK_SECURITY,
  SOL_SOCKET,
  WskGetOption,
  WskIoctl,
  WskSetOption,
} from './constants.ts';
import { controlEvents } from './control-events.ts';
import { WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import { findOption, mayStillSet } from './socket-options.ts';
import type { InputBuffer, WSK_SOCKET } from './structures.ts';

/** sizeof(ULONG), and sizeof(SIZE_T) on 32-bit Windows. */
const SIZE_OF_ULONG = 4;

/** The bytes of a ULONG, as `&value` and `sizeof(ULONG)` give them in C: little-endian. */
export const ULONG = (value: number): Uint8Array => {
  const bytes = new Uint8Array(SIZE_OF_ULONG);
  new DataView(bytes.buffer).setUint32(0, value >>> 0, true);
  return bytes;
};

const readUlong = (bytes: Uint8Array): number =>
  new DataView(bytes.buffer, bytes.byteOffset, SIZE_OF_ULONG).getUint32(0, true);

/**
 * Sets or gets an option, or carries out an ioctl. Values are ULONGs. IRQL <= DISPATCH_LEVEL.
 *
 * @param RequestType WskSetOption, WskGetOption or WskIoctl
 * @param InputSize  @param OutputSize in bytes
 * @param Irp required, except for SO_WSK_EVENT_CALLBACK
 * @returns STATUS_PENDING, then STATUS_SUCCESS with Information = bytes written. Inline: STATUS_INVALID_PARAMETER
 *   (unknown request, option or code, wrong size, no IRP), STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_DEVICE_STATE (too late
 *   or too early), STATUS_NOT_SUPPORTED (not by this transport), STATUS_NOT_IMPLEMENTED (SO_WSK_SECURITY and the ioctls
 *   but the two backlog queries, so far). For SO_WSK_EVENT_CALLBACK see control-events.ts.
 *
 * Source: wsk.h reference, PFN_WSK_CONTROL_SOCKET; "WSK Socket Options"; "WSK Socket IOCTL Operations".
 */
export const WskControlSocket = (
  Socket: WSK_SOCKET,
  RequestType: number,
  ControlCode: number,
  Level: number,
  InputSize: number,
  InputBuffer: InputBuffer | null,
  OutputSize: number,
  OutputBuffer: Uint8Array | null,
  _OutputSizeReturned: Ref<number> | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, 'WskControlSocket');
  const events = RequestType === WskSetOption && Level === SOL_SOCKET && ControlCode === SO_WSK_EVENT_CALLBACK;
  if (Irp === null) {
    if (!events) return STATUS_INVALID_PARAMETER;
    return socket.isForcedClosed ? STATUS_FILE_FORCED_CLOSED : controlEvents(socket, InputBuffer, null);
  }
  const request = new WskRequest(socket.wsk, socket, 'WskControlSocket', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (events) return controlEvents(socket, InputBuffer, request);
  if (socket.endpoint === null) return request.reject(STATUS_INVALID_PARAMETER);
  switch (RequestType) {
    case WskSetOption:
      return setOption(socket, request, Level, ControlCode, InputSize, InputBuffer);
    case WskGetOption: {
      const option = findOption(Level, ControlCode);
      if (option === undefined) return request.reject(unknownOption(Level, ControlCode));
      return write(request, OutputSize, OutputBuffer, socket.endpoint.getOption(option.option));
    }
    case WskIoctl:
      return ioctl(socket, request, ControlCode >>> 0, OutputSize, OutputBuffer);
    default:
      return request.reject(STATUS_INVALID_PARAMETER);
  }
};

const setOption = (
  socket: SocketObject,
  request: WskRequest,
  level: number,
  code: number,
  size: number,
  input: InputBuffer | null,
): NTSTATUS => {
  const option = findOption(level, code);
  if (option === undefined) return request.reject(unknownOption(level, code));
  const bytes = input instanceof Uint8Array && size >= SIZE_OF_ULONG && input.length >= SIZE_OF_ULONG ? input : null;
  if (bytes === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (!mayStillSet(option.until, socket.state)) return request.reject(STATUS_INVALID_DEVICE_STATE);
  const status = socket.endpoint!.setOption(option.option, readUlong(bytes));
  return status === STATUS_SUCCESS ? request.done(status, 0) : request.reject(status);
};

const unknownOption = (level: number, code: number): NTSTATUS =>
  level === SOL_SOCKET && code === SO_WSK_SECURITY ? STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;

const ioctl = (
  socket: SocketObject,
  request: WskRequest,
  code: number,
  outputSize: number,
  output: Uint8Array | null,
): NTSTATUS => {
  if (code !== SIO_WSK_QUERY_IDEAL_SEND_BACKLOG && code !== SIO_WSK_QUERY_RECEIVE_BACKLOG) {
    return request.reject(STATUS_NOT_IMPLEMENTED);
  }
  if (socket.state !== 'connected') return request.reject(STATUS_INVALID_DEVICE_STATE);
  const { idealBacklog, receiveBacklog } = socket.endpoint!;
  return write(request, outputSize, output, code === SIO_WSK_QUERY_RECEIVE_BACKLOG ? receiveBacklog : idealBacklog);
};

/** Gives a ULONG to the client. */
const write = (request: WskRequest, size: number, output: Uint8Array | null, value: number): NTSTATUS => {
  if (output === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (size < SIZE_OF_ULONG || output.length < SIZE_OF_ULONG) return request.reject(STATUS_BUFFER_TOO_SMALL);
  output.set(ULONG(value));
  return request.done(STATUS_SUCCESS, SIZE_OF_ULONG);
};
