import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crashIn, Rig } from '../../test/support/rig.ts';
import {
  type NTSTATUS,
  STATUS_BUFFER_OVERFLOW,
  STATUS_CANCELLED,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_SUCCESS,
  STATUS_UNSUCCESSFUL,
} from '../base/index.ts';
import type { Ntoskrnl } from './exports.ts';
import type { IRP } from './irp.ts';

/** Hands an IRP to the driver below, with a completion routine that notes what it sees. */
const send = (
  nt: Ntoskrnl,
  irp: IRP,
  seen: unknown[],
  answer: NTSTATUS = STATUS_MORE_PROCESSING_REQUIRED,
  name: unknown = 'routine',
): void => {
  const routine = (device: object | null, Irp: IRP, context: unknown): NTSTATUS => {
    seen.push([context, device, Irp.PendingReturned, Irp.CurrentLocation]);
    return answer;
  };
  nt.IoSetCompletionRoutine(irp, routine, name, true, true, true);
  nt.IoSetNextIrpStackLocation(irp);
};

const finish = (nt: Ntoskrnl, irp: IRP, status: NTSTATUS): void => {
  irp.IoStatus.Status = status;
  nt.IoCompleteRequest(irp, 0);
};

describe('the three Invoke flags', () => {
  const flags = [false, true];
  const combinations = flags.flatMap((onSuccess) =>
    flags.flatMap((onError) => flags.map((onCancel) => [onSuccess, onError, onCancel] as const)),
  );
  const outcomes = [
    [STATUS_SUCCESS, 'success'],
    [STATUS_UNSUCCESSFUL, 'error'],
    [STATUS_CANCELLED, 'error'],
    // A warning is no NT_SUCCESS, so it counts as an error.
    [STATUS_BUFFER_OVERFLOW, 'error'],
  ] as const;

  test.each(combinations)('OnSuccess %s, OnError %s, OnCancel %s', (onSuccess, onError, onCancel) => {
    for (const [status, kind] of outcomes) {
      for (const cancelled of flags) {
        const { nt } = new Rig();
        const irp = nt.IoAllocateIrp(1, false)!;
        let invoked = 0;
        const routine = (): NTSTATUS => {
          invoked++;
          return STATUS_MORE_PROCESSING_REQUIRED;
        };
        nt.IoSetCompletionRoutine(irp, routine, null, onSuccess, onError, onCancel);
        nt.IoSetNextIrpStackLocation(irp);
        if (cancelled) nt.IoCancelIrp(irp);
        finish(nt, irp, status);
        const expected = (kind === 'success' ? onSuccess : onError) || (cancelled && onCancel);
        expect(invoked, `status ${status}, cancelled ${cancelled}`).toBe(expected ? 1 : 0);
      }
    }
  });
});

test('completed to the top, the IRP is its creator’s again and its location clean', () => {
  const { nt } = new Rig();
  const irp = nt.IoAllocateIrp(1, false)!;
  const seen: unknown[] = [];
  send(nt, irp, seen);
  finish(nt, irp, STATUS_SUCCESS);
  expect(seen).toEqual([['routine', null, false, 2]]);
  expect([irp.CurrentLocation, irp.owner]).toEqual([2, 'client']);
  expect(irp.stackLocation(0)).toMatchObject({ CompletionRoutine: null, Context: null, Control: 0 });
});

test('a routine may free its IRP, or send it again', () => {
  const { nt, kernel } = new Rig();
  const irp = nt.IoAllocateIrp(1, false)!;
  let round = 0;
  const routine = (_device: object | null, Irp: IRP): NTSTATUS => {
    if (++round === 3) nt.IoFreeIrp(Irp);
    else {
      nt.IoReuseIrp(Irp, STATUS_SUCCESS);
      nt.IoSetCompletionRoutine(Irp, routine, null, true, true, true);
      nt.IoSetNextIrpStackLocation(Irp);
    }
    return STATUS_MORE_PROCESSING_REQUIRED;
  };
  nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
  nt.IoSetNextIrpStackLocation(irp);
  for (let i = 0; i < 3; i++) finish(nt, irp, STATUS_SUCCESS);
  expect([round, kernel.liveIrps.size, kernel.crash]).toEqual([3, 0, null]);
});

