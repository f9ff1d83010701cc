import { STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../base/index.ts';
import type { KernelRoutine } from '../../kernel/index.ts';
import {
  SIO_ADDRESS_LIST_QUERY,
  SO_WSK_EVENT_CALLBACK,
  SOCKET_ADDRESS_LIST,
  SOL_SOCKET,
  type WSK_CLIENT_CONNECTION_DISPATCH,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_FLAG_STREAM_SOCKET,
  WSK_PROVIDER_CHARACTERISTICS,
  WSK_PROVIDER_NPI,
  type WSK_PROVIDER_STREAM_DISPATCH,
  WSK_SET_STATIC_EVENT_CALLBACKS,
  WskCaptureProviderNPI,
  WskDeregister,
  WskIoctl,
  WskQueryProviderCharacteristics,
  WskRegister,
  WskReleaseProviderNPI,
  WskSetOption,
} from '../../wsk/index.ts';
import { refuse } from '../../wsk/not-implemented.ts';
import { type ExportTable, running, type WaitingFunction } from '../exports/export-table.ts';
import type { Guest } from '../guest.ts';
import { WSK_INSPECT_ID as InspectId, WSK_PROVIDER_NPI as ProviderNpi } from '../layout.ts';
import { unicodeOut } from './address-info.ts';
import { writeAddressList } from './address-list.ts';
import {
  bufferAt,
  eventControlAt,
  irpAt,
  lendSockaddrs,
  lentBufAt,
  refAt,
  sockaddrAt,
  sockaddrOut,
} from './arguments.ts';
import { connectionDispatch, DatagramDispatch, ListenDispatch, StreamDispatch } from './client-dispatch.ts';
import { DispatchTable } from './socket-table.ts';

/** The functions of all socket tables: each looks its socket up in the same way, so the tables can share them. */
const streamOf = (guest: Guest): WSK_PROVIDER_STREAM_DISPATCH => guest.wsk.tables.stream;

/** The client's callbacks for a new socket of this category (the Flags of WskSocket). */
const dispatchAt = (guest: Guest, flags: number, address: number): object | null => {
  if (address === 0) return null;
  if (flags === WSK_FLAG_LISTEN_SOCKET) return new ListenDispatch(guest, address);
  if (flags === WSK_FLAG_DATAGRAM_SOCKET) return new DatagramDispatch(guest, address);
  if (flags === WSK_FLAG_STREAM_SOCKET) return new StreamDispatch(guest, address);
  return connectionDispatch(guest, address);
};

/** WskSend, WskReceive: a socket, a WSK_BUF, flags and an IRP. */
const transfer = (name: 'WskSend' | 'WskReceive'): WaitingFunction =>
  running((guest, Socket: number, Buffer: number, Flags: number, Irp: number) => {
    const socket = guest.sockets.at(Socket >>> 0, name);
    const buffer = lentBufAt(guest, Buffer >>> 0);
    return streamOf(guest)[name](socket, buffer, Flags, irpAt(guest, Irp, name));
  });

const getAddress = (name: 'WskGetLocalAddress' | 'WskGetRemoteAddress'): WaitingFunction =>
  running((guest, Socket: number, Address: number, Irp: number) => {
    const socket = guest.sockets.at(Socket >>> 0, name);
    lendSockaddrs(guest, Address);
    return streamOf(guest)[name](socket, sockaddrOut(guest, Address >>> 0)!, irpAt(guest, Irp, name));
  });

/** A member of a table that is not here yet: fails loudly, and completes its IRP as all do. @param at which parameter that is */
const notHere = (name: string, at: number): WaitingFunction =>
  running((guest, ...parameters: number[]) => {
    const irp = irpAt(guest, parameters[at], name);
    return irp === null ? STATUS_INVALID_PARAMETER : refuse(guest.wsk, name, irp);
  });

/**
 * What netio.sys exports and the functions of its dispatch tables, for runtime/wsk-tables.c. All of those with an IRP
 * may complete it before they return, and so run the driver's completion routine inside the call.
 *
 * Source: wsk.h reference, the PFN_WSK_… of these names.
 */
export const wskExports: ExportTable = {
  plain: {
    WskFreeAddressInfo: (guest: Guest, Client: number, Address: number) => {
      const list = guest.addressLists.release(Address >>> 0);
      if (list === null) guest.memory.check(Address >>> 0, 4, true, 'WskFreeAddressInfo');
      else guest.wsk.tables.provider.WskFreeAddressInfo(guest.registrations.clientAt(Client >>> 0), list);
    },
    WskRegister: (guest: Guest, Npi: number, Registration: number) => {
      if (guest.registrations.isFull) return STATUS_INSUFFICIENT_RESOURCES;
      const registration = guest.registrations.at(Registration >>> 0, 'WskRegister');
      const status = WskRegister(guest.wsk, guest.registrations.npiAt(Npi >>> 0), registration);
      if (status === STATUS_SUCCESS) guest.registrations.registered(Registration >>> 0, Npi >>> 0);
      return status;
    },
    WskReleaseProviderNPI: (guest: Guest, Registration: number) =>
      WskReleaseProviderNPI(guest.wsk, guest.registrations.at(Registration >>> 0, 'WskReleaseProviderNPI')),
    WskQueryProviderCharacteristics: (guest: Guest, Registration: number, Result: number) => {
      const registration = guest.registrations.at(Registration >>> 0, 'WskQueryProviderCharacteristics');
      const characteristics = new WSK_PROVIDER_CHARACTERISTICS();
      const status = WskQueryProviderCharacteristics(guest.wsk, registration, characteristics);
      guest.memory.write16(Result >>> 0, characteristics.HighestVersion);
      guest.memory.write16((Result >>> 0) + 2, characteristics.LowestVersion);
      return status;
    },
  },
  waiting: {
    *WskCaptureProviderNPI(guest: Guest, Registration: number, Wait: number, Result: number): KernelRoutine<number> {
      const registration = guest.registrations.at(Registration >>> 0, 'WskCaptureProviderNPI');
      const npi = new WSK_PROVIDER_NPI();
      const status = yield* WskCaptureProviderNPI(guest.wsk, registration, Wait >>> 0, npi);
      if (status !== 0) return status;
      guest.memory.write32((Result >>> 0) + ProviderNpi.Client, guest.registrations.addressOf(npi.Client));
      guest.memory.write32((Result >>> 0) + ProviderNpi.Dispatch, guest.dispatchTable(DispatchTable.provider));
      return status;
    },
    *WskDeregister(guest: Guest, Registration: number): KernelRoutine<number> {
      yield* WskDeregister(guest.wsk, guest.registrations.at(Registration >>> 0, 'WskDeregister'));
      guest.registrations.delete(Registration >>> 0);
      return 0;
    },
    WskSocket: running(
      (
        guest,
        Client: number,
        Family: number,
        Type: number,
        Protocol: number,
        Flags: number,
        Context: number,
        Dispatch: number,
        _Process: number,
        _Thread: number,
        _Security: number,
        Irp: number,
      ) =>
        guest.wsk.tables.provider.WskSocket(
          guest.registrations.clientAt(Client >>> 0),
          Family & 0xffff,
          Type & 0xffff,
          Protocol,
          Flags,
          Context >>> 0,
          dispatchAt(guest, Flags, Dispatch >>> 0),
          null,
          null,
          null,
          irpAt(guest, Irp, 'WskSocket'),
        ),
    ),
    WskSocketConnect: running(
      (
        guest,
        Client: number,
        Type: number,
        Protocol: number,
        Local: number,
        Remote: number,
        Flags: number,
        Context: number,
        Dispatch: number,
        _Process: number,
        _Thread: number,
        _Security: number,
        Irp: number,
      ) =>
        guest.wsk.tables.provider.WskSocketConnect(
          guest.registrations.clientAt(Client >>> 0),
          Type & 0xffff,
          Protocol,
          sockaddrAt(guest, Local >>> 0),
          sockaddrAt(guest, Remote >>> 0),
          Flags,
          Context >>> 0,
          connectionDispatch(guest, Dispatch >>> 0),
          null,
          null,
          null,
          irpAt(guest, Irp, 'WskSocketConnect'),
        ),
    ),
    WskGetAddressInfo: running(
      (
        guest,
        Client: number,
        Node: number,
        Service: number,
        NameSpace: number,
        _Provider: number,
        Hints: number,
        Result: number,
        _Process: number,
        _Thread: number,
        Irp: number,
      ) =>
        guest.wsk.tables.provider.WskGetAddressInfo(
          guest.registrations.clientAt(Client >>> 0),
          guest.memory.unicodeString(Node >>> 0),
          guest.memory.unicodeString(Service >>> 0),
          NameSpace,
          null,
          guest.addressLists.hintsAt(Hints >>> 0),
          guest.addressLists.resultAt(Result >>> 0),
          null,
          null,
          irpAt(guest, Irp, 'WskGetAddressInfo'),
        ),
    ),
    WskGetNameInfo: running(
      (
        guest,
        Client: number,
        Address: number,
        Length: number,
        Node: number,
        Service: number,
        Flags: number,
        _Process: number,
        _Thread: number,
        Irp: number,
      ) =>
        guest.wsk.tables.provider.WskGetNameInfo(
          guest.registrations.clientAt(Client >>> 0),
          sockaddrAt(guest, Address >>> 0),
          Length >>> 0,
          unicodeOut(guest, Node >>> 0),
          unicodeOut(guest, Service >>> 0),
          Flags,
          null,
          null,
          irpAt(guest, Irp, 'WskGetNameInfo'),
        ),
    ),
    WskControlClient: running(
      (
        guest,
        Client: number,
        Code: number,
        InputSize: number,
        Input: number,
        OutputSize: number,
        Output: number,
        Returned: number,
        Irp: number,
      ) =>
        guest.wsk.tables.provider.WskControlClient(
          guest.registrations.clientAt(Client >>> 0),
          Code,
          InputSize >>> 0,
          Code === WSK_SET_STATIC_EVENT_CALLBACKS && Input !== 0
            ? eventControlAt(guest, Input >>> 0)
            : bufferAt(guest, Input >>> 0, InputSize >>> 0),
          OutputSize >>> 0,
          bufferAt(guest, Output >>> 0, OutputSize >>> 0),
          refAt(guest, Returned >>> 0),
          irpAt(guest, Irp, 'WskControlClient'),
        ),
    ),
    WskControlSocket: running(
      (
        guest,
        Socket: number,
        Request: number,
        Code: number,
        Level: number,
        InputSize: number,
        Input: number,
        OutputSize: number,
        Output: number,
        Returned: number,
        Irp: number,
      ) => {
        const events = Request === WskSetOption && Level === SOL_SOCKET && Code === SO_WSK_EVENT_CALLBACK;
        const isList = Request === WskIoctl && Code === SIO_ADDRESS_LIST_QUERY && Output !== 0;
        const addresses = isList ? new SOCKET_ADDRESS_LIST() : null;
        const status = streamOf(guest).WskControlSocket(
          guest.sockets.at(Socket >>> 0, 'WskControlSocket'),
          Request,
          Code,
          Level,
          InputSize >>> 0,
          events && Input !== 0 ? eventControlAt(guest, Input >>> 0) : bufferAt(guest, Input >>> 0, InputSize >>> 0),
          OutputSize >>> 0,
          addresses ?? bufferAt(guest, Output >>> 0, OutputSize >>> 0),
          refAt(guest, Returned >>> 0),
          irpAt(guest, Irp, 'WskControlSocket'),
        );
        if (addresses !== null && status === STATUS_SUCCESS) writeAddressList(guest, Output >>> 0, addresses);
        return status;
      },
    ),
    WskCloseSocket: running((guest, Socket: number, Irp: number) =>
      streamOf(guest).WskCloseSocket(
        guest.sockets.at(Socket >>> 0, 'WskCloseSocket'),
        irpAt(guest, Irp, 'WskCloseSocket'),
      ),
    ),
    WskBind: running((guest, Socket: number, Address: number, Flags: number, Irp: number) =>
      streamOf(guest).WskBind(
        guest.sockets.at(Socket >>> 0, 'WskBind'),
        sockaddrAt(guest, Address >>> 0),
        Flags,
        irpAt(guest, Irp, 'WskBind'),
      ),
    ),
    WskListen: running((guest, Socket: number, Irp: number) =>
      streamOf(guest).WskListen(guest.sockets.at(Socket >>> 0, 'WskListen'), irpAt(guest, Irp, 'WskListen')),
    ),
    WskAccept: running(
      (
        guest,
        Socket: number,
        Flags: number,
        Context: number,
        Dispatch: number,
        Local: number,
        Remote: number,
        Irp: number,
      ) => {
        lendSockaddrs(guest, Local, Remote);
        return streamOf(guest).WskAccept(
          guest.sockets.at(Socket >>> 0, 'WskAccept'),
          Flags,
          Context >>> 0,
          connectionDispatch(guest, Dispatch >>> 0) as WSK_CLIENT_CONNECTION_DISPATCH | null,
          sockaddrOut(guest, Local >>> 0),
          sockaddrOut(guest, Remote >>> 0),
          irpAt(guest, Irp, 'WskAccept'),
        );
      },
    ),
    WskInspectComplete: running((guest, Socket: number, Id: number, Action: number, Irp: number) => {
      const { memory } = guest;
      const id = { Key: memory.readU32((Id >>> 0) + InspectId.Key), SerialNumber: memory.readU32((Id >>> 0) + 4) };
      const socket = guest.sockets.at(Socket >>> 0, 'WskInspectComplete');
      return guest.wsk.tables.listen.WskInspectComplete(socket, id, Action, irpAt(guest, Irp, 'WskInspectComplete'));
    }),
    WskConnect: running((guest, Socket: number, Remote: number, Flags: number, Irp: number) =>
      streamOf(guest).WskConnect(
        guest.sockets.at(Socket >>> 0, 'WskConnect'),
        sockaddrAt(guest, Remote >>> 0),
        Flags,
        irpAt(guest, Irp, 'WskConnect'),
      ),
    ),
    WskConnectEx: running((guest, Socket: number, Remote: number, Buffer: number, Flags: number, Irp: number) =>
      streamOf(guest).WskConnectEx(
        guest.sockets.at(Socket >>> 0, 'WskConnectEx'),
        sockaddrAt(guest, Remote >>> 0),
        Buffer === 0 ? null : lentBufAt(guest, Buffer >>> 0),
        Flags,
        irpAt(guest, Irp, 'WskConnectEx'),
      ),
    ),
    WskSend: transfer('WskSend'),
    WskReceive: transfer('WskReceive'),
    WskDisconnect: running((guest, Socket: number, Buffer: number, Flags: number, Irp: number) =>
      streamOf(guest).WskDisconnect(
        guest.sockets.at(Socket >>> 0, 'WskDisconnect'),
        Buffer === 0 ? null : lentBufAt(guest, Buffer >>> 0),
        Flags,
        irpAt(guest, Irp, 'WskDisconnect'),
      ),
    ),
    WskGetLocalAddress: getAddress('WskGetLocalAddress'),
    WskGetRemoteAddress: getAddress('WskGetRemoteAddress'),
    WskRelease: running((guest, Socket: number, Indication: number) => {
      const socket = guest.sockets.at(Socket >>> 0, 'WskRelease');
      const list = guest.dataIndications.listAt(Indication >>> 0);
      if (list === null) return STATUS_INVALID_PARAMETER;
      const status = streamOf(guest).WskRelease(socket, list);
      if (status === 0) guest.dataIndications.release(Indication >>> 0);
      return status;
    }),
    WskSendEx: notHere('WskSendEx', 5),
    WskReceiveEx: notHere('WskReceiveEx', 6),
  },
};
