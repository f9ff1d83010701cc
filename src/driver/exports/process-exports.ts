import { STATUS_INVALID_HANDLE, STATUS_SUCCESS } from '../../base/index.ts';
import { KernelThread } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { STATUS_INVALID_CID, STATUS_OBJECT_TYPE_MISMATCH } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';
import { threadAddress } from './thread-exports.ts';

/** PID of the System process, in which everything runs here. */
const SYSTEM_PROCESS_ID = 4;
/** What Windows gives system threads. */
const SYSTEM_THREAD_PRIORITY = 8;

const priorities = new WeakMap<KernelThread, number>();
const priorityOf = (thread: KernelThread): number => priorities.get(thread) ?? SYSTEM_THREAD_PRIORITY;

const setPriority = (guest: Guest, address: number, change: (old: number) => number): number => {
  const thread = guest.objects.at(address >>> 0, KernelThread, 'KeSetPriorityThread');
  const old = priorityOf(thread);
  priorities.set(thread, change(old));
  return old;
};

/** A handle to what lies at an address. */
const open = (guest: Guest, address: number, handle: number): number => {
  const object = guest.objects.find(address >>> 0);
  if (object === null) return STATUS_OBJECT_TYPE_MISMATCH;
  return guest.handles.give(guest.memory, handle, object);
};

const close = (guest: Guest, handle: number): number =>
  guest.handles.close(handle) ? STATUS_SUCCESS : STATUS_INVALID_HANDLE;

/**
 * Processes, threads and objects. Priorities are kept and have no effect: the schedule decides who runs. Nothing is ever
 * started or loaded that a notification could tell of, so that routines for these are taken and never called.
 * Source: wdm.h, ntddk.h and ntifs.h reference, the functions of these names.
 */
export const processExports: ExportTable = {
  plain: {
    PsGetProcessId: () => SYSTEM_PROCESS_ID,
    PsGetThreadProcessId: () => SYSTEM_PROCESS_ID,
    PsGetThreadProcess: (guest: Guest) => guest.systemProcess(),
    PsIsSystemThread: () => true,
    PsIsSystemProcess: () => true,
    PsInitialSystemProcess: (guest: Guest) => guest.systemProcess(),
    PsLookupProcessByProcessId: (guest: Guest, Id: number, Process: number) => {
      if (Id !== SYSTEM_PROCESS_ID) return STATUS_INVALID_CID;
      guest.memory.write32(Process >>> 0, guest.systemProcess());
      return STATUS_SUCCESS;
    },
    PsLookupThreadByThreadId: (guest: Guest, Id: number, Thread: number) => {
      const thread = [...guest.threads.keys()].find(({ id }) => id * 4 === Id >>> 0);
      if (thread === undefined) return STATUS_INVALID_CID;
      guest.memory.write32(Thread >>> 0, threadAddress(guest, thread));
      return STATUS_SUCCESS;
    },
    PsGetProcessImageFileName: (guest: Guest) => guest.executive.text('System'),
    KeStackAttachProcess: () => {},
    KeUnstackDetachProcess: () => {},
    KeQueryPriorityThread: (guest: Guest, Thread: number) =>
      priorityOf(guest.objects.at(Thread >>> 0, KernelThread, 'KeQueryPriorityThread')),
    KeSetPriorityThread: (guest: Guest, Thread: number, Priority: number) => setPriority(guest, Thread, () => Priority),
    KeSetBasePriorityThread: (guest: Guest, Thread: number, Increment: number) => {
      const old = setPriority(guest, Thread, () => SYSTEM_THREAD_PRIORITY + Increment);
      return old - SYSTEM_THREAD_PRIORITY;
    },
    ZwSetInformationThread: () => STATUS_SUCCESS,
    ObOpenObjectByPointer: (
      guest: Guest,
      Address: number,
      _Attributes: number,
      _State: number,
      _Access: number,
      _Type: number,
      _Mode: number,
      Handle: number,
    ) => open(guest, Address, Handle),
    ObReferenceObjectByPointer: () => STATUS_SUCCESS,
    ObDereferenceObjectDeferDelete: () => {},
    ObDereferenceObjectDeferDeleteWithTag: () => {},
    ObCloseHandle: close,
    NtClose: close,
    PsSetCreateProcessNotifyRoutine: () => STATUS_SUCCESS,
    PsSetCreateProcessNotifyRoutineEx: () => STATUS_SUCCESS,
    PsSetCreateProcessNotifyRoutineEx2: () => STATUS_SUCCESS,
    PsSetCreateThreadNotifyRoutine: () => STATUS_SUCCESS,
    PsSetCreateThreadNotifyRoutineEx: () => STATUS_SUCCESS,
    PsRemoveCreateThreadNotifyRoutine: () => STATUS_SUCCESS,
    PsSetLoadImageNotifyRoutine: () => STATUS_SUCCESS,
    PsSetLoadImageNotifyRoutineEx: () => STATUS_SUCCESS,
    PsRemoveLoadImageNotifyRoutine: () => STATUS_SUCCESS,
    SeSinglePrivilegeCheck: () => true,
    SeCaptureSubjectContext: () => {},
    SeReleaseSubjectContext: () => {},
    SeLockSubjectContext: () => {},
    SeUnlockSubjectContext: () => {},
  },
  waiting: {},
};
