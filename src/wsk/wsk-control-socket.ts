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
  SO_WSK_EVENT_CALLBACK,
  SO_WSK_SECURITY,
  SOL_SOCKET,
  WskGetOption,
  WskIoctl,
  WskSetOption,
} from './constants.ts';
import { controlEvents } from './control-events.ts';
import { ioctlWithoutIrp, isBacklogQuery, queryBacklog, setByIoctl, takesNoIrp } from './ioctls.ts';
import { WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import { findOption, mayStillSet } from './socket-options.ts';
import type { InputBuffer, OutputBuffer, WSK_SOCKET } from './structures.ts';
import { readUlong, SIZE_OF_ULONG, ULONG } from './ulong.ts';

/**
 * Sets or gets an option, or carries out an ioctl. Values are ULONGs. IRQL <= DISPATCH_LEVEL.
 *
 * @param RequestType WskSetOption, WskGetOption or WskIoctl
 * @param InputSize  @param OutputSize in bytes
 * @param OutputSizeReturned where SIO_ADDRESS_LIST_QUERY tells the bytes that it needs; ignored with an IRP
 * @param Irp required, except for SO_WSK_EVENT_CALLBACK; null for SIO_ADDRESS_LIST_QUERY, SIO_WSK_QUERY_INSPECT_ID
 *   and SIO_WSK_REGISTER_EXTENSION
 * @returns STATUS_PENDING, then STATUS_SUCCESS with Information = bytes written. Inline: STATUS_INVALID_PARAMETER
 *   (unknown request or option, or one of another category, wrong size, IRP or none where it is the other way round),
 *   STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_DEVICE_STATE (too late or too early), STATUS_INVALID_DEVICE_REQUEST (an
 *   address for a socket that is not for datagrams, the inspection of a connection that was not inspected),
 *   STATUS_INVALID_ADDRESS_COMPONENT (an address with port 0, or the wildcard), STATUS_NOT_SUPPORTED (not by this
 *   transport; SIO_WSK_REGISTER_EXTENSION), STATUS_NOT_IMPLEMENTED (SO_WSK_SECURITY and the ioctls that are not in
 *   ioctls.ts, so far). Without an IRP: STATUS_SUCCESS, or STATUS_BUFFER_OVERFLOW with the bytes needed in
 *   OutputSizeReturned. For SO_WSK_EVENT_CALLBACK see control-events.ts.
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
  OutputBuffer: OutputBuffer | null,
  OutputSizeReturned: Ref<number> | null,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(Socket, 'WskControlSocket');
  const events = RequestType === WskSetOption && Level === SOL_SOCKET && ControlCode === SO_WSK_EVENT_CALLBACK;
  if (Irp === null) {
    if (!events && !(RequestType === WskIoctl && takesNoIrp(ControlCode >>> 0))) return STATUS_INVALID_PARAMETER;
    if (socket.isForcedClosed) return STATUS_FILE_FORCED_CLOSED;
    return events
      ? controlEvents(socket, InputBuffer, null)
      : ioctlWithoutIrp(socket, ControlCode >>> 0, OutputSize, OutputBuffer, OutputSizeReturned);
  }
  const request = new WskRequest(socket.wsk, socket, 'WskControlSocket', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (events) return controlEvents(socket, InputBuffer, request);
  switch (RequestType) {
    case WskSetOption:
      return setOption(socket, request, Level, ControlCode, InputSize, InputBuffer);
    case WskGetOption: {
      const option = findOption(socket, Level, ControlCode);
      if (option === undefined) return request.reject(unknownOption(Level, ControlCode));
      return write(request, OutputSize, OutputBuffer, socket.anyEndpoint!.getOption(option.option));
    }
    case WskIoctl:
      return ioctl(socket, request, ControlCode >>> 0, InputSize, InputBuffer, OutputSize, OutputBuffer);
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
  const option = findOption(socket, level, code);
  if (option === undefined) return request.reject(unknownOption(level, code));
  const bytes = input instanceof Uint8Array && size >= SIZE_OF_ULONG && input.length >= SIZE_OF_ULONG ? input : null;
  if (bytes === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (!mayStillSet(option.until, socket.state)) return request.reject(STATUS_INVALID_DEVICE_STATE);
  const status = socket.anyEndpoint!.setOption(option.option, readUlong(bytes));
  return status === STATUS_SUCCESS ? request.done(status, 0) : request.reject(status);
};

const unknownOption = (level: number, code: number): NTSTATUS =>
  level === SOL_SOCKET && code === SO_WSK_SECURITY ? STATUS_NOT_IMPLEMENTED : STATUS_INVALID_PARAMETER;

const ioctl = (
  socket: SocketObject,
  request: WskRequest,
  code: number,
  inputSize: number,
  input: InputBuffer | null,
  outputSize: number,
  output: OutputBuffer | null,
): NTSTATUS => {
  if (isBacklogQuery(code)) {
    const backlog = queryBacklog(socket, code);
    return typeof backlog === 'number' ? request.reject(backlog) : write(request, outputSize, output, backlog.bytes);
  }
  if (takesNoIrp(code)) return request.reject(STATUS_INVALID_PARAMETER);
  const status = setByIoctl(socket, code, inputSize, input);
  return status === STATUS_SUCCESS ? request.done(status, 0) : request.reject(status);
};

/** Gives a ULONG to the client. */
const write = (request: WskRequest, size: number, output: OutputBuffer | null, value: number): NTSTATUS => {
  if (!(output instanceof Uint8Array)) return request.reject(STATUS_INVALID_PARAMETER);
  if (size < SIZE_OF_ULONG || output.length < SIZE_OF_ULONG) return request.reject(STATUS_BUFFER_TOO_SMALL);
  output.set(ULONG(value));
  return request.done(STATUS_SUCCESS, SIZE_OF_ULONG);
};
