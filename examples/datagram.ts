/**
 * A ping over UDP, as a driver: three datagrams to an echo server at 10.0.0.2:7, each answered to WskReceiveFrom after
 * one round trip: openwsk run examples/datagram.ts --peer echo
 */
import {
  AF_INET,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
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
  IPPROTO_UDP,
  MAKE_WSK_VERSION,
  SOCK_DGRAM,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_DATAGRAM_DISPATCH,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
  type WSK_SOCKET,
} from 'openwsk/wsk';

export function* DriverEntry(DriverObject: DRIVER_OBJECT, _RegistryPath: string, nt: Nt): KernelRoutine<NTSTATUS> {
  DriverObject.DriverUnload = () => nt.DbgPrint('unloaded\n');
  return yield* Ping(nt, new SOCKADDR_IN('10.0.0.2', 7), 3);
}

/** Sends `Count` datagrams, one after the other, and waits for the answer to each. */
export function* Ping(nt: Nt, RemoteAddress: SOCKADDR, Count: number): KernelRoutine<NTSTATUS> {
  const Registration = new WSK_REGISTRATION();
  const ProviderNpi = new WSK_PROVIDER_NPI();
  const ClientDispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
  let Status = nt.WskRegister({ ClientContext: null, Dispatch: ClientDispatch }, Registration);
  if (!NT_SUCCESS(Status)) return Status;
  Status = yield* nt.WskCaptureProviderNPI(Registration, WSK_INFINITE_WAIT, ProviderNpi);
  if (NT_SUCCESS(Status)) {
    Status = yield* PingWith(nt, ProviderNpi, RemoteAddress, Count);
    nt.WskReleaseProviderNPI(Registration);
  }
  yield* nt.WskDeregister(Registration);
  return Status;
}

function* PingWith(
  nt: Nt,
  { Client, Dispatch: Provider }: WSK_PROVIDER_NPI,
  RemoteAddress: SOCKADDR,
  Count: number,
): KernelRoutine<NTSTATUS> {
  const Irp = nt.IoAllocateIrp(1, false)!;
  const Completed = new KEVENT();
  nt.KeInitializeEvent(Completed, SynchronizationEvent, false);

  const OnCompletion = (_DeviceObject: object | null, DoneIrp: IRP): NTSTATUS => {
    if (DoneIrp.PendingReturned) nt.KeSetEvent(Completed, IO_NO_INCREMENT, false);
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
  function* Call(Function: (Irp: IRP) => NTSTATUS): KernelRoutine<NTSTATUS> {
    nt.IoReuseIrp(Irp, STATUS_UNSUCCESSFUL);
    nt.IoSetCompletionRoutine(Irp, OnCompletion, null, true, true, true);
    if (Function(Irp) === STATUS_PENDING) {
      yield* nt.KeWaitForSingleObject(Completed, Executive, KernelMode, false, null);
    }
    return Irp.IoStatus.Status;
  }
  const BufferOf = (Memory: Uint8Array) => {
    const Mdl = nt.IoAllocateMdl(Memory, Memory.length)!;
    nt.MmBuildMdlForNonPagedPool(Mdl);
    return { Mdl, Offset: 0, Length: Memory.length };
  };

  let Status = yield* Call((Irp) =>
    Provider.WskSocket(
      Client,
      AF_INET,
      SOCK_DGRAM,
      IPPROTO_UDP,
      WSK_FLAG_DATAGRAM_SOCKET,
      null,
      null,
      null,
      null,
      null,
      Irp,
    ),
  );
  if (NT_SUCCESS(Status)) {
    const Socket = Irp.IoStatus.Information as WSK_SOCKET;
    const Dispatch = Socket.Dispatch as WSK_PROVIDER_DATAGRAM_DISPATCH;
    Status = yield* Call((Irp) => Dispatch.WskBind(Socket, new SOCKADDR_IN(), 0, Irp));
    for (let i = 1; i <= Count && NT_SUCCESS(Status); i++) {
      const Request = BufferOf(new TextEncoder().encode(`ping ${i}`));
      const Answer = BufferOf(new Uint8Array(1472));
      const From = new SOCKADDR_IN();
      const Started = nt.KeQueryPerformanceCounter();
      Status = yield* Call((Irp) => Dispatch.WskSendTo(Socket, Request, 0, RemoteAddress, 0, null, Irp));
      if (NT_SUCCESS(Status)) {
        Status = yield* Call((Irp) => Dispatch.WskReceiveFrom(Socket, Answer, 0, From, null, null, null, Irp));
      }
      if (NT_SUCCESS(Status)) {
        const Milliseconds = Number(nt.KeQueryPerformanceCounter() - Started) / 10_000;
        nt.DbgPrint(`${Irp.IoStatus.Information} bytes from ${From} after ${Milliseconds} ms\n`);
      }
      nt.IoFreeMdl(Request.Mdl);
      nt.IoFreeMdl(Answer.Mdl);
    }
    yield* Call((Irp) => Dispatch.WskCloseSocket(Socket, Irp));
  }
  nt.IoFreeIrp(Irp);
  return NT_SUCCESS(Status) ? STATUS_SUCCESS : Status;
}
