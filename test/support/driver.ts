import {
  type ADDRESS_FAMILY,
  AF_INET,
  type NTSTATUS,
  ntStatusName,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_UNSUCCESSFUL,
} from '../../src/base/index.ts';
import {
  Executive,
  IO_NO_INCREMENT,
  type IRP,
  KEVENT,
  KernelMode,
  type KernelRoutine,
  type LARGE_INTEGER,
  NotificationEvent,
  type ULONG_PTR,
} from '../../src/kernel/index.ts';
import type { Nt } from '../../src/sim/index.ts';
import {
  IPPROTO_TCP,
  MAKE_WSK_VERSION,
  NPI_WSK_INTERFACE_ID,
  SO_WSK_EVENT_CALLBACK,
  SOCK_STREAM,
  SOL_SOCKET,
  ULONG,
  type WSK_BUF,
  type WSK_CLIENT,
  type WSK_CLIENT_STREAM_DISPATCH,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_FLAG_STREAM_SOCKET,
  WSK_INFINITE_WAIT,
  type WSK_PROVIDER_CONNECTION_DISPATCH,
  type WSK_PROVIDER_DISPATCH,
  type WSK_PROVIDER_LISTEN_DISPATCH,
  WSK_PROVIDER_NPI,
  type WSK_PROVIDER_STREAM_DISPATCH,
  WSK_REGISTRATION,
  type WSK_SOCKET,
  WskSetOption,
} from '../../src/wsk/index.ts';

/** One call with an IRP: what it returned, and its completion when that has come. */
export class Call {
  readonly irp: IRP;
  readonly event = new KEVENT();
  returned: NTSTATUS = STATUS_UNSUCCESSFUL;
  completions = 0;
  pendingReturned = false;
  irqlAtCompletion = -1;
  /** True when the completion routine ran before the function returned. */
  inline = false;
  status: NTSTATUS = STATUS_UNSUCCESSFUL;
  information: ULONG_PTR = 0;

  constructor(irp: IRP) {
    this.irp = irp;
  }

  /** The names of the status returned and the final one, for readable expectations. */
  get statuses(): string[] {
    return [ntStatusName(this.returned), ntStatusName(this.status)];
  }

  get name(): string {
    return ntStatusName(this.status);
  }

  get socket(): WSK_SOCKET {
    return this.information as WSK_SOCKET;
  }
}

/** A test's driver: registered with WSK, with the calls of the classic pattern made short. */
export class Driver {
  readonly nt: Nt;
  readonly registration = new WSK_REGISTRATION();
  readonly npi = new WSK_PROVIDER_NPI();

  private constructor(nt: Nt) {
    this.nt = nt;
  }

  static *load(nt: Nt): KernelRoutine<Driver> {
    const driver = new Driver(nt);
    const Dispatch = { Version: MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null } as const;
    nt.WskRegister({ ClientContext: driver, Dispatch }, driver.registration);
    yield* nt.WskCaptureProviderNPI(driver.registration, WSK_INFINITE_WAIT, driver.npi);
    return driver;
  }

  *unload(): KernelRoutine<void> {
    this.nt.WskReleaseProviderNPI(this.registration);
    yield* this.nt.WskDeregister(this.registration);
  }

  get client(): WSK_CLIENT {
    return this.npi.Client;
  }

  get provider(): WSK_PROVIDER_DISPATCH {
    return this.npi.Dispatch;
  }

  /** Starts a call and does not wait for it. */
  start(function_: (irp: IRP) => NTSTATUS, onComplete: (call: Call) => void = () => {}): Call {
    const { nt } = this;
    const call = new Call(nt.IoAllocateIrp(1, false)!);
    nt.KeInitializeEvent(call.event, NotificationEvent, false);
    let returned = false;
    const routine = (_device: object | null, irp: IRP): NTSTATUS => {
      call.completions++;
      call.pendingReturned = irp.PendingReturned;
      call.irqlAtCompletion = nt.KeGetCurrentIrql();
      call.inline = !returned;
      call.status = irp.IoStatus.Status;
      call.information = irp.IoStatus.Information;
      nt.IoFreeIrp(irp);
      onComplete(call);
      nt.KeSetEvent(call.event, IO_NO_INCREMENT, false);
      return STATUS_MORE_PROCESSING_REQUIRED;
    };
    nt.IoSetCompletionRoutine(call.irp, routine, null, true, true, true);
    call.returned = function_(call.irp);
    returned = true;
    return call;
  }

