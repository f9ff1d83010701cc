import { afterEach, describe, expect, test } from 'vitest';
import { SOCKADDR_IN, SOCKADDR_IN6 } from '../../src/base/index.ts';
import type { WSK_SOCKET } from '../../src/wsk/index.ts';
import { connection, type Driver } from '../support/driver.ts';
import { openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`WskConnectEx on ${skipText(kind)}`, () => {
    let pair: Pair;
    const open = async (): Promise<Pair> => (pair = await openPair(kind));
    afterEach(() => pair.world.dispose());

    /** The socket answers as if nothing had happened: the same call, made right, connects. */
    function* stillUsable(client: Driver, socket: WSK_SOCKET, to: SOCKADDR_IN) {
      const call = yield* client.wait(client.connectEx(socket, to, 'ok'));
      expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      expect(call.information).toBe(2);
      yield* client.close(socket);
    }

    const rejected = (
      name: string,
      status: string,
      call: (client: Driver, socket: WSK_SOCKET, to: SOCKADDR_IN) => ReturnType<Driver['connectEx']>,
    ) =>
      test(`${name}: ${status}, inline, and the socket is as it was`, async () => {
        const { world, client, to } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket();
          const refused = call(client, socket, to as SOCKADDR_IN);
          expect(refused.statuses).toEqual([status, status]);
          expect([refused.inline, refused.completions, refused.information]).toEqual([true, 1, 0]);
          expect(refused.pendingReturned).toBe(false);
          yield* stillUsable(client, socket, to as SOCKADDR_IN);
        });
      });

    rejected('Flags not 0', 'STATUS_INVALID_PARAMETER', (client, socket, to) => client.connectEx(socket, to, 'x', 1));
    rejected('a Buffer of 65,536 bytes', 'STATUS_BUFFER_OVERFLOW', (client, socket, to) =>
      client.connectEx(socket, to, new Uint8Array(65_536)),
    );
    rejected('Flags and Length both wrong', 'STATUS_INVALID_PARAMETER', (client, socket, to) =>
      client.connectEx(socket, to, new Uint8Array(65_536), 1),
    );
    rejected('an address of the other family', 'STATUS_INVALID_PARAMETER', (client, socket) =>
      client.connectEx(socket, new SOCKADDR_IN6('::1', 7), 'x'),
    );
    rejected('port 0', 'STATUS_INVALID_ADDRESS_COMPONENT', (client, socket, to) =>
      client.connectEx(socket, new SOCKADDR_IN(to.sin_addr, 0), 'x'),
    );

    test('without an IRP: STATUS_INVALID_PARAMETER, and the socket is as it was', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const returned = connection(socket).WskConnectEx(socket, to, null, 0, null);
        expect(returned).toBe(0xc000000d | 0);
        yield* stillUsable(client, socket, to as SOCKADDR_IN);
      });
    });

    test('an unbound socket: STATUS_INVALID_DEVICE_STATE, inline; parameter checks come first', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket(null);
        const call = client.connectEx(socket, to, 'x');
        expect([call.inline, ...call.statuses]).toEqual([
          true,
          'STATUS_INVALID_DEVICE_STATE',
          'STATUS_INVALID_DEVICE_STATE',
        ]);
        expect(client.connectEx(socket, to, new Uint8Array(65_536)).name).toBe('STATUS_BUFFER_OVERFLOW');
        yield* client.close(socket);
      });
    });

    test('a connected socket: STATUS_INVALID_DEVICE_STATE, and the connection goes on', async () => {
      const { world, client, to } = await open();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        yield* client.wait(client.connectEx(socket, to, null));
        expect(client.connectEx(socket, to, 'x').name).toBe('STATUS_INVALID_DEVICE_STATE');
        expect((yield* client.wait(client.send(socket, 'still there'))).name).toBe('STATUS_SUCCESS');
        yield* client.close(socket);
      });
    });

    for (const [name, data, information] of [
      ['no Buffer', null, 0],
      ['a Buffer of Length 0', '', 0],
      ['one byte', 'x', 1],
      ['65,535 bytes', new Uint8Array(65_535).fill(7), 65_535],
    ] as const) {
      test(`${name}: connects, Information ${information}, and the peer gets exactly that`, async () => {
        const { world, client, server, listening, to } = await open();
        const accepting = server.accept(listening);
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket();
          const call = yield* client.wait(client.connectEx(socket, to, data));
          expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', information]);
          expect([call.pendingReturned, call.inline, call.completions]).toEqual([true, false, 1]);
          expect(call.irqlAtCompletion).toBe(2);
          client.send(socket, 'and then');
          client.disconnect(socket);
        });
        const received = await world.run(world.server, function* () {
          const { socket } = yield* server.wait(accepting);
          const whole: number[] = [];
          for (let bytes = yield* server.read(socket); bytes.length > 0; bytes = yield* server.read(socket))
            whole.push(...bytes);
          yield* server.close(socket);
          return Buffer.from(whole);
        });
        const expected = Buffer.concat([Buffer.from(data ?? ''), Buffer.from('and then')]);
        expect(received.equals(expected)).toBe(true);
      });
    }

    test('memory that is overwritten in the completion routine never changes what a slow reader gets', async () => {
      const { world, client, server, listening, to } = await open();
      const accepting = server.accept(listening);
      const memory = Uint8Array.from({ length: 65_535 }, (_, i) => (i * 7) & 0xff);
      const original = Buffer.from(memory);
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const buffer = client.buffer(memory);
        const call = client.start(
          (irp) => connection(socket).WskConnectEx(socket, to, buffer, 0, irp),
          () => memory.fill(0xee),
        );
        yield* client.wait(call);
        expect(call.name).toBe('STATUS_SUCCESS');
      });
      const received = await world.run(world.server, function* () {
        const { socket } = yield* server.wait(accepting);
        const pieces: Uint8Array[] = [];
        for (let left = original.length; left > 0; left -= pieces[pieces.length - 1].length) {
          pieces.push(yield* server.read(socket, 999));
        }
        return Buffer.concat(pieces);
      });
      expect(memory[0]).toBe(0xee);
      expect(received.equals(original)).toBe(true);
    });

    test('bytes come out of a chain of MDLs, from Offset on, in order', async () => {
      const { world, client, server, listening, to } = await open();
      const accepting = server.accept(listening);
      await world.run(world.client, function* (nt) {
        const socket = yield* client.connectionSocket();
        const pieces = ['--abc', '', 'defg', 'hij--'].map((text) => client.buffer(text).Mdl!);
        for (let i = 0; i + 1 < pieces.length; i++) pieces[i].Next = pieces[i + 1];
        const buffer = { Mdl: pieces[0], Offset: 2, Length: 10 };
        yield* client.call((irp) => connection(socket).WskConnectEx(socket, to, buffer, 0, irp));
        for (const mdl of pieces) nt.IoFreeMdl(mdl);
      });
      const text = await world.run(world.server, function* () {
        const { socket } = yield* server.wait(accepting);
        let whole = '';
        while (whole.length < 10) whole += Buffer.from(yield* server.read(socket)).toString();
        return whole;
      });
      expect(text).toBe('abcdefghij');
    });

    const unknown = kind.portUnknown === null ? '' : ` (skipped: ${kind.portUnknown})`;
    test.skipIf(kind.portUnknown !== null)(
      `a port of 0 is a real one from WskBind on, the same after${unknown}`,
      async () => {
        const { world, client, to } = await open();
        await world.run(world.client, function* () {
          const socket = yield* client.connectionSocket();
          const [before, after] = [new SOCKADDR_IN(), new SOCKADDR_IN()];
          yield* client.call((irp) => connection(socket).WskGetLocalAddress(socket, before, irp));
          yield* client.wait(client.connectEx(socket, to, null));
          yield* client.call((irp) => connection(socket).WskGetLocalAddress(socket, after, irp));
          expect(before.sin_port).toBeGreaterThan(0);
          expect(after.sin_port).toBe(before.sin_port);
          yield* client.close(socket);
        });
      },
    );

    test('nothing listens: STATUS_CONNECTION_REFUSED, and the same socket connects once something does', async () => {
      const { world, client, server, to } = await open();
      const spare = new SOCKADDR_IN();
      await world.run(world.server, function* () {
        const socket = yield* server.listenSocket(0);
        yield* server.call((irp) => connection(socket).WskGetLocalAddress(socket, spare, irp));
        yield* server.close(socket);
      });
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const [before, after] = [new SOCKADDR_IN(), new SOCKADDR_IN()];
        yield* client.call((irp) => connection(socket).WskGetLocalAddress(socket, before, irp));
        const refused = yield* client.wait(
          client.connectEx(socket, new SOCKADDR_IN(world.serverHost, spare.sin_port), 'x'),
        );
        expect([...refused.statuses, refused.information]).toEqual(['STATUS_PENDING', 'STATUS_CONNECTION_REFUSED', 0]);
        yield* client.call((irp) => connection(socket).WskGetLocalAddress(socket, after, irp));
        expect(after.sin_port).toBe(before.sin_port);
        yield* stillUsable(client, socket, to as SOCKADDR_IN);
      });
    });
  });
}
