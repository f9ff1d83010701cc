import { type NTSTATUS, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../base/index.ts';
import { socketOf } from './socket.ts';
import type { WSK_DATA_INDICATION, WSK_DATAGRAM_INDICATION, WSK_SOCKET } from './structures.ts';

/**
 * Gives back a list of data indications that WskReceiveEvent kept by returning STATUS_PENDING: the whole list, at once,
 * before the socket is closed. IRQL <= DISPATCH_LEVEL.
 *
 * @param DataIndication the head of the list, as WskReceiveEvent was given it
 * @returns STATUS_SUCCESS, or STATUS_INVALID_PARAMETER when this socket has not lent that list
 *
 * Source: wsk.h reference, PFN_WSK_RELEASE_DATA_INDICATION_LIST.
 */
export const WskRelease = (Socket: WSK_SOCKET, DataIndication: WSK_DATA_INDICATION): NTSTATUS =>
  socketOf(Socket, 'WskRelease').receives.release(DataIndication) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;

/** The same for datagrams, which WskReceiveFromEvent kept. Source: wsk.h reference, PFN_WSK_RELEASE_DATAGRAM_INDICATION_LIST. */
export const WskReleaseDatagrams = (Socket: WSK_SOCKET, DatagramIndication: WSK_DATAGRAM_INDICATION): NTSTATUS => {
  const { datagrams } = socketOf(Socket, 'WskRelease');
  return datagrams?.receives.release(DatagramIndication) ? STATUS_SUCCESS : STATUS_INVALID_PARAMETER;
};