  /** Waits for a call to complete. */
  *wait(call: Call, timeout: LARGE_INTEGER | null = null): KernelRoutine<Call> {
    yield* this.nt.KeWaitForSingleObject(call.event, Executive, KernelMode, false, timeout);
    return call;
  }

  *call(function_: (irp: IRP) => NTSTATUS): KernelRoutine<Call> {
    const call = this.start(function_);
    if (call.returned !== STATUS_PENDING) return call;
    return yield* this.wait(call);
  }

  buffer(bytes: Uint8Array | string): WSK_BUF {
    const memory = typeof bytes === 'string' ? new TextEncoder().encode(bytes) : bytes;
    const Mdl = this.nt.IoAllocateMdl(memory, memory.length)!;
    this.nt.MmBuildMdlForNonPagedPool(Mdl);
    return { Mdl, Offset: 0, Length: memory.length };
  }

  newSocket(
    flags: number,
    family: ADDRESS_FAMILY = AF_INET,
    context: unknown = null,
    dispatch: object | null = null,
  ): KernelRoutine<Call> {
    const { client, provider } = this;
    return this.call((irp) =>
      provider.WskSocket(client, family, SOCK_STREAM, IPPROTO_TCP, flags, context, dispatch, null, null, null, irp),
    );
  }

  bind(socket: WSK_SOCKET, address: SOCKADDR, flags = 0): KernelRoutine<Call> {
    return this.call((irp) => connection(socket).WskBind(socket, address, flags, irp));
  }

  /** A stream socket, bound to the wildcard address and a free port. */
  *streamSocket(
    context: unknown = null,
    dispatch: WSK_CLIENT_STREAM_DISPATCH | null = null,
  ): KernelRoutine<WSK_SOCKET> {
    const { socket } = yield* this.newSocket(WSK_FLAG_STREAM_SOCKET, AF_INET, context, dispatch);
    yield* this.bind(socket, new SOCKADDR_IN());
    return socket;
  }

  listen(socket: WSK_SOCKET): Call {
    return this.start((irp) => stream(socket).WskListen(socket, irp));
  }

  *localAddress(socket: WSK_SOCKET): KernelRoutine<SOCKADDR_IN> {
    const local = new SOCKADDR_IN();
    yield* this.call((irp) => connection(socket).WskGetLocalAddress(socket, local, irp));
    return local;
  }

  /** SO_WSK_EVENT_CALLBACK; with a request unless told otherwise. */
  events(socket: WSK_SOCKET, EventMask: number, NpiId = NPI_WSK_INTERFACE_ID): Call {
    return this.start((irp) => this.controlEvents(socket, EventMask, irp, NpiId));
  }

  /** The same without an IRP. @returns the name of the status */
  eventsNow(socket: WSK_SOCKET, EventMask: number): string {
    return ntStatusName(this.controlEvents(socket, EventMask, null));
  }

  private controlEvents(
    socket: WSK_SOCKET,
    EventMask: number,
    irp: IRP | null,
    NpiId = NPI_WSK_INTERFACE_ID,
  ): NTSTATUS {
    const control = { NpiId, EventMask };
    const { WskControlSocket } = socket.Dispatch;
    return WskControlSocket(socket, WskSetOption, SO_WSK_EVENT_CALLBACK, SOL_SOCKET, 8, control, 0, null, null, irp);
  }

