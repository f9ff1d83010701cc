import { afterEach, describe, expect, test } from 'vitest';
import { AF_INET6, SOCKADDR_IN6 } from '../../src/base/index.ts';
import {
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_V6ONLY,
  SIO_WSK_QUERY_IDEAL_SEND_BACKLOG,
  SIO_WSK_QUERY_RECEIVE_BACKLOG,
  SO_EXCLUSIVEADDRUSE,
  SO_KEEPALIVE,
  SO_RCVBUF,
  SO_REUSEADDR,
  SO_WSK_SECURITY,
  SOL_SOCKET,
  TCP_FASTOPEN,
  TCP_NODELAY,
  ULONG,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_SOCKET,
  WskGetOption,
  WskIoctl,
  WskSetOption,
} from '../../src/wsk/index.ts';
import type { Call, Driver } from '../support/driver.ts';
import { openConnected, openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

const control = (
  driver: Driver,
  socket: WSK_SOCKET,
  type: number,
  level: number,
  code: number,
  input: Uint8Array | null,
  output: Uint8Array | null,
  sizes: [number, number] = [input?.length ?? 0, output?.length ?? 0],
): Call =>
  driver.start((irp) =>
    socket.Dispatch.WskControlSocket(socket, type, code, level, sizes[0], input, sizes[1], output, null, irp),
  );

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`WskControlSocket on ${skipText(kind)}`, () => {
    let pair: Pair;
    const open = async (): Promise<Pair> => (pair = await openPair(kind));
    afterEach(() => pair.world.dispose());

    for (const [name, level, code, value] of [
      ['TCP_FASTOPEN', IPPROTO_TCP, TCP_FASTOPEN, 1],
      ['TCP_NODELAY', IPPROTO_TCP, TCP_NODELAY, 1],
      ['SO_REUSEADDR', SOL_SOCKET, SO_REUSEADDR, 1],
      ['SO_EXCLUSIVEADDRUSE', SOL_SOCKET, SO_EXCLUSIVEADDRUSE, 1],
      ['SO_KEEPALIVE', SOL_SOCKET, SO_KEEPALIVE, 1],
      ['SO_RCVBUF', SOL_SOCKET, SO_RCVBUF, 32_768],
    ] as const) {
      test(`${name}: what was set can be read again`, async () => {
        const { world, client } = await open();
        await world.run(world.client, function* () {
          for (const flags of [WSK_FLAG_CONNECTION_SOCKET, WSK_FLAG_LISTEN_SOCKET]) {
            const { socket } = yield* client.newSocket(flags);
            const set = yield* client.wait(control(client, socket, WskSetOption, level, code, ULONG(value), null));
            expect([...set.statuses, set.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
            const output = new Uint8Array(4);
            const get = yield* client.wait(control(client, socket, WskGetOption, level, code, null, output));
            expect([get.name, get.information]).toEqual(['STATUS_SUCCESS', 4]);
            expect([...output]).toEqual([...ULONG(value)]);
          }
        });
      });
    }

    test('IPV6_V6ONLY can be switched off before bind', async () => {
      const { world, client } = await open();
      await world.run(world.client, function* () {
        const { socket } = yield* client.newSocket(WSK_FLAG_LISTEN_SOCKET, AF_INET6);
        const off = yield* client.wait(
          control(client, socket, WskSetOption, IPPROTO_IPV6, IPV6_V6ONLY, ULONG(0), null),
        );
        expect(off.name).toBe('STATUS_SUCCESS');
        expect((yield* client.bind(socket, new SOCKADDR_IN6())).name).toBe('STATUS_SUCCESS');
        const late = control(client, socket, WskSetOption, IPPROTO_IPV6, IPV6_V6ONLY, ULONG(1), null);
        expect(late.statuses).toEqual(Array(2).fill('STATUS_INVALID_DEVICE_STATE'));
      });
    });

    test('options have their time: before bind, before connect, or any', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const set = (level: number, code: number) =>
          client.wait(control(client, socket, WskSetOption, level, code, ULONG(1), null));
        expect((yield* set(SOL_SOCKET, SO_REUSEADDR)).name).toBe('STATUS_INVALID_DEVICE_STATE');
        expect((yield* set(IPPROTO_TCP, TCP_FASTOPEN)).name).toBe('STATUS_SUCCESS');
        yield* client.wait(client.connectEx(socket, to, null));
        expect((yield* set(IPPROTO_TCP, TCP_FASTOPEN)).name).toBe('STATUS_INVALID_DEVICE_STATE');
        expect((yield* set(SOL_SOCKET, SO_KEEPALIVE)).name).toBe('STATUS_SUCCESS');
      });
    });

    test('what makes no sense: STATUS_INVALID_PARAMETER or STATUS_BUFFER_TOO_SMALL, inline', async () => {
      const { world, client } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket(null);
        const output = new Uint8Array(4);
        const cases: [string, Call][] = [
          ['STATUS_INVALID_PARAMETER', control(client, socket, 3, SOL_SOCKET, SO_RCVBUF, ULONG(1), output)],
          ['STATUS_INVALID_PARAMETER', control(client, socket, WskSetOption, SOL_SOCKET, 0x7777, ULONG(1), null)],
          ['STATUS_INVALID_PARAMETER', control(client, socket, WskGetOption, IPPROTO_TCP, SO_RCVBUF, null, output)],
          ['STATUS_INVALID_PARAMETER', control(client, socket, WskSetOption, SOL_SOCKET, SO_RCVBUF, null, null)],
          [
            'STATUS_INVALID_PARAMETER',
            control(client, socket, WskSetOption, SOL_SOCKET, SO_RCVBUF, ULONG(1), null, [2, 0]),
          ],
          [
            'STATUS_INVALID_PARAMETER',
            control(client, socket, WskSetOption, SOL_SOCKET, SO_RCVBUF, new Uint8Array(2), null, [4, 0]),
          ],
          ['STATUS_INVALID_PARAMETER', control(client, socket, WskGetOption, SOL_SOCKET, SO_RCVBUF, null, null)],
          [
            'STATUS_BUFFER_TOO_SMALL',
            control(client, socket, WskGetOption, SOL_SOCKET, SO_RCVBUF, null, output, [0, 2]),
          ],
          [
            'STATUS_BUFFER_TOO_SMALL',
            control(client, socket, WskGetOption, SOL_SOCKET, SO_RCVBUF, null, new Uint8Array(2), [0, 4]),
          ],
          [
            'STATUS_NOT_IMPLEMENTED',
            control(client, socket, WskSetOption, SOL_SOCKET, SO_WSK_SECURITY, ULONG(1), null),
          ],
          ['STATUS_NOT_IMPLEMENTED', control(client, socket, WskIoctl, 0, 0x28000017, null, output)],
          [
            'STATUS_INVALID_DEVICE_STATE',
            control(client, socket, WskIoctl, 0, SIO_WSK_QUERY_RECEIVE_BACKLOG, null, output),
          ],
        ];
        for (const [status, call] of cases) expect([call.inline, ...call.statuses]).toEqual([true, status, status]);
        expect(output).toEqual(new Uint8Array(4));
        expect(
          socket.Dispatch.WskControlSocket(
            socket,
            WskSetOption,
            SO_RCVBUF,
            SOL_SOCKET,
            4,
            ULONG(1),
            0,
            null,
            null,
            null,
          ),
        ).toBe(0xc000000d | 0);
        expect((yield* client.close(socket)).name).toBe('STATUS_SUCCESS');
      });
    });

    test('the backlog queries tell bytes on a connection', async () => {
      const connected = await openConnected(kind);
      pair = connected;
      const { world, client, near } = connected;
      await world.run(world.client, function* () {
        const output = new Uint8Array(4);
        const ideal = yield* client.wait(
          control(client, near, WskIoctl, 0, SIO_WSK_QUERY_IDEAL_SEND_BACKLOG, null, output),
        );
        expect([ideal.name, ideal.information]).toEqual(['STATUS_SUCCESS', 4]);
        expect(new DataView(output.buffer).getUint32(0, true)).toBeGreaterThan(0);
        const backlog = yield* client.wait(
          control(client, near, WskIoctl, 0, SIO_WSK_QUERY_RECEIVE_BACKLOG, null, output),
        );
        expect([backlog.name, ...output]).toEqual(['STATUS_SUCCESS', 0, 0, 0, 0]);
      });
    });
  });
}
