import { BugCheckCode } from './bug-check.ts';
import { APC_LEVEL } from './irql.ts';
import type { Kernel } from './kernel.ts';

// There are no asynchronous procedure calls here. What is kept is whether they are disabled, which locks ask for.

/** Disables normal kernel APCs. IRQL <= APC_LEVEL (R39). Source: wdm.h reference, KeEnterCriticalRegion. */
export const KeEnterCriticalRegion = (kernel: Kernel): void => {
  mustBeBelowDispatch(kernel, 'KeEnterCriticalRegion');
  if (kernel.thread !== null) kernel.thread.kernelApcDisable++;
};

/** Ends what KeEnterCriticalRegion began. IRQL <= APC_LEVEL (R39). Source: wdm.h reference, KeLeaveCriticalRegion. */
export const KeLeaveCriticalRegion = (kernel: Kernel): void => {
  mustBeBelowDispatch(kernel, 'KeLeaveCriticalRegion');
  const { thread } = kernel;
  if (thread === null) return;
  if (thread.kernelApcDisable === 0) neverEntered(kernel, 'KeLeaveCriticalRegion');
  thread.kernelApcDisable--;
};

/** Disables all APCs. IRQL <= APC_LEVEL (R39). Source: wdm.h reference, KeEnterGuardedRegion. */
export const KeEnterGuardedRegion = (kernel: Kernel): void => {
  mustBeBelowDispatch(kernel, 'KeEnterGuardedRegion');
  if (kernel.thread !== null) kernel.thread.specialApcDisable++;
};

/** Ends what KeEnterGuardedRegion began. IRQL <= APC_LEVEL (R39). Source: wdm.h reference, KeLeaveGuardedRegion. */
export const KeLeaveGuardedRegion = (kernel: Kernel): void => {
  mustBeBelowDispatch(kernel, 'KeLeaveGuardedRegion');
  const { thread } = kernel;
  if (thread === null) return;
  if (thread.specialApcDisable === 0) neverEntered(kernel, 'KeLeaveGuardedRegion');
  thread.specialApcDisable--;
};

/** Whether normal kernel APCs are disabled. Source: wdm.h reference, KeAreApcsDisabled. */
export const KeAreApcsDisabled = (kernel: Kernel): boolean =>
  kernel.thread === null || kernel.thread.kernelApcDisable > 0 || kernel.thread.specialApcDisable > 0;

/** Whether all APCs are: in a guarded region or at APC_LEVEL. Source: wdm.h reference, KeAreAllApcsDisabled. */
export const KeAreAllApcsDisabled = (kernel: Kernel): boolean =>
  kernel.irql >= APC_LEVEL || kernel.thread === null || kernel.thread.specialApcDisable > 0;

/** R39. @param parameter1 which violation of Driver Verifier's it is */
export const mustBeBelowDispatch = (kernel: Kernel, call: string, parameter1 = 0x33): void => {
  kernel.assertAlive();
  if (kernel.irql <= APC_LEVEL) return;
  const message = `${call} at IRQL ${kernel.irql}: APC_LEVEL at most is allowed`;
  kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, parameter1, 'R39', message);
};

const neverEntered = (kernel: Kernel, call: string): never =>
  kernel.bugCheck(
    BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION,
    0x3e,
    'R39',
    `${call} in a thread that has not entered such a region`,
  );
