import { type NTSTATUS, STATUS_TIMEOUT } from '../base/index.ts';
import { BugCheckCode } from './bug-check.ts';
import type { DispatcherObject } from './dispatcher-object.ts';
import type { Kernel } from './kernel.ts';
import { type KernelRoutine, type KernelThread, STATUS_WAIT_0, SUSPEND, takeAll } from './thread.ts';
import type { LARGE_INTEGER } from './types.ts';
import { waitingThread } from './wait.ts';

// WAIT_TYPE (wdm.h).
/** Until all the objects are signalled at a time; none is taken before. */
export const WaitAll = 0;
/** Until one of them is. */
export const WaitAny = 1;
export type WAIT_TYPE = typeof WaitAll | typeof WaitAny;

/** The most objects without a WaitBlockArray, and the most at all. */
export const THREAD_WAIT_OBJECTS = 3;
export const MAXIMUM_WAIT_OBJECTS = 64;

/**
 * Waits for one of several objects, or for all of them.
 *
 * @param Count of objects; more than 64, or than 3 without WaitBlockArray, are bug check 0x0C
 * @param _WaitReason  @param _WaitMode  @param _Alertable Executive, KernelMode and false
 * @param Timeout 100 ns units: null waits for ever, 0 only looks, negative is relative, positive absolute since 1601
 * @param WaitBlockArray anything but null for more than three objects: in C, memory for the wait
 * @returns STATUS_WAIT_0 plus the index of the object for WaitAny, STATUS_WAIT_0 for WaitAll; STATUS_TIMEOUT
 *
 * IRQL <= APC_LEVEL unless Timeout is 0 (R12: bug check 0xB8). Source: wdm.h reference, KeWaitForMultipleObjects.
 */
export function* KeWaitForMultipleObjects(
  kernel: Kernel,
  Count: number,
  Objects: readonly DispatcherObject[],
  WaitType: WAIT_TYPE,
  _WaitReason: number,
  _WaitMode: number,
  _Alertable: boolean,
  Timeout: LARGE_INTEGER | null,
  WaitBlockArray: object | null = null,
): KernelRoutine<NTSTATUS> {
  kernel.assertAlive();
  checkCount(kernel, Count, WaitBlockArray !== null);
  const objects = Objects.slice(0, Count);
  const poll = Timeout !== null && Number(Timeout) === 0;
  const thread = poll ? null : waitingThread(kernel, 'KeWaitForMultipleObjects');
  const status = takeNow(objects, WaitType, kernel.thread);
  if (status !== null) return status;
  if (thread === null) return STATUS_TIMEOUT;
  const deadline = Timeout === null ? Number.POSITIVE_INFINITY : kernel.deadline(Timeout);
  thread.beginWaits(objects, WaitType === WaitAll, deadline);
  yield SUSPEND;
  return thread.waitStatus;
}

/** Ends a wait that need not begin: with the first object that is signalled. @returns null when it has to wait */
const takeNow = (
  objects: readonly DispatcherObject[],
  type: WAIT_TYPE,
  thread: KernelThread | null,
): NTSTATUS | null => {
  if (type === WaitAll) return takeAll(objects, thread) ? STATUS_WAIT_0 : null;
  const index = objects.findIndex((object) => object.tryAcquire(thread));
  return index < 0 ? null : STATUS_WAIT_0 + index;
};

const checkCount = (kernel: Kernel, count: number, hasBlocks: boolean): void => {
  const most = hasBlocks ? MAXIMUM_WAIT_OBJECTS : THREAD_WAIT_OBJECTS;
  if (count <= most) return;
  const message =
    `KeWaitForMultipleObjects for ${count} objects: ${THREAD_WAIT_OBJECTS} at most without a WaitBlockArray, ` +
    `${MAXIMUM_WAIT_OBJECTS} with one`;
  kernel.bugCheck(BugCheckCode.MAXIMUM_WAIT_OBJECTS_EXCEEDED, count, null, message);
};
