import {
  type NTSTATUS,
  STATUS_BUFFER_TOO_SMALL,
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
import { WskRequest } from './request.ts';
import { type SocketObject, socketOf } from './socket.ts';
import { findOption, mayStillSet, type SocketOption } from './socket-options.ts';
import type { InputBuffer, WSK_SOCKET } from './structures.ts';

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
 * Sets or gets an option: TCP_FASTOPEN, TCP_NODELAY, SO_REUSEADDR, SO_EXCLUSIVEADDRUSE, SO_KEEPALIVE, SO_RCVBUF,
 * IPV6_V6ONLY. Values are ULONGs. IRQL <= DISPATCH_LEVEL.
 *
 * @param InputSize  @param OutputSize in bytes
 * @returns STATUS_PENDING, then STATUS_SUCCESS with Information = bytes written. Inline: STATUS_INVALID_PARAMETER
 *   (unknown option, size, no IRP), STATUS_BUFFER_TOO_SMALL, STATUS_INVALID_DEVICE_STATE (too late for this option),
 *   STATUS_NOT_IMPLEMENTED (WskIoctl, SO_WSK_EVENT_CALLBACK, SO_WSK_SECURITY, so far), STATUS_NOT_SUPPORTED (not by this
 *   transport)
 *
 * Source: wsk.h reference, PFN_WSK_CONTROL_SOCKET; "WSK Socket Options".
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
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskControlSocket', Irp);
  if (isNotHereYet(RequestType, ControlCode, Level)) return request.reject(STATUS_NOT_IMPLEMENTED);
  const option = findOption(Level, ControlCode);
  if (option === undefined || socket.endpoint === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (RequestType === WskSetOption) {
    const bytes = InputBuffer instanceof Uint8Array && InputSize >= SIZE_OF_ULONG ? InputBuffer : null;
    if (bytes === null || bytes.length < SIZE_OF_ULONG) return request.reject(STATUS_INVALID_PARAMETER);
    const status = setOption(socket, option, readUlong(bytes));
    return status === STATUS_SUCCESS ? request.done(status, 0) : request.reject(status);
  }
  if (RequestType !== WskGetOption || OutputBuffer === null) return request.reject(STATUS_INVALID_PARAMETER);
  if (OutputSize < SIZE_OF_ULONG || OutputBuffer.length < SIZE_OF_ULONG) return request.reject(STATUS_BUFFER_TOO_SMALL);
  OutputBuffer.set(ULONG(socket.endpoint.getOption(option.option)));
  return request.done(STATUS_SUCCESS, SIZE_OF_ULONG);
};

const setOption = (socket: SocketObject, { option, until }: SocketOption, value: number): NTSTATUS =>
  mayStillSet(until, socket.state) ? socket.endpoint!.setOption(option, value) : STATUS_INVALID_DEVICE_STATE;

const isNotHereYet = (requestType: number, code: number, level: number): boolean =>
  requestType === WskIoctl || (level === SOL_SOCKET && (code === SO_WSK_EVENT_CALLBACK || code === SO_WSK_SECURITY));
