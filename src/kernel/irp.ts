import { type NTSTATUS, STATUS_SUCCESS } from '../base/index.ts';
import { BugCheckCode, type Evidence } from './bug-check.ts';
import type { Kernel } from './kernel.ts';
import type { PMDL } from './mdl.ts';
import type { ULONG_PTR } from './types.ts';

export const IO_TYPE_IRP = 6;

// IO_STACK_LOCATION.Control (wdm.h).
export const SL_PENDING_RETURNED = 0x01;
export const SL_ERROR_RETURNED = 0x02;
export const SL_INVOKE_ON_CANCEL = 0x20;
export const SL_INVOKE_ON_SUCCESS = 0x40;
export const SL_INVOKE_ON_ERROR = 0x80;
export const SL_INVOKE_ALWAYS = SL_INVOKE_ON_CANCEL | SL_INVOKE_ON_SUCCESS | SL_INVOKE_ON_ERROR;

export type DEVICE_OBJECT = object;

/** @returns STATUS_MORE_PROCESSING_REQUIRED to keep the IRP; anything else lets its completion go on */
export type IO_COMPLETION_ROUTINE = (DeviceObject: DEVICE_OBJECT | null, Irp: IRP, Context: unknown) => NTSTATUS;
/** Called at DISPATCH_LEVEL with the cancel spin lock held: release it with `Irp.CancelIrql` first. */
export type DRIVER_CANCEL = (DeviceObject: DEVICE_OBJECT | null, Irp: IRP) => void;

/** IO_STACK_LOCATION: one driver's view of an IRP. */
export interface IO_STACK_LOCATION {
  MajorFunction: number;
  MinorFunction: number;
  Control: number;
  Parameters: unknown;
  DeviceObject: DEVICE_OBJECT | null;
  FileObject: object | null;
  CompletionRoutine: IO_COMPLETION_ROUTINE | null;
  Context: unknown;
  /** Ours: empties it. */
  clear(): void;
}

/** Who may touch an IRP now: its creator, or the driver (WSK) that it was handed to; nobody once it is freed. */
export type IrpOwner = 'client' | 'provider' | 'freed';

/** What has become of an IRP so far; kept for those of drivers in C. */
export interface IrpHistory {
  /** It was handed to WSK. */
  sent(call: string): void;
  completed(status: NTSTATUS): void;
  /** What happened, a line each, the oldest first. */
  readonly lines: string[];
  /** The IRP's address, as bug checks tell it. */
  readonly address: number;
}

/** What a finding about an IRP tells of it. @param position which of parameters 2 to 4 its address is */
export const irpEvidence = ({ history }: IRP, position: 1 | 2 | 3 | 4 = 4): Evidence => {
  if (history === null) return {};
  const parameters =
    position === 1 ? [] : [0, 0, 0].map((zero, index) => (index === position - 2 ? history.address : zero));
  return { details: history.lines, parameters };
};

/** IRP (wdm.h). Fields keep their WDK names; for a guest's IRP they are accessors of its memory. */
export interface IRP {
  /** OpenWSK's number of this IRP in the trace. */
  readonly id: number;
  /** OpenWSK's own record of who holds the IRP. */
  owner: IrpOwner;
  /** The request that the holder keeps for this IRP, for its cancel routine. */
  holder: object | null;
  /** For an IRP of the I/O manager, above whose last stack location stands an application: told when it gets there. */
  finished: (() => void) | null;
  readonly history: IrpHistory | null;
  readonly Type: number;
  MdlAddress: PMDL;
  /** The outcome, to be read once the IRP has completed: final status, and bytes moved or the object made. */
  readonly IoStatus: { Status: NTSTATUS; Information: ULONG_PTR };
  /** In a completion routine: whether the call returned STATUS_PENDING. */
  PendingReturned: boolean;
  readonly StackCount: number;
  /** StackCount + 1 while the IRP is its creator's. */
  CurrentLocation: number;
  /** Set by IoCancelIrp; says nothing about the final status. */
  Cancel: boolean;
  CancelIrql: number;
  CancelRoutine: DRIVER_CANCEL | null;
  /** Tail.Overlay.DriverContext: free for the driver that holds the IRP. */
  readonly DriverContext: unknown[];
  /** The stack location with this index; index CurrentLocation - 1 is the current one. */
  stackLocation(index: number): IO_STACK_LOCATION;
  /** Ours: as it was when it was new, its locations too. */
  reset(): void;
}

class HostStackLocation implements IO_STACK_LOCATION {
  MajorFunction = 0;
  MinorFunction = 0;
  Control = 0;
  Parameters: unknown = null;
  DeviceObject: DEVICE_OBJECT | null = null;
  FileObject: object | null = null;
  CompletionRoutine: IO_COMPLETION_ROUTINE | null = null;
  Context: unknown = null;

  clear(): void {
    this.MajorFunction = 0;
    this.MinorFunction = 0;
    this.Control = 0;
    this.Parameters = null;
    this.DeviceObject = null;
    this.FileObject = null;
    this.CompletionRoutine = null;
    this.Context = null;
  }
}

