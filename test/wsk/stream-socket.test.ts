import { afterEach, describe, expect, test } from 'vitest';
import { SOCKADDR_IN } from '../../src/base/index.ts';
import { WSK_FLAG_STREAM_SOCKET, type WSK_SOCKET } from '../../src/wsk/index.ts';
import { type Driver, listener } from '../support/driver.ts';
import { openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`stream sockets on ${skipText(kind)}`, () => {
    let pair: Pair;
    const open = async (): Promise<Pair> => (pair = await openPair(kind));
    afterEach(() => pair.world.dispose());

    test('bind, WskListen, WskAccept: a connection comes in', async () => {
      const { world, client, server } = await open();
      const { socket, port } = await world.run(world.server, function* () {
        const socket = yield* server.streamSocket();
        const listen = yield* server.wait(server.listen(socket));
        expect([...listen.statuses, listen.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
        return { socket, port: (yield* server.localAddress(socket)).port };
      });
      const accepting = server.accept(socket);
      await world.run(world.client, function* () {
        const near = yield* client.connectionSocket();
        yield* client.wait(client.connectEx(near, new SOCKADDR_IN(world.serverHost, port), 'hello'));
      });
      await world.run(world.server, function* () {
        const { socket: far } = yield* server.wait(accepting);
        expect(Buffer.from(yield* server.read(far)).toString()).toBe('hello');
        yield* server.close(far);
        yield* server.close(socket);
      });
    });

    test('bind, WskConnectEx: connects, sends and receives', async () => {
      const { world, client, server, listening, to } = await open();
      const accepting = server.accept(listening);
      await world.run(world.client, function* () {
        const socket = yield* client.streamSocket();
        const connect = yield* client.wait(client.connectEx(socket, to, 'hello'));
        expect([...connect.statuses, connect.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 5]);
      });
      await world.run(world.server, function* () {
        const { socket } = yield* server.wait(accepting);
        expect(Buffer.from(yield* server.read(socket)).toString()).toBe('hello');
      });
    });

    const INVALID = 'STATUS_INVALID_DEVICE_STATE';

    test('before bind neither listening nor connecting is allowed; before WskListen no accept', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const { socket } = yield* client.newSocket(WSK_FLAG_STREAM_SOCKET);
        expect(client.listen(socket).statuses).toEqual([INVALID, INVALID]);
        expect(client.connectEx(socket, to, 'x').statuses).toEqual([INVALID, INVALID]);
        yield* client.bind(socket, new SOCKADDR_IN());
        expect(client.accept(socket).statuses).toEqual([INVALID, INVALID]);
      });
    });

    test('a socket that listens can no longer connect', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.streamSocket();
        yield* client.wait(client.listen(socket));
        expect(client.connectEx(socket, to, 'x').statuses).toEqual([INVALID, INVALID]);
        expect(client.listen(socket).statuses).toEqual([INVALID, INVALID]);
      });
    });

    test('a socket on which WskConnectEx has succeeded, or is under way, can no longer listen or accept', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.streamSocket();
        const connecting = client.connectEx(socket, to, 'x');
        expect(client.listen(socket).statuses).toEqual([INVALID, INVALID]);
        yield* client.wait(connecting);
        expect(client.listen(socket).statuses).toEqual([INVALID, INVALID]);
        const accept = client.start((irp) => listener(socket).WskAccept(socket, 0, null, null, null, null, irp));
        expect(accept.statuses).toEqual([INVALID, INVALID]);
      });
    });

    function* refused(client: Driver, socket: WSK_SOCKET, host: string) {
      // A port that was free a moment ago: nothing listens there.
      const probe = yield* client.listenSocket(0);
      const { port } = yield* client.localAddress(probe);
      yield* client.close(probe);
      const call = yield* client.wait(client.connectEx(socket, new SOCKADDR_IN(host, port), 'x'));
      expect(call.name).toBe('STATUS_CONNECTION_REFUSED');
    }

    test('a failed connect leaves it free: it may listen afterwards', async () => {
      const { world, client } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.streamSocket();
        yield* refused(client, socket, world.serverHost);
        expect((yield* client.wait(client.listen(socket))).name).toBe('STATUS_SUCCESS');
      });
    });
  });
}
