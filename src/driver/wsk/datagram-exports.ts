import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../base/index.ts';
import type { WSK_PROVIDER_DATAGRAM_DISPATCH } from '../../wsk/index.ts';
import { type ExportTable, running } from '../exports/export-table.ts';
import type { Guest } from '../guest.ts';
import { bufferAt, irpAt, lentBufAt, lentBufListAt, sockaddrAt } from './arguments.ts';
import { receivedWith } from './receive-from-arguments.ts';

const tableOf = (guest: Guest): WSK_PROVIDER_DATAGRAM_DISPATCH => guest.wsk.tables.datagram;

/**
 * The functions of WSK_PROVIDER_DATAGRAM_DISPATCH that no other table has, for runtime/parts/wsk-tables.c.
 *
 * Source: wsk.h reference, the PFN_WSK_… of these names.
 */
export const datagramExports: ExportTable = {
  plain: {},
  waiting: {
    WskSendTo: running(
      (
        guest,
        Socket: number,
        Buffer: number,
        Flags: number,
        Remote: number,
        ControlLength: number,
        Control: number,
        Irp: number,
      ) =>
        tableOf(guest).WskSendTo(
          guest.sockets.at(Socket >>> 0, 'WskSendTo'),
          lentBufAt(guest, Buffer >>> 0),
          Flags,
          Remote === 0 ? null : sockaddrAt(guest, Remote >>> 0),
          ControlLength >>> 0,
          bufferAt(guest, Control >>> 0, ControlLength >>> 0),
          irpAt(guest, Irp, 'WskSendTo'),
        ),
    ),
    WskSendMessages: running(
      (
        guest,
        Socket: number,
        BufferList: number,
        Flags: number,
        Remote: number,
        ControlLength: number,
        Control: number,
        Irp: number,
      ) =>
        tableOf(guest).WskSendMessages(
          guest.sockets.at(Socket >>> 0, 'WskSendMessages'),
          lentBufListAt(guest, BufferList >>> 0),
          Flags,
          Remote === 0 ? null : sockaddrAt(guest, Remote >>> 0),
          ControlLength >>> 0,
          bufferAt(guest, Control >>> 0, ControlLength >>> 0),
          irpAt(guest, Irp, 'WskSendMessages'),
        ),
    ),
    WskReceiveFrom: running(
      (
        guest,
        Socket: number,
        Buffer: number,
        Flags: number,
        Remote: number,
        ControlLength: number,
        Control: number,
        ControlFlags: number,
        Irp: number,
      ) => {
        const socket = guest.sockets.at(Socket >>> 0, 'WskReceiveFrom');
        const buffer = lentBufAt(guest, Buffer >>> 0);
        const { remote, length, info, flags } = receivedWith(
          guest,
          socket,
          Remote,
          ControlLength,
          Control,
          ControlFlags,
        );
        const irp = irpAt(guest, Irp, 'WskReceiveFrom');
        return tableOf(guest).WskReceiveFrom(socket, buffer, Flags, remote, length, info, flags, irp);
      },
    ),
    WskReleaseDatagrams: running((guest, Socket: number, Indication: number) => {
      const socket = guest.sockets.at(Socket >>> 0, 'WskRelease');
      const list = guest.datagramIndications.listAt(Indication >>> 0);
      if (list === null) return STATUS_INVALID_PARAMETER;
      const status = tableOf(guest).WskRelease(socket, list);
      if (status === STATUS_SUCCESS) guest.datagramIndications.release(Indication >>> 0);
      return status;
    }),
  },
};
