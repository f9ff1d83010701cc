import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { PacketArena, splice } from '../../src/link/index.ts';
import { TunNetwork } from '../../src/link/tun/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { KernelPeer, type Received } from './bulk.ts';
import { interopObstacle, Namespace, skipNote, useCubic } from './namespace.ts';
import { BYTES, LIMIT, networks, reportKernels } from './networks.ts';
import { KERNEL, OURS } from './tun-world.ts';

const obstacle = await interopObstacle();

// What the kernel makes of the same link: two of its stacks, a device each, CUBIC as on ours. The soak prints how long it
// took, to compare with bulk.test.ts.
describe.skipIf(obstacle !== null)(`${BYTES / 1e6} MB between two kernels over our link${skipNote(obstacle)}`, () => {
  let near: Namespace;
  let far: Namespace;
  beforeAll(async () => {
    near = await Namespace.enter();
    far = await Namespace.enter();
  });
  afterAll(() => {
    far.leave();
    near.leave();
  });

  test.each(networks)('%s: every byte in its place', { timeout: LIMIT }, async (name, settings) => {
    const executor = new RealExecutor();
    const arena = new PacketArena();
    near.use();
    const one = await TunNetwork.open(executor, arena, { system: [`${KERNEL}/24`], impairment: { settings } });
    useCubic(one.tun.name, KERNEL);
    far.use();
    const two = await TunNetwork.open(executor, arena, { system: [`${OURS}/24`] });
    useCubic(two.tun.name, OURS);
    splice(one.link, two.link);
    const sink = new KernelPeer('sink', OURS);
    const { port } = await sink.next<{ port: number }>();
    near.use();
    const source = new KernelPeer('push', OURS, port, BYTES);
    const received = await sink.next<Received>();
    for (const peer of [source, sink]) peer.kill();
    for (const network of [one, two]) network.close();
    reportKernels(name, received);
    expect(received).toMatchObject({ bytes: BYTES, wrong: -1 });
  });
});
