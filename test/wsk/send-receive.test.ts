import { afterEach, describe, expect, test } from 'vitest';
import { STATUS_INVALID_PARAMETER } from '../../src/base/index.ts';
import {
  WSK_FLAG_ABORTIVE,
  WSK_FLAG_DRAIN,
  WSK_FLAG_NODELAY,
  WSK_FLAG_OOB,
  WSK_FLAG_WAITALL,
} from '../../src/wsk/index.ts';
import { type Call, connection, listener } from '../support/driver.ts';
import { type Connected, openConnected, openPair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`sending, receiving and ending on ${skipText(kind)}`, () => {
    let connected: Connected;
    const open = async (): Promise<Connected> => (connected = await openConnected(kind));
    afterEach(() => connected.world.dispose());
    const wait = (call: Call): Promise<Call> =>
      connected.world.run(connected.world.client, () => connected.client.wait(call));

    describe('WskSend', () => {
      test('flags that do not exist: STATUS_NOT_SUPPORTED, and the connection goes on', async () => {
        const { client, near: socket } = await open();
        for (const flags of [WSK_FLAG_OOB, 0x4, WSK_FLAG_NODELAY | 0x80]) {
          expect(client.send(socket, 'x', flags).statuses).toEqual(Array(2).fill('STATUS_NOT_SUPPORTED'));
        }
        expect((await wait(client.send(socket, 'x', WSK_FLAG_NODELAY))).statuses).toEqual([
          'STATUS_PENDING',
          'STATUS_SUCCESS',
        ]);
      });

      test('without an IRP: STATUS_INVALID_PARAMETER', async () => {
        const { client, near: socket } = await open();
        expect(connection(socket).WskSend(socket, client.buffer('x'), 0, null)).toBe(STATUS_INVALID_PARAMETER);
        expect(connection(socket).WskReceive(socket, client.buffer('x'), 0, null)).toBe(STATUS_INVALID_PARAMETER);
        expect(connection(socket).WskDisconnect(socket, null, 0, null)).toBe(STATUS_INVALID_PARAMETER);
        expect(socket.Dispatch.WskCloseSocket(socket, null)).toBe(STATUS_INVALID_PARAMETER);
      });

      test('of no bytes completes with Information 0', async () => {
        const { client, near: socket } = await open();
        const call = await wait(client.send(socket, ''));
        expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 0]);
      });

      test('several at once keep their order, and each completes with its own length', async () => {
        const { world, client, server, near: socket, far } = await open();
        const pieces = ['one ', 'two ', 'three'];
        const calls = pieces.map((text) => client.send(socket, text));
        let text = '';
        await world.run(world.server, function* () {
          while (text.length < 13) text += Buffer.from(yield* server.read(far)).toString();
        });
        for (const call of calls) await wait(call);
        expect(text).toBe('one two three');
        expect(calls.map(({ information }) => information)).toEqual([4, 4, 5]);
      });

      test('before connecting, and after a graceful WskDisconnect: STATUS_INVALID_DEVICE_STATE', async () => {
        const { world, client, near: socket } = await open();
        await wait(client.disconnect(socket));
        const status = 'STATUS_INVALID_DEVICE_STATE';
        expect(client.send(socket, 'x').statuses).toEqual([status, status]);
        expect(client.disconnect(socket).statuses).toEqual([status, status]);
        await world.run(world.client, function* () {
          const unconnected = yield* client.connectionSocket();
          expect(client.send(unconnected, 'x').statuses).toEqual([status, status]);
          expect(client.receive(unconnected, new Uint8Array(1)).statuses).toEqual([status, status]);
          expect(client.disconnect(unconnected).statuses).toEqual([status, status]);
          expect(client.disconnect(unconnected, WSK_FLAG_ABORTIVE).statuses).toEqual([status, status]);
        });
      });
    });

    describe('WskReceive', () => {
      test('flags that do not exist: STATUS_NOT_SUPPORTED; WAITALL with DRAIN, or DRAIN with a Length: STATUS_INVALID_PARAMETER', async () => {
        const { client, near: socket } = await open();
        const receive = (bytes: number, flags: number) => client.receive(socket, new Uint8Array(bytes), flags).statuses;
        expect(receive(1, 0x8)).toEqual(Array(2).fill('STATUS_NOT_SUPPORTED'));
        expect(receive(0, WSK_FLAG_WAITALL | WSK_FLAG_DRAIN)).toEqual(Array(2).fill('STATUS_INVALID_PARAMETER'));
        expect(receive(1, WSK_FLAG_DRAIN)).toEqual(Array(2).fill('STATUS_INVALID_PARAMETER'));
      });

      test('several at once are served in order', async () => {
        const { world, client, server, near: socket, far } = await open();
        const rooms = [new Uint8Array(2), new Uint8Array(2), new Uint8Array(8)];
        const calls = rooms.map((room) => client.receive(socket, room));
        await world.run(world.server, () => server.wait(server.send(far, 'aabbcc')));
        for (const call of calls) await wait(call);
        expect(calls.map(({ information }) => information)).toEqual([2, 2, 2]);
        expect(rooms.map((room) => Buffer.from(room.subarray(0, 2)).toString())).toEqual(['aa', 'bb', 'cc']);
      });

      test('WAITALL completes when the Buffer is full', async () => {
        const { world, client, server, near: socket, far } = await open();
        const room = new Uint8Array(9);
        const call = client.receive(socket, room, WSK_FLAG_WAITALL);
        for (const text of ['abc', 'def']) {
          await world.run(world.server, () => server.wait(server.send(far, text)));
          await world.settle();
          expect(call.completions).toBe(0);
        }
        await world.run(world.server, () => server.wait(server.send(far, 'ghi')));
        await wait(call);
        expect([call.information, Buffer.from(room).toString()]).toEqual([9, 'abcdefghi']);
      });

      test('WAITALL ends at the peer FIN with what has come: STATUS_SUCCESS', async () => {
        const { world, client, server, near: socket, far } = await open();
        const call = client.receive(socket, new Uint8Array(9), WSK_FLAG_WAITALL);
        await world.run(world.server, () => server.wait(server.disconnect(far, 0, 'abc')));
        await wait(call);
        expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 3]);
      });

      test('WAITALL that is cancelled, or cut by a reset, tells how many bytes it has', async () => {
        const { world, client, server, near: socket, far } = await open();
        const call = client.receive(socket, new Uint8Array(9), WSK_FLAG_WAITALL);
        await world.run(world.server, () => server.wait(server.send(far, 'abc')));
        await world.settle();
        client.nt.IoCancelIrp(call.irp);
        await wait(call);
        expect([call.name, call.information]).toEqual(['STATUS_CANCELLED', 3]);
        const second = client.receive(socket, new Uint8Array(9), WSK_FLAG_WAITALL);
        await world.run(world.server, () => server.wait(server.send(far, 'de')));
        await world.settle();
        await world.run(world.server, () => server.wait(server.disconnect(far, WSK_FLAG_ABORTIVE)));
        await wait(second);
        expect([second.name, second.information]).toEqual(['STATUS_CONNECTION_RESET', 2]);
      });

      test('DRAIN throws everything away and completes at the peer FIN', async () => {
        const { world, client, server, near: socket, far } = await open();
        const call = client.receive(socket, new Uint8Array(0), WSK_FLAG_DRAIN);
        await world.run(world.server, function* () {
          yield* server.wait(server.send(far, new Uint8Array(500_000)));
        });
        await world.settle();
        expect(call.completions).toBe(0);
        await world.run(world.server, () => server.wait(server.disconnect(far)));
        await wait(call);
        expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 0]);
      });

      test('of no bytes completes at once, also when data waits, and takes none', async () => {
        const { world, client, server, near: socket, far } = await open();
        await world.run(world.server, () => server.wait(server.send(far, 'abc')));
        await world.settle();
        const empty = await wait(client.receive(socket, new Uint8Array(0)));
        expect([empty.name, empty.information]).toEqual(['STATUS_SUCCESS', 0]);
        expect((await wait(client.receive(socket, new Uint8Array(9)))).information).toBe(3);
      });

      test('spreads over a chain of MDLs from Offset on, and touches nothing else', async () => {
        const { world, client, server, near: socket, far } = await open();
        const rooms = [4, 2, 4].map((size) => new Uint8Array(size).fill(0x2e));
        const [first, second, third] = rooms.map((room) => client.buffer(room).Mdl!);
        first.Next = second;
        second.Next = third;
        const call = client.start((irp) =>
          connection(socket).WskReceive(socket, { Mdl: first, Offset: 2, Length: 6 }, WSK_FLAG_WAITALL, irp),
        );
        await world.run(world.server, () => server.wait(server.send(far, 'abcdefgh')));
        await wait(call);
        expect(rooms.map((room) => Buffer.from(room).toString())).toEqual(['..ab', 'cd', 'ef..']);
      });
    });

    describe('WskDisconnect', () => {
      test('graceful: pending sends first, then the Buffer, then the end; receiving goes on', async () => {
        const { world, client, server, near: socket, far } = await open();
        client.send(socket, 'sent ');
        const call = client.disconnect(socket, 0, 'last');
        let text = '';
        await world.run(world.server, function* () {
          for (let bytes = yield* server.read(far); bytes.length > 0; bytes = yield* server.read(far)) {
            text += Buffer.from(bytes).toString();
          }
          yield* server.wait(server.send(far, 'answer'));
        });
        await wait(call);
        expect([text, ...call.statuses, call.information]).toEqual([
          'sent last',
          'STATUS_PENDING',
          'STATUS_SUCCESS',
          0,
        ]);
        expect((await wait(client.receive(socket, new Uint8Array(9)))).information).toBe(6);
      });

      test('other flags, or a Buffer with WSK_FLAG_ABORTIVE: STATUS_INVALID_PARAMETER, and the connection goes on', async () => {
        const { client, near: socket } = await open();
        const status = 'STATUS_INVALID_PARAMETER';
        expect(client.disconnect(socket, 0x2).statuses).toEqual([status, status]);
        expect(client.disconnect(socket, WSK_FLAG_ABORTIVE, 'x').statuses).toEqual([status, status]);
        expect((await wait(client.send(socket, 'x'))).name).toBe('STATUS_SUCCESS');
      });

      test('abortive: the peer is reset, later calls say STATUS_CONNECTION_ABORTED, a second abort succeeds', async () => {
        const { world, client, server, near: socket, far } = await open();
        const waiting = server.receive(far, new Uint8Array(1));
        expect((await wait(client.disconnect(socket, WSK_FLAG_ABORTIVE))).statuses).toEqual([
          'STATUS_PENDING',
          'STATUS_SUCCESS',
        ]);
        await world.run(world.server, () => server.wait(waiting));
        expect(waiting.name).toBe('STATUS_CONNECTION_RESET');
        expect(client.send(socket, 'x').name).toBe('STATUS_CONNECTION_ABORTED');
        expect((await wait(client.disconnect(socket, WSK_FLAG_ABORTIVE))).name).toBe('STATUS_SUCCESS');
      });
    });

    describe('WskCloseSocket', () => {
      test('ended by both sides: the peer sees no reset', async () => {
        const { world, client, server, near: socket, far } = await open();
        await wait(client.disconnect(socket));
        await world.run(world.server, () => server.wait(server.disconnect(far)));
        expect((await wait(client.receive(socket, new Uint8Array(1)))).information).toBe(0);
        await world.run(world.client, () => client.close(socket));
        await world.settle();
        const call = await world.run(world.server, () => server.wait(server.receive(far, new Uint8Array(1))));
        expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 0]);
      });

      test('not ended: the peer is reset', async () => {
        const { world, client, server, near: socket, far } = await open();
        await world.run(world.client, () => client.close(socket));
        const call = await world.run(world.server, () => server.wait(server.receive(far, new Uint8Array(1))));
        expect(call.name).toBe('STATUS_CONNECTION_RESET');
      });

      test('R25: any call afterwards is a bug check', async () => {
        const { world, client, near: socket } = await open();
        await world.run(world.client, () => client.close(socket));
        expect(() => client.send(socket, 'x')).toThrow(/0x50 PAGE_FAULT_IN_NONPAGED_AREA \(R25\)/);
      });
    });
  });

  describe.skipIf(kind.obstacle !== null)(`IoCancelIrp on ${skipText(kind)}`, () => {
    test('comes too late for a result that is fixed: it returns FALSE and the result stands', async () => {
      const { world, client } = await openPair(kind);
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket(null);
        const call = client.start((irp) =>
          socket.Dispatch.WskControlSocket(socket, 0, 1, 6, 4, new Uint8Array(4), 0, null, null, irp),
        );
        expect([call.completions, client.nt.IoCancelIrp(call.irp)]).toEqual([0, false]);
        yield* client.wait(call);
        expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      });
      world.dispose();
    });

    test('before the call: the request pends and is cancelled', async () => {
      const { world, server, listening } = await openPair(kind);
      await world.run(world.server, function* (nt) {
        const call = server.start((irp) => {
          expect(nt.IoCancelIrp(irp)).toBe(false);
          return listener(listening).WskAccept(listening, 0, null, null, null, null, irp);
        });
        yield* server.wait(call);
        expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_CANCELLED']);
      });
      world.dispose();
    });
  });
}
