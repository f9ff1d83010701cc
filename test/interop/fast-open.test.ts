import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { STATUS_CONNECTION_REFUSED } from '../../src/base/index.ts';
import { type HostMachine, openHostMachine } from '../../src/public/host.ts';
import { type Connection, type ConnectOptions, echo, Sockets, serve } from '../../src/sockets/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { Recorder, RecordKind } from '../../src/trace/index.ts';
import { at } from './bulk.ts';
import { interopObstacle, kernelCounters, Namespace, skipNote } from './namespace.ts';
import { KERNEL, KERNEL6, OURS, OURS6, openTunWorld, type TunWorld } from './tun-world.ts';

const obstacle = await interopObstacle();
const DATA = 'o'.repeat(100);
const FASTOPEN = '/proc/sys/net/ipv4/tcp_fastopen';
/** Of the MSS that the peer tells, less all options that fit into a header. */
const MOST_IN_SYN = { 4: 1460 - 40, 6: 1440 - 40 };

/** What an echo server gave back, and how the data went there. */
const ask = async (sockets: Sockets, to: string, data: string, options: ConnectOptions) => {
  const connection: Connection = await sockets.connect(to, { data, ...options });
  const { bytesInSyn, synDataAcked } = connection;
  await connection.end();
  let answer = '';
  for await (const bytes of connection) answer += Buffer.from(bytes).toString();
  return { bytesInSyn, synDataAcked, same: answer === data };
};

const echoServer = async (sockets: Sockets, address: string, fastOpen: boolean) => {
  const listener = await sockets.listen(at(address, 0), { fastOpen });
  const serving = serve(listener, echo);
  const stop = async (): Promise<void> => {
    await listener.close();
    await serving;
  };
  return { to: at(address, listener.localAddress.port), stop };
};

const growth = async (act: () => Promise<void>) => {
  const before = kernelCounters();
  await act();
  const after = kernelCounters();
  return (name: string): number => after[name] - before[name];
};

