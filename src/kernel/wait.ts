import { type NTSTATUS, STATUS_SUCCESS, STATUS_TIMEOUT } from '../base/index.ts';
import { BugCheckCode } from './bug-check.ts';
import type { DispatcherObject } from './dispatcher-object.ts';
import { DISPATCH_LEVEL } from './irql.ts';
import type { Kernel } from './kernel.ts';
import { type KernelRoutine, type KernelThread, SUSPEND } from './thread.ts';
import type { LARGE_INTEGER } from './types.ts';

/** KWAIT_REASON: only Executive is of use to drivers. */
export const Executive = 0;
/** KPROCESSOR_MODE. */
export const KernelMode = 0;
export const UserMode = 1;

/**
 * Waits for an event, timer or thread. With the functions of a machine:
 * `Status = yield* nt.KeWaitForSingleObject(Event, Executive, KernelMode, false, null)`.
 *
 * @param _WaitReason  @param _WaitMode  @param _Alertable Executive, KernelMode and false
 * @param Timeout 100 ns units: null waits for ever, 0 only looks, negative is relative, positive absolute since 1601
 * @returns STATUS_SUCCESS or STATUS_TIMEOUT. Both are NT_SUCCESS: compare for equality.
 *
 * IRQL <= APC_LEVEL unless Timeout is 0 (R12: bug check 0xB8). Source: wdm.h reference, KeWaitForSingleObject.
 */
export function* KeWaitForSingleObject(
  kernel: Kernel,
  Object: DispatcherObject,
  _WaitReason: number,
  _WaitMode: number,
  _Alertable: boolean,
  Timeout: LARGE_INTEGER | null,
): KernelRoutine<NTSTATUS> {
  kernel.assertAlive();
  const poll = Timeout !== null && Number(Timeout) === 0;
  const thread = poll ? null : waitingThread(kernel, 'KeWaitForSingleObject');
  if (Object.tryAcquire(kernel.thread)) return STATUS_SUCCESS;
  if (thread === null) return STATUS_TIMEOUT;
  thread.beginWait(Object, Timeout === null ? Number.POSITIVE_INFINITY : kernel.deadline(Timeout));
  yield SUSPEND;
  return thread.waitStatus;
}

/**
 * Sleeps. IRQL <= APC_LEVEL (R12: bug check 0xB8).
 * @param Interval 100 ns units: negative is relative, positive absolute since 1601
 * @returns STATUS_SUCCESS
 *
 * Source: wdm.h reference, KeDelayExecutionThread.
 */
export function* KeDelayExecutionThread(
  kernel: Kernel,
  _WaitMode: number,
  _Alertable: boolean,
  Interval: LARGE_INTEGER,
): KernelRoutine<NTSTATUS> {
  kernel.assertAlive();
  const thread = waitingThread(kernel, 'KeDelayExecutionThread');
  thread.beginWait(null, kernel.deadline(Interval));
  yield SUSPEND;
  return thread.waitStatus;
}

/** The thread that may wait now; R12: none may at DISPATCH_LEVEL or above, or in a DPC, routine or callback. */
export const waitingThread = (kernel: Kernel, name: string): KernelThread => {
  const { thread, irql } = kernel;
  if (thread !== null && irql < DISPATCH_LEVEL) return thread;
  return kernel.bugCheck(
    BugCheckCode.ATTEMPTED_SWITCH_FROM_DPC,
    0,
    'R12',
    `${name} at IRQL ${irql}${thread === null ? ', in no thread' : ''}: waiting needs a thread below DISPATCH_LEVEL; ` +
      'signal an event here and wait for it in a thread',
  );
};
