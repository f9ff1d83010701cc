import { describe, expect, test } from 'vitest';
import {
  AF_INET6,
  type NTSTATUS,
  ntStatusName,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_MORE_PROCESSING_REQUIRED,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import {
  Executive,
  HostSpace,
  type IRP,
  KEVENT,
  KernelMode,
  type KernelRoutine,
  type MDL,
  NotificationEvent,
  SynchronizationEvent,
} from '../../src/kernel/index.ts';
import type { Machine, Nt } from '../../src/sim/index.ts';
import { type WSK_BUF, WSK_FLAG_LISTEN_SOCKET, type WSK_SOCKET, type WskPolicy } from '../../src/wsk/index.ts';
import { connection, Driver, listener } from '../support/driver.ts';
import { type Crash, crashOf } from '../support/rig.ts';
import { World } from '../support/world.ts';

/** The bug check that a driver runs into, then or later; null when all goes well. */
const crashWith = (body: (driver: Driver, machine: Machine) => KernelRoutine<unknown>): Crash | null => {
  const world = new World();
  const machine = world.machine();
  return crashOf(() => {
    world.run(machine, function* (nt) {
      yield* body(yield* Driver.load(nt), machine);
    });
    world.executor.run();
    if (machine.kernel.crash !== null) throw machine.kernel.crash;
  });
};

const keep = (): NTSTATUS => STATUS_MORE_PROCESSING_REQUIRED;
const wildcard = new SOCKADDR_IN('0.0.0.0', 0);

/** A WskAccept that stays pending, with an IRP of the test's own. */
const pendingAccept = (nt: Nt, listening: WSK_SOCKET): IRP => {
  const irp = nt.IoAllocateIrp(1, false)!;
  nt.IoSetCompletionRoutine(irp, keep, null, true, true, true);
  const status = listener(listening).WskAccept(listening, 0, null, null, null, null, irp);
  expect(ntStatusName(status)).toBe('STATUS_PENDING');
  return irp;
};

describe('R2: WSK needs a stack location', () => {
  test('an IRP without one', () => {
    const caught = crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket(null);
      connection(socket).WskBind(socket, wildcard, 0, driver.nt.IoAllocateIrp(0, false)!);
    });
    expect(caught).toEqual({ code: 0x35, parameter1: 0, rule: 'R2' });
  });
});

describe('R7: an IRP that is pending in WSK is left alone', () => {
  const misuses: [string, (nt: Nt, irp: IRP, listening: WSK_SOCKET) => void][] = [
    ['freeing it', (nt, irp) => nt.IoFreeIrp(irp)],
    ['reusing it', (nt, irp) => nt.IoReuseIrp(irp, STATUS_SUCCESS)],
    ['initializing it', (nt, irp) => nt.IoInitializeIrp(irp, 0, 1)],
    [
      'handing it in again',
      (_nt, irp, listening) => listener(listening).WskAccept(listening, 0, null, null, null, null, irp),
    ],
  ];

  test.each(misuses)('%s', (_what, misuse) => {
    const caught = crashWith(function* (driver) {
      const listening = yield* driver.listenSocket(7);
      misuse(driver.nt, pendingAccept(driver.nt, listening), listening);
    });
    expect(caught).toEqual({ code: 0x44, parameter1: 0, rule: 'R7' });
  });

  test('completing it on the client’s own account meets the cancel routine that WSK has set', () => {
    const caught = crashWith(function* (driver) {
      const listening = yield* driver.listenSocket(7);
      const irp = pendingAccept(driver.nt, listening);
      irp.IoStatus.Status = STATUS_SUCCESS;
      driver.nt.IoCompleteRequest(irp, 0);
    });
    expect(caught).toEqual({ code: 0xc9, parameter1: 0x07, rule: 'R4' });
  });

  test('handing in a freed IRP', () => {
    const caught = crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket(null);
      const irp = driver.nt.IoAllocateIrp(1, false)!;
      driver.nt.IoSetCompletionRoutine(irp, keep, null, true, true, true);
      driver.nt.IoFreeIrp(irp);
      connection(socket).WskBind(socket, wildcard, 0, irp);
    });
    expect(caught).toEqual({ code: 0x44, parameter1: 0, rule: 'R7' });
  });

  test('is kept by cancelling it, and by freeing it in its completion routine', () => {
    const caught = crashWith(function* (driver) {
      const listening = yield* driver.listenSocket(7);
      const accept = driver.accept(listening);
      driver.nt.IoCancelIrp(accept.irp);
      const { name } = yield* driver.wait(accept);
      expect([name, accept.irp.owner]).toEqual(['STATUS_CANCELLED', 'freed']);
    });
    expect(caught).toBeNull();
  });
});

