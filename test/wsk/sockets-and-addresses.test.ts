import { afterEach, describe, expect, test } from 'vitest';
import {
  AF_INET,
  AF_INET6,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
} from '../../src/base/index.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  WSK_FLAG_ABORTIVE,
  WSK_FLAG_BASIC_SOCKET,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_DATAGRAM_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  WSK_FLAG_STREAM_SOCKET,
} from '../../src/wsk/index.ts';
import { type Call, connection, type Driver, listener, stream } from '../support/driver.ts';
import { openConnected, openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`sockets and addresses on ${skipText(kind)}`, () => {
    let pair: Pair;
    const open = async (): Promise<Pair> => (pair = await openPair(kind));
    afterEach(() => pair.world.dispose());
    const twice = (status: string): string[] => [status, status];

    describe('WskSocket', () => {
      const create = (driver: Driver, family: number, type: number, protocol: number, flags: number): Call =>
        driver.start((irp) =>
          driver.provider.WskSocket(driver.client, family, type, protocol, flags, null, null, null, null, null, irp),
        );

      test('one category exactly; family, type and protocol that fit', async () => {
        const { client } = await open();
        const tcp = [SOCK_STREAM, IPPROTO_TCP] as const;
        const cases: [string, Call][] = [
          [
            'STATUS_INVALID_PARAMETER',
            create(client, AF_INET, ...tcp, WSK_FLAG_LISTEN_SOCKET | WSK_FLAG_CONNECTION_SOCKET),
          ],
          ['STATUS_INVALID_PARAMETER', create(client, AF_INET, ...tcp, 0x10)],
          ['STATUS_NOT_SUPPORTED', create(client, 99, ...tcp, WSK_FLAG_CONNECTION_SOCKET)],
          ['STATUS_NOT_SUPPORTED', create(client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, WSK_FLAG_CONNECTION_SOCKET)],
          ['STATUS_NOT_SUPPORTED', create(client, AF_INET, SOCK_STREAM, IPPROTO_UDP, WSK_FLAG_STREAM_SOCKET)],
          ['STATUS_NOT_SUPPORTED', create(client, AF_INET, SOCK_STREAM, IPPROTO_UDP, WSK_FLAG_BASIC_SOCKET)],
          ['STATUS_NOT_SUPPORTED', create(client, AF_INET, ...tcp, WSK_FLAG_DATAGRAM_SOCKET)],
          ['STATUS_NOT_SUPPORTED', create(client, AF_INET, SOCK_RAW, 1, WSK_FLAG_DATAGRAM_SOCKET)],
        ];
        for (const [status, call] of cases) expect([call.inline, ...call.statuses]).toEqual([true, ...twice(status)]);
      });

      test('each category comes with its own table', async () => {
        const { world, client } = await open();
        await world.run(world.client, function* () {
          const tables: [number, readonly string[], readonly string[]][] = [
            [WSK_FLAG_LISTEN_SOCKET, ['WskAccept', 'WskInspectComplete'], ['WskConnectEx', 'WskSend']],
            [WSK_FLAG_CONNECTION_SOCKET, ['WskConnectEx', 'WskRelease'], ['WskAccept', 'WskListen']],
            [WSK_FLAG_STREAM_SOCKET, ['WskConnectEx', 'WskAccept', 'WskListen'], ['WskInspectComplete']],
          ];
          for (const [flags, has, lacks] of tables) {
            const { socket } = yield* client.newSocket(flags);
            const members = Object.keys(socket.Dispatch);
            expect(members.slice(0, 2)).toEqual(['WskControlSocket', 'WskCloseSocket']);
            for (const name of has) expect(members).toContain(name);
            for (const name of lacks) expect(members).not.toContain(name);
          }
        });
      });
    });

    describe('WskBind', () => {
      test('Flags, family, no IRP: STATUS_INVALID_PARAMETER; twice: STATUS_INVALID_DEVICE_STATE', async () => {
        const { world, client } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket(null);
          const { WskBind } = connection(socket);
          expect((yield* client.bind(socket, new SOCKADDR_IN(), 1)).statuses).toEqual(
            twice('STATUS_INVALID_PARAMETER'),
          );
          expect((yield* client.bind(socket, new SOCKADDR_IN6())).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
          expect(WskBind(socket, new SOCKADDR_IN(), 0, null)).toBe(STATUS_INVALID_PARAMETER);
          expect((yield* client.bind(socket, new SOCKADDR_IN())).name).toBe('STATUS_SUCCESS');
          expect((yield* client.bind(socket, new SOCKADDR_IN())).statuses).toEqual(
            twice('STATUS_INVALID_DEVICE_STATE'),
          );
        });
      });

      test('an address of another machine: STATUS_INVALID_ADDRESS_COMPONENT, and the socket can still be bound', async () => {
        const { world, client } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket(null);
          const foreign = yield* client.bind(socket, new SOCKADDR_IN('192.0.2.1', 0));
          expect(foreign.statuses).toEqual(['STATUS_PENDING', 'STATUS_INVALID_ADDRESS_COMPONENT']);
          expect((yield* client.bind(socket, new SOCKADDR_IN())).name).toBe('STATUS_SUCCESS');
        });
      });

      test('a port is free again once its listener is closed', async () => {
        const { world, server, listening, to } = await open();
        await world.run(world.server, function* () {
          yield* server.close(listening);
          const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET);
          expect((yield* server.bind(socket, new SOCKADDR_IN('0.0.0.0', to.port))).name).toBe('STATUS_SUCCESS');
        });
      });
    });

    describe('WskAccept and WskListen', () => {
      test('Flags, no IRP: STATUS_INVALID_PARAMETER; not bound: STATUS_INVALID_DEVICE_STATE', async () => {
        const { world, server, listening } = await open();
        const { WskAccept } = listener(listening);
        const flags = server.start((irp) => WskAccept(listening, 1, null, null, null, null, irp));
        expect(flags.statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
        expect(WskAccept(listening, 0, null, null, null, null, null)).toBe(STATUS_INVALID_PARAMETER);
        await world.run(world.server, function* () {
          const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET);
          expect(server.accept(socket).statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
          const streaming = yield* server.streamSocket();
          expect(stream(streaming).WskListen(streaming, null)).toBe(STATUS_INVALID_PARAMETER);
        });
      });

      test('a connection that waits already: the accept pends and succeeds', async () => {
        const { world, client, server, listening, to } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket();
          yield* client.wait(client.connectEx(socket, to, null));
        });
        await world.settle();
        const accept = await world.run(world.server, () => server.wait(server.accept(listening)));
        expect(accept.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      });
    });

    describe('addresses', () => {
      test('WskGetLocalAddress: not before bind; the port from bind, the address from connect on', async () => {
        const { world, client, to } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket(null);
          const { WskGetLocalAddress } = connection(socket);
          const local = new SOCKADDR_IN();
          const early = client.start((irp) => WskGetLocalAddress(socket, local, irp));
          expect(early.statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
          yield* client.bind(socket, new SOCKADDR_IN());
          const bound = yield* client.call((irp) => WskGetLocalAddress(socket, local, irp));
          expect([...bound.statuses, bound.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
          const { port } = local;
          yield* client.wait(client.connectEx(socket, to, null));
          const connected = yield* client.localAddress(socket);
          expect(connected.port).toBeGreaterThan(0);
          expect(port).toBe(kind.portUnknown === null ? connected.port : 0);
          expect([...connected.sin_addr]).not.toEqual([0, 0, 0, 0]);
          expect(WskGetLocalAddress(socket, local, null)).toBe(STATUS_INVALID_PARAMETER);
        });
      });

      test('WskGetRemoteAddress: only while connected', async () => {
        const connected = await openConnected(kind);
        pair = connected;
        const { world, client, near, to } = connected;
        await world.run(world.client, function* () {
          const remote = new SOCKADDR_IN();
          const { WskGetRemoteAddress } = connection(near);
          const call = yield* client.call((irp) => WskGetRemoteAddress(near, remote, irp));
          expect([...call.statuses, remote.toString()]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', to.toString()]);
          expect(WskGetRemoteAddress(near, remote, null)).toBe(STATUS_INVALID_PARAMETER);
          const socket = yield* client.connectionSocket();
          const early = client.start((irp) => WskGetRemoteAddress(socket, remote, irp));
          expect(early.statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
          yield* client.wait(client.disconnect(near, WSK_FLAG_ABORTIVE));
          const late = client.start((irp) => WskGetRemoteAddress(near, remote, irp));
          expect(late.statuses).toEqual(twice('STATUS_INVALID_DEVICE_STATE'));
        });
      });

      test('IPv6: bind, listen, connect, both addresses', async () => {
        const { world, client, server } = await open();
        const { listening, port } = await world.run(world.server, function* () {
          const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET, AF_INET6);
          yield* server.bind(socket, new SOCKADDR_IN6());
          const local = new SOCKADDR_IN6();
          yield* server.call((irp) => listener(socket).WskGetLocalAddress(socket, local, irp));
          return { listening: socket, port: local.port };
        });
        const accepting = server.accept(listening);
        const host = world.serverHost === '127.0.0.1' ? '::1' : 'fd00::2';
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket(new SOCKADDR_IN6());
          const connect = yield* client.wait(client.connectEx(socket, new SOCKADDR_IN6(host, port), 'six'));
          expect([...connect.statuses, connect.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 3]);
          const remote = new SOCKADDR_IN6();
          yield* client.call((irp) => connection(socket).WskGetRemoteAddress(socket, remote, irp));
          expect(remote.toString()).toBe(`[${host}]:${port}`);
        });
        await world.run(world.server, function* () {
          const { socket } = yield* server.wait(accepting);
          expect(Buffer.from(yield* server.read(socket)).toString()).toBe('six');
        });
      });
    });

    describe('WskSocketConnect', () => {
      const begin = (driver: Driver, to: SOCKADDR_IN | SOCKADDR_IN6, flags = 0, type = SOCK_STREAM): Call =>
        driver.start((irp) =>
          driver.provider.WskSocketConnect(
            driver.client,
            type,
            IPPROTO_TCP,
            new SOCKADDR_IN(),
            to,
            flags,
            null,
            null,
            null,
            null,
            null,
            irp,
          ),
        );

      test('creates, binds and connects: Information is the socket', async () => {
        const { world, client, server, listening, to } = await open();
        const accepting = server.accept(listening);
        await world.run(world.client, function* () {
          const call = yield* client.wait(begin(client, to));
          expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
          yield* client.wait(client.send(call.socket, 'hello'));
        });
        await world.run(world.server, function* () {
          const { socket } = yield* server.wait(accepting);
          expect(Buffer.from(yield* server.read(socket)).toString()).toBe('hello');
        });
      });

      test('refused: the failure, and no socket is left', async () => {
        const { world, client } = await open();
        await world.run(world.client, function* () {
          const probe = yield* client.listenSocket(0);
          const { port } = yield* client.localAddress(probe);
          yield* client.close(probe);
          const call = yield* client.wait(begin(client, new SOCKADDR_IN(world.serverHost, port)));
          expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_CONNECTION_REFUSED', 0]);
          yield* client.unload();
        });
      });

      test('cancelled: STATUS_CANCELLED, and no socket is left', async () => {
        const { world, client, to } = await open();
        await world.run(world.client, function* () {
          const call = begin(client, to);
          client.nt.IoCancelIrp(call.irp);
          yield* client.wait(call);
          // The bind may have been under way: then the cancel comes too late for it and the real result stands.
          if (call.name === 'STATUS_SUCCESS') yield* client.close(call.socket);
          else expect([call.name, call.information]).toEqual(['STATUS_CANCELLED', 0]);
          yield* client.unload();
        });
      });

      test('wrong parameters, inline', async () => {
        const { client, to } = await open();
        expect(begin(client, to as SOCKADDR_IN, 1).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
        expect(begin(client, new SOCKADDR_IN6('::1', 7)).statuses).toEqual(twice('STATUS_INVALID_PARAMETER'));
        expect(begin(client, new SOCKADDR_IN('127.0.0.1', 0)).statuses).toEqual(
          twice('STATUS_INVALID_ADDRESS_COMPONENT'),
        );
        expect(begin(client, to as SOCKADDR_IN, 0, SOCK_DGRAM).statuses).toEqual(twice('STATUS_NOT_SUPPORTED'));
        const { WskSocketConnect } = client.provider;
        const rest = [SOCK_STREAM, IPPROTO_TCP, new SOCKADDR_IN(), to, 0, null, null, null, null, null] as const;
        expect(WskSocketConnect(client.client, ...rest, null)).toBe(STATUS_INVALID_PARAMETER);
        const noClient = client.start((irp) => WskSocketConnect(null, ...rest, irp));
        expect([noClient.returned, noClient.completions]).toEqual([STATUS_INVALID_HANDLE, 0]);
      });
    });
  });
}
