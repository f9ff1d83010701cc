import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LinkSettings } from '../../src/link/index.ts';
import { MICROSECOND, MILLISECOND } from '../../src/time/index.ts';
import { figure, soaking } from '../support/soak.ts';
import { fetchFromKernel, pushToKernel, type Received } from './bulk.ts';
import { interopObstacle, Namespace, skipNote } from './namespace.ts';
import { KERNEL, KERNEL6, ONE_MS, openTunWorld, type TunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
const BYTES = soaking ? 100_000_000 : 2_000_000;
const LIMIT = soaking ? 600_000 : 60_000;

const reordering: LinkSettings = {
  ...ONE_MS,
  rules: [{ action: 'reorder', probability: 0.02, delay: 2 * MILLISECOND }],
};
const networks: [string, LinkSettings][] = [
  ['no loss', ONE_MS],
  ['1 % loss', { ...ONE_MS, loss: 0.01 }],
  ['5 % loss', { ...ONE_MS, loss: 0.05 }],
  ['reordering', reordering],
  ['jitter beyond the delay', { ...ONE_MS, jitter: 700 * MICROSECOND }],
];

const report = (what: string, { bytes, ms }: Received, { machine }: TunWorld): void => {
  const { tcpRetransSegs, tcpTimeouts, tcpLossProbes, tcpUndos, tcpOutOfOrder } = machine.host.counters;
  const counts = `again ${tcpRetransSegs} timeouts ${tcpTimeouts} probes ${tcpLossProbes} undos ${tcpUndos} early ${tcpOutOfOrder}`;
  figure(`${what}: ${(ms / 1000).toFixed(2)} s, ${(bytes / ms / 1000).toFixed(1)} MB/s; ${counts}`);
};

describe.skipIf(obstacle !== null)(`${BYTES / 1e6} MB over TUN, 1 ms there and back${skipNote(obstacle)}`, () => {
  let namespace: Namespace;
  beforeAll(async () => void (namespace = await Namespace.enter()));
  afterAll(() => namespace.leave());

  test.each(networks)('to the kernel, %s: every byte in its place', { timeout: LIMIT }, async (name, settings) => {
    const world = await openTunWorld({ impairment: { settings } });
    const received = await pushToKernel(world.sockets, KERNEL, BYTES);
    report(`to the kernel, ${name}`, received, world);
    await world.close();
    expect(received).toMatchObject({ bytes: BYTES, wrong: -1 });
  });

  test.each(networks)('from the kernel, %s: every byte in its place', { timeout: LIMIT }, async (name, settings) => {
    const world = await openTunWorld({ impairment: { settings } });
    const received = await fetchFromKernel(world.sockets, KERNEL, BYTES);
    report(`from the kernel, ${name}`, received, world);
    await world.close();
    expect(received).toMatchObject({ bytes: BYTES, wrong: -1 });
  });

  test('over IPv6, both ways, 1 % loss', { timeout: LIMIT }, async () => {
    const world = await openTunWorld({ impairment: { settings: { ...ONE_MS, loss: 0.01 } } });
    const sent = await pushToKernel(world.sockets, KERNEL6, BYTES);
    const received = await fetchFromKernel(world.sockets, KERNEL6, BYTES);
    await world.close();
    expect([sent, received]).toMatchObject(Array(2).fill({ bytes: BYTES, wrong: -1 }));
  });
});