describe('R8: a self-allocated IRP has a routine that is always invoked', () => {
  const crash = { code: 0x0a, parameter1: 0, rule: 'R8' };
  const bindWith = (prepare: (nt: Nt, irp: IRP) => void, stackSize = 1): Crash | null =>
    crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket(null);
      const irp = driver.nt.IoAllocateIrp(stackSize, false)!;
      prepare(driver.nt, irp);
      connection(socket).WskBind(socket, wildcard, 0, irp);
    });

  test('no routine', () => {
    expect(bindWith(() => {})).toEqual(crash);
    expect(bindWith(() => {}, 2)).toEqual(crash);
  });

  test.each([
    [false, true, true],
    [true, false, true],
    [true, true, false],
  ])('OnSuccess %s, OnError %s, OnCancel %s', (...flags) => {
    expect(bindWith((nt, irp) => nt.IoSetCompletionRoutine(irp, keep, null, ...flags))).toEqual(crash);
  });

  test('a routine that IoReuseIrp has cleared', () => {
    const caught = bindWith((nt, irp) => {
      nt.IoSetCompletionRoutine(irp, keep, null, true, true, true);
      nt.IoReuseIrp(irp, STATUS_SUCCESS);
    });
    expect(caught).toEqual(crash);
  });

  test('is kept by a routine with all three flags', () => {
    expect(bindWith((nt, irp) => nt.IoSetCompletionRoutine(irp, keep, null, true, true, true))).toBeNull();
  });

  test('is kept by a passed-down IRP without a routine', () => {
    expect(bindWith((nt, irp) => nt.IoSetNextIrpStackLocation(irp), 2)).toBeNull();
  });
});