  /** A connection socket, bound to the wildcard address unless told otherwise. */
  *connectionSocket(local: SOCKADDR | null = new SOCKADDR_IN()): KernelRoutine<WSK_SOCKET> {
    const { socket } = yield* this.newSocket(WSK_FLAG_CONNECTION_SOCKET, local?.sa_family ?? AF_INET);
    if (local !== null) yield* this.bind(socket, local);
    return socket;
  }

  /** A listening socket on a port, Fast Open on if wished. */
  *listenSocket(port: number, fastOpen = false, family: ADDRESS_FAMILY = AF_INET): KernelRoutine<WSK_SOCKET> {
    const { socket } = yield* this.newSocket(WSK_FLAG_LISTEN_SOCKET, family);
    if (fastOpen) yield* this.setOption(socket, IPPROTO_TCP, 15, 1);
    const address = family === AF_INET ? new SOCKADDR_IN('0.0.0.0', port) : new SOCKADDR_IN6('::', port);
    yield* this.bind(socket, address);
    return socket;
  }

  setOption(socket: WSK_SOCKET, level: number, code: number, value: number): KernelRoutine<Call> {
    return this.call((irp) =>
      socket.Dispatch.WskControlSocket(socket, WskSetOption, code, level, 4, ULONG(value), 0, null, null, irp),
    );
  }

  accept(socket: WSK_SOCKET): Call {
    return this.start((irp) => listener(socket).WskAccept(socket, 0, null, null, null, null, irp));
  }

  connectEx(socket: WSK_SOCKET, to: SOCKADDR, data: Uint8Array | string | null, flags = 0): Call {
    const buffer = data === null ? null : this.buffer(data);
    return this.start((irp) => connection(socket).WskConnectEx(socket, to, buffer, flags, irp));
  }

  send(socket: WSK_SOCKET, data: Uint8Array | string, flags = 0): Call {
    return this.start((irp) => connection(socket).WskSend(socket, this.buffer(data), flags, irp));
  }

  receive(socket: WSK_SOCKET, into: Uint8Array, flags = 0): Call {
    return this.start((irp) => connection(socket).WskReceive(socket, this.buffer(into), flags, irp));
  }

  /** Receives once and gives the bytes. */
  *read(socket: WSK_SOCKET, size = 65_536): KernelRoutine<Uint8Array> {
    const into = new Uint8Array(size);
    const call = yield* this.wait(this.receive(socket, into));
    return into.subarray(0, call.information as number);
  }

  disconnect(socket: WSK_SOCKET, flags = 0, data: string | null = null): Call {
    const buffer = data === null ? null : this.buffer(data);
    return this.start((irp) => connection(socket).WskDisconnect(socket, buffer, flags, irp));
  }

  close(socket: WSK_SOCKET): KernelRoutine<Call> {
    return this.call((irp) => socket.Dispatch.WskCloseSocket(socket, irp));
  }
}

export const connection = (socket: WSK_SOCKET): WSK_PROVIDER_CONNECTION_DISPATCH =>
  socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;

export const stream = (socket: WSK_SOCKET): WSK_PROVIDER_STREAM_DISPATCH =>
  socket.Dispatch as WSK_PROVIDER_STREAM_DISPATCH;

export const listener = (socket: WSK_SOCKET): WSK_PROVIDER_LISTEN_DISPATCH =>
  socket.Dispatch as WSK_PROVIDER_LISTEN_DISPATCH;

/** An echo server in the making: accepts and sends back what comes, until its listener closes. */
export function* echoServer(driver: Driver, listening: WSK_SOCKET): KernelRoutine<void> {
  for (;;) {
    const accepted = yield* driver.wait(driver.accept(listening));
    if (accepted.status !== 0) return;
    driver.nt.PsCreateSystemThread(function* echo() {
      const { socket } = accepted;
      for (;;) {
        const bytes = yield* driver.read(socket);
        if (bytes.length === 0) break;
        yield* driver.wait(driver.send(socket, bytes));
      }
      yield* driver.wait(driver.disconnect(socket));
      yield* driver.close(socket);
    });
  }
}
