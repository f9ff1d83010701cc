import { describe, expect, test } from 'vitest';
import { crashOf, Rig } from '../../test/support/rig.ts';
import { RecordKind } from '../trace/index.ts';
import { KEVENT, NotificationEvent } from './event.ts';
import type { Schedule } from './scheduler.ts';
import { type KernelRoutine, SUSPEND } from './thread.ts';
import { Executive, KernelMode } from './wait.ts';

const schedule = (parts: Partial<Schedule>): Schedule => ({ pick: () => 0, switchNow: () => false, ...parts });

describe('a thread', () => {
  test('does not run inside the call that creates it', () => {
    const rig = new Rig();
    const seen: string[] = [];
    rig.run(function* (nt) {
      nt.PsCreateSystemThread(function* child() {
        seen.push('child');
      });
      seen.push('parent');
    });
    expect(seen).toEqual(['parent', 'child']);
  });

  test('gets its context and has the name of its routine in the trace, begin and end', () => {
    const rig = new Rig();
    let context: unknown;
    const thread = rig.nt.PsCreateSystemThread(function* worker(StartContext) {
      context = StartContext;
    }, 42);
    rig.executor.run();
    expect([context, thread.name, thread.signalled]).toEqual([42, 'worker', true]);
    const records = [...rig.trace.records()].filter(({ kind }) => kind === RecordKind.Thread);
    expect(records.map(({ a, b, c }) => [rig.trace.nameOf(a), b, c])).toEqual([
      ['worker', thread.id, 1],
      ['worker', thread.id, 0],
    ]);
  });

  test('that is woken while it runs goes on when it waits, not inside its own kernel call', () => {
    const rig = new Rig(schedule({ switchNow: () => true }));
    const seen: string[] = [];
    const { scheduler } = rig.kernel;
    rig.nt.PsCreateSystemThread(function* () {
      scheduler.makeReady(rig.kernel.thread!);
      scheduler.switchPoint();
      seen.push('the call has returned');
      yield SUSPEND;
      seen.push('woken');
    });
    rig.executor.run();
    expect(seen).toEqual(['the call has returned', 'woken']);
    expect(rig.kernel.crash).toBeNull();
  });

  test('that yields anything but a wait stops the machine, and the cause says what to write', () => {
    const rig = new Rig();
    rig.nt.PsCreateSystemThread(function* () {
      yield 'something else' as never;
    } as () => KernelRoutine<void>);
    rig.executor.run();
    expect(rig.kernel.crash).toMatchObject({ code: 0x1e, cause: { code: 'OWSK_NOT_A_WAIT' } });
  });

  test('that throws stops the machine with 0x1E and keeps what was thrown', () => {
    const rig = new Rig();
    const thrown = new RangeError('oops');
    const crash = crashOf(() =>
      rig.run(function* () {
        throw thrown;
      }),
    );
    expect(crash).toEqual({ code: 0x1e, parameter1: 0, rule: null });
    expect(rig.kernel.crash!.cause).toBe(thrown);
    expect(rig.kernel.crash!.message).toBe('0x1E KMODE_EXCEPTION_NOT_HANDLED: RangeError: oops');
  });

  test('that throws no Error stops the machine as well', () => {
    const rig = new Rig();
    rig.start('odd', function* () {
      throw 'a string';
    });
    rig.executor.run();
    expect(rig.kernel.crash!.message).toContain('a string');
  });
});

describe('the scheduler', () => {
  test('runs ready threads first come, first served, unless told otherwise', () => {
    const order = (rig: Rig): string[] => {
      const seen: string[] = [];
      for (const name of ['a', 'b', 'c']) {
        rig.start(name, function* () {
          seen.push(name);
        });
      }
      rig.executor.run();
      return seen;
    };
    expect(order(new Rig())).toEqual(['a', 'b', 'c']);
    expect(order(new Rig(schedule({ pick: (ready) => ready - 1 })))).toEqual(['c', 'b', 'a']);
  });

  test('tells the policy how many threads are ready', () => {
    const counts: number[] = [];
    const rig = new Rig(schedule({ pick: (ready) => counts.push(ready) * 0 }));
    for (const name of ['a', 'b']) rig.start(name, function* () {});
    rig.executor.run();
    expect(counts).toEqual([2, 1]);
  });

  /** A thread waits for an event; another sets it. @returns who does what in which order */
  const setAndWake = (switchNow: boolean, level = 0): string[] => {
    const rig = new Rig(schedule({ switchNow: () => switchNow }));
    const event = new KEVENT();
    rig.nt.KeInitializeEvent(event, NotificationEvent, false);
    const seen: string[] = [];
    rig.start('waiter', function* (nt) {
      yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
      seen.push(`waiter at ${nt.KeGetCurrentIrql()}`);
    });
    rig.start('setter', function* (nt) {
      const old = { value: 0 };
      nt.KeRaiseIrql(level, old);
      nt.KeSetEvent(event, 0, false);
      seen.push(`setter at ${nt.KeGetCurrentIrql()}`);
      nt.KeLowerIrql(old.value);
    });
    rig.executor.run();
    expect(rig.kernel.crash).toBeNull();
    return seen;
  };

  test('lets KeSetEvent return before the waiter runs', () => {
    expect(setAndWake(false)).toEqual(['setter at 0', 'waiter at 0']);
  });

  test.each([0, 2])('lets the waiter run inside KeSetEvent when the policy says so, the setter at IRQL %d', (level) => {
    expect(setAndWake(true, level)).toEqual(['waiter at 0', `setter at ${level}`]);
  });

  test('does not nest switches without end', () => {
    let running = false;
    const rig = new Rig(schedule({ switchNow: () => running }));
    const event = new KEVENT();
    rig.nt.KeInitializeEvent(event, NotificationEvent, false);
    let depth = 0;
    let deepest = 0;
    for (let i = 0; i < 50; i++) {
      rig.start('nested', function* (nt) {
        deepest = Math.max(deepest, ++depth);
        nt.KeSetEvent(event, 0, false);
        depth--;
      });
    }
    running = true;
    rig.executor.run();
    expect([deepest > 1, deepest < 10, depth]).toEqual([true, true, 0]);
  });

  test('stops the setter too when the waiter that ran inside KeSetEvent crashes the machine', () => {
    let running = false;
    const rig = new Rig(schedule({ switchNow: () => running }));
    const event = new KEVENT();
    rig.nt.KeInitializeEvent(event, NotificationEvent, false);
    let survived = false;
    rig.start('waiter', function* (nt) {
      yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
      throw new TypeError('crash');
    });
    rig.start('setter', function* (nt) {
      nt.KeSetEvent(event, 0, false);
      survived = true;
    });
    running = true;
    rig.executor.run();
    expect([rig.kernel.crash?.code, survived]).toEqual([0x1e, false]);
  });
});
