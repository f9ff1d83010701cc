/**
 * An echo server with event callbacks, as a driver: WskAcceptEvent takes connections, WskReceiveEvent keeps what comes
 * (STATUS_PENDING), sends the same buffers back and releases them when they are sent; nothing is copied and nothing
 * waits: openwsk run examples/echo-server.ts --peer client@7
 */
import {
  AF_INET,
  NT_SUCCESS,
  type NTSTATUS,
  SOCKADDR_IN,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from 'openwsk';
import {
  type DRIVER_OBJECT,
  Executive,
  IO_NO_INCREMENT,
  type IRP,
  KEVENT,
  KernelMode,
  type KernelRoutine,
  SynchronizationEvent,
} from 'openwsk/kernel';
import type { Nt } from 'openwsk/sim';
import {
  IPPROTO_TCP,
  MAKE_WSK_VERSION,
  NPI_WSK_INTERFACE_ID,
  SO_WSK_EVENT_CALLBACK,
  SOCK_STREAM,
  SOL_SOCKET,
  type WSK_CLIENT_CONNECTION_DISPATCH,
  type WSK_CLIENT_LISTEN_DISPATCH,
  type WSK_DATA_INDICATION,
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  type WSK_PROVIDER_LISTEN_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  WskSetOption,
} from 'openwsk/wsk';

const PORT = 7;

export function* DriverEntry(DriverObject: DRIVER_OBJECT, _RegistryPath: string, nt: Nt): KernelRoutine<NTSTATUS> {
  const { IoAllocateIrp, IoFreeIrp, IoSetCompletionRoutine, KeInitializeEvent, KeSetEvent, KeWaitForSingleObject } = nt;
  const Registration = new WSK_REGISTRATION();
  const ProviderNpi = new WSK_PROVIDER_NPI();
  const Connections = new Set<WSK_SOCKET>();

  /** Makes a call whose completion nobody waits for. */
  const Start = (Call: (Irp: IRP) => NTSTATUS, Done: (Irp: IRP) => void): void => {
    const Irp = IoAllocateIrp(1, false);
    if (Irp === null) return;
    const Routine = (_DeviceObject: object | null, Irp: IRP): NTSTATUS => {
      Done(Irp);
      IoFreeIrp(Irp);
      return STATUS_MORE_PROCESSING_REQUIRED;
    };
    IoSetCompletionRoutine(Irp, Routine, null, true, true, true);
    Call(Irp);
  };

  /** Makes a call and waits for it. */
  function* Wait(Call: (Irp: IRP) => NTSTATUS): KernelRoutine<IRP['IoStatus']> {
    const Event = new KEVENT();
    KeInitializeEvent(Event, SynchronizationEvent, false);
    const IoStatus = { Status: STATUS_SUCCESS as NTSTATUS, Information: 0 as IRP['IoStatus']['Information'] };
    Start(Call, (Irp) => {
      Object.assign(IoStatus, Irp.IoStatus);
      KeSetEvent(Event, IO_NO_INCREMENT, false);
    });
    yield* KeWaitForSingleObject(Event, Executive, KernelMode, false, null);
    return IoStatus;
  }

  const Dispatch = (Socket: WSK_SOCKET): WSK_PROVIDER_CONNECTION_DISPATCH =>
    Socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;

  const Close = (Socket: WSK_SOCKET): void => {
    if (Connections.delete(Socket))
      Start(
        (Irp) => Socket.Dispatch.WskCloseSocket(Socket, Irp),
        () => {},
      );
  };

  /** The SocketContext of a connection is what WskAcceptEvent gave it: an object with its socket. */
  const ConnectionDispatch: WSK_CLIENT_CONNECTION_DISPATCH = {
    WskReceiveEvent: (SocketContext, _Flags, DataIndication, _BytesIndicated, _BytesAccepted) => {
      const { Socket } = SocketContext as { Socket: WSK_SOCKET };
      if (DataIndication === null) {
        Close(Socket);
        return STATUS_SUCCESS;
      }
      let Unsent = 0;
      for (let Entry: WSK_DATA_INDICATION | null = DataIndication; Entry !== null; Entry = Entry.Next) Unsent++;
      for (let Entry: WSK_DATA_INDICATION | null = DataIndication; Entry !== null; Entry = Entry.Next) {
        const { Buffer } = Entry;
        Start(
          (Irp) => Dispatch(Socket).WskSend(Socket, Buffer, 0, Irp),
          () => {
            if (--Unsent === 0 && Connections.has(Socket)) Dispatch(Socket).WskRelease(Socket, DataIndication);
          },
        );
      }
      return STATUS_PENDING;
    },
    WskDisconnectEvent: (SocketContext) => {
      const { Socket } = SocketContext as { Socket: WSK_SOCKET };
      Start(
        (Irp) => Dispatch(Socket).WskDisconnect(Socket, null, 0, Irp),
        () => Close(Socket),
      );
      return STATUS_SUCCESS;
    },
    WskSendBacklogEvent: null,
  };

  const ListenDispatch: WSK_CLIENT_LISTEN_DISPATCH = {
    WskAcceptEvent: (
      _Context,
      _Flags,
      _Local,
      RemoteAddress,
      AcceptSocket,
      AcceptSocketContext,
      AcceptSocketDispatch,
    ) => {
      if (AcceptSocket === null) return STATUS_SUCCESS;
      nt.DbgPrint(`connection from ${RemoteAddress}\n`);
      Connections.add(AcceptSocket);
      AcceptSocketContext.value = { Socket: AcceptSocket };
      AcceptSocketDispatch.value = ConnectionDispatch;
      return STATUS_SUCCESS;
    },
    WskInspectEvent: null,
    WskAbortEvent: null,
  };

  const ClientDispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
  let Status = nt.WskRegister({ ClientContext: null, Dispatch: ClientDispatch }, Registration);
  if (!NT_SUCCESS(Status)) return Status;
  Status = yield* nt.WskCaptureProviderNPI(Registration, WSK_INFINITE_WAIT, ProviderNpi);
  if (!NT_SUCCESS(Status)) return Status;

  const { Client, Dispatch: Provider } = ProviderNpi;
  const Created = yield* Wait((Irp) =>
    Provider.WskSocket(
      Client,
      AF_INET,
      SOCK_STREAM,
      IPPROTO_TCP,
      WSK_FLAG_LISTEN_SOCKET,
      null,
      ListenDispatch,
      null,
      null,
      null,
      Irp,
    ),
  );
  if (!NT_SUCCESS(Created.Status)) return Created.Status;
  const Listening = Created.Information as WSK_SOCKET;
  const { WskBind, WskControlSocket } = Listening.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;
  const Bound = yield* Wait((Irp) => WskBind(Listening, new SOCKADDR_IN('0.0.0.0', PORT), 0, Irp));
  if (!NT_SUCCESS(Bound.Status)) return Bound.Status;
  const EventControl = {
    NpiId: NPI_WSK_INTERFACE_ID,
    EventMask: WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
  };
  Status = WskControlSocket(
    Listening,
    WskSetOption,
    SO_WSK_EVENT_CALLBACK,
    SOL_SOCKET,
    8,
    EventControl,
    0,
    null,
    null,
    null,
  );

  DriverObject.DriverUnload = function* () {
    for (const Socket of [...Connections]) Close(Socket);
    yield* Wait((Irp) => Listening.Dispatch.WskCloseSocket(Listening, Irp));
    nt.WskReleaseProviderNPI(Registration);
    yield* nt.WskDeregister(Registration);
    nt.DbgPrint('unloaded\n');
  };
  return Status;
}