describe('R9: the routine of a self-allocated IRP keeps it', () => {
  const bindReturning = (answer: NTSTATUS, passedDown: boolean): Crash | null =>
    crashWith(function* (driver) {
      const { nt } = driver;
      const socket = yield* driver.connectionSocket(null);
      const irp = nt.IoAllocateIrp(2, false)!;
      if (passedDown) nt.IoSetNextIrpStackLocation(irp);
      const routine = (_device: object | null, Irp: IRP): NTSTATUS => {
        if (passedDown && Irp.PendingReturned) nt.IoMarkIrpPending(Irp);
        return answer;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      connection(socket).WskBind(socket, wildcard, 0, irp);
    });

  test('returning STATUS_SUCCESS', () => {
    expect(bindReturning(STATUS_SUCCESS, false)).toEqual({ code: 0x44, parameter1: 0, rule: 'R9' });
  });

  test('is kept by STATUS_MORE_PROCESSING_REQUIRED', () => {
    expect(bindReturning(STATUS_MORE_PROCESSING_REQUIRED, false)).toBeNull();
  });

  test.each([STATUS_SUCCESS, STATUS_MORE_PROCESSING_REQUIRED])('is kept by a passed-down IRP with %d', (answer) => {
    expect(bindReturning(answer, true)).toBeNull();
  });
});

describe('an IRP in which the client keeps a location of its own', () => {
  test('is the client’s again in the completion routine: it may be freed there', () => {
    const caught = crashWith(function* (driver, machine) {
      const { nt } = driver;
      const socket = yield* driver.connectionSocket(null);
      const before = machine.kernel.liveIrps.size;
      const irp = nt.IoAllocateIrp(2, false)!;
      nt.IoSetNextIrpStackLocation(irp);
      const device = {};
      nt.IoGetCurrentIrpStackLocation(irp).DeviceObject = device;
      const done = new KEVENT();
      nt.KeInitializeEvent(done, NotificationEvent, false);
      const devices: unknown[] = [];
      const routine = (Device: object | null, Irp: IRP): NTSTATUS => {
        devices.push(Device);
        nt.IoFreeIrp(Irp);
        nt.KeSetEvent(done, 0, false);
        return STATUS_MORE_PROCESSING_REQUIRED;
      };
      nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
      expect(connection(socket).WskBind(socket, wildcard, 0, irp)).toBe(STATUS_PENDING);
      yield* nt.KeWaitForSingleObject(done, Executive, KernelMode, false, null);
      expect([devices, machine.kernel.liveIrps.size]).toEqual([[device], before]);
    });
    expect(caught).toBeNull();
  });

  test('may be sent again, once its routine has kept it', () => {
    const caught = crashWith(function* (driver) {
      const { nt } = driver;
      const socket = yield* driver.connectionSocket(null);
      const irp = nt.IoAllocateIrp(2, false)!;
      nt.IoSetNextIrpStackLocation(irp);
      const done = new KEVENT();
      nt.KeInitializeEvent(done, SynchronizationEvent, false);
      const routine = (): NTSTATUS => {
        nt.KeSetEvent(done, 0, false);
        return STATUS_MORE_PROCESSING_REQUIRED;
      };
      for (const call of [
        () => connection(socket).WskBind(socket, wildcard, 0, irp),
        () => socket.Dispatch.WskCloseSocket(socket, irp),
      ]) {
        nt.IoSetCompletionRoutine(irp, routine, null, true, true, true);
        expect(call()).toBe(STATUS_PENDING);
        yield* nt.KeWaitForSingleObject(done, Executive, KernelMode, false, null);
        expect(irp.IoStatus.Status).toBe(STATUS_SUCCESS);
      }
    });
    expect(caught).toBeNull();
  });
});

describe('R12: no wait where WSK calls back', () => {
  test('a completion routine that waits for the next request', () => {
    const caught = crashWith(function* (driver) {
      const { nt } = driver;
      const socket = yield* driver.connectionSocket(null);
      const never = new KEVENT();
      nt.KeInitializeEvent(never, NotificationEvent, false);
      const bind = driver.start(
        (irp) => connection(socket).WskBind(socket, wildcard, 0, irp),
        () => nt.KeWaitForSingleObject(never, Executive, KernelMode, false, null).next(),
      );
      yield* driver.wait(bind);
    });
    expect(caught).toEqual({ code: 0xb8, parameter1: 0, rule: 'R12' });
  });

  test('is kept by one that only looks', () => {
    const caught = crashWith(function* (driver) {
      const { nt } = driver;
      const socket = yield* driver.connectionSocket(null);
      const event = new KEVENT();
      nt.KeInitializeEvent(event, NotificationEvent, false);
      const bind = driver.start(
        (irp) => connection(socket).WskBind(socket, wildcard, 0, irp),
        () => nt.KeWaitForSingleObject(event, Executive, KernelMode, false, 0).next(),
      );
      yield* driver.wait(bind);
    });
    expect(caught).toBeNull();
  });
});

describe('WSK_BUF', () => {
  /** Connects with a buffer. @returns the crash */
  const connectWith = (make: (driver: Driver) => WSK_BUF): Crash | null =>
    crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket();
      const to = new SOCKADDR_IN('10.0.0.2', 7);
      const buffer = make(driver);
      yield* driver.call((irp) => connection(socket).WskConnectEx(socket, to, buffer, 0, irp));
    });
  const chained = (driver: Driver, ...sizes: number[]): WSK_BUF => {
    const [first, ...rest] = sizes.map((size) => driver.buffer(new Uint8Array(size)).Mdl!);
    rest.reduce((last, next) => (last.Next = next), first);
    return { Mdl: first, Offset: 0, Length: sizes.reduce((sum, size) => sum + size, 0) };
  };

  const tooLong = { code: 0x50, parameter1: 0, rule: 'R17' };
  const tooFar = { code: 0x50, parameter1: 0, rule: 'R18' };

  test.each<[string, (driver: Driver) => WSK_BUF, Crash]>([
    ['R17: a Length beyond its MDL', (driver) => ({ ...driver.buffer('abc'), Length: 4 }), tooLong],
    ['R17: a Length beyond its MDL from Offset on', (driver) => ({ ...driver.buffer('abc'), Offset: 1 }), tooLong],
    ['R17: a Length beyond a chain', (driver) => ({ ...chained(driver, 3, 0, 4), Length: 8 }), tooLong],
    ['R17: a negative Length', (driver) => ({ ...driver.buffer('abc'), Length: -1 }), tooLong],
    [
      'R18: an Offset at the end of the first MDL',
      (driver) => ({ ...chained(driver, 3, 4), Offset: 3, Length: 1 }),
      tooFar,
    ],
    ['R18: a negative Offset', (driver) => ({ ...driver.buffer('abc'), Offset: -1, Length: 1 }), tooFar],
    ['R18: no MDL but a Length', () => ({ Mdl: null, Offset: 0, Length: 1 }), tooFar],
  ])('%s', (_what, make, crash) => {
    expect(connectWith(make)).toEqual(crash);
  });

  test.each<[string, (driver: Driver) => WSK_BUF]>([
    ['all of its MDL', (driver) => driver.buffer('abc')],
    ['the last byte of the first MDL', (driver) => ({ ...driver.buffer('abc'), Offset: 2, Length: 1 })],
    ['all of a chain with an empty MDL in it', (driver) => chained(driver, 3, 0, 4)],
    ['a chain from Offset on', (driver) => ({ ...chained(driver, 3, 4), Offset: 2, Length: 5 })],
    ['nothing at the end of its MDL', (driver) => ({ ...driver.buffer('abc'), Offset: 3, Length: 0 })],
    ['nothing and no MDL', () => ({ Mdl: null, Offset: 0, Length: 0 })],
  ])('R17 and R18 are kept by %s', (_what, make) => {
    expect(connectWith(make)).toBeNull();
  });
});

