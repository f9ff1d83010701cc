import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { echo, Sockets, serve } from '../../src/sockets/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { figure } from '../support/soak.ts';

/** 20,000 by `npm run soak`; fewer in the tests. */
const CONNECTIONS = Number(process.env.OWSK_CONNECTIONS ?? 1000);

for (const [transport, obstacle] of [
  ['koffi', await hostObstacle()],
  ['net', null],
] as const)
  describe.skipIf(obstacle !== null)(
    `many connections on ${transport}${obstacle ? ` (skipped: ${obstacle})` : ''}`,
    () => {
      test(`${CONNECTIONS} connections in sequence leave no descriptor, IRP, socket or memory behind`, {
        timeout: 20_000 + 10 * CONNECTIONS,
      }, async () => {
        const executor = new RealExecutor();
        const [near, far] = [
          await openHostMachine({ executor, transport }),
          await openHostMachine({ executor, transport }),
        ];
        const [client, server] = [await Sockets.open(near), await Sockets.open(far)];
        const listener = await server.listen('127.0.0.1:0', { fastOpen: true });
        const serving = serve(listener, echo);
        const once = async (): Promise<void> => {
          const connection = await client.connect(listener.localAddress, { fastOpen: true, data: 'x'.repeat(100) });
          expect((await connection.read())!.length).toBe(100);
          await connection.close();
        };
        for (let i = 0; i < 50; i++) await once();
        await serverSettled();
        const descriptors = (): number => readdirSync('/proc/self/fd').length;
        const irps = (): number => near.kernel.liveIrps.size + far.kernel.liveIrps.size;
        const before = { descriptors: descriptors(), irps: irps(), heap: heap() };
        const begin = performance.now();
        for (let i = 0; i < CONNECTIONS; i++) await once();
        const each = (performance.now() - begin) / CONNECTIONS;
        await serverSettled();
        expect(descriptors()).toBe(before.descriptors);
        expect(irps()).toBe(before.irps);
        const growth = heap() - before.heap;
        expect(growth).toBeLessThan(4e6);
        figure(
          `${CONNECTIONS} connections in sequence: ${each.toFixed(3)} ms each, the heap grew by ${(growth / 1024).toFixed(0)} KiB`,
        );
        await listener.close();
        await serving;
        await client.close();
        await server.close();
        expect(irps()).toBe(0);
        near.close();
        far.close();
      });
    },
  );

/** The server closes its side of the last connection a few turns of the event loop later. */
const serverSettled = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
};

const heap = (): number => {
  (globalThis as { gc?: () => void }).gc?.();
  return process.memoryUsage().heapUsed;
};
