import {
  type NTSTATUS,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_FOUND,
  STATUS_SUCCESS,
} from '../base/index.ts';
import type { IRP } from '../kernel/index.ts';
import { WskRequest } from './request.ts';
import { socketOf } from './socket.ts';
import { type WSK_INSPECT_ID, type WSK_SOCKET, WskInspectAccept, WskInspectReject } from './structures.ts';

/**
 * Answers an inspection that WskInspectEvent left pending. IRQL <= DISPATCH_LEVEL.
 *
 * @param Action WskInspectAccept or WskInspectReject
 * @returns STATUS_PENDING, then STATUS_SUCCESS; inline STATUS_INVALID_PARAMETER (another action, no IRP),
 *   STATUS_INVALID_DEVICE_STATE (not listening), STATUS_NOT_FOUND (no such inspection is pending, or its connection has
 *   gone)
 *
 * Source: wsk.h reference, PFN_WSK_INSPECT_COMPLETE.
 */
export const WskInspectComplete = (
  ListenSocket: WSK_SOCKET,
  InspectID: WSK_INSPECT_ID,
  Action: number,
  Irp: IRP | null,
): NTSTATUS => {
  const socket = socketOf(ListenSocket, 'WskInspectComplete');
  if (Irp === null) return STATUS_INVALID_PARAMETER;
  const request = new WskRequest(socket.wsk, socket, 'WskInspectComplete', Irp);
  if (socket.isForcedClosed) return request.reject(STATUS_FILE_FORCED_CLOSED);
  if (Action !== WskInspectAccept && Action !== WskInspectReject) return request.reject(STATUS_INVALID_PARAMETER);
  if (socket.state !== 'listening') return request.reject(STATUS_INVALID_DEVICE_STATE);
  const known = socket.inspection.complete(InspectID, Action === WskInspectAccept);
  return known ? request.done(STATUS_SUCCESS, 0) : request.reject(STATUS_NOT_FOUND);
};