class HostIrp implements IRP {
  readonly id: number;
  owner: IrpOwner = 'client';
  holder: object | null = null;
  finished: (() => void) | null = null;
  readonly history = null;
  readonly Type = IO_TYPE_IRP;
  MdlAddress: PMDL = null;
  readonly IoStatus: { Status: NTSTATUS; Information: ULONG_PTR } = { Status: STATUS_SUCCESS, Information: 0 };
  PendingReturned = false;
  readonly StackCount: number;
  CurrentLocation: number;
  Cancel = false;
  CancelIrql = 0;
  CancelRoutine: DRIVER_CANCEL | null = null;
  readonly DriverContext: unknown[] = [null, null, null, null];
  private readonly stack: HostStackLocation[] = [];

  constructor(id: number, stackCount: number) {
    this.id = id;
    this.StackCount = stackCount;
    this.CurrentLocation = stackCount + 1;
    for (let i = 0; i < stackCount; i++) this.stack.push(new HostStackLocation());
  }

  stackLocation(index: number): IO_STACK_LOCATION {
    return this.stack[index];
  }

  reset(): void {
    this.MdlAddress = null;
    this.IoStatus.Status = STATUS_SUCCESS;
    this.IoStatus.Information = 0;
    this.PendingReturned = false;
    this.CurrentLocation = this.StackCount + 1;
    this.Cancel = false;
    this.CancelIrql = 0;
    this.CancelRoutine = null;
    for (let i = 0; i < 4; i++) this.DriverContext[i] = null;
    for (const location of this.stack) location.clear();
  }
}

/**
 * Allocates an IRP; free it with IoFreeIrp. IRQL <= DISPATCH_LEVEL.
 * @param StackSize number of stack locations; WSK needs one
 * @param _ChargeQuota ignored here
 * @returns the IRP, or null when the machine has no memory left
 *
 * Source: wdm.h reference, IoAllocateIrp.
 */
export const IoAllocateIrp = (kernel: Kernel, StackSize: number, _ChargeQuota = false): IRP | null => {
  kernel.assertAlive();
  if (!kernel.mayAllocate()) return null;
  const irp = new HostIrp(kernel.newId(), StackSize);
  kernel.liveIrps.add(irp);
  return irp;
};

/**
 * Makes an IRP of its creator's ready for another use. Clears the completion routine, so set it again. R7: one that
 * WSK still holds is a bug check. IRQL <= DISPATCH_LEVEL.
 * @param Iostatus becomes IoStatus.Status
 *
 * Source: wdm.h reference, IoReuseIrp.
 */
export const IoReuseIrp = (kernel: Kernel, Irp: IRP, Iostatus: NTSTATUS): void => {
  kernel.assertAlive();
  mustOwn(kernel, Irp, 'IoReuseIrp');
  Irp.reset();
  Irp.IoStatus.Status = Iostatus;
};

/**
 * Frees an IRP, not the MDLs that hang on it. R7: one that WSK still holds is a bug check. IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h reference, IoFreeIrp.
 */
export const IoFreeIrp = (kernel: Kernel, Irp: IRP): void => {
  kernel.assertAlive();
  mustOwn(kernel, Irp, 'IoFreeIrp');
  Irp.owner = 'freed';
  kernel.liveIrps.delete(Irp);
};

/**
 * For an IRP in memory of the client's own (in TypeScript: made by IoMakeRawIrp), never for one from IoAllocateIrp.
 * IRQL <= DISPATCH_LEVEL.
 * @param _PacketSize bytes, IoSizeOfIrp(StackSize)
 *
 * Source: wdm.h reference, IoInitializeIrp.
 */
export const IoInitializeIrp = (kernel: Kernel, Irp: IRP, _PacketSize: number, _StackSize: number): void => {
  kernel.assertAlive();
  if (Irp.owner === 'provider') mustOwn(kernel, Irp, 'IoInitializeIrp');
  Irp.reset();
  Irp.owner = 'client';
};

/** Ours: stands for `IoSizeOfIrp(StackSize)` bytes of the client's, which IoInitializeIrp turns into an IRP. */
export const IoMakeRawIrp = (kernel: Kernel, StackSize: number): IRP => {
  const irp = new HostIrp(kernel.newId(), StackSize);
  irp.owner = 'freed';
  return irp;
};

/** Bytes of an IRP with its stack locations, as in 32-bit Windows. Source: wdm.h reference, IoSizeOfIrp. */
export const IoSizeOfIrp = (_kernel: Kernel, StackSize: number): number => 112 + StackSize * 36;

/** Empties a stack location, as completing an IRP does on the way up. */
export const clearLocation = (location: IO_STACK_LOCATION): void => location.clear();

/** R7: an IRP is not freed, reused or handed in again while another driver holds it, nor used once freed. */
export const mustOwn = (kernel: Kernel, irp: IRP, by: string): void => {
  if (irp.owner === 'client') return;
  const what = irp.owner === 'freed' ? 'an IRP that was freed' : 'an IRP that is still pending';
  kernel.bugCheck(
    BugCheckCode.MULTIPLE_IRP_COMPLETE_REQUESTS,
    irp.history?.address ?? 0,
    'R7',
    `${by} on ${what}: wait for its completion routine first`,
    undefined,
    irpEvidence(irp, 1),
  );
};
