/** Two processors: others may run while a WSK call has not returned. On the network in memory and on our stack. */
import { describe, expect, test } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { Executive, KernelMode, type Schedule } from '../../src/kernel/index.ts';
import { connection, Driver, echoServer } from '../support/driver.ts';
import { crashOf } from '../support/rig.ts';
import { World } from '../support/world.ts';
import { openPair, worldKinds } from '../support/worlds.ts';

/** More by `npm run soak`. */
const SEEDS = Number(process.env.OWSK_SEEDS ?? 20);

const always: Schedule = { pick: () => 0, switchNow: () => true };

test('an IRP may complete before the call returns STATUS_PENDING', () => {
  const completedInCall = (schedule?: Schedule): boolean => {
    const world = new World();
    const machine = world.machine(schedule === undefined ? {} : { schedule });
    return world.run(machine, function* (nt) {
      const driver = yield* Driver.load(nt);
      const call = yield* driver.newSocket(2);
      expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      expect([call.completions, call.pendingReturned]).toEqual([1, true]);
      return call.inline;
    });
  };
  expect([completedInCall(always), completedInCall()]).toEqual([true, false]);
});

test('a driver that cancels an IRP which its completion routine frees is found out by it', () => {
  const crash = (schedule?: Schedule) => {
    const world = new World();
    const machine = world.machine(schedule === undefined ? {} : { schedule });
    return crashOf(() =>
      world.run(machine, function* (nt) {
        const driver = yield* Driver.load(nt);
        const call = driver.start((irp) =>
          driver.provider.WskSocket(driver.client, 2, 1, 6, 2, null, null, null, null, null, irp),
        );
        nt.IoCancelIrp(call.irp);
        yield* driver.wait(call);
      }),
    );
  };
  expect(crash()).toBeNull();
  expect(crash(always)).toEqual({ code: 0x48, parameter1: 0, rule: 'R7' });
});

for (const kind of worldKinds.filter(({ name }) => name !== 'HostTransport')) {
  describe(`whoever overtakes whom, on ${kind.name}`, () => {
    test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
      'seed %i: echo, cancel and close all end',
      async (seed) => {
        const random = new Random(seed);
        const schedule: Schedule = {
          pick: (waiting) => random.below(waiting),
          switchNow: () => random.below(2) === 0,
        };
        const { world, client, server, listening, to } = await openPair(kind, { schedule });
        const serving = server.nt.PsCreateSystemThread(() => echoServer(server, listening));
        await world.run(world.client, function* (nt) {
          const threads = Array.from({ length: 4 }, (_, i) =>
            nt.PsCreateSystemThread(function* one() {
              const socket = yield* client.connectionSocket();
              yield* client.wait(client.connectEx(socket, to, `hello ${i}`));
              let echoed = '';
              while (echoed.length < 7) echoed += Buffer.from(yield* client.read(socket)).toString();
              expect(echoed).toBe(`hello ${i}`);
              const receive = client.receive(socket, new Uint8Array(10));
              if (i % 2 === 0 && receive.completions === 0) nt.IoCancelIrp(receive.irp);
              const close = client.start((irp) => connection(socket).WskCloseSocket(socket, irp));
              yield* client.wait(close);
              expect([receive.name, receive.completions, close.completions]).toEqual(['STATUS_CANCELLED', 1, 1]);
            }),
          );
          for (const thread of threads) yield* nt.KeWaitForSingleObject(thread, Executive, KernelMode, false, null);
          yield* client.unload();
        });
        await world.run(world.server, function* (nt) {
          yield* server.close(listening);
          yield* nt.KeWaitForSingleObject(serving, Executive, KernelMode, false, null);
          yield* server.unload();
        });
        const { kernel } = world.client;
        expect([kernel.crash, world.server.kernel.crash, kernel.liveIrps.size]).toEqual([null, null, 0]);
      },
    );
  });
}
