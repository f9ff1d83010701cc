// What calls.c does, as a driver in TypeScript would: the same calls without C and WebAssembly.
import { SOCKADDR_IN, STATUS_MORE_PROCESSING_REQUIRED, STATUS_UNSUCCESSFUL } from 'openwsk';
import { Executive, KEVENT, KernelMode, SynchronizationEvent } from 'openwsk/kernel';
import * as wsk from 'openwsk/wsk';

/** @param calls how many @param started @param ended told before the first and after the last */
export const typescriptCalls = (calls, started, ended) =>
  function* DriverEntry(_object, _path, nt) {
    const event = new KEVENT();
    const done = () => {
      nt.KeSetEvent(event, 0, false);
      return STATUS_MORE_PROCESSING_REQUIRED;
    };
    const irp = nt.IoAllocateIrp(1, false);
    const prepare = () => {
      nt.IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
      nt.IoSetCompletionRoutine(irp, done, null, true, true, true);
      return irp;
    };
    const wait = () => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
    nt.KeInitializeEvent(event, SynchronizationEvent, false);
    const registration = new wsk.WSK_REGISTRATION();
    const { Client, Dispatch } = yield* register(nt, registration);
    const flags = wsk.WSK_FLAG_CONNECTION_SOCKET;
    Dispatch.WskSocket(Client, 2, wsk.SOCK_STREAM, wsk.IPPROTO_TCP, flags, null, null, null, null, null, prepare());
    yield* wait();
    const socket = irp.IoStatus.Information;
    const local = new SOCKADDR_IN('0.0.0.0', 0);
    socket.Dispatch.WskBind(socket, local, 0, prepare());
    yield* wait();
    started();
    for (let i = 0; i < calls; i++) {
      socket.Dispatch.WskGetLocalAddress(socket, local, prepare());
      yield* wait();
    }
    ended();
    socket.Dispatch.WskCloseSocket(socket, prepare());
    yield* wait();
    nt.IoFreeIrp(irp);
    nt.WskReleaseProviderNPI(registration);
    yield* nt.WskDeregister(registration);
    return STATUS_UNSUCCESSFUL;
  };

function* register(nt, registration) {
  const client = { Version: wsk.MAKE_WSK_VERSION(1, 0), Reserved: 0, WskClientEvent: null };
  nt.WskRegister({ ClientContext: null, Dispatch: client }, registration);
  const provider = new wsk.WSK_PROVIDER_NPI();
  yield* nt.WskCaptureProviderNPI(registration, wsk.WSK_INFINITE_WAIT, provider);
  return provider;
}
