import { describe, expect, test } from 'vitest';
import { crashIn, Rig } from '../../test/support/rig.ts';
import { STATUS_MORE_PROCESSING_REQUIRED, STATUS_SUCCESS, STATUS_UNSUCCESSFUL } from '../base/index.ts';
import { IO_TYPE_IRP, SL_INVOKE_ALWAYS, SL_INVOKE_ON_ERROR, SL_PENDING_RETURNED } from './irp.ts';

const keep = (): number => STATUS_MORE_PROCESSING_REQUIRED;

describe('an IRP from IoAllocateIrp', () => {
  test('has its current location one past the last and belongs to its creator', () => {
    const { nt, kernel } = new Rig();
    const irp = nt.IoAllocateIrp(3, false)!;
    expect([irp.Type, irp.StackCount, irp.CurrentLocation, irp.owner]).toEqual([IO_TYPE_IRP, 3, 4, 'client']);
    expect([irp.Cancel, irp.PendingReturned, irp.MdlAddress, irp.IoStatus.Status]).toEqual([false, false, null, 0]);
    expect([...kernel.liveIrps]).toEqual([irp]);
  });

  test('hands out its locations from the last to the first', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(2, false)!;
    const first = nt.IoGetNextIrpStackLocation(irp);
    nt.IoSetNextIrpStackLocation(irp);
    expect(nt.IoGetCurrentIrpStackLocation(irp)).toBe(first);
    const second = nt.IoGetNextIrpStackLocation(irp);
    expect(second).not.toBe(first);
    nt.IoSetNextIrpStackLocation(irp);
    expect([nt.IoGetCurrentIrpStackLocation(irp) === second, irp.CurrentLocation]).toEqual([true, 1]);
  });

  test('is gone when it was freed', () => {
    const { nt, kernel } = new Rig();
    const irp = nt.IoAllocateIrp(1, false)!;
    nt.IoFreeIrp(irp);
    expect([irp.owner, kernel.liveIrps.size]).toEqual(['freed', 0]);
  });
});

test('IoSetCompletionRoutine writes routine, context and flags to the next location', () => {
  const { nt } = new Rig();
  const irp = nt.IoAllocateIrp(1, false)!;
  const next = nt.IoGetNextIrpStackLocation(irp);
  next.Control = SL_PENDING_RETURNED;
  nt.IoSetCompletionRoutine(irp, keep, 'context', true, true, true);
  expect([next.CompletionRoutine, next.Context, next.Control]).toEqual([keep, 'context', SL_INVOKE_ALWAYS]);
  nt.IoSetCompletionRoutine(irp, keep, null, false, true, false);
  expect(next.Control).toBe(SL_INVOKE_ON_ERROR);
});

test('IoCopyCurrentIrpStackLocationToNext copies the parameters, not the completion routine', () => {
  const { nt } = new Rig();
  const irp = nt.IoAllocateIrp(2, false)!;
  nt.IoSetCompletionRoutine(irp, keep, 'context', true, true, true);
  nt.IoSetNextIrpStackLocation(irp);
  const parameters = { Length: 7 };
  const file = { name: 'a file' };
  Object.assign(nt.IoGetCurrentIrpStackLocation(irp), { MajorFunction: 3, MinorFunction: 4, Parameters: parameters });
  nt.IoGetCurrentIrpStackLocation(irp).FileObject = file;
  nt.IoCopyCurrentIrpStackLocationToNext(irp);
  expect(nt.IoGetNextIrpStackLocation(irp)).toMatchObject({
    MajorFunction: 3,
    MinorFunction: 4,
    Parameters: parameters,
    FileObject: file,
    CompletionRoutine: null,
    Context: null,
    Control: 0,
  });
});

