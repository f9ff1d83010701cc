import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { TunMachineOptions } from '../../src/public/host.ts';
import { linuxProfile, type TcpProfile, windowsProfile } from '../../src/tcpip/index.ts';
import { checkPattern, fetchFromKernel, pushToKernel, sendPattern } from './bulk.ts';
import { interopObstacle, kernelCounters, Namespace, skipNote } from './namespace.ts';
import { KERNEL, KERNEL6, ONE_MS, openTunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
const BYTES = 400_000;
const LOSSY = { impairment: { settings: { ...ONE_MS, loss: 0.02 } } };
const profile = (changes: Partial<TcpProfile>): TunMachineOptions => ({ profile: { ...windowsProfile, ...changes } });

/** Settings of the kernel under /proc/sys/net/ipv4, and of ours. */
const cases: [string, Record<string, number>, TunMachineOptions][] = [
  ['all of Linux on our side', {}, { profile: linuxProfile }],
  ['no selective acknowledgments on the kernel', { tcp_sack: 0 }, {}],
  ['no selective acknowledgments on ours', {}, profile({ sack: false })],
  ['no timestamps on the kernel, asked for by us', { tcp_timestamps: 0 }, profile({ timestamps: 'ask' })],
  ['no window scaling on the kernel', { tcp_window_scaling: 0 }, {}],
  ['no options at all on the kernel', { tcp_sack: 0, tcp_timestamps: 0, tcp_window_scaling: 0 }, {}],
  ['congestion marks asked for by both', { tcp_ecn: 1 }, profile({ ecn: 'ask' })],
  ['congestion marks asked for by us', { tcp_ecn: 2 }, profile({ ecn: 'ask' })],
  ['Reno', {}, profile({ congestionControl: 'reno' })],
  ['a small receive buffer on ours', {}, profile({ receiveBuffer: 8192 })],
  ['an MTU of 1280', {}, { mtu: 1280 }],
  ['an MTU of 2048', {}, { mtu: 2048 }],
];
const defaults = { tcp_sack: 1, tcp_timestamps: 1, tcp_window_scaling: 1, tcp_ecn: 2 };

const sysctl = (values: Record<string, number>): void => {
  for (const [name, value] of Object.entries(values)) writeFileSync(`/proc/sys/net/ipv4/${name}`, String(value));
};

/** Waits for something that no event tells of. */
const until = async (holds: () => boolean): Promise<void> => {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
};

describe.skipIf(obstacle !== null)(`TCP with the kernel, whatever is agreed on, 2 % loss${skipNote(obstacle)}`, () => {
  let namespace: Namespace;
  beforeAll(async () => void (namespace = await Namespace.enter()));
  afterAll(() => namespace.leave());
  afterEach(() => sysctl(defaults));

  test.each(cases)('%s: every byte in its place, both ways', async (_name, kernel, options) => {
    sysctl(kernel);
    const world = await openTunWorld({ ...LOSSY, ...options });
    const address = options.mtu === undefined ? KERNEL : KERNEL6;
    const sent = await pushToKernel(world.sockets, address, BYTES);
    const received = await fetchFromKernel(world.sockets, address, BYTES);
    const { tcpInErrs, ipInHdrErrors } = world.machine.host.counters;
    await world.close();
    expect([sent, received]).toMatchObject(Array(2).fill({ bytes: BYTES, wrong: -1 }));
    expect([tcpInErrs, ipInHdrErrors]).toEqual([0, 0]);
  });

  test('both ways at once on one connection, half closed by us and then by the kernel', async () => {
    const world = await openTunWorld(LOSSY);
    const server = createServer({ allowHalfOpen: true }, (socket) => void socket.pipe(socket));
    server.listen(0, KERNEL);
    await once(server, 'listening');
    const connection = await world.sockets.connect(`${KERNEL}:${(server.address() as AddressInfo).port}`);
    const [received] = await Promise.all([checkPattern(connection), sendPattern(connection, BYTES)]);
    await connection.close();
    await world.close();
    server.close();
    expect(received).toMatchObject({ bytes: BYTES, wrong: -1 });
  });

  test('a kernel that does not read shuts its window; when it reads, the rest comes', async () => {
    const world = await openTunWorld();
    const server = createServer({ pauseOnConnect: true });
    server.listen(0, KERNEL);
    await once(server, 'listening');
    const accepted = once(server, 'connection');
    const connection = await world.sockets.connect(`${KERNEL}:${(server.address() as AddressInfo).port}`);
    const [socket] = (await accepted) as [Socket];
    const data = Buffer.alloc(16_000_000, 'x');
    let isDone = false;
    const sending = connection.end(data).then(() => void (isDone = true));
    await until(() => world.machine.host.counters.tcpZeroWindowProbes >= 2);
    expect(isDone).toBe(false);
    let bytes = 0;
    socket.on('data', (piece) => void (bytes += piece.length));
    socket.resume();
    await once(socket, 'end');
    await sending;
    expect(bytes).toBe(data.length);
    await connection.close();
    await world.close();
    server.close();
  });

  test('a client of ours that does not read shuts its window; when it reads, the rest comes', async () => {
    const data = Buffer.alloc(8_000_000, 'x');
    const before = kernelCounters().TCPWinProbe;
    let finished = false;
    const server = createServer((socket) => socket.end(data, () => void (finished = true)));
    const world = await openTunWorld();
    server.listen(0, KERNEL);
    await once(server, 'listening');
    const connection = await world.sockets.connect(`${KERNEL}:${(server.address() as AddressInfo).port}`);
    await until(() => kernelCounters().TCPWinProbe > before);
    expect(finished).toBe(false);
    let bytes = 0;
    for await (const piece of connection) bytes += piece.length;
    expect(bytes).toBe(data.length);
    await world.close();
    server.close();
  });
});