describe('an IRP with several stack locations', () => {
  const levels = 4;

  test('completes upwards, each routine with the device of the driver that set it', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(3, false)!;
    const seen: unknown[] = [];
    const [upper, middle] = [{ upper: true }, { middle: true }];
    nt.IoSetNextIrpStackLocation(irp);
    nt.IoGetCurrentIrpStackLocation(irp).DeviceObject = upper;
    send(nt, irp, seen, STATUS_SUCCESS, 'upper');
    nt.IoGetCurrentIrpStackLocation(irp).DeviceObject = middle;
    send(nt, irp, seen, STATUS_SUCCESS, 'middle');
    finish(nt, irp, STATUS_SUCCESS);
    expect(seen).toEqual([
      ['middle', middle, false, 2],
      ['upper', upper, false, 3],
    ]);
    expect(irp.CurrentLocation).toBe(4);
  });

  test('stops where a routine says so, and goes on from there when that driver completes it', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(2, false)!;
    const seen: unknown[] = [];
    send(nt, irp, seen, STATUS_MORE_PROCESSING_REQUIRED, 'top');
    send(nt, irp, seen, STATUS_MORE_PROCESSING_REQUIRED, 'below');
    finish(nt, irp, STATUS_SUCCESS);
    expect(seen).toEqual([['below', null, false, 2]]);
    finish(nt, irp, STATUS_UNSUCCESSFUL);
    expect(seen.slice(1)).toEqual([['top', null, false, 3]]);
  });

  test('carries PendingReturned up through locations without a routine, and through routines that mark it', () => {
    // Each level between the top and the bottom has no routine, one that passes the mark on, or one that forgets.
    const kind = fc.constantFrom('none', 'marks', 'forgets');
    fc.assert(
      fc.property(fc.array(kind, { minLength: levels, maxLength: levels }), fc.boolean(), (kinds, pended) => {
        const { nt } = new Rig();
        const irp = nt.IoAllocateIrp(levels + 1, false)!;
        const seen: unknown[] = [];
        send(nt, irp, seen, STATUS_MORE_PROCESSING_REQUIRED, 'top');
        for (const what of kinds) {
          const routine = (_device: object | null, Irp: IRP): NTSTATUS => {
            if (Irp.PendingReturned && what === 'marks') nt.IoMarkIrpPending(Irp);
            return STATUS_SUCCESS;
          };
          if (what !== 'none') nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
          nt.IoSetNextIrpStackLocation(irp);
        }
        if (pended) nt.IoMarkIrpPending(irp);
        finish(nt, irp, STATUS_SUCCESS);
        expect(seen).toEqual([['top', null, pended && !kinds.includes('forgets'), levels + 2]]);
      }),
    );
  });

  test('passes the mark on where a routine exists that is not invoked', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(2, false)!;
    const seen: unknown[] = [];
    send(nt, irp, seen);
    nt.IoSetCompletionRoutine(irp, () => expect.fail('not invoked'), null, false, true, true);
    nt.IoSetNextIrpStackLocation(irp);
    nt.IoMarkIrpPending(irp);
    finish(nt, irp, STATUS_SUCCESS);
    expect(seen).toEqual([['routine', null, true, 3]]);
  });
});

describe('R1: an IRP is completed once', () => {
  test('completing it twice', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      send(nt, irp, []);
      finish(nt, irp, STATUS_SUCCESS);
      finish(nt, irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual({ code: 0x44, parameter1: 0, rule: 'R1' });
  });

  test('completing one that was never sent', () => {
    const caught = crashIn(function* (nt) {
      nt.IoCompleteRequest(nt.IoAllocateIrp(1, false)!, 0);
    });
    expect(caught).toMatchObject({ rule: 'R1' });
  });

  test('is kept by completing it again after IoReuseIrp and another call', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      for (let i = 0; i < 2; i++) {
        send(nt, irp, []);
        finish(nt, irp, STATUS_SUCCESS);
        nt.IoReuseIrp(irp, STATUS_SUCCESS);
      }
      nt.IoFreeIrp(irp);
    });
    expect(caught).toBeNull();
  });
});

describe('R3: the final status is a final one', () => {
  test.each([
    ['STATUS_PENDING', STATUS_PENDING],
    ['-1', -1],
  ])('completing with %s', (_name, status) => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      send(nt, irp, []);
      finish(nt, irp, status);
    });
    expect(caught).toEqual({ code: 0xc9, parameter1: 0x06, rule: 'R3' });
  });
});

describe('R4: the cancel routine is cleared before completion', () => {
  test.each([
    ['left set', false, { code: 0xc9, parameter1: 0x07, rule: 'R4' }],
    ['cleared', true, null],
  ])('%s', (_what, cleared, crash) => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      send(nt, irp, []);
      nt.IoSetCancelRoutine(irp, () => {});
      if (cleared) nt.IoSetCancelRoutine(irp, null);
      finish(nt, irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual(crash);
  });
});

describe('R9: the routine of a self-allocated IRP keeps it', () => {
  const crash = { code: 0x44, parameter1: 0, rule: 'R9' };

  test.each([
    ['STATUS_SUCCESS', false],
    ['STATUS_SUCCESS after freeing it', true],
  ])('returning %s', (_what, free) => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      const routine = (_device: object | null, Irp: IRP): NTSTATUS => {
        if (free) nt.IoFreeIrp(Irp);
        return STATUS_SUCCESS;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      finish(nt, irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual(crash);
  });

  test('freeing an IRP with a location of its own and letting its completion go on', () => {
    const caught = crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(2, false)!;
      nt.IoSetNextIrpStackLocation(irp);
      const routine = (_device: object | null, Irp: IRP): NTSTATUS => {
        nt.IoFreeIrp(Irp);
        return STATUS_SUCCESS;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      finish(nt, irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual(crash);
  });

  test('is kept by a passed-down IRP whose routine returns STATUS_SUCCESS, or that has none', () => {
    const caught = crashIn(function* (nt) {
      for (const withRoutine of [true, false]) {
        const irp = nt.IoAllocateIrp(2, false)!;
        nt.IoSetNextIrpStackLocation(irp);
        if (withRoutine) send(nt, irp, [], STATUS_SUCCESS);
        else nt.IoSetNextIrpStackLocation(irp);
        nt.IoMarkIrpPending(irp);
        finish(nt, irp, STATUS_SUCCESS);
      }
    });
    expect(caught).toBeNull();
  });
});
