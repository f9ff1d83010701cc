import { afterEach, describe, expect, test } from 'vitest';
import { type SOCKADDR, SOCKADDR_IN, SOCKADDR_IN6, STATUS_INVALID_PARAMETER } from '../../src/base/index.ts';
import type { WSK_SOCKET } from '../../src/wsk/index.ts';
import { type Call, connection, type Driver } from '../support/driver.ts';
import { openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`WskConnect on ${skipText(kind)}`, () => {
    let pair: Pair;
    const open = async (): Promise<Pair> => (pair = await openPair(kind));
    afterEach(() => pair.world.dispose());
    const connect = (driver: Driver, socket: WSK_SOCKET, to: SOCKADDR, flags = 0): Call =>
      driver.start((irp) => connection(socket).WskConnect(socket, to, flags, irp));

    test('WskConnect with Flags, another family, no IRP or port 0 is refused inline, and the socket is as it was', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        for (const [status, call] of [
          ['STATUS_INVALID_PARAMETER', connect(client, socket, to, 1)],
          ['STATUS_INVALID_PARAMETER', connect(client, socket, new SOCKADDR_IN6('::1', 7))],
          ['STATUS_INVALID_ADDRESS_COMPONENT', connect(client, socket, new SOCKADDR_IN(world.serverHost, 0))],
        ] as const) {
          expect([call.inline, ...call.statuses, call.information]).toEqual([true, status, status, 0]);
        }
        expect(connection(socket).WskConnect(socket, to, 0, null)).toBe(STATUS_INVALID_PARAMETER);
        expect((yield* client.wait(connect(client, socket, to))).statuses).toEqual([
          'STATUS_PENDING',
          'STATUS_SUCCESS',
        ]);
        expect(connect(client, socket, to).name).toBe('STATUS_INVALID_DEVICE_STATE');
        yield* client.close(socket);
      });
    });

    test('WskConnect to where nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects elsewhere', async () => {
      const { world, client, server, to } = await open();
      const free = await world.run(world.server, function* () {
        const socket = yield* server.listenSocket(0);
        const { sin_port } = yield* server.localAddress(socket);
        yield* server.close(socket);
        return sin_port;
      });
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const refused = yield* client.wait(connect(client, socket, new SOCKADDR_IN(world.serverHost, free)));
        expect([...refused.statuses, refused.information]).toEqual(['STATUS_PENDING', 'STATUS_CONNECTION_REFUSED', 0]);
        expect((yield* client.wait(connect(client, socket, to))).name).toBe('STATUS_SUCCESS');
        yield* client.close(socket);
      });
    });

    test('WskConnect x IoCancelIrp: STATUS_CANCELLED; afterwards only closing is of use', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* (nt) {
        const socket = yield* client.connectionSocket();
        const call = connect(client, socket, to);
        expect(nt.IoCancelIrp(call.irp)).toBe(true);
        yield* client.wait(call);
        expect([...call.statuses, call.information, call.completions]).toEqual([
          'STATUS_PENDING',
          'STATUS_CANCELLED',
          0,
          1,
        ]);
        expect(client.send(socket, 'x').name).toBe('STATUS_CANCELLED');
        expect((yield* client.close(socket)).name).toBe('STATUS_SUCCESS');
      });
    });

    test('WskConnect x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const call = connect(client, socket, to);
        yield* client.wait(client.disconnect(socket, 1));
        yield* client.wait(call);
        expect(call.name).toBe('STATUS_CONNECTION_ABORTED');
        yield* client.close(socket);
      });
    });
  });
}