describe.skipIf(obstacle !== null)(
  `our TCP and the kernel's over TUN, 1 ms there and back${skipNote(obstacle)}`,
  () => {
    let namespace: Namespace;
    let ours: TunWorld;
    let kernel: HostMachine;
    let kernels: Sockets;
    beforeAll(async () => void (namespace = await Namespace.enter()));
    afterAll(() => namespace.leave());
    beforeEach(async () => {
      writeFileSync(FASTOPEN, '3');
      ours = await openTunWorld();
      kernel = await openHostMachine({ transport: 'koffi' });
      kernels = await Sockets.open(kernel);
    });
    afterEach(async () => {
      await kernels.close();
      kernel.close();
      await ours.close();
    });

    describe.each([
      [4, KERNEL, OURS],
      [6, KERNEL6, OURS6],
    ] as const)('over IPv%i', (version, kernelAddress, ourAddress) => {
      test('our client gets a cookie from the kernel, then its data rides in the SYN and is acknowledged', async () => {
        const outcomes: unknown[] = [];
        const grown = await growth(async () => {
          const { to, stop } = await echoServer(kernels, kernelAddress, true);
          for (let i = 0; i < 3; i++) outcomes.push(await ask(ours.sockets, to, DATA, { fastOpen: true }));
          await stop();
        });
        expect(outcomes).toEqual([
          { bytesInSyn: 0, synDataAcked: false, same: true },
          { bytesInSyn: 100, synDataAcked: true, same: true },
          { bytesInSyn: 100, synDataAcked: true, same: true },
        ]);
        expect([grown('TCPFastOpenCookieReqd'), grown('TCPFastOpenPassive')]).toEqual([1, 2]);
        // Retransmissions are the machine's business: on a busy one the kernel may answer later than our timer waits.
        expect(ours.machine.host.counters).toMatchObject({
          fastOpenActive: 2,
          fastOpenActiveFail: 0,
        });
      });

      test('the kernel gets a cookie from our server, then its data rides in the SYN and is acknowledged', async () => {
        const outcomes: unknown[] = [];
        const grown = await growth(async () => {
          const { to, stop } = await echoServer(ours.sockets, ourAddress, true);
          for (let i = 0; i < 3; i++) outcomes.push(await ask(kernels, to, DATA, { fastOpen: true }));
          await stop();
        });
        expect(outcomes).toEqual([
          { bytesInSyn: 0, synDataAcked: false, same: true },
          { bytesInSyn: 100, synDataAcked: true, same: true },
          { bytesInSyn: 100, synDataAcked: true, same: true },
        ]);
        expect([grown('TCPFastOpenActive'), grown('TCPFastOpenActiveFail')]).toEqual([2, 0]);
        expect(ours.machine.host.counters).toMatchObject({
          fastOpenCookieReqd: 1,
          fastOpenPassive: 2,
          fastOpenPassiveFail: 0,
        });
      });

      test('more than fits: the SYN is filled, the rest follows, both ways', async () => {
        const data = DATA.repeat(500);
        const kernelServer = await echoServer(kernels, kernelAddress, true);
        const ourServer = await echoServer(ours.sockets, ourAddress, true);
        await ask(ours.sockets, kernelServer.to, DATA, { fastOpen: true });
        await ask(kernels, ourServer.to, DATA, { fastOpen: true });
        const out = await ask(ours.sockets, kernelServer.to, data, { fastOpen: true });
        const back = await ask(kernels, ourServer.to, data, { fastOpen: true });
        await kernelServer.stop();
        await ourServer.stop();
        const filled = { bytesInSyn: MOST_IN_SYN[version], synDataAcked: true, same: true };
        expect([out, back]).toEqual([filled, filled]);
      });

      test('without Fast Open no byte leaves before the handshake, both ways', async () => {
        const outcomes: unknown[] = [];
        const grown = await growth(async () => {
          const kernelServer = await echoServer(kernels, kernelAddress, true);
          const ourServer = await echoServer(ours.sockets, ourAddress, true);
          for (let i = 0; i < 2; i++) {
            outcomes.push(await ask(ours.sockets, kernelServer.to, DATA, {}));
            outcomes.push(await ask(kernels, ourServer.to, DATA, {}));
          }
          await kernelServer.stop();
          await ourServer.stop();
        });
        expect(outcomes).toEqual(Array(4).fill({ bytesInSyn: 0, synDataAcked: false, same: true }));
        expect([grown('TCPFastOpenActive'), grown('TCPFastOpenPassive')]).toEqual([0, 0]);
      });
    });

    test('a kernel that has Fast Open off answers our cookie request like any SYN', async () => {
      writeFileSync(FASTOPEN, '0');
      const { to, stop } = await echoServer(kernels, KERNEL, true);
      const outcomes = [];
      for (let i = 0; i < 2; i++) outcomes.push(await ask(ours.sockets, to, DATA, { fastOpen: true }));
      await stop();
      expect(outcomes).toEqual(Array(2).fill({ bytesInSyn: 0, synDataAcked: false, same: true }));
    });

    test('a kernel that has changed its key takes the data behind the handshake and gives a new cookie', async () => {
      const { to, stop } = await echoServer(kernels, KERNEL, true);
      await ask(ours.sockets, to, DATA, { fastOpen: true });
      writeFileSync('/proc/sys/net/ipv4/tcp_fastopen_key', '01234567-89abcdef-01234567-89abcdef');
      const outcomes = [];
      for (let i = 0; i < 2; i++) outcomes.push(await ask(ours.sockets, to, DATA, { fastOpen: true }));
      await stop();
      expect(outcomes).toEqual([
        { bytesInSyn: 100, synDataAcked: false, same: true },
        { bytesInSyn: 100, synDataAcked: true, same: true },
      ]);
    });

    test('a port where nobody listens refuses, both ways', async () => {
      const refused = { status: STATUS_CONNECTION_REFUSED };
      await expect(ours.sockets.connect(at(KERNEL, 9))).rejects.toMatchObject(refused);
      await expect(kernels.connect(at(OURS, 9))).rejects.toMatchObject(refused);
    });

    test('a machine draws its cookies and ports anew each time it is made: they come from no seed', async () => {
      const draws: { cookie: string; ports: number[] }[] = [];
      for (let i = 0; i < 2; i++) {
        await ours.close();
        const executor = new RealExecutor();
        const trace = new Recorder(executor);
        ours = await openTunWorld({ executor, trace });
        const ourServer = await echoServer(ours.sockets, OURS, true);
        await ask(kernels, ourServer.to, DATA, { fastOpen: true });
        await ourServer.stop();
        const kernelServer = await echoServer(kernels, KERNEL, false);
        const ports: number[] = [];
        for (let j = 0; j < 3; j++) {
          const connection = await ours.sockets.connect(kernelServer.to);
          ports.push(connection.localAddress.port);
          await connection.close();
        }
        await kernelServer.stop();
        draws.push({ cookie: cookieGiven(trace), ports });
      }
      const [one, two] = draws;
      expect(one.cookie).toHaveLength(16);
      expect(two.cookie).not.toBe(one.cookie);
      expect(two.ports).not.toEqual(one.ports);
      expect([one.ports[1], one.ports[2]]).not.toEqual([one.ports[0] + 1, one.ports[0] + 2]);
    });
  },
);

/** The Fast Open option of kind 34 with 8 bytes in a SYN-ACK over IPv4. */
const cookieGiven = (trace: Recorder): string => {
  for (const { kind, d } of trace.records()) {
    if (kind !== RecordKind.Packet) continue;
    const packet = Buffer.from(trace.packet(d));
    if (packet[0] >> 4 !== 4 || (packet[33] & 0x3f) !== 0x12) continue;
    const option = packet.indexOf(Buffer.of(34, 10), 40);
    if (option > 0) return packet.toString('hex', option + 2, option + 10);
  }
  return '';
};
