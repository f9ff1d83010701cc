import { BugCheckCode } from './bug-check.ts';
import { type DRIVER_CANCEL, type IRP, irpEvidence } from './irp.ts';
import { DISPATCH_LEVEL, type KIRQL } from './irql.ts';
import type { Kernel } from './kernel.ts';
import type { Ref } from './types.ts';

/**
 * Sets or, with null, clears the cancel routine. For the driver that holds the IRP. IRQL <= DISPATCH_LEVEL.
 * @returns the one that was set: null when IoCancelIrp has taken it
 *
 * Source: wdm.h reference, IoSetCancelRoutine.
 */
export const IoSetCancelRoutine = (
  _kernel: Kernel,
  Irp: IRP,
  CancelRoutine: DRIVER_CANCEL | null,
): DRIVER_CANCEL | null => {
  const old = Irp.CancelRoutine;
  Irp.CancelRoutine = CancelRoutine;
  return old;
};

/**
 * Asks the driver that holds the IRP to complete it soon. Only the IRP's creator may. IRQL <= DISPATCH_LEVEL.
 * The final status may be STATUS_CANCELLED or the real result: wait for the completion routine either way.
 * R7: an IRP that was freed is a bug check.
 * @returns whether a cancel routine was called; the Cancel bit is set in both cases
 *
 * Source: wdm.h reference, IoCancelIrp.
 */
export const IoCancelIrp = (kernel: Kernel, Irp: IRP): boolean => {
  kernel.assertAlive();
  if (Irp.owner === 'freed') {
    const message = 'IoCancelIrp on an IRP that was freed: take care that no completion frees it meanwhile';
    kernel.bugCheck(BugCheckCode.CANCEL_STATE_IN_COMPLETED_IRP, 0, 'R7', message, undefined, irpEvidence(Irp, 1));
  }
  const irql = { value: 0 };
  IoAcquireCancelSpinLock(kernel, irql);
  Irp.Cancel = true;
  Irp.CancelIrql = irql.value;
  const routine = IoSetCancelRoutine(kernel, Irp, null);
  if (routine === null) {
    // Its switch point is that of the whole call.
    IoReleaseCancelSpinLock(kernel, irql.value);
    return false;
  }
  // The routine releases the cancel spin lock, with Irp.CancelIrql.
  const device = Irp.CurrentLocation > Irp.StackCount ? null : Irp.stackLocation(Irp.CurrentLocation - 1).DeviceObject;
  routine(device, Irp);
  kernel.scheduler.switchPoint();
  return true;
};

/** Raises to DISPATCH_LEVEL. @param Irql receives the old IRQL. Source: wdm.h reference, IoAcquireCancelSpinLock. */
export const IoAcquireCancelSpinLock = (kernel: Kernel, Irql: Ref<KIRQL>): void => {
  Irql.value = kernel.irql;
  kernel.irql = Math.max(kernel.irql, DISPATCH_LEVEL);
};

/** @param Irql to return to: in a cancel routine `Irp.CancelIrql`. Source: wdm.h reference, IoReleaseCancelSpinLock. */
export const IoReleaseCancelSpinLock = (kernel: Kernel, Irql: KIRQL): void => {
  kernel.irql = Irql;
  kernel.scheduler.switchPoint();
};
