/**
 * The classic WSK pattern, as in C: allocate an IRP, set a completion routine that sets an event, call, wait for the
 * event if the call pends, read IoStatus. Connects with WskConnectEx, first bytes included, and returns the answer.
 */
import {
  AF_INET,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_UNSUCCESSFUL,
} from 'openwsk';
import {
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
  SOCK_STREAM,
  TCP_FASTOPEN,
  ULONG,
  type WSK_CLIENT_NPI,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  WskSetOption,
} from 'openwsk/wsk';

/** @param OnFirstByte told the performance counter when the answer is there */
export function* fetchOnce(
  nt: Nt,
  RemoteAddress: SOCKADDR,
  Request: Uint8Array,
  OnFirstByte: (Now: bigint) => void = () => {},
): KernelRoutine<Uint8Array | null> {
  const { IoAllocateIrp, IoFreeIrp, IoReuseIrp, IoSetCompletionRoutine, IoAllocateMdl, IoFreeMdl } = nt;
  const { MmBuildMdlForNonPagedPool, KeInitializeEvent, KeSetEvent, KeWaitForSingleObject } = nt;

  const CompletionEvent = new KEVENT();
  KeInitializeEvent(CompletionEvent, SynchronizationEvent, false);

  const SyncIrpCompletionRoutine = (_DeviceObject: object | null, Irp: IRP, Context: unknown): NTSTATUS => {
    if (Irp.PendingReturned) KeSetEvent(Context as KEVENT, IO_NO_INCREMENT, false);
    return STATUS_MORE_PROCESSING_REQUIRED;
  };

  const PrepareIrp = (Irp: IRP): IRP => {
    IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
    IoSetCompletionRoutine(Irp, SyncIrpCompletionRoutine, CompletionEvent, true, true, true);
    return Irp;
  };

  function* Complete(Status: NTSTATUS, Irp: IRP): KernelRoutine<NTSTATUS> {
    if (Status === STATUS_PENDING) {
      yield* KeWaitForSingleObject(CompletionEvent, Executive, KernelMode, false, null);
    }
    return Irp.IoStatus.Status;
  }

  const Registration = new WSK_REGISTRATION();
  const ClientNpi: WSK_CLIENT_NPI = {
    ClientContext: null,
    Dispatch: { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null },
  };
  const ProviderNpi = new WSK_PROVIDER_NPI();
  let Answer: Uint8Array | null = null;

  if (!NT_SUCCESS(nt.WskRegister(ClientNpi, Registration))) return null;
  if (!NT_SUCCESS(yield* nt.WskCaptureProviderNPI(Registration, WSK_INFINITE_WAIT, ProviderNpi))) return null;

  const Irp = IoAllocateIrp(1, false)!;
  const { Client, Dispatch: Provider } = ProviderNpi;
  let Status = yield* Complete(
    Provider.WskSocket(
      Client,
      AF_INET,
      SOCK_STREAM,
      IPPROTO_TCP,
      WSK_FLAG_CONNECTION_SOCKET,
      null,
      null,
      null,
      null,
      null,
      PrepareIrp(Irp),
    ),
    Irp,
  );
  if (NT_SUCCESS(Status)) {
    const Socket = Irp.IoStatus.Information as WSK_SOCKET;
    const Dispatch = Socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;

    Status = yield* Complete(Dispatch.WskBind(Socket, new SOCKADDR_IN('0.0.0.0', 0), 0, PrepareIrp(Irp)), Irp);
    if (NT_SUCCESS(Status)) {
      const One = ULONG(1);
      Status = yield* Complete(
        Dispatch.WskControlSocket(
          Socket,
          WskSetOption,
          TCP_FASTOPEN,
          IPPROTO_TCP,
          One.length,
          One,
          0,
          null,
          null,
          PrepareIrp(Irp),
        ),
        Irp,
      );
    }
    if (NT_SUCCESS(Status)) {
      const Mdl = IoAllocateMdl(Request, Request.length, false, false, null)!;
      MmBuildMdlForNonPagedPool(Mdl);
      const Buffer = { Mdl, Offset: 0, Length: Request.length };
      Status = yield* Complete(Dispatch.WskConnectEx(Socket, RemoteAddress, Buffer, 0, PrepareIrp(Irp)), Irp);
      IoFreeMdl(Mdl);
    }
    if (NT_SUCCESS(Status)) {
      const Reply = new Uint8Array(65_536);
      const Mdl = IoAllocateMdl(Reply, Reply.length, false, false, null)!;
      MmBuildMdlForNonPagedPool(Mdl);
      const Buffer = { Mdl, Offset: 0, Length: Reply.length };
      Status = yield* Complete(Dispatch.WskReceive(Socket, Buffer, 0, PrepareIrp(Irp)), Irp);
      if (NT_SUCCESS(Status)) {
        OnFirstByte(nt.KeQueryPerformanceCounter());
        Answer = Reply.subarray(0, Irp.IoStatus.Information as number);
      }
      IoFreeMdl(Mdl);
      yield* Complete(Dispatch.WskDisconnect(Socket, null, 0, PrepareIrp(Irp)), Irp);
    }
    yield* Complete(Dispatch.WskCloseSocket(Socket, PrepareIrp(Irp)), Irp);
  }

  IoFreeIrp(Irp);
  nt.WskReleaseProviderNPI(Registration);
  yield* nt.WskDeregister(Registration);
  return Answer;
}
