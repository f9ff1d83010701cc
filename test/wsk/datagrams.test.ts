import { afterEach, describe, expect, test } from 'vitest';
import {
  AF_INET6,
  formatSockaddr,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_INVALID_PARAMETER,
  sockaddrToBytes,
} from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import {
  IP_PKTINFO,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_PKTINFO,
  MSG_CTRUNC,
  MSG_TRUNC,
  readControlInfo,
  SIO_WSK_SET_REMOTE_ADDRESS,
  SIO_WSK_SET_SENDTO_ADDRESS,
  SO_BROADCAST,
  SO_EXCLUSIVEADDRUSE,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SOL_SOCKET,
  type WSK_SOCKET,
  WskGetOption,
} from '../../src/wsk/index.ts';
import {
  datagram,
  datagramSocket,
  newDatagramSocket,
  Receiving,
  receiveFrom,
  sendMessages,
  sendTo,
  setAddress,
} from '../support/datagrams.ts';
import { type Call, Driver } from '../support/driver.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

const twice = (status: string): string[] => [status, status];

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`datagrams on ${skipText(kind)}`, () => {
    let world: TestWorld;
    let client: Driver;
    let server: Driver;
    afterEach(() => world.dispose());

    const load = async (choices = {}): Promise<void> => {
      world = await kind.open(choices);
      client = await world.run(world.client, (nt) => Driver.load(nt));
      server = await world.run(world.server, (nt) => Driver.load(nt));
    };
    /** A bound socket on each machine, and the address that leads to the server's. */
    const open = async (choices = {}): Promise<{ near: WSK_SOCKET; far: WSK_SOCKET; to: SOCKADDR }> => {
      await load(choices);
      const near = await world.run(world.client, () => datagramSocket(client));
      const far = await world.run(world.server, () => datagramSocket(server));
      const { sin_port } = await world.run(world.server, () => server.localAddress(far));
      return { near, far, to: new SOCKADDR_IN(world.serverHost, sin_port) };
    };
    const wait = (call: Call): Promise<Call> => world.run(world.client, () => client.wait(call));
    const received = (socket: WSK_SOCKET, size?: number): Promise<Receiving> =>
      world.run(world.server, () => receiveFrom(server, socket, size));
    const send = async (socket: WSK_SOCKET, data: string | Uint8Array, to: SOCKADDR | null): Promise<Call> =>
      wait(sendTo(client, socket, data, to));

    test('WskSendTo pends and tells its bytes; WskReceiveFrom has them and the sender, who can be answered', async () => {
      const { near, far, to } = await open();
      const sent = await send(near, 'ping', to);
      expect([...sent.statuses, sent.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 4]);
      const got = await received(far);
      expect([...got.call.statuses, got.text]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 'ping']);
      expect([got.flags.value, got.controlLength.value]).toEqual([0, 0]);
      const { sin_port } = await world.run(world.client, () => client.localAddress(near));
      expect(got.from.address!.port).toBe(sin_port);
      await world.run(world.server, () => server.wait(sendTo(server, far, 'pong', got.from.address)));
      expect((await world.run(world.client, () => receiveFrom(client, near))).text).toBe('pong');
    });

    test('every datagram is received by itself and in order, one of no bytes too', async () => {
      const { near, far, to } = await open();
      for (const text of ['one', '', 'three']) await send(near, text, to);
      const texts: string[] = [];
      for (let i = 0; i < 3; i++) texts.push((await received(far)).text);
      expect(texts).toEqual(['one', '', 'three']);
    });

    test('receives that wait are served in the order of the calls, one datagram each', async () => {
      const { near, far, to } = await open();
      const waiting = [0, 1, 2].map(() => new Receiving(server, far));
      for (const text of ['a', 'bb', 'ccc']) await send(near, text, to);
      for (const { call } of waiting) await world.run(world.server, () => server.wait(call));
      expect(waiting.map(({ text }) => text)).toEqual(['a', 'bb', 'ccc']);
    });

    test('a Buffer that is too short: STATUS_SUCCESS with MSG_TRUNC, the rest is lost, the next datagram is whole', async () => {
      const { near, far, to } = await open();
      await send(near, 'longer', to);
      await send(near, 'next', to);
      await send(near, 'none', to);
      const cut = await received(far, 4);
      expect([cut.call.name, cut.text, cut.flags.value]).toEqual(['STATUS_SUCCESS', 'long', MSG_TRUNC]);
      const next = await received(far, 4);
      expect([next.text, next.flags.value]).toEqual(['next', 0]);
      const none = await received(far, 0);
      expect([none.text, none.flags.value]).toEqual(['', MSG_TRUNC]);
    });

    test('20,000 bytes in several MDLs arrive as they were; 65,508 are STATUS_INVALID_BUFFER_SIZE', async () => {
      const { near, far, to } = await open();
      const bytes = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251);
      const pieces = [bytes.subarray(0, 1), bytes.subarray(1, 12_345), bytes.subarray(12_345)];
      const buffers = pieces.map((piece) => client.buffer(piece));
      for (const [i, { Mdl }] of buffers.entries()) Mdl!.Next = buffers[i + 1]?.Mdl ?? null;
      const chain = { Mdl: buffers[0].Mdl, Offset: 0, Length: 20_000 };
      const sent = await wait(client.start((irp) => datagram(near).WskSendTo(near, chain, 0, to, 0, null, irp)));
      expect([sent.name, sent.information]).toEqual(['STATUS_SUCCESS', 20_000]);
      const into = new Uint8Array(20_000);
      await world.run(world.server, function* () {
        const buffer = server.buffer(into);
        const { WskReceiveFrom } = datagram(far);
        const call = server.start((irp) => WskReceiveFrom(far, buffer, 0, null, null, null, null, irp));
        expect((yield* server.wait(call)).information).toBe(20_000);
      });
      expect(into).toEqual(bytes);
      expect((await send(near, new Uint8Array(65_508), to)).statuses).toEqual([
        'STATUS_PENDING',
        'STATUS_INVALID_BUFFER_SIZE',
      ]);
      await send(near, 'after', to);
      expect((await received(far)).text).toBe('after');
    });

    test('WskSendMessages: one datagram for each element, in order; Information is all their bytes', async () => {
      const { near, far, to } = await open();
      const call = await wait(sendMessages(client, near, ['first', 'second', ''], to));
      expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 11]);
      const texts = [await received(far), await received(far), await received(far)].map(({ text }) => text);
      expect(texts).toEqual(['first', 'second', '']);
    });

    test('WskSendMessages ends with the first that cannot be sent: the bytes before it count', async () => {
      const { near, to } = await open();
      const call = await wait(sendMessages(client, near, ['first', new Uint8Array(65_508), 'third'], to));
      expect([call.name, call.information]).toEqual(['STATUS_INVALID_BUFFER_SIZE', 5]);
    });

    test('WskSendTo and WskSendMessages refuse inline what makes no sense, and the socket goes on', async () => {
      const { near, far, to } = await open();
      const other = new SOCKADDR_IN6('::1', 7);
      const nowhere = new SOCKADDR_IN(world.serverHost, 0);
      const unbound = await world.run(world.client, () => newDatagramSocket(client));
      const cases: [string, Call][] = [
        ['STATUS_INVALID_PARAMETER', sendTo(client, near, 'x', to, 1)],
        ['STATUS_INVALID_PARAMETER', sendTo(client, near, 'x', other)],
        ['STATUS_INVALID_PARAMETER', sendTo(client, near, 'x', null)],
        ['STATUS_NOT_SUPPORTED', sendTo(client, near, 'x', to, 0, 12)],
        ['STATUS_INVALID_ADDRESS_COMPONENT', sendTo(client, near, 'x', nowhere)],
        ['STATUS_INVALID_DEVICE_STATE', sendTo(client, unbound, 'x', to)],
        ['STATUS_INVALID_PARAMETER', sendMessages(client, near, ['x'], to, 1)],
        ['STATUS_INVALID_PARAMETER', sendMessages(client, near, ['x'], null)],
        ['STATUS_INVALID_ADDRESS_COMPONENT', sendMessages(client, near, ['x'], nowhere)],
        ['STATUS_INVALID_DEVICE_STATE', sendMessages(client, unbound, ['x'], to)],
      ];
      for (const [status, call] of cases) expect([call.inline, ...call.statuses]).toEqual([true, ...twice(status)]);
      const buffer = client.buffer('x');
      expect(datagram(near).WskSendTo(near, buffer, 0, to, 0, null, null)).toBe(STATUS_INVALID_PARAMETER);
      expect(datagram(near).WskSendMessages(near, { Next: null, Buffer: buffer }, 0, to, 0, null, null)).toBe(
        STATUS_INVALID_PARAMETER,
      );
      await send(near, 'goes on', to);
      expect((await received(far)).text).toBe('goes on');
    });

    test('WskReceiveFrom refuses inline: Flags, no IRP, a socket that is not bound', async () => {
      const { near } = await open();
      const unbound = await world.run(world.client, () => newDatagramSocket(client));
      const { WskReceiveFrom } = datagram(near);
      const buffer = client.buffer(new Uint8Array(8));
      const receive = (socket: WSK_SOCKET, flags: number): Call =>
        client.start((irp) => WskReceiveFrom(socket, buffer, flags, null, null, null, null, irp));
      expect(receive(near, 1).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
      expect(receive(unbound, 0).statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
      expect(WskReceiveFrom(near, buffer, 0, null, null, null, null, null)).toBe(STATUS_INVALID_PARAMETER);
    });

    test('WskReceiveFrom x IoCancelIrp: STATUS_CANCELLED, and the datagram that comes later is not lost', async () => {
      const { near, far, to } = await open();
      const waiting = new Receiving(server, far);
      world.server.nt.IoCancelIrp(waiting.call.irp);
      await world.run(world.server, () => server.wait(waiting.call));
      expect([waiting.call.name, waiting.call.information]).toEqual(['STATUS_CANCELLED', 0]);
      await send(near, 'later', to);
      expect((await received(far)).text).toBe('later');
    });

    test('WskCloseSocket: receives that wait end with STATUS_CANCELLED before it completes', async () => {
      const { far } = await open();
      const order: string[] = [];
      const { WskReceiveFrom } = datagram(far);
      const buffer = server.buffer(new Uint8Array(8));
      server.start(
        (irp) => WskReceiveFrom(far, buffer, 0, null, null, null, null, irp),
        ({ name }) => order.push(`receive ${name}`),
      );
      const close = server.start(
        (irp) => far.Dispatch.WskCloseSocket(far, irp),
        ({ name }) => order.push(`close ${name}`),
      );
      await world.run(world.server, () => server.wait(close));
      expect(order).toEqual(['receive STATUS_CANCELLED', 'close STATUS_SUCCESS']);
      expect(() => datagram(far).WskReceiveFrom(far, buffer, 0, null, null, null, null, null)).toThrow(/R25/);
    });

    describe('WskBind', () => {
      test('the port is known from bind on, and taken: STATUS_ADDRESS_ALREADY_ASSOCIATED until it is closed', async () => {
        const { to, far } = await open();
        const bindAgain = async (): Promise<Call> =>
          world.run(world.server, function* () {
            const socket = yield* newDatagramSocket(server);
            return yield* server.bind(socket, new SOCKADDR_IN('0.0.0.0', to.port));
          });
        expect(to.port).toBeGreaterThan(0);
        expect((await bindAgain()).statuses).toEqual(['STATUS_PENDING', 'STATUS_ADDRESS_ALREADY_ASSOCIATED']);
        await world.run(world.server, () => server.close(far));
        expect((await bindAgain()).name).toBe('STATUS_SUCCESS');
      });

      test('twice, another family, an address that is not local', async () => {
        const { near } = await open();
        const bind = (socket: WSK_SOCKET, address: SOCKADDR): Promise<Call> =>
          world.run(world.client, () => client.bind(socket, address));
        expect((await bind(near, new SOCKADDR_IN())).statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
        const fresh = await world.run(world.client, () => newDatagramSocket(client));
        expect((await bind(fresh, new SOCKADDR_IN6())).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
        expect((await bind(fresh, new SOCKADDR_IN('198.51.100.1', 0))).name).toBe('STATUS_INVALID_ADDRESS_COMPONENT');
        expect((await bind(fresh, new SOCKADDR_IN())).name).toBe('STATUS_SUCCESS');
      });

      test('SO_REUSEADDR: two sockets share a port when both want it; not SO_EXCLUSIVEADDRUSE', async () => {
        await load();
        const bound = function* (option: number, port: number): KernelRoutine<string> {
          const socket = yield* newDatagramSocket(server);
          expect((yield* server.setOption(socket, SOL_SOCKET, option, 1)).name).toBe('STATUS_SUCCESS');
          return (yield* server.bind(socket, new SOCKADDR_IN('0.0.0.0', port))).name;
        };
        await world.run(world.server, function* () {
          const free = yield* datagramSocket(server);
          const { sin_port } = yield* server.localAddress(free);
          yield* server.close(free);
          expect(yield* bound(SO_REUSEADDR, sin_port)).toBe('STATUS_SUCCESS');
          expect(yield* bound(SO_EXCLUSIVEADDRUSE, sin_port)).toBe('STATUS_ADDRESS_ALREADY_ASSOCIATED');
          expect(yield* bound(SO_REUSEADDR, sin_port)).toBe('STATUS_SUCCESS');
        });
      });
    });

    describe('fixed addresses', () => {
      test('SIO_WSK_SET_SENDTO_ADDRESS: where a datagram without an address goes; one with an address overrides it', async () => {
        const { near, far, to } = await open();
        const call = await wait(setAddress(client, near, SIO_WSK_SET_SENDTO_ADDRESS, to));
        expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
        expect((await send(near, 'fixed', null)).name).toBe('STATUS_SUCCESS');
        expect((await received(far)).text).toBe('fixed');
        const second = await world.run(world.server, () => datagramSocket(server));
        const { sin_port } = await world.run(world.server, () => server.localAddress(second));
        await send(near, 'elsewhere', new SOCKADDR_IN(world.serverHost, sin_port));
        expect((await received(second)).text).toBe('elsewhere');
        await wait(setAddress(client, near, SIO_WSK_SET_SENDTO_ADDRESS, null));
        expect(sendTo(client, near, 'x', null).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
      });

      test('SIO_WSK_SET_REMOTE_ADDRESS: sends go there, and datagrams of others are dropped until it is cleared', async () => {
        const { near, far, to } = await open();
        const bytes = new Uint8Array(28);
        sockaddrToBytes(to, bytes);
        expect((await wait(setAddress(client, near, SIO_WSK_SET_REMOTE_ADDRESS, bytes))).name).toBe('STATUS_SUCCESS');
        expect((await send(near, 'hello', null)).name).toBe('STATUS_SUCCESS');
        const back = (await received(far)).from.address!;
        const stranger = await world.run(world.server, () => datagramSocket(server));
        const answer = async (socket: WSK_SOCKET, text: string): Promise<void> => {
          await world.run(world.server, () => server.wait(sendTo(server, socket, text, back)));
          await world.settle();
        };
        await answer(stranger, 'not wanted');
        await answer(far, 'wanted');
        const waiting = new Receiving(client, near);
        await wait(waiting.call);
        expect(waiting.text).toBe('wanted');
        await wait(setAddress(client, near, SIO_WSK_SET_REMOTE_ADDRESS, null));
        await answer(stranger, 'wanted now');
        const next = new Receiving(client, near);
        await wait(next.call);
        expect(next.text).toBe('wanted now');
      });

      test('what is no address: STATUS_INVALID_PARAMETER or STATUS_INVALID_ADDRESS_COMPONENT; not bound, not for datagrams', async () => {
        const { near, to } = await open();
        const [unbound, stream] = await world.run(world.client, function* () {
          return [yield* newDatagramSocket(client), yield* client.connectionSocket()] as const;
        });
        for (const code of [SIO_WSK_SET_REMOTE_ADDRESS, SIO_WSK_SET_SENDTO_ADDRESS]) {
          const cases: [string, Call][] = [
            ['STATUS_INVALID_PARAMETER', setAddress(client, near, code, new Uint8Array(8))],
            ['STATUS_INVALID_PARAMETER', setAddress(client, near, code, new SOCKADDR_IN6('::1', 7))],
            ['STATUS_INVALID_ADDRESS_COMPONENT', setAddress(client, near, code, new SOCKADDR_IN('10.0.0.2', 0))],
            ['STATUS_INVALID_ADDRESS_COMPONENT', setAddress(client, near, code, new SOCKADDR_IN('0.0.0.0', 7))],
            ['STATUS_INVALID_DEVICE_STATE', setAddress(client, unbound, code, to)],
            ['STATUS_INVALID_DEVICE_REQUEST', setAddress(client, stream, code, to)],
          ];
          for (const [status, call] of cases) expect([call.inline, ...call.statuses]).toEqual([true, ...twice(status)]);
        }
      });
    });

    describe('options', () => {
      const read = (socket: WSK_SOCKET, level: number, code: number): KernelRoutine<[string, number]> =>
        (function* () {
          const output = new Uint8Array(4);
          const { WskControlSocket } = socket.Dispatch;
          const call = yield* client.call((irp) =>
            WskControlSocket(socket, WskGetOption, code, level, 0, null, 4, output, null, irp),
          );
          return [call.name, new DataView(output.buffer).getUint32(0, true)];
        })();

      test('SO_RCVBUF is read as it was set; before bind only: SO_REUSEADDR, SO_EXCLUSIVEADDRUSE; not of datagrams: SO_KEEPALIVE', async () => {
        await load();
        await world.run(world.client, function* () {
          const socket = yield* newDatagramSocket(client);
          expect((yield* client.setOption(socket, SOL_SOCKET, SO_RCVBUF, 20_000)).name).toBe('STATUS_SUCCESS');
          expect(yield* read(socket, SOL_SOCKET, SO_RCVBUF)).toEqual(['STATUS_SUCCESS', 20_000]);
          expect((yield* client.setOption(socket, SOL_SOCKET, SO_KEEPALIVE, 1)).name).toBe('STATUS_INVALID_PARAMETER');
          yield* client.bind(socket, new SOCKADDR_IN());
          expect((yield* client.setOption(socket, SOL_SOCKET, SO_RCVBUF, 30_000)).name).toBe('STATUS_SUCCESS');
          expect(yield* read(socket, SOL_SOCKET, SO_RCVBUF)).toEqual(['STATUS_SUCCESS', 30_000]);
          for (const code of [SO_REUSEADDR, SO_EXCLUSIVEADDRUSE]) {
            const late = yield* client.setOption(socket, SOL_SOCKET, code, 1);
            expect(late.statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
          }
        });
      });

      test.skipIf(kind.name === 'StackTransport')(
        'SO_BROADCAST: without it a broadcast is STATUS_ACCESS_DENIED (the stack has no broadcasts)',
        async () => {
          const { near } = await open();
          const everybody = new SOCKADDR_IN('255.255.255.255', 4009);
          expect((await send(near, 'x', everybody)).name).toBe('STATUS_ACCESS_DENIED');
          await world.run(world.client, function* () {
            expect((yield* client.setOption(near, SOL_SOCKET, SO_BROADCAST, 1)).name).toBe('STATUS_SUCCESS');
            expect(yield* read(near, SOL_SOCKET, SO_BROADCAST)).toEqual(['STATUS_SUCCESS', 1]);
          });
          expect((await send(near, 'x', everybody)).name).not.toBe('STATUS_ACCESS_DENIED');
        },
      );

      test.skipIf(kind.noPacketInfo !== null)(
        `IP_PKTINFO: the address that it was sent to and the interface, or MSG_CTRUNC${kind.noPacketInfo === null ? '' : ` (skipped: ${kind.noPacketInfo})`}`,
        async () => {
          const { near, far, to } = await open();
          await world.run(world.server, function* () {
            expect((yield* server.setOption(far, IPPROTO_IP, IP_PKTINFO, 1)).name).toBe('STATUS_SUCCESS');
            const wrong = yield* server.setOption(far, IPPROTO_IPV6, IPV6_PKTINFO, 1);
            expect(wrong.name).toBe('STATUS_INVALID_PARAMETER');
          });
          for (const text of ['room', 'no room', 'no interest']) await send(near, text, to);
          const got = await received(far);
          expect([got.controlLength.value, got.flags.value]).toEqual([20, 0]);
          const [{ level, type, data }] = readControlInfo(got.control, got.controlLength.value);
          expect([level, type, data.length]).toEqual([IPPROTO_IP, IP_PKTINFO, 8]);
          expect(data.subarray(0, 4).join('.')).toBe(world.serverHost);
          expect(new DataView(data.buffer).getUint32(4, true)).toBeGreaterThan(0);
          const short = new Receiving(server, far, 64, 19);
          await world.run(world.server, () => server.wait(short.call));
          expect([short.text, short.controlLength.value, short.flags.value]).toEqual(['no room', 0, MSG_CTRUNC]);
          const flags = { value: -1 };
          const { WskReceiveFrom } = datagram(far);
          const buffer = server.buffer(new Uint8Array(64));
          const call = server.start((irp) => WskReceiveFrom(far, buffer, 0, null, null, null, flags, irp));
          await world.run(world.server, () => server.wait(call));
          expect([call.name, flags.value]).toEqual(['STATUS_SUCCESS', 0]);
        },
      );

      test.skipIf(kind.noPacketInfo === null)('IP_PKTINFO where it cannot be had: STATUS_NOT_SUPPORTED', async () => {
        const { far } = await open();
        const call = await world.run(world.server, () => server.setOption(far, IPPROTO_IP, IP_PKTINFO, 1));
        expect(call.statuses).toEqual(twice('STATUS_NOT_SUPPORTED'));
      });
    });

    test('over IPv6, with IPV6_PKTINFO where there is such a thing', async () => {
      await load();
      await world.run(world.client, function* () {
        const first = yield* newDatagramSocket(client, AF_INET6);
        const bound = yield* client.bind(first, new SOCKADDR_IN6('::1'));
        expect(bound.name).toBe('STATUS_SUCCESS');
        const local = new SOCKADDR_IN6();
        yield* client.call((irp) => datagram(first).WskGetLocalAddress(first, local, irp));
        const info = yield* client.setOption(first, IPPROTO_IPV6, IPV6_PKTINFO, 1);
        expect(info.name).toBe(kind.noPacketInfo === null ? 'STATUS_SUCCESS' : 'STATUS_NOT_SUPPORTED');
        const second = yield* datagramSocket(client, new SOCKADDR_IN6('::1'));
        expect((yield* client.wait(sendTo(client, second, 'six', local))).name).toBe('STATUS_SUCCESS');
        const got = yield* receiveFrom(client, first);
        expect([got.text, got.from.ss_family]).toEqual(['six', AF_INET6]);
        if (kind.name !== 'MemoryTransport') expect(formatSockaddr(got.from.address!)).toMatch(/^\[::1\]:/);
        const controls = readControlInfo(got.control, got.controlLength.value);
        expect(controls.map(({ type, data }) => [type, data[15]])).toEqual(
          kind.noPacketInfo === null ? [[IPV6_PKTINFO, 1]] : [],
        );
      });
    });

    test('a call whose result is known may complete inline', async () => {
      const { near, far, to } = await open({ policy: { completeInline: () => true } });
      await send(near, 'waits', to);
      await world.settle();
      const got = await received(far);
      expect([got.call.inline, ...got.call.statuses, got.text]).toEqual([true, ...twice('STATUS_SUCCESS'), 'waits']);
    });
  });
}
