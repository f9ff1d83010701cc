import { STATUS_INSUFFICIENT_RESOURCES, STATUS_INVALID_HANDLE, STATUS_SUCCESS } from '../../base/index.ts';
import { DispatcherObject, KeDelayExecutionThread, KernelThread, KeWaitForSingleObject } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { DISPATCHER_HEADER as Header, ObjectType } from '../layout.ts';
import { STATUS_OBJECT_TYPE_MISMATCH } from '../statuses.ts';
import { ThreadExit } from '../thread-exit.ts';
import { timeoutAt } from './event-exports.ts';
import type { ExportTable } from './export-table.ts';

/** Bytes given to a KTHREAD that a driver asks for: it is opaque, only its header is of use. */
const KTHREAD_SIZE = 64;

/** System threads of a driver at a time: beyond, one that starts them in a loop is told that there is no memory. */
const MOST_THREADS = 1000;

/** The address by which a driver knows a thread: made when it first asks. */
export const threadAddress = (guest: Guest, thread: KernelThread): number => {
  const known = guest.pointers.addressOf(thread);
  if (known !== 0) return known;
  const address = guest.pool.allocate(KTHREAD_SIZE, 'object', '', false, null);
  if (address === 0) return 0;
  guest.objects.place(address, thread, ObjectType.Thread, Header.size);
  guest.memory.write32(address + Header.SignalState, thread.signalState);
  guest.pointers.name(thread, address);
  return address;
};

/** Source: wdm.h reference, the functions of these names. */
export const threadExports: ExportTable = {
  plain: {
    PsCreateSystemThread: (
      guest: Guest,
      Handle: number,
      _Access: number,
      _Attributes: number,
      _Process: number,
      _ClientId: number,
      StartRoutine: number,
      Context: number,
    ) => {
      const { kernel, handles, memory } = guest;
      kernel.assertAlive();
      memory.check(Handle >>> 0, 4, true, 'PsCreateSystemThread');
      if (guest.threads.size >= MOST_THREADS || handles.isFull) return STATUS_INSUFFICIENT_RESOURCES;
      const name = guest.functions.nameOf(StartRoutine >>> 0);
      const thread = new KernelThread(kernel, name, guest.calls.thread(StartRoutine >>> 0, Context >>> 0));
      guest.threads.set(thread, guest.places.here());
      memory.write32(Handle >>> 0, handles.open(thread));
      kernel.scheduler.switchPoint();
      return STATUS_SUCCESS;
    },
    PsTerminateSystemThread: (_guest: Guest, Status: number) => {
      throw new ThreadExit(Status);
    },
    KeGetCurrentThread: (guest: Guest) =>
      guest.kernel.thread === null ? guest.idleThread() : threadAddress(guest, guest.kernel.thread),
    PsGetCurrentThread: (guest: Guest) =>
      guest.kernel.thread === null ? guest.idleThread() : threadAddress(guest, guest.kernel.thread),
    PsGetCurrentThreadId: (guest: Guest) => (guest.kernel.thread?.id ?? 0) * 4,
    PsGetCurrentProcessId: () => 4,
    PsGetCurrentProcess: (guest: Guest) => guest.systemProcess(),
    IoGetCurrentProcess: (guest: Guest) => guest.systemProcess(),
    PsGetThreadId: (guest: Guest, Thread: number) =>
      guest.objects.at(Thread >>> 0, KernelThread, 'PsGetThreadId').id * 4,
    ZwClose: (guest: Guest, Handle: number) => (guest.handles.close(Handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE),
    ObReferenceObjectByHandle: (
      guest: Guest,
      Handle: number,
      _Access: number,
      _Type: number,
      _Mode: number,
      Result: number,
      _Information: number,
    ) => reference(guest, Handle, Result),
    ObReferenceObjectByHandleWithTag: (
      guest: Guest,
      Handle: number,
      _Access: number,
      _Type: number,
      _Mode: number,
      _Tag: number,
      Result: number,
      _Information: number,
    ) => reference(guest, Handle, Result),
    ObfReferenceObject: () => 1,
    ObfDereferenceObject: () => 0,
    ObReferenceObject: () => 1,
    ObDereferenceObject: () => 0,
    ObfDereferenceObjectWithTag: () => 0,
    ObDereferenceObjectWithTag: () => 0,
    ObReferenceObjectWithTag: () => 1,
    ObfReferenceObjectWithTag: () => 1,
  },
  waiting: {
    *KeDelayExecutionThread(guest: Guest, Mode: number, Alertable: number, Interval: number) {
      const interval = guest.memory.read64(Interval >>> 0);
      return yield* KeDelayExecutionThread(guest.kernel, Mode, (Alertable & 0xff) !== 0, interval);
    },
    *ZwWaitForSingleObject(guest: Guest, Handle: number, Alertable: number, Timeout: number) {
      const object = guest.handles.find(Handle);
      if (!(object instanceof DispatcherObject)) return STATUS_INVALID_HANDLE;
      const timeout = timeoutAt(guest, Timeout >>> 0);
      return yield* KeWaitForSingleObject(guest.kernel, object, 0, 0, (Alertable & 0xff) !== 0, timeout);
    },
  },
};

const reference = (guest: Guest, handle: number, result: number): number => {
  const object = guest.handles.find(handle);
  if (object === null) return STATUS_INVALID_HANDLE;
  const address = object instanceof KernelThread ? threadAddress(guest, object) : guest.pointers.known(object);
  if (address === 0) return STATUS_OBJECT_TYPE_MISMATCH;
  guest.memory.write32(result >>> 0, address);
  return STATUS_SUCCESS;
};
