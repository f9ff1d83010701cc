import { describe, expect, test } from 'vitest';
import { SOCKADDR_IN, STATUS_MORE_PROCESSING_REQUIRED, STATUS_PENDING, STATUS_SUCCESS } from '../../src/base/index.ts';
import {
  DISPATCH_LEVEL,
  HIGH_LEVEL,
  type IRP,
  KEVENT,
  NotificationEvent,
  type RuleId,
} from '../../src/kernel/index.ts';
import { runDriver } from '../../src/sim/index.ts';
import { type WSK_DATA_INDICATION, WSK_EVENT_RECEIVE } from '../../src/wsk/index.ts';
import { connection, Driver, echoServer } from '../support/driver.ts';
import { crashIn } from '../support/rig.ts';
import { World } from '../support/world.ts';

/** Rules that TypeScript clients can break, too, beside those of wsk-rules.test.ts. */

test('R5: IoCompleteRequest above DISPATCH_LEVEL', () => {
  const completeAt = (irql: number) =>
    crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      nt.IoSetCompletionRoutine(irp, () => STATUS_MORE_PROCESSING_REQUIRED, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      const old = { value: 0 };
      nt.KeRaiseIrql(irql, old);
      nt.IoCompleteRequest(irp, 0);
      nt.KeLowerIrql(old.value);
    });
  expect(completeAt(DISPATCH_LEVEL)).toBeNull();
  expect(completeAt(HIGH_LEVEL)).toEqual({ code: 0xc9, parameter1: 0x0e, rule: 'R5' });
});

test('R11: a completion routine that returns at another IRQL', () => {
  const completeWith = (lower: boolean) =>
    crashIn(function* (nt) {
      const irp = nt.IoAllocateIrp(1, false)!;
      const routine = (): number => {
        const old = { value: 0 };
        nt.KeRaiseIrql(DISPATCH_LEVEL, old);
        if (lower) nt.KeLowerIrql(old.value);
        return STATUS_MORE_PROCESSING_REQUIRED;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      nt.IoSetNextIrpStackLocation(irp);
      nt.IoCompleteRequest(irp, 0);
    });
  expect(completeWith(true)).toBeNull();
  expect(completeWith(false)).toEqual({ code: 0xc4, parameter1: 0xfa, rule: 'R11' });
});

test('R13: KeSetEvent above DISPATCH_LEVEL', () => {
  const setAt = (irql: number) =>
    crashIn(function* (nt) {
      const event = new KEVENT();
      nt.KeInitializeEvent(event, NotificationEvent, false);
      const old = { value: 0 };
      nt.KeRaiseIrql(irql, old);
      nt.KeSetEvent(event, 0, false);
      nt.KeLowerIrql(old.value);
    });
  expect(setAt(DISPATCH_LEVEL)).toBeNull();
  expect(setAt(DISPATCH_LEVEL + 1)).toEqual({ code: 0xc4, parameter1: 0x80, rule: 'R13' });
});

test('R26: closing with a retained indication', () => {
  const close = (release: boolean): (string | null)[] => {
    const world = new World();
    const machine = world.machine();
    world.run(machine, function* (nt) {
      const driver = yield* Driver.load(nt);
      const listening = yield* driver.listenSocket(7);
      nt.PsCreateSystemThread(function* server() {
        yield* echoServer(driver, listening);
      });
      const kept: WSK_DATA_INDICATION[] = [];
      const got = new KEVENT();
      nt.KeInitializeEvent(got, NotificationEvent, false);
      const WskReceiveEvent = (_context: unknown, _flags: number, indication: WSK_DATA_INDICATION | null): number => {
        if (indication === null) return STATUS_SUCCESS;
        kept.push(indication);
        nt.KeSetEvent(got, 0, false);
        return STATUS_PENDING;
      };
      const events = { WskReceiveEvent, WskDisconnectEvent: null, WskSendBacklogEvent: null };
      const socket = yield* driver.streamSocket(null, { Listen: null, Connect: events });
      const to = new SOCKADDR_IN('127.0.0.1', 7);
      yield* driver.wait(driver.start((irp: IRP) => connection(socket).WskConnect(socket, to, 0, irp)));
      yield* driver.wait(driver.events(socket, WSK_EVENT_RECEIVE));
      yield* driver.wait(driver.send(socket, 'hello'));
      yield* nt.KeWaitForSingleObject(got, 0, 0, false, null);
      if (release) connection(socket).WskRelease(socket, kept[0]);
      yield* driver.close(socket);
    });
    return machine.kernel.findings.map(({ rule }) => rule);
  };
  expect(close(true)).toEqual([]);
  expect(close(false)).toEqual(['R26']);
});

describe('findings of an allowed rule', () => {
  const leaky = (
    object: { DriverUnload: unknown },
    _path: string,
    nt: { IoAllocateIrp: (n: number, q: boolean) => unknown },
  ) => {
    object.DriverUnload = () => {};
    nt.IoAllocateIrp(1, false);
    return STATUS_SUCCESS;
  };
  const run = (allow?: ReadonlyMap<RuleId, string>) => runDriver(leaky as never, allow === undefined ? {} : { allow });

  test('are counted and not told', async () => {
    const told = await run();
    expect(told.findings.map(({ rule }) => rule)).toEqual(['R40']);
    expect(told.problems).toHaveLength(1);
    const { findings, problems, silenced } = await run(new Map([['R40', 'it lives as long as the system']]));
    expect([findings, problems]).toEqual([[], []]);
    expect([...silenced]).toEqual([['R40', 1]]);
  });

  test('of another rule are told', async () => {
    expect((await run(new Map([['R27', 'no matter']]))).findings).toHaveLength(1);
  });

  test('do not silence a bug check', async () => {
    const broken = (
      _object: unknown,
      _path: string,
      nt: { IoAllocateIrp: (n: number, q: boolean) => IRP; IoCompleteRequest: (irp: IRP, boost: number) => void },
    ) => {
      nt.IoCompleteRequest(nt.IoAllocateIrp(1, false), 0);
      return STATUS_SUCCESS;
    };
    const { findings } = await runDriver(broken as never, { allow: new Map([['R1', 'no matter']]) });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['R1', 'bug check']]);
  });
});

test('a bug check tells its four parameters, the fix and what happened before', async () => {
  const broken = (
    _object: unknown,
    _path: string,
    nt: { DbgPrint: (text: string) => void; KeLowerIrql: (irql: number) => void },
  ) => {
    nt.DbgPrint('about to');
    nt.KeLowerIrql(DISPATCH_LEVEL);
    return STATUS_SUCCESS;
  };
  const { findings, problems } = await runDriver(broken as never);
  expect(findings[0].code).toEqual({
    value: 0xc4,
    name: 'DRIVER_VERIFIER_DETECTED_VIOLATION',
    parameters: [0x31, 0, 0, 0],
  });
  expect(findings[0].events.at(-1)).toMatch(/DbgPrint: about to/);
  expect(problems[0]).toMatch(/fix: keep what KeRaiseIrql gave/);
  expect(problems[0]).toMatch(/\n {4}openwsk explain R14 tells more$/);
});
