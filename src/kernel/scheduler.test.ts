import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { STATUS_MORE_PROCESSING_REQUIRED, STATUS_SUCCESS } from '../base/index.ts';
import { KDPC } from './dpc.ts';
import { KEVENT, NotificationEvent } from './event.ts';
import type { Ntoskrnl } from './exports.ts';
import type { Schedule } from './scheduler.ts';

const always: Schedule = { pick: () => 0, switchNow: () => true };

/** The kernel calls at which another processor may overtake. */
const calls: [string, (nt: Ntoskrnl, rig: Rig) => void][] = [
  ['KeSetEvent', (nt) => void nt.KeSetEvent(eventOf(nt), 0, false)],
  [
    'KeInsertQueueDpc',
    (nt) =>
      void nt.KeInsertQueueDpc(
        dpcOf(nt, () => {}),
        null,
        null,
      ),
  ],
  [
    'PsCreateSystemThread',
    (nt) =>
      void nt.PsCreateSystemThread(function* other() {
        // Does nothing.
      }),
  ],
  ['IoCancelIrp', (nt) => void nt.IoCancelIrp(nt.IoAllocateIrp(1, false)!)],
  [
    'IoReleaseCancelSpinLock',
    (nt) => {
      const irql = { value: 0 };
      nt.IoAcquireCancelSpinLock(irql);
      nt.IoReleaseCancelSpinLock(irql.value);
    },
  ],
  [
    'IoCompleteRequest',
    (nt) => {
      const irp = nt.IoAllocateIrp(1, false)!;
      nt.IoSetCompletionRoutine(irp, () => STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      irp.IoStatus.Status = STATUS_SUCCESS;
      nt.IoCompleteRequest(irp, 0);
    },
  ],
];

const eventOf = (nt: Ntoskrnl) => {
  const event = new KEVENT();
  nt.KeInitializeEvent(event, NotificationEvent, false);
  return event;
};
const dpcOf = (nt: Ntoskrnl, routine: () => void): KDPC => {
  const dpc = new KDPC();
  nt.KeInitializeDpc(dpc, routine, null);
  return dpc;
};

describe.each(calls)('in the middle of %s', (name, call) => {
  /** What ran before the call returned. @param index of the one that the schedule lets overtake */
  const overtakers = (index: number | null): string[] => {
    let inCall = false;
    const rig = new Rig({ pick: () => (inCall ? index! : 0), switchNow: () => inCall && index !== null });
    const ran: string[] = [];
    const seen: string[] = [];
    rig.run(function* (nt) {
      rig.start('thread', function* () {
        ran.push(`thread at ${rig.kernel.irql}`);
      });
      nt.KeInsertQueueDpc(
        dpcOf(nt, () => void ran.push(`DPC at ${rig.kernel.irql}`)),
        null,
        null,
      );
      inCall = true;
      call(nt, rig);
      inCall = false;
      seen.push(...ran);
    });
    expect(ran).toHaveLength(2);
    return seen;
  };

  test('a ready thread may run, at its own IRQL', () => {
    expect(overtakers(0)).toEqual(['thread at 0']);
  });

  test('a DPC that is queued may run, at DISPATCH_LEVEL', () => {
    const readyThreads = name === 'PsCreateSystemThread' ? 2 : 1;
    expect(overtakers(readyThreads)).toEqual(['DPC at 2']);
  });

  test('nobody does unless the schedule says so', () => {
    expect(overtakers(null)).toEqual([]);
  });
});

test('a DPC that has overtaken does not run again, and one that was removed not at all', () => {
  const rig = new Rig(always);
  let [first, second] = [0, 0];
  rig.run(function* (nt) {
    nt.KeInsertQueueDpc(
      dpcOf(nt, () => first++),
      null,
      null,
    );
    expect(first).toBe(1);
    const removed = dpcOf(nt, () => second++);
    const irql = nt.KeRaiseIrqlToDpcLevel();
    removed.insert(rig.kernel, null, null);
    nt.KeLowerIrql(irql);
    expect(nt.KeRemoveQueueDpc(removed)).toBe(true);
    nt.KeSetEvent(eventOf(nt), 0, false);
  });
  rig.executor.run();
  expect([first, second]).toEqual([1, 0]);
});

test('a bug check of the one that overtakes stops the call, too', () => {
  const rig = new Rig(always);
  let returned = false;
  expect(() =>
    rig.run(function* (nt) {
      nt.KeInsertQueueDpc(
        dpcOf(nt, () => nt.KeLowerIrql(31)),
        null,
        null,
      );
      returned = true;
    }),
  ).toThrow(/R14/);
  expect(returned).toBe(false);
});
