import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import { MILLISECOND, SECOND, VirtualExecutor } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import { BugCheck, BugCheckCode } from './bug-check.ts';
import { KDPC } from './dpc.ts';
import { KEVENT, NotificationEvent } from './event.ts';
import { Kernel } from './kernel.ts';
import { KTIMER } from './timer.ts';
import { Executive, KernelMode } from './wait.ts';

describe('Kernel.deadline', () => {
  const kernel = () => {
    const executor = new VirtualExecutor();
    executor.runUntil(3 * SECOND);
    return new Kernel({ executor });
  };

  test.each([
    ['0 is now', 0, 3 * SECOND],
    ['0n is now', 0n, 3 * SECOND],
    ['a negative number is relative', -10_000, 3 * SECOND + MILLISECOND],
    ['a negative bigint is relative', -10_000n, 3 * SECOND + MILLISECOND],
  ])('%s', (_what, timeout, time) => {
    expect(kernel().deadline(timeout)).toBe(time);
  });

  test('a positive value is absolute since 1601, exact to its 100 ns', () => {
    const { systemTimeOrigin } = kernel();
    expect(kernel().deadline(systemTimeOrigin + 70_000_001n)).toBe(7 * SECOND + 100);
  });

  test('the longest relative time is no trouble', () => {
    expect(kernel().deadline(-(2n ** 63n))).toBeGreaterThan(3 * SECOND);
  });
});

test('system time counts 100 ns units from its origin, the performance counter from 0', () => {
  const rig = new Rig();
  rig.executor.runUntil(SECOND + 199);
  expect(rig.nt.KeQuerySystemTime() - rig.kernel.systemTimeOrigin).toBe(10_000_001n);
  expect(rig.nt.KeQueryPerformanceCounter()).toBe(10_000_001n);
});

test('the default origin of system time is the first of January 2026', () => {
  const unix = Number((new Rig().nt.KeQuerySystemTime() - 116_444_736_000_000_000n) / 10_000n);
  expect(new Date(unix).toISOString()).toBe('2026-01-01T00:00:00.000Z');
});

describe('a bug check', () => {
  test('is named with its code, first parameter, rule and what to do', () => {
    const crash = new BugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x30, 'R14', 'do this');
    expect(crash.message).toBe('0xC4/0x30 DRIVER_VERIFIER_DETECTED_VIOLATION (R14): do this');
    expect(new BugCheck(0x1234 as never, 0, null, 'what').codeName).toBe('UNKNOWN');
  });

  test('stops the machine: it is recorded once, told once, and the first one stays', () => {
    const { kernel, trace } = new Rig();
    const told: BugCheck[] = [];
    kernel.crashListeners.add((crash) => told.push(crash));
    expect(() => kernel.bugCheck(0x44, 0, 'R1', 'first')).toThrow('first');
    expect(() => kernel.bugCheck(0x0a, 0, 'R8', 'second')).toThrow('second');
    expect(told.map(({ rule }) => rule)).toEqual(['R1']);
    expect(kernel.crash).toBe(told[0]);
    const records = [...trace.records()].map(({ kind, a, b, c }) => [kind, a, trace.nameOf(b), trace.nameOf(c)]);
    expect(records).toEqual([[RecordKind.BugCheck, 0x44, 'R1', 'first']]);
  });

  test('needs no trace', () => {
    const kernel = new Kernel({ executor: new VirtualExecutor() });
    expect(() => kernel.bugCheck(0x44, 0, null, 'no trace')).toThrow('no trace');
  });
});

describe('a machine that has crashed', () => {
  const crashed = (): Rig => {
    const rig = new Rig();
    expect(() => rig.kernel.bugCheck(0x44, 0, 'R1', 'the crash')).toThrow();
    return rig;
  };

  test('answers every call that would do something with its bug check', () => {
    const before = new Rig();
    const irp = before.nt.IoAllocateIrp(1, false)!;
    const rig = crashed();
    const { nt } = rig;
    const event = new KEVENT();
    const routine = () => 0;
    const calls: Record<string, () => unknown> = {
      IoAllocateIrp: () => nt.IoAllocateIrp(1, false),
      IoInitializeIrp: () => nt.IoInitializeIrp(irp, 0, 1),
      IoReuseIrp: () => nt.IoReuseIrp(irp, 0),
      IoFreeIrp: () => nt.IoFreeIrp(irp),
      IoSetCompletionRoutine: () => nt.IoSetCompletionRoutine(irp, routine, null, true, true, true),
      IoMarkIrpPending: () => nt.IoMarkIrpPending(irp),
      IoCompleteRequest: () => nt.IoCompleteRequest(irp, 0),
      IoCancelIrp: () => nt.IoCancelIrp(irp),
      KeSetEvent: () => nt.KeSetEvent(event, 0, false),
      KeWaitForSingleObject: () => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, 0).next(),
      KeDelayExecutionThread: () => nt.KeDelayExecutionThread(KernelMode, false, -1).next(),
      KeInsertQueueDpc: () => nt.KeInsertQueueDpc(new KDPC(), null, null),
      KeSetTimer: () => nt.KeSetTimer(new KTIMER(), -1, null),
      PsCreateSystemThread: () => nt.PsCreateSystemThread(function* () {}),
      DbgPrint: () => nt.DbgPrint('still here'),
    };
    const length = rig.trace.length;
    for (const [name, call] of Object.entries(calls)) expect(call, name).toThrow('the crash');
    expect(rig.trace.length).toBe(length);
    expect(rig.executor.pending).toBe(0);
  });

  test('runs nothing that was on its way: threads, waits, timeouts, DPCs', () => {
    const rig = new Rig();
    const { nt, kernel } = rig;
    const ran: string[] = [];
    const event = new KEVENT();
    nt.KeInitializeEvent(event, NotificationEvent, false);
    for (const timeout of [null, -100]) {
      rig.start('waiting', function* () {
        yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, timeout);
        ran.push('waiter');
      });
    }
    rig.executor.step();
    rig.executor.step();
    rig.start('ready', function* () {
      ran.push('ready');
    });
    const dpc = new KDPC();
    nt.KeInitializeDpc(dpc, () => void ran.push('dpc'), null);
    nt.KeInsertQueueDpc(dpc, null, null);
    expect(() => kernel.bugCheck(0x44, 0, 'R1', 'the crash')).toThrow();
    rig.executor.run();
    expect(ran).toEqual([]);
  });

  test('runs no code at DISPATCH_LEVEL', () => {
    const rig = crashed();
    let ran = false;
    rig.kernel.runAtDispatch({ onEvent: () => void (ran = true) }, 0, 0);
    expect(ran).toBe(false);
  });
});

test('runAtDispatch gives the processor back as it was, also after an exception', () => {
  const { kernel } = new Rig();
  let level = -1;
  kernel.irql = 1;
  kernel.runAtDispatch({ onEvent: () => void (level = kernel.irql) }, 0, 0);
  expect([level, kernel.irql]).toEqual([2, 1]);
  kernel.runAtDispatch({ onEvent: () => kernel.bugCheck(0x44, 0, null, 'inside') }, 0, 0);
  expect([kernel.irql, kernel.crash?.message]).toEqual([1, '0x44 MULTIPLE_IRP_COMPLETE_REQUESTS: inside']);
});

test('what a driver prints is a record', () => {
  const rig = new Rig();
  rig.nt.DbgPrint('hello\n');
  const [record] = rig.trace.records();
  expect([record.kind, rig.trace.nameOf(record.a)]).toEqual([RecordKind.Print, 'hello\n']);
});