test('IoReuseIrp makes a used IRP new again, with the status given and without a completion routine', () => {
  const { nt } = new Rig();
  const irp = nt.IoAllocateIrp(2, false)!;
  nt.IoSetCompletionRoutine(irp, keep, 'context', true, true, true);
  nt.IoAllocateMdl(new Uint8Array(4), 4, false, false, irp);
  irp.DriverContext[0] = 'mine';
  nt.IoSetNextIrpStackLocation(irp);
  irp.IoStatus.Status = STATUS_SUCCESS;
  irp.IoStatus.Information = 7;
  nt.IoMarkIrpPending(irp);
  nt.IoCompleteRequest(irp, 0);
  nt.IoCancelIrp(irp);
  irp.CancelIrql = 2;
  nt.IoReuseIrp(irp, STATUS_UNSUCCESSFUL);
  const fresh = nt.IoAllocateIrp(2, false)!;
  fresh.IoStatus.Status = STATUS_UNSUCCESSFUL;
  expect({ ...irp, id: 0 }).toEqual({ ...fresh, id: 0 });
});

describe('a raw IRP', () => {
  test('is none before IoInitializeIrp', () => {
    const caught = crashIn(function* (nt) {
      nt.IoReuseIrp(nt.IoMakeRawIrp(1), STATUS_SUCCESS);
    });
    expect(caught).toMatchObject({ rule: 'R7' });
  });

  test('is an IRP after it, as often as its memory is initialized', () => {
    const { nt, kernel } = new Rig();
    const irp = nt.IoMakeRawIrp(2);
    for (let i = 0; i < 2; i++) {
      nt.IoInitializeIrp(irp, nt.IoSizeOfIrp(2), 2);
      nt.IoSetCompletionRoutine(irp, keep, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      nt.IoCompleteRequest(irp, 0);
      expect([irp.owner, irp.CurrentLocation]).toEqual(['client', 3]);
    }
    expect(kernel.liveIrps.size).toBe(0);
  });

  test('takes the bytes of an IRP of 32-bit Windows', () => {
    const { nt } = new Rig();
    expect([nt.IoSizeOfIrp(1), nt.IoSizeOfIrp(3)]).toEqual([148, 220]);
  });
});

describe('R2: there is a free stack location', () => {
  const crash = { code: 0x35, parameter1: 0, rule: 'R2' };

  test('a completion routine for an IRP without one', () => {
    const caught = crashIn(function* (nt) {
      nt.IoSetCompletionRoutine(nt.IoAllocateIrp(0, false)!, keep, null, true, true, true);
    });
    expect(caught).toEqual(crash);
  });

  test('handing on an IRP whose last location is in use', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      nt.IoSetNextIrpStackLocation(irp);
      nt.IoSetNextIrpStackLocation(irp);
    });
    expect(caught).toEqual(crash);
  });

  test('is kept while each driver has one', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(2, false)!;
      nt.IoSetNextIrpStackLocation(irp);
      nt.IoSetCompletionRoutine(irp, keep, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
    });
    expect(caught).toBeNull();
  });
});

describe('R7: a freed IRP is not used', () => {
  test.each(['IoFreeIrp', 'IoReuseIrp'] as const)('%s of a freed IRP', (name) => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      nt.IoFreeIrp(irp);
      nt[name](irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual({ code: 0x44, parameter1: 0, rule: 'R7' });
  });

  test('IoCancelIrp of a freed IRP', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      nt.IoFreeIrp(irp);
      nt.IoCancelIrp(irp);
    });
    expect(caught).toEqual({ code: 0x48, parameter1: 0, rule: 'R7' });
  });
});

describe('R10: no IoMarkIrpPending by the creator of an IRP', () => {
  test('in its completion routine', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      const routine = (_device: object | null, Irp: typeof irp): number => {
        if (Irp.PendingReturned) nt.IoMarkIrpPending(Irp);
        return STATUS_MORE_PROCESSING_REQUIRED;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      nt.IoMarkIrpPending(irp);
      nt.IoCompleteRequest(irp, 0);
    });
    expect(caught).toEqual({ code: 0x19, parameter1: 0x20, rule: 'R10' });
  });
});