describe('R22: MDLs stay as they are until the IRP completes', () => {
  /** A driver with a big send under way, of which the peer has taken little, and the MDLs of it. */
  const sending = (change: (chain: MDL[]) => void, space = 300_000): Crash | null =>
    crashWith(function* (driver) {
      const { nt } = driver;
      const listening = yield* driver.listenSocket(7);
      const accept = driver.accept(listening);
      const socket = yield* driver.connectionSocket();
      yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.1', 7), null));
      const { socket: far } = yield* driver.wait(accept);
      const chain = Array.from({ length: 3 }, () => driver.buffer(new Uint8Array(space)).Mdl!);
      for (let i = 0; i < 2; i++) chain[i].Next = chain[i + 1];
      const buffer = { Mdl: chain[0], Offset: 0, Length: 3 * space };
      const send = driver.start((irp) => connection(socket).WskSend(socket, buffer, 0, irp));
      yield* nt.KeDelayExecutionThread(KernelMode, false, -10_000_000);
      change(chain);
      for (let left = 3 * space; left > 0; ) left -= (yield* driver.read(far)).length;
      yield* driver.wait(send);
    });
  const crash = { code: 0x50, parameter1: 0, rule: 'R22' };

  test('a chain that was cut', () => {
    expect(sending(([first]) => (first.Next = null))).toEqual(crash);
  });

  test('a chain that bites its tail', () => {
    const circle = ([, second]: MDL[]): void => {
      const empty = { ...second, space: second.space, base: 0, ByteCount: 0, Next: null as MDL | null };
      empty.Next = empty;
      second.Next = empty;
    };
    expect(sending(circle)).toEqual(crash);
  });

  test('is kept by a chain that is left alone', () => {
    expect(sending(() => {})).toBeNull();
  });

  test('R17: a chain that bites its tail at the call', () => {
    const caught = crashWith(function* (driver) {
      const { Mdl } = driver.buffer(new Uint8Array(1));
      const empty = driver.buffer(new Uint8Array(0)).Mdl!;
      Mdl!.Next = empty;
      empty.Next = empty;
      const socket = yield* driver.connectionSocket();
      const to = new SOCKADDR_IN('10.0.0.2', 7);
      yield* driver.call((irp) => connection(socket).WskConnectEx(socket, to, { Mdl, Offset: 0, Length: 2 }, 0, irp));
    });
    expect(caught).toEqual({ code: 0x50, parameter1: 0, rule: 'R17' });
  });
});

describe('R17: an MDL of memory that is not there', () => {
  const crash = { code: 0x50, parameter1: 0, rule: 'R17' };
  const beyond = (driver: Driver): WSK_BUF => {
    const space = new HostSpace(new Uint8Array(4));
    return { Mdl: driver.nt.IoAllocateMdl({ space, base: 2 }, 4), Offset: 0, Length: 4 };
  };

  test('WskConnectEx meets it in the call', () => {
    const caught = crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket();
      const to = new SOCKADDR_IN('10.0.0.2', 7);
      driver.start((irp) => connection(socket).WskConnectEx(socket, to, beyond(driver), 0, irp));
      expect.unreachable();
    });
    expect(caught).toEqual(crash);
  });

  test.each(['WskSend', 'WskReceive'] as const)('%s meets it when bytes move', (name) => {
    const caught = crashWith(function* (driver) {
      const listening = yield* driver.listenSocket(7);
      const accept = driver.accept(listening);
      const socket = yield* driver.connectionSocket();
      yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.1', 7), null));
      const { socket: far } = yield* driver.wait(accept);
      driver.start((irp) => connection(socket)[name](socket, beyond(driver), 0, irp));
      yield* driver.wait(driver.send(far, 'abcd'));
      yield* driver.read(far);
    });
    expect(caught).toEqual(crash);
  });
});

test('room for the address of the other family ends in a bug check of its machine, not in the network', () => {
  const caught = crashWith(function* (driver) {
    const listening = yield* driver.listenSocket(7, false, AF_INET6);
    const wrong = new SOCKADDR_IN();
    const accept = driver.start((irp) => listener(listening).WskAccept(listening, 0, null, null, null, wrong, irp));
    const socket = yield* driver.connectionSocket(new SOCKADDR_IN6());
    driver.connectEx(socket, new SOCKADDR_IN6('fd00::1', 7), null);
    yield* driver.wait(accept);
  });
  expect(caught).toEqual({ code: 0x1e, parameter1: 0, rule: null });
});

