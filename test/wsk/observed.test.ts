/** What was observed on Windows (spec section 10), item by item, for the categories that are here. */
import { afterEach, describe, expect, test } from 'vitest';
import { AF_INET, SOCKADDR_IN, STATUS_INVALID_HANDLE, STATUS_INVALID_PARAMETER } from '../../src/base/index.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  SOCK_DGRAM,
  SOCK_STREAM,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
} from '../../src/wsk/index.ts';
import { type Call, connection, listener } from '../support/driver.ts';
import { openConnected, openPair, skipText, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`observed on Windows, on ${skipText(kind)}`, () => {
    let dispose = (): void => {};
    const pair = async () => {
      const made = await openPair(kind);
      dispose = () => made.world.dispose();
      return made;
    };
    const connected = async () => {
      const made = await openConnected(kind);
      dispose = () => made.world.dispose();
      return made;
    };
    afterEach(() => dispose());

    test('1: capture gives version 1.0 or later and a client', async () => {
      const { client } = await pair();
      expect(client.provider.Version).toBeGreaterThanOrEqual(0x0100);
      expect(client.client).not.toBeNull();
    });

    test('4: WskSocket without an IRP is STATUS_INVALID_PARAMETER, without a client STATUS_INVALID_HANDLE', async () => {
      const { world, client } = await pair();
      const { WskSocket } = client.provider;
      await world.run(world.client, function* () {
        const flags = WSK_FLAG_CONNECTION_SOCKET;
        const parameters = [AF_INET, SOCK_STREAM, IPPROTO_TCP, flags, null, null, null, null, null] as const;
        expect(WskSocket(client.client, ...parameters, null)).toBe(STATUS_INVALID_PARAMETER);
        expect(WskSocket(null, ...parameters, null)).toBe(STATUS_INVALID_PARAMETER);
        const call = client.start((irp) => WskSocket(null, ...parameters, irp));
        expect([call.returned, call.completions]).toEqual([STATUS_INVALID_HANDLE, 0]);
      });
    });

    test('5 and 6: a TCP listening socket pends and succeeds; a UDP one too, but cannot be bound', async () => {
      const { world, client } = await pair();
      const { WskSocket } = client.provider;
      await world.run(world.client, function* () {
        const flags = WSK_FLAG_LISTEN_SOCKET;
        const tcp = yield* client.newSocket(flags);
        expect(tcp.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
        expect(tcp.socket.Dispatch).toBeDefined();
        const udp = yield* client.call((irp) =>
          WskSocket(client.client, AF_INET, SOCK_DGRAM, IPPROTO_UDP, flags, null, null, null, null, null, irp),
        );
        expect(udp.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
        const bind = yield* client.bind(udp.socket, new SOCKADDR_IN());
        expect([...bind.statuses, bind.information]).toEqual(['STATUS_PENDING', 'STATUS_NOT_IMPLEMENTED', 0]);
        for (const { socket } of [udp, tcp]) {
          expect((yield* client.close(socket)).statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
        }
      });
    });

    test('7: WskBind pends and succeeds with Information 0, or says STATUS_ADDRESS_ALREADY_ASSOCIATED', async () => {
      const { world, server, to } = await pair();
      await world.run(world.server, function* () {
        const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET);
        const busy = yield* server.bind(socket, new SOCKADDR_IN('0.0.0.0', to.port));
        expect(busy.statuses).toEqual(['STATUS_PENDING', 'STATUS_ADDRESS_ALREADY_ASSOCIATED']);
        const free = yield* server.bind(socket, new SOCKADDR_IN());
        expect([...free.statuses, free.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
        yield* server.close(socket);
      });
    });

    test('8: WskAccept pends, gives the socket and fills both addresses before it completes', async () => {
      const { world, client, server, listening, to } = await pair();
      const [local, remote] = [new SOCKADDR_IN(), new SOCKADDR_IN()];
      const seen: number[] = [];
      const accepting = server.start(
        (irp) => listener(listening).WskAccept(listening, 0, null, null, local, remote, irp),
        () => seen.push(local.port, remote.port),
      );
      const near = await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        yield* client.wait(client.connectEx(socket, to, null));
        return yield* client.localAddress(socket);
      });
      await world.run(world.server, () => server.wait(accepting));
      expect(accepting.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      expect(accepting.socket.Dispatch).toBeDefined();
      expect(seen).toEqual([to.port, near.port]);
      expect(remote.toString()).toBe(near.toString());
      expect(local.toString()).toBe(to.toString());
    });

    test('9: several accepts may wait at once, and are served in order', async () => {
      const { world, client, server, listening, to } = await pair();
      const accepts = [server.accept(listening), server.accept(listening)];
      await world.run(world.client, function* () {
        for (const text of ['first', 'second']) {
          const socket = yield* client.connectionSocket();
          yield* client.wait(client.connectEx(socket, to, text));
        }
      });
      await world.run(world.server, function* () {
        for (const [i, text] of ['first', 'second'].entries()) {
          const { socket } = yield* server.wait(accepts[i]);
          expect(Buffer.from(yield* server.read(socket)).toString()).toBe(text);
        }
      });
    });

    test('10: a receive that waits completes with exactly the bytes of the one send of the peer', async () => {
      const { world, client, server, near, far } = await connected();
      const into = new Uint8Array(256);
      const receive = server.receive(far, into);
      expect(receive.completions).toBe(0);
      client.send(near, 'these are 22 bytes....');
      await world.run(world.server, () => server.wait(receive));
      expect([...receive.statuses, receive.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 22]);
      expect(Buffer.from(into.subarray(0, 22)).toString()).toBe('these are 22 bytes....');
    });

    test('11: WskSend of 256 bytes pends and succeeds with Information 256; a Length beyond the MDL is a blue screen', async () => {
      const { world, client, near } = await connected();
      const send = client.send(near, new Uint8Array(256));
      await world.run(world.client, () => client.wait(send));
      expect([...send.statuses, send.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 256]);
      const buffer = { ...client.buffer(new Uint8Array(256)), Length: 257 };
      expect(() => client.start((irp) => connection(near).WskSend(near, buffer, 0, irp))).toThrow(/R17/);
    });

    test('12: WskCloseSocket of an accepted socket pends and succeeds with Information 0', async () => {
      const { world, server, far } = await connected();
      const close = await world.run(world.server, () => server.close(far));
      expect([...close.statuses, close.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
    });

    test('13: closing a listener cancels the accept that waits, before the close completes', async () => {
      const { world, server, listening } = await pair();
      const order: string[] = [];
      const accept = server.start(
        (irp) => listener(listening).WskAccept(listening, 0, null, null, null, null, irp),
        () => order.push('accept'),
      );
      const close = server.start(
        (irp) => listening.Dispatch.WskCloseSocket(listening, irp),
        () => order.push('close'),
      );
      await world.run(world.server, () => server.wait(close));
      expect([accept.name, accept.information]).toEqual(['STATUS_CANCELLED', 0]);
      expect([...close.statuses, close.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
      expect(order).toEqual(['accept', 'close']);
    });

    test('14: WskConnect of an unbound socket says STATUS_INVALID_DEVICE_STATE, and completes with it inline', async () => {
      const { world, client, to } = await pair();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket(null);
        const call = client.start((irp) => connection(socket).WskConnect(socket, to, 0, irp));
        const status = 'STATUS_INVALID_DEVICE_STATE';
        expect([call.inline, ...call.statuses, call.information]).toEqual([true, status, status, 0]);
      });
    });

    test('15: bind to 0.0.0.0:0, WskConnect and close each pend and succeed with Information 0', async () => {
      const { world, client, to } = await pair();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket(null);
        const calls: Call[] = [yield* client.bind(socket, new SOCKADDR_IN())];
        calls.push(yield* client.call((irp) => connection(socket).WskConnect(socket, to, 0, irp)));
        calls.push(yield* client.close(socket));
        for (const call of calls) {
          expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS', 0]);
        }
      });
    });
  });
}
