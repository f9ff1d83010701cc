import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { type Connection, echo, Sockets, serve } from '../../src/sockets/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { figure } from '../support/soak.ts';

/** 1,000 by `npm run soak`; fewer in the tests. */
const CONNECTIONS = Number(process.env.OWSK_AT_ONCE ?? 200);

/** Each connection has a descriptor at either end; some more are everybody's. */
const NEEDED = 2 * CONNECTIONS + 100;

const tooFewDescriptors = (): string | null => {
  const limit = /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
  return limit !== undefined && Number(limit) < NEEDED ? `ulimit -n is ${limit}, ${NEEDED} are needed` : null;
};
const obstacle = (await hostObstacle()) ?? tooFewDescriptors();

/** Every connection from an address of its own: 127.1.0.0, 127.1.0.1, … */
const source = (i: number): string => `127.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}:0`;

describe.skipIf(obstacle !== null)(`connections at once${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  test(`${CONNECTIONS} from as many addresses are open together, each with its own echo`, {
    timeout: 60_000,
  }, async () => {
    const executor = new RealExecutor();
    const [near, far] = [await openHostMachine({ executor }), await openHostMachine({ executor })];
    const [client, server] = [await Sockets.open(near), await Sockets.open(far)];
    const listener = await server.listen('127.0.0.1:0', { fastOpen: true });
    const peers = new Set<string>();
    const serving = serve(listener, (connection) => {
      peers.add(`${connection.remoteAddress}`);
      return echo(connection);
    });
    const descriptors = (): number => readdirSync('/proc/self/fd').length;
    const before = descriptors();
    const begin = performance.now();
    const all = Array.from({ length: CONNECTIONS }, (_, i) =>
      client.connect(listener.localAddress, { local: source(i), data: `connection ${i}`, timeout: 30_000 }),
    );
    const connections = await Promise.all(all);
    const connected = performance.now();
    const ask = async (connection: Connection, i: number): Promise<string> => {
      let text = '';
      while (text.length < `connection ${i}`.length) {
        text += Buffer.from((await connection.read({ timeout: 30_000 }))!).toString();
      }
      return text;
    };
    const answers = await Promise.all(connections.map(ask));
    const answered = performance.now();
    expect(answers).toEqual(connections.map((_, i) => `connection ${i}`));
    // All of them at this moment; a few descriptors of the test runner come and go.
    expect(descriptors() - before).toBeGreaterThan(2 * CONNECTIONS - 10);
    expect([...peers].sort()).toEqual(connections.map(({ localAddress }) => `${localAddress}`).sort());
    await Promise.all(connections.map((connection) => connection.end()));
    const ends = await Promise.all(connections.map((connection) => connection.read({ timeout: 30_000 })));
    expect(ends.every((end) => end === null)).toBe(true);
    await Promise.all(connections.map((connection) => connection.close()));
    await listener.close();
    await serving;
    await Promise.all([client.close(), server.close()]);
    expect(descriptors() - before).toBeLessThan(10);
    expect([near.kernel.liveIrps.size, far.kernel.liveIrps.size]).toEqual([0, 0]);
    const [toConnect, toAnswer, toEnd] = [connected - begin, answered - connected, performance.now() - answered];
    figure(
      `${CONNECTIONS} at once: all connected after ${toConnect.toFixed(0)} ms, all answered ${toAnswer.toFixed(0)} ms ` +
        `later, all ended and closed ${toEnd.toFixed(0)} ms later`,
    );
    near.close();
    far.close();
  });
});