describe('R29: completions that run inside calls do not nest for ever', () => {
  /** A completion routine that makes its failing call again, `times` times. */
  const restarting = (times: number, policy?: WskPolicy): { crash: Crash | null; deepest: number; message: string } => {
    const world = new World();
    const machine = world.machine(policy === undefined ? {} : { policy });
    let deepest = 0;
    const crash = crashOf(() => {
      world.run(machine, function* (nt) {
        const driver = yield* Driver.load(nt);
        const socket = yield* driver.connectionSocket(null);
        const again = (depth: number): void => {
          deepest = depth;
          if (depth >= times) return;
          driver.start(
            (irp) => connection(socket).WskConnect(socket, wildcard, 1, irp),
            () => again(depth + 1),
          );
        };
        again(0);
        again(0);
      });
      if (machine.kernel.crash !== null) throw machine.kernel.crash;
    });
    return { crash, deepest, message: machine.kernel.crash?.message ?? '' };
  };

  test('a routine that restarts a call that fails at once: 0x2B instead of a JavaScript stack overflow', () => {
    const { crash, deepest, message } = restarting(Number.POSITIVE_INFINITY);
    expect([crash, deepest]).toEqual([{ code: 0x2b, parameter1: 0, rule: 'R29' }, 8]);
    expect(message).toMatch(
      /^0x2B PANIC_STACK_SWITCH \(R29\): WskConnect completes inside .* 9 deep: .*queue a work item or wake a thread/,
    );
  });

  test('is kept up to a depth of 8, again and again', () => {
    expect(restarting(8)).toEqual({ crash: null, deepest: 8, message: '' });
    expect(restarting(8, { completeInline: () => true })).toEqual({ crash: null, deepest: 8, message: '' });
  });

  test('is kept by another processor that overtakes in the middle: it has a stack of its own', () => {
    const rig = new World();
    const machine = rig.machine({ schedule: { pick: () => 0, switchNow: () => true } });
    rig.run(machine, function* (nt) {
      const driver = yield* Driver.load(nt);
      const socket = yield* driver.connectionSocket(null);
      const nested = (depth: number, then: () => void): void => {
        if (depth === 0) then();
        else
          driver.start(
            (irp) => connection(socket).WskConnect(socket, wildcard, 1, irp),
            () => nested(depth - 1, then),
          );
      };
      const event = new KEVENT();
      nt.KeInitializeEvent(event, NotificationEvent, false);
      let ran = false;
      const other = nt.PsCreateSystemThread(function* other() {
        yield* nt.KeWaitForSingleObject(event, Executive, KernelMode, false, null);
        nested(5, () => (ran = true));
      });
      yield* nt.KeDelayExecutionThread(KernelMode, false, -1);
      nested(5, () => nt.KeSetEvent(event, 0, false));
      yield* nt.KeWaitForSingleObject(other, Executive, KernelMode, false, null);
      expect(ran).toBe(true);
    });
    expect(machine.kernel.crash).toBeNull();
  });
});

describe('R25: no call on a socket that WskCloseSocket was called for', () => {
  const crash = { code: 0x50, parameter1: 0, rule: 'R25' };

  test.each(['while it closes', 'when it is closed'])('a call %s', (when) => {
    const caught = crashWith(function* (driver) {
      const socket = yield* driver.connectionSocket();
      const close = driver.start((irp) => socket.Dispatch.WskCloseSocket(socket, irp));
      if (when === 'when it is closed') yield* driver.wait(close);
      driver.disconnect(socket);
    });
    expect(caught).toEqual(crash);
  });

  test('closing it twice', () => {
    const caught = crashWith(function* (driver) {
      const { socket } = yield* driver.newSocket(WSK_FLAG_LISTEN_SOCKET);
      yield* driver.close(socket);
      yield* driver.close(socket);
    });
    expect(caught).toEqual(crash);
  });

  test('is kept by closing with requests pending: they are cancelled first', () => {
    const caught = crashWith(function* (driver) {
      const listening = yield* driver.listenSocket(7);
      const accept = driver.accept(listening);
      const close = yield* driver.close(listening);
      expect([accept.name, close.name]).toEqual(['STATUS_CANCELLED', 'STATUS_SUCCESS']);
      yield* driver.unload();
    });
    expect(caught).toBeNull();
  });
});
