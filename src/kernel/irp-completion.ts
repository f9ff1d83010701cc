import { NT_SUCCESS, type NTSTATUS, STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING } from '../base/index.ts';
import { BugCheckCode, type RuleId } from './bug-check.ts';
import {
  clearLocation,
  type IO_COMPLETION_ROUTINE,
  type IRP,
  irpEvidence,
  SL_INVOKE_ON_CANCEL,
  SL_INVOKE_ON_ERROR,
  SL_INVOKE_ON_SUCCESS,
  SL_PENDING_RETURNED,
} from './irp.ts';
import { DISPATCH_LEVEL, type KIRQL } from './irql.ts';
import type { Kernel } from './kernel.ts';

/**
 * Completes an IRP: walks up its stack locations and calls the completion routines that want to know. Set IoStatus
 * first. IRQL <= DISPATCH_LEVEL.
 *
 * Bug checks: above DISPATCH_LEVEL (R5), completed already (R1), IoStatus.Status is STATUS_PENDING (R3), a cancel routine is still set (R4), the
 * routine of a self-allocated IRP did not return STATUS_MORE_PROCESSING_REQUIRED (R9).
 * Source: wdm.h reference, IoCompleteRequest.
 */
export const IoCompleteRequest = (kernel: Kernel, Irp: IRP, _PriorityBoost: number): void => {
  kernel.assertAlive();
  checkCompletion(kernel, Irp);
  callRoutines(kernel, Irp);
  kernel.scheduler.switchPoint();
};

const callRoutines = (kernel: Kernel, Irp: IRP): void => {
  while (Irp.CurrentLocation <= Irp.StackCount) {
    const location = Irp.stackLocation(Irp.CurrentLocation - 1);
    const { Control, CompletionRoutine, Context } = location;
    Irp.PendingReturned = (Control & SL_PENDING_RETURNED) !== 0;
    Irp.CurrentLocation += 1;
    clearLocation(location);
    const top = Irp.CurrentLocation > Irp.StackCount;
    // The IRP is the driver's above again before its routine runs: that may send it on, reuse it or, its creator, free it.
    Irp.owner = 'client';
    if (CompletionRoutine !== null && isInvoked(Irp, Control)) {
      const device = top ? null : Irp.stackLocation(Irp.CurrentLocation - 1).DeviceObject;
      const { irql } = kernel;
      const status = CompletionRoutine(device, Irp, Context);
      // A routine of a driver in C may have to wait for a lock: its host looks when it has returned.
      if (kernel.irql !== irql && Irp.history === null) otherIrql(kernel, irql, CompletionRoutine);
      if (!goesOn(kernel, Irp, status, CompletionRoutine)) return;
    } else if (!top && Irp.PendingReturned) {
      Irp.stackLocation(Irp.CurrentLocation - 1).Control |= SL_PENDING_RETURNED;
    }
  }
  Irp.finished?.();
};

/** Whether the walk goes on above the routine that returned `status`. */
const goesOn = (kernel: Kernel, irp: IRP, status: NTSTATUS, routine: IO_COMPLETION_ROUTINE): boolean => {
  if (status === STATUS_MORE_PROCESSING_REQUIRED) return false;
  if (irp.owner === 'freed' || (irp.CurrentLocation > irp.StackCount && irp.finished === null))
    ownerless(kernel, irp, routine);
  return true;
};

/**
 * Goes on with a completion whose routine could not finish at once (a driver's, that waited for a spin lock on another
 * processor): it gave STATUS_MORE_PROCESSING_REQUIRED then, and has now returned `status`.
 */
export const continueCompletion = (
  kernel: Kernel,
  Irp: IRP,
  status: NTSTATUS,
  routine: IO_COMPLETION_ROUTINE,
): void => {
  if (goesOn(kernel, Irp, status, routine)) callRoutines(kernel, Irp);
};

const isInvoked = (irp: IRP, control: number): boolean =>
  (irp.Cancel && (control & SL_INVOKE_ON_CANCEL) !== 0) ||
  (control & (NT_SUCCESS(irp.IoStatus.Status) ? SL_INVOKE_ON_SUCCESS : SL_INVOKE_ON_ERROR)) !== 0;

const checkCompletion = (kernel: Kernel, irp: IRP): void => {
  if (kernel.irql > DISPATCH_LEVEL) {
    const message = `IoCompleteRequest at IRQL ${kernel.irql}: completion routines are written for DISPATCH_LEVEL at most`;
    violation(kernel, irp, 0x0e, 'R5', message);
  }
  if (irp.owner !== 'provider' && irp.CurrentLocation > irp.StackCount) {
    const message = 'the IRP was completed already; complete each IRP once, on exactly one path';
    kernel.bugCheck(
      BugCheckCode.MULTIPLE_IRP_COMPLETE_REQUESTS,
      irp.history?.address ?? 0,
      'R1',
      message,
      undefined,
      irpEvidence(irp, 1),
    );
  }
  if (irp.IoStatus.Status === STATUS_PENDING || irp.IoStatus.Status === -1) {
    const message = 'IoCompleteRequest with IoStatus.Status STATUS_PENDING: set the final status first';
    violation(kernel, irp, 0x06, 'R3', message);
  }
  if (irp.CancelRoutine !== null) {
    const message = 'IoCompleteRequest with a cancel routine still set: clear it with IoSetCancelRoutine first';
    violation(kernel, irp, 0x07, 'R4', message);
  }
};

const violation = (kernel: Kernel, irp: IRP, which: number, rule: RuleId, message: string): never =>
  kernel.bugCheck(
    BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION,
    which,
    rule,
    message,
    undefined,
    irpEvidence(irp, 3),
  );

/** R11 */
const otherIrql = (kernel: Kernel, before: KIRQL, { name }: IO_COMPLETION_ROUTINE): never => {
  const message = `completion routine ${name || '(anonymous)'} was called at IRQL ${before} and returns at IRQL ${kernel.irql}`;
  const evidence = { parameters: [0, before, kernel.irql] };
  return kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0xfa, 'R11', message, undefined, evidence);
};

/** R9: nobody is above the creator of an IRP, so its routine has to keep it. */
const ownerless = (kernel: Kernel, irp: IRP, routine: IO_COMPLETION_ROUTINE): never =>
  kernel.bugCheck(
    BugCheckCode.MULTIPLE_IRP_COMPLETE_REQUESTS,
    irp.history?.address ?? 0,
    'R9',
    `completion routine ${routine.name || '(anonymous)'} of a self-allocated IRP did not return STATUS_MORE_PROCESSING_REQUIRED`,
    undefined,
    { ...irpEvidence(irp, 1), ...(kernel.sourceOf === null ? {} : { frames: kernel.sourceOf(routine) }) },
  );
