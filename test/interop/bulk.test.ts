import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { at, fetchFromKernel, pushToKernel } from './bulk.ts';
import { interopObstacle, Namespace, skipNote, useCubic } from './namespace.ts';
import { BYTES, LIMIT, networks, report } from './networks.ts';
import { KERNEL, KERNEL6, ONE_MS, openTunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
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
    useCubic(world.machine.device, KERNEL);
    const received = await fetchFromKernel(world.sockets, KERNEL, BYTES);
    report(`from the kernel, ${name}`, received, world);
    await world.close();
    expect(received).toMatchObject({ bytes: BYTES, wrong: -1 });
  });

  test('faults are of the way they are given for: to the kernel, or back', async () => {
    const [blocked, open] = [{ loss: 1 }, {}];
    const seen = [];
    for (const impairment of [
      { settings: blocked, back: open },
      { settings: open, back: blocked },
    ]) {
      const world = await openTunWorld({ impairment });
      await expect(world.sockets.connect(at(KERNEL, 9), { timeout: 20 })).rejects.toThrow('STATUS_IO_TIMEOUT');
      seen.push([world.machine.tunCounters.packetsOut > 0, world.machine.host.counters.tcpInSegs > 0]);
      await world.close();
    }
    expect(seen).toEqual([
      [false, false],
      [true, false],
    ]);
  });

  test('over IPv6, both ways, 1 % loss', { timeout: LIMIT }, async () => {
    const world = await openTunWorld({ impairment: { settings: { ...ONE_MS, loss: 0.01 } } });
    const sent = await pushToKernel(world.sockets, KERNEL6, BYTES);
    const received = await fetchFromKernel(world.sockets, KERNEL6, BYTES);
    await world.close();
    expect([sent, received]).toMatchObject(Array(2).fill({ bytes: BYTES, wrong: -1 }));
  });
});
