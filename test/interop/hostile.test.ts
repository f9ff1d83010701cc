import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Random } from '../../src/base/index.ts';
import { fetchFromKernel, KernelPeer } from './bulk.ts';
import { interopObstacle, Namespace, skipNote } from './namespace.ts';
import { KERNEL, OURS, openTunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
const AF_PACKET = 17;
const SOCK_RAW = 3;
const ETH_P_IP = 0x0008;

/** Puts bytes into the device from the kernel's side, whatever they are. */
const injector = async (device: string) => {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(null as unknown as string);
  const socket = library.func('int socket(int, int, int)')(AF_PACKET, SOCK_RAW, 0);
  const index = library.func('unsigned int if_nametoindex(const char *)')(device);
  const sendto = library.func('intptr_t sendto(int, void *, size_t, int, void *, uint32_t)');
  const address = new Uint8Array(20);
  const view = new DataView(address.buffer);
  view.setUint16(0, AF_PACKET, true);
  view.setUint16(2, ETH_P_IP, true);
  view.setInt32(4, index, true);
  return {
    send: (bytes: Uint8Array): boolean => Number(sendto(socket, bytes, bytes.length, 0, address, 20)) === bytes.length,
    close: () => library.func('int close(int)')(socket),
  };
};

/** A TCP segment from the kernel's address to ours, all of it noise but what leads it there. */
const aimed = (random: Random): Uint8Array => {
  const packet = noise(random, 40 + random.below(200));
  const [source, destination] = [KERNEL, OURS].map((text) => text.split('.').map(Number));
  packet.set([0x45, 0, 0, packet.length, 0, 0, 0x40, 0, 64, 6, 0, 0, ...source, ...destination]);
  let sum = 0;
  for (let i = 0; i < 20; i += 2) sum += (packet[i] << 8) | packet[i + 1];
  sum = (sum & 0xffff) + (sum >> 16);
  new DataView(packet.buffer).setUint16(10, ~(sum + (sum >> 16)) & 0xffff);
  return packet;
};

const noise = (random: Random, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => random.below(256));

describe.skipIf(obstacle !== null)(`what comes out of a TUN device is not believed${skipNote(obstacle)}`, () => {
  let namespace: Namespace;
  beforeAll(async () => void (namespace = await Namespace.enter()));
  afterAll(() => namespace.leave());

  test('noise, short and long, is counted and thrown away, and a transfer in its midst is whole', async () => {
    const world = await openTunWorld({});
    const { host, tunCounters } = world.machine;
    const wire = await injector(world.machine.device);
    const random = new Random(7);
    const transfer = fetchFromKernel(world.sockets, KERNEL, 1_000_000);
    let sent = 0;
    for (let round = 0; round < 40; round++) {
      for (let i = 0; i < 50; i++) {
        const packet = i % 2 === 0 ? aimed(random) : noise(random, 1 + random.below(1500));
        if (wire.send(packet)) sent++;
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await transfer).toMatchObject({ bytes: 1_000_000, wrong: -1 });
    wire.close();
    await world.close();
    expect(sent).toBeGreaterThan(1900);
    const { ipInHdrErrors, ipInTruncated, ipReasmReqds, ipInAddrErrors, tcpInErrs } = host.counters;
    expect(ipInHdrErrors + ipInTruncated + ipReasmReqds + ipInAddrErrors + tcpInErrs).toBeGreaterThan(1500);
    expect(tunCounters).toMatchObject({ dropsIn: 0, truncatedIn: 0, readErrors: 0, writeErrors: 0 });
  });

  test('an interface that goes down takes nothing and harms nothing: the transfer goes on when it is up', async () => {
    const world = await openTunWorld();
    const peer = new KernelPeer('source', KERNEL, 500_000);
    const { port } = await peer.next<{ port: number }>();
    const connection = await world.sockets.connect(`${KERNEL}:${port}`);
    execFileSync('ip', ['link', 'set', world.machine.device, 'down']);
    await expect(world.sockets.connect(`${KERNEL}:${port}`, { timeout: 50 })).rejects.toThrow('STATUS_IO_TIMEOUT');
    expect(world.machine.tunCounters.writeErrors).toBeGreaterThan(0);
    execFileSync('ip', ['link', 'set', world.machine.device, 'up']);
    let bytes = 0;
    for await (const data of connection) bytes += data.length;
    peer.kill();
    await world.close();
    expect(bytes).toBe(500_000);
  });
});
