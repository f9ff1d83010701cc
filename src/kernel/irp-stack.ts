import { BugCheckCode } from './bug-check.ts';
import {
  type IO_COMPLETION_ROUTINE,
  type IO_STACK_LOCATION,
  type IRP,
  irpEvidence,
  SL_INVOKE_ON_CANCEL,
  SL_INVOKE_ON_ERROR,
  SL_INVOKE_ON_SUCCESS,
  SL_PENDING_RETURNED,
} from './irp.ts';
import type { Kernel } from './kernel.ts';

/** The location of the driver that holds the IRP. Source: wdm.h reference, IoGetCurrentIrpStackLocation. */
export const IoGetCurrentIrpStackLocation = (_kernel: Kernel, Irp: IRP): IO_STACK_LOCATION =>
  Irp.stackLocation(Irp.CurrentLocation - 1);

/** The location of the driver that the IRP goes to next. R2: there must be one. */
export const IoGetNextIrpStackLocation = (kernel: Kernel, Irp: IRP): IO_STACK_LOCATION => {
  if (Irp.CurrentLocation < 2) noMoreLocations(kernel, Irp);
  return Irp.stackLocation(Irp.CurrentLocation - 2);
};

/** Makes the next location the current one. WSK does this for the client. R2: there must be one. */
export const IoSetNextIrpStackLocation = (kernel: Kernel, Irp: IRP): void => {
  if (Irp.CurrentLocation < 2) noMoreLocations(kernel, Irp);
  Irp.CurrentLocation -= 1;
};

const noMoreLocations = (kernel: Kernel, irp: IRP): never =>
  kernel.bugCheck(
    BugCheckCode.NO_MORE_IRP_STACK_LOCATIONS,
    irp.history?.address ?? 0,
    'R2',
    `the IRP has ${irp.StackCount} stack locations and none is free: allocate it with IoAllocateIrp(1, FALSE) or more`,
    undefined,
    irpEvidence(irp, 1),
  );

/**
 * Sets the routine to call when the driver that the IRP goes to next has completed it.
 * An IRP from IoAllocateIrp needs one for all three cases, and again after each IoReuseIrp. IRQL <= DISPATCH_LEVEL.
 * @param InvokeOnSuccess when NT_SUCCESS(IoStatus.Status)
 * @param InvokeOnError when not: warnings such as STATUS_BUFFER_OVERFLOW count as errors
 * @param InvokeOnCancel when the Cancel bit is set
 *
 * Source: wdm.h reference, IoSetCompletionRoutine.
 */
export const IoSetCompletionRoutine = (
  kernel: Kernel,
  Irp: IRP,
  CompletionRoutine: IO_COMPLETION_ROUTINE | null,
  Context: unknown,
  InvokeOnSuccess: boolean,
  InvokeOnError: boolean,
  InvokeOnCancel: boolean,
): void => {
  kernel.assertAlive();
  const location = IoGetNextIrpStackLocation(kernel, Irp);
  location.CompletionRoutine = CompletionRoutine;
  location.Context = Context;
  location.Control =
    (InvokeOnSuccess ? SL_INVOKE_ON_SUCCESS : 0) |
    (InvokeOnError ? SL_INVOKE_ON_ERROR : 0) |
    (InvokeOnCancel ? SL_INVOKE_ON_CANCEL : 0);
};

/**
 * Says that the driver which holds the IRP returns STATUS_PENDING for it. Any IRQL. R10: by the IRP's creator, who has no
 * stack location, it is a bug check.
 * Source: wdm.h reference, IoMarkIrpPending.
 */
export const IoMarkIrpPending = (kernel: Kernel, Irp: IRP): void => {
  kernel.assertAlive();
  if (Irp.CurrentLocation > Irp.StackCount) {
    const message =
      'IoMarkIrpPending by the creator of the IRP, who has no stack location: it would write behind the IRP';
    kernel.bugCheck(BugCheckCode.BAD_POOL_HEADER, 0x20, 'R10', message, undefined, irpEvidence(Irp, 2));
  }
  IoGetCurrentIrpStackLocation(kernel, Irp).Control |= SL_PENDING_RETURNED;
};

/** Passes the IRP on with the present location's parameters, without its completion routine. */
export const IoCopyCurrentIrpStackLocationToNext = (kernel: Kernel, Irp: IRP): void => {
  const from = IoGetCurrentIrpStackLocation(kernel, Irp);
  const to = IoGetNextIrpStackLocation(kernel, Irp);
  to.MajorFunction = from.MajorFunction;
  to.MinorFunction = from.MinorFunction;
  to.Parameters = from.Parameters;
  to.FileObject = from.FileObject;
  to.CompletionRoutine = null;
  to.Context = null;
  to.Control = 0;
};
