import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { STATUS_CANCELLED, STATUS_MORE_PROCESSING_REQUIRED } from '../base/index.ts';
import type { DRIVER_CANCEL, IRP } from './irp.ts';
import { APC_LEVEL, DISPATCH_LEVEL } from './irql.ts';

/** An IRP that a driver holds, with a cancel routine. */
const held = (rig: Rig, routine: DRIVER_CANCEL | null): IRP => {
  const irp = rig.nt.IoAllocateIrp(1, false)!;
  rig.nt.IoSetCompletionRoutine(irp, () => STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
  rig.nt.IoSetNextIrpStackLocation(irp);
  rig.nt.IoSetCancelRoutine(irp, routine);
  return irp;
};

describe('IoCancelIrp', () => {
  test('sets the bit and says false where no cancel routine is set', () => {
    const rig = new Rig();
    const irp = held(rig, null);
    expect([rig.nt.IoCancelIrp(irp), irp.Cancel, rig.kernel.irql]).toEqual([false, true, 0]);
  });

  test('calls the routine once, at DISPATCH_LEVEL, which then is no longer set', () => {
    const rig = new Rig();
    const device = {};
    const seen: unknown[] = [];
    const irp = held(rig, (Device, Irp) => {
      seen.push(Device, Irp.Cancel, Irp.CancelRoutine, rig.kernel.irql, Irp.CancelIrql);
      rig.nt.IoReleaseCancelSpinLock(Irp.CancelIrql);
    });
    rig.nt.IoGetCurrentIrpStackLocation(irp).DeviceObject = device;
    const old = { value: 0 };
    rig.nt.KeRaiseIrql(APC_LEVEL, old);
    expect([rig.nt.IoCancelIrp(irp), rig.nt.IoCancelIrp(irp)]).toEqual([true, false]);
    expect(seen).toEqual([device, true, null, DISPATCH_LEVEL, APC_LEVEL]);
    expect(rig.kernel.irql).toBe(APC_LEVEL);
  });

  test('lets the routine complete the IRP', () => {
    const rig = new Rig();
    const irp = held(rig, (_device, Irp) => {
      rig.nt.IoReleaseCancelSpinLock(Irp.CancelIrql);
      Irp.IoStatus.Status = STATUS_CANCELLED;
      rig.nt.IoCompleteRequest(Irp, 0);
    });
    rig.nt.IoCancelIrp(irp);
    expect([irp.owner, irp.IoStatus.Status, rig.kernel.crash]).toEqual(['client', STATUS_CANCELLED, null]);
  });

  test('gives the routine no device where the IRP is at its creator', () => {
    const rig = new Rig();
    const irp = rig.nt.IoAllocateIrp(1, false)!;
    const devices: unknown[] = [];
    rig.nt.IoSetCancelRoutine(irp, (device) => void devices.push(device));
    rig.nt.IoCancelIrp(irp);
    expect(devices).toEqual([null]);
  });
});

test('IoSetCancelRoutine gives back the routine that was set', () => {
  const rig = new Rig();
  const routine = (): void => {};
  const irp = held(rig, routine);
  expect([rig.nt.IoSetCancelRoutine(irp, null), rig.nt.IoSetCancelRoutine(irp, routine)]).toEqual([routine, null]);
});

test('the cancel spin lock keeps a higher IRQL', () => {
  const { nt } = new Rig();
  nt.KeRaiseIrql(5, { value: 0 });
  const irql = { value: 0 };
  nt.IoAcquireCancelSpinLock(irql);
  expect([nt.KeGetCurrentIrql(), irql.value]).toEqual([5, 5]);
  nt.IoReleaseCancelSpinLock(irql.value);
  expect(nt.KeGetCurrentIrql()).toBe(5);
});
