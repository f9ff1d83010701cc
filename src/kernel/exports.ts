import * as apc from './apc.ts';
import * as bind from './bind.ts';
import * as dpc from './dpc.ts';
import * as event from './event.ts';
import * as irp from './irp.ts';
import * as cancel from './irp-cancel.ts';
import * as completion from './irp-completion.ts';
import * as stack from './irp-stack.ts';
import * as irql from './irql.ts';
import { KeQueryPerformanceCounter, KeQuerySystemTime, type Kernel } from './kernel.ts';
import * as mdl from './mdl.ts';
import * as mutex from './mutex.ts';
import { DbgPrint } from './print.ts';
import * as semaphore from './semaphore.ts';
import { PsCreateSystemThread } from './thread.ts';
import * as timer from './timer.ts';
import * as wait from './wait.ts';
import * as waitMultiple from './wait-multiple.ts';

/** What ntoskrnl.exe exports, as far as it is here; each takes the kernel as its first parameter. */
export const ntoskrnl = {
  IoAllocateIrp: irp.IoAllocateIrp,
  IoInitializeIrp: irp.IoInitializeIrp,
  IoMakeRawIrp: irp.IoMakeRawIrp,
  IoReuseIrp: irp.IoReuseIrp,
  IoFreeIrp: irp.IoFreeIrp,
  IoSizeOfIrp: irp.IoSizeOfIrp,
  IoGetCurrentIrpStackLocation: stack.IoGetCurrentIrpStackLocation,
  IoGetNextIrpStackLocation: stack.IoGetNextIrpStackLocation,
  IoSetNextIrpStackLocation: stack.IoSetNextIrpStackLocation,
  IoCopyCurrentIrpStackLocationToNext: stack.IoCopyCurrentIrpStackLocationToNext,
  IoSetCompletionRoutine: stack.IoSetCompletionRoutine,
  IoMarkIrpPending: stack.IoMarkIrpPending,
  IoCompleteRequest: completion.IoCompleteRequest,
  IoSetCancelRoutine: cancel.IoSetCancelRoutine,
  IoCancelIrp: cancel.IoCancelIrp,
  IoAcquireCancelSpinLock: cancel.IoAcquireCancelSpinLock,
  IoReleaseCancelSpinLock: cancel.IoReleaseCancelSpinLock,
  IoAllocateMdl: mdl.IoAllocateMdl,
  IoFreeMdl: mdl.IoFreeMdl,
  MmBuildMdlForNonPagedPool: mdl.MmBuildMdlForNonPagedPool,
  MmProbeAndLockPages: mdl.MmProbeAndLockPages,
  MmUnlockPages: mdl.MmUnlockPages,
  MmGetMdlByteCount: mdl.MmGetMdlByteCount,
  MmGetSystemAddressForMdlSafe: mdl.MmGetSystemAddressForMdlSafe,
  KeInitializeEvent: event.KeInitializeEvent,
  KeSetEvent: event.KeSetEvent,
  KeResetEvent: event.KeResetEvent,
  KeClearEvent: event.KeClearEvent,
  KeReadStateEvent: event.KeReadStateEvent,
  KeWaitForSingleObject: wait.KeWaitForSingleObject,
  KeWaitForMultipleObjects: waitMultiple.KeWaitForMultipleObjects,
  KeDelayExecutionThread: wait.KeDelayExecutionThread,
  KeInitializeSemaphore: semaphore.KeInitializeSemaphore,
  KeReleaseSemaphore: semaphore.KeReleaseSemaphore,
  KeReadStateSemaphore: semaphore.KeReadStateSemaphore,
  KeInitializeMutex: mutex.KeInitializeMutex,
  KeReleaseMutex: mutex.KeReleaseMutex,
  KeReadStateMutex: mutex.KeReadStateMutex,
  KeEnterCriticalRegion: apc.KeEnterCriticalRegion,
  KeLeaveCriticalRegion: apc.KeLeaveCriticalRegion,
  KeEnterGuardedRegion: apc.KeEnterGuardedRegion,
  KeLeaveGuardedRegion: apc.KeLeaveGuardedRegion,
  KeAreApcsDisabled: apc.KeAreApcsDisabled,
  KeAreAllApcsDisabled: apc.KeAreAllApcsDisabled,
  KeGetCurrentIrql: irql.KeGetCurrentIrql,
  KeRaiseIrql: irql.KeRaiseIrql,
  KeRaiseIrqlToDpcLevel: irql.KeRaiseIrqlToDpcLevel,
  KeLowerIrql: irql.KeLowerIrql,
  KeInitializeDpc: dpc.KeInitializeDpc,
  KeInsertQueueDpc: dpc.KeInsertQueueDpc,
  KeRemoveQueueDpc: dpc.KeRemoveQueueDpc,
  KeInitializeTimer: timer.KeInitializeTimer,
  KeInitializeTimerEx: timer.KeInitializeTimerEx,
  KeSetTimer: timer.KeSetTimer,
  KeSetTimerEx: timer.KeSetTimerEx,
  KeCancelTimer: timer.KeCancelTimer,
  KeQuerySystemTime,
  KeQueryPerformanceCounter,
  PsCreateSystemThread,
  DbgPrint,
};

/** The kernel's functions as a driver calls them, without the kernel parameter. */
export type Ntoskrnl = bind.Bound<Kernel, typeof ntoskrnl>;

/** The kernel's functions of one machine, to be taken apart and called by name. */
export const bindNtoskrnl = (kernel: Kernel): Ntoskrnl => bind.bindAll(kernel, ntoskrnl);
