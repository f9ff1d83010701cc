/** What happens to IRPs that are pending (spec section 9), each cell once with completions pended and once inline. */
import { afterEach, describe, expect, test } from 'vitest';
import { SOCKADDR_IN } from '../../src/base/index.ts';
import { WSK_FLAG_ABORTIVE, type WSK_SOCKET } from '../../src/wsk/index.ts';
import { type Call, connection, type Driver, listener } from '../support/driver.ts';
import {
  type Connected,
  openConnected,
  openPair,
  type Pair,
  skipText,
  type WorldKind,
  worldKinds,
} from '../support/worlds.ts';

const modes = { pended: {}, inline: { policy: { completeInline: () => true } } };
/** More than any buffer on the way takes, so that a send stays pending while nobody reads. */
const LARGE = 16_000_000;
const ACCEPTED = 'STATUS_PENDING';

/** What a peer's reset, and then the close of its socket, look like. */
function* resetBy(driver: Driver, socket: WSK_SOCKET) {
  yield* driver.wait(driver.disconnect(socket, WSK_FLAG_ABORTIVE));
}

const suite = (kind: WorldKind, mode: keyof typeof modes): void => {
  let dispose = (): void => {};
  const connected = async (): Promise<Connected> => {
    const made = await openConnected(kind, modes[mode]);
    dispose = () => made.world.dispose();
    return made;
  };
  const pair = async (): Promise<Pair> => {
    const made = await openPair(kind, modes[mode]);
    dispose = () => made.world.dispose();
    return made;
  };
  afterEach(() => dispose());

  /** A call that pends, ended by something; gives its final status. Closing afterwards always succeeds. */
  const ended = async (
    { world, client, near }: Connected,
    begin: () => Call,
    end: (call: Call) => Generator<never, void, void> | Iterable<unknown> | undefined,
  ): Promise<Call> => {
    const call = await world.run(world.client, function* () {
      const call = begin();
      expect([call.returned === 0x103, call.completions]).toEqual([true, 0]);
      const ending = end(call);
      if (ending !== undefined) yield* ending as Generator<never, void, void>;
      yield* client.wait(call);
      expect(call.completions).toBe(1);
      expect(call.pendingReturned).toBe(true);
      return call;
    });
    await world.run(world.client, function* () {
      expect((yield* client.close(near)).name).toBe('STATUS_SUCCESS');
    });
    expect(call.completions).toBe(1);
    return call;
  };

  describe('connect', () => {
    const connecting = async (
      end: (client: Driver, socket: WSK_SOCKET, call: Call) => Iterable<unknown> | undefined,
    ): Promise<[Call, Call | null]> => {
      const { world, client, to } = await pair();
      return world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const call = client.connectEx(socket, to, 'x');
        expect(call.statuses[0]).toBe(ACCEPTED);
        const ending = end(client, socket, call);
        if (ending !== undefined) yield* ending as Generator<never, void, void>;
        yield* client.wait(call);
        let after: Call | null = null;
        if (ending === undefined) {
          after = client.send(socket, 'x');
          yield* client.close(socket);
        }
        return [call, after] as [Call, Call | null];
      });
    };

    test('x IoCancelIrp: STATUS_CANCELLED; afterwards only closing is of use', async () => {
      const [call, after] = await connecting((client, _socket, { irp }) => {
        expect(client.nt.IoCancelIrp(irp)).toBe(true);
        return undefined;
      });
      expect([call.name, call.information]).toEqual(['STATUS_CANCELLED', 0]);
      expect(after!.name).toBe('STATUS_CANCELLED');
    });

    test('x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED', async () => {
      const [call] = await connecting((client, socket) => client.wait(client.disconnect(socket, WSK_FLAG_ABORTIVE)));
      expect([call.name, call.information]).toEqual(['STATUS_CONNECTION_ABORTED', 0]);
    });

    test('x WskCloseSocket: STATUS_CANCELLED, before the close completes', async () => {
      const order: string[] = [];
      const { world, client, to } = await pair();
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const buffer = client.buffer('x');
        const call = client.start(
          (irp) => connection(socket).WskConnectEx(socket, to, buffer, 0, irp),
          () => order.push('connect'),
        );
        const close = client.start(
          (irp) => socket.Dispatch.WskCloseSocket(socket, irp),
          () => order.push('close'),
        );
        yield* client.wait(close);
        expect([call.name, close.name]).toEqual(['STATUS_CANCELLED', 'STATUS_SUCCESS']);
      });
      expect(order).toEqual(['connect', 'close']);
    });

    test('x peer RST: STATUS_CONNECTION_REFUSED', async () => {
      const { world, client, server } = await pair();
      const port = await world.run(world.server, function* () {
        const socket = yield* server.listenSocket(0);
        const { port } = yield* server.localAddress(socket);
        yield* server.close(socket);
        return port;
      });
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        const call = yield* client.wait(client.connectEx(socket, new SOCKADDR_IN(world.serverHost, port), 'x'));
        expect([...call.statuses, call.information]).toEqual([ACCEPTED, 'STATUS_CONNECTION_REFUSED', 0]);
      });
    });
  });

  describe('accept', () => {
    test('x IoCancelIrp: STATUS_CANCELLED, and the listener goes on', async () => {
      const { world, client, server, listening, to } = await pair();
      const [first, second] = [server.accept(listening), server.accept(listening)];
      await world.run(world.server, function* () {
        expect(server.nt.IoCancelIrp(first.irp)).toBe(true);
        expect([(yield* server.wait(first)).name, first.information]).toEqual(['STATUS_CANCELLED', 0]);
      });
      await world.run(world.client, function* () {
        const socket = yield* client.connectionSocket();
        yield* client.wait(client.connectEx(socket, to, null));
      });
      await world.run(world.server, () => server.wait(second));
      expect(second.name).toBe('STATUS_SUCCESS');
    });

    test('x WskCloseSocket: STATUS_CANCELLED', async () => {
      const { world, server, listening } = await pair();
      const accept = server.start((irp) => listener(listening).WskAccept(listening, 0, null, null, null, null, irp));
      const close = await world.run(world.server, () => server.close(listening));
      expect([accept.name, close.name]).toEqual(['STATUS_CANCELLED', 'STATUS_SUCCESS']);
    });
  });

  describe('receive', () => {
    const receiving = (world: Connected, end: (call: Call) => Iterable<unknown> | undefined) =>
      ended(world, () => world.client.receive(world.near, new Uint8Array(16)), end);

    test('x IoCancelIrp: STATUS_CANCELLED, and the data that comes later is not lost', async () => {
      const { world, client, server, near, far } = await connected();
      await world.run(world.client, function* () {
        const [first, second] = [client.receive(near, new Uint8Array(16)), client.receive(near, new Uint8Array(16))];
        expect(client.nt.IoCancelIrp(first.irp)).toBe(true);
        expect((yield* client.wait(first)).name).toBe('STATUS_CANCELLED');
        server.send(far, 'later');
        expect((yield* client.wait(second)).information).toBe(5);
      });
    });

    test('x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED', async () => {
      const world = await connected();
      const call = await receiving(world, () =>
        world.client.wait(world.client.disconnect(world.near, WSK_FLAG_ABORTIVE)),
      );
      expect([call.name, call.information]).toEqual(['STATUS_CONNECTION_ABORTED', 0]);
    });

    test('x peer RST: STATUS_CONNECTION_RESET, and later calls say the same', async () => {
      const { world, client, server, near, far } = await connected();
      const call = client.receive(near, new Uint8Array(16));
      await world.run(world.server, () => resetBy(server, far));
      await world.run(world.client, function* () {
        expect((yield* client.wait(call)).name).toBe('STATUS_CONNECTION_RESET');
        const status = 'STATUS_CONNECTION_RESET';
        expect(client.receive(near, new Uint8Array(1)).statuses).toEqual([status, status]);
        expect(client.send(near, 'x').statuses).toEqual([status, status]);
        expect(client.disconnect(near).statuses).toEqual([status, status]);
        expect((yield* client.close(near)).name).toBe('STATUS_SUCCESS');
      });
    });

    test('x peer FIN: STATUS_SUCCESS with Information 0, for every receive that waits and later ones', async () => {
      const { world, client, server, near, far } = await connected();
      const calls = [client.receive(near, new Uint8Array(16)), client.receive(near, new Uint8Array(16))];
      await world.run(world.server, () => server.wait(server.disconnect(far)));
      await world.run(world.client, function* () {
        for (const call of calls) yield* client.wait(call);
        calls.push(yield* client.wait(client.receive(near, new Uint8Array(16))));
        for (const call of calls) expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 0]);
      });
    });

    test('x WskCloseSocket: STATUS_CANCELLED', async () => {
      const { world, client, near } = await connected();
      const call = client.receive(near, new Uint8Array(16));
      const close = await world.run(world.client, () => client.close(near));
      expect([call.name, call.information, close.name]).toEqual(['STATUS_CANCELLED', 0, 'STATUS_SUCCESS']);
    });
  });

  describe('send', () => {
    const sending = (world: Connected, end: (call: Call) => Iterable<unknown> | undefined) =>
      ended(world, () => world.client.send(world.near, new Uint8Array(LARGE)), end);

    test('x IoCancelIrp of one that has begun: STATUS_CANCELLED, and the connection is aborted', async () => {
      const world = await connected();
      const call = await sending(world, ({ irp }) => {
        expect(world.client.nt.IoCancelIrp(irp)).toBe(true);
        return undefined;
      });
      expect(call.name).toBe('STATUS_CANCELLED');
    });

    test('x IoCancelIrp of one that has not begun: STATUS_CANCELLED, and nothing of it arrives', async () => {
      const { world, client, server, near, far } = await connected();
      const large = new Uint8Array(LARGE);
      const first = client.send(near, large);
      const second = client.send(near, 'never');
      const third = client.send(near, 'last');
      expect(client.nt.IoCancelIrp(second.irp)).toBe(true);
      const total = await world.run(world.server, function* () {
        let bytes = 0;
        let tail = '';
        while (bytes < LARGE + 4) {
          const piece = yield* server.read(far);
          bytes += piece.length;
          tail = (tail + Buffer.from(piece.subarray(-9)).toString('latin1')).slice(-9);
        }
        return tail;
      });
      expect(total.endsWith('\0last')).toBe(true);
      await world.run(world.client, function* () {
        for (const call of [first, second, third]) yield* client.wait(call);
      });
      expect([first.name, second.name, third.name]).toEqual(['STATUS_SUCCESS', 'STATUS_CANCELLED', 'STATUS_SUCCESS']);
    });

    test('x WskDisconnect(ABORTIVE): STATUS_CONNECTION_ABORTED', async () => {
      const world = await connected();
      const call = await sending(world, () =>
        world.client.wait(world.client.disconnect(world.near, WSK_FLAG_ABORTIVE)),
      );
      expect(call.name).toBe('STATUS_CONNECTION_ABORTED');
    });

    test('x peer RST: STATUS_CONNECTION_RESET', async () => {
      const { world, client, server, near, far } = await connected();
      const call = client.send(near, new Uint8Array(LARGE));
      await world.run(world.server, () => resetBy(server, far));
      await world.run(world.client, () => client.wait(call));
      expect([call.statuses[0], call.name]).toEqual([ACCEPTED, 'STATUS_CONNECTION_RESET']);
    });

    test('x peer FIN: unaffected', async () => {
      const { world, client, server, near, far } = await connected();
      const call = client.send(near, new Uint8Array(LARGE));
      await world.run(world.server, function* () {
        yield* server.wait(server.disconnect(far));
        for (let bytes = 0; bytes < LARGE; ) bytes += (yield* server.read(far)).length;
      });
      await world.run(world.client, () => client.wait(call));
      expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', LARGE]);
    });

    test('x WskCloseSocket: STATUS_CANCELLED', async () => {
      const { world, client, near } = await connected();
      const call = client.send(near, new Uint8Array(LARGE));
      const close = await world.run(world.client, () => client.close(near));
      expect([call.name, close.name]).toEqual(['STATUS_CANCELLED', 'STATUS_SUCCESS']);
    });
  });

  describe('graceful disconnect behind a send that cannot finish', () => {
    const disconnecting = (world: Connected, end: (call: Call) => Iterable<unknown> | undefined) =>
      ended(
        world,
        () => {
          world.client.send(world.near, new Uint8Array(LARGE));
          return world.client.disconnect(world.near);
        },
        end,
      );

    test('x IoCancelIrp: STATUS_CANCELLED, and the connection is aborted', async () => {
      const world = await connected();
      const call = await disconnecting(world, ({ irp }) => {
        expect(world.client.nt.IoCancelIrp(irp)).toBe(true);
        return undefined;
      });
      expect(call.name).toBe('STATUS_CANCELLED');
    });

    test('x WskDisconnect(ABORTIVE): forced to complete', async () => {
      const world = await connected();
      const call = await disconnecting(world, () =>
        world.client.wait(world.client.disconnect(world.near, WSK_FLAG_ABORTIVE)),
      );
      expect(call.name).toBe('STATUS_CONNECTION_ABORTED');
    });

    test('x peer RST: completes', async () => {
      const { world, client, server, near, far } = await connected();
      client.send(near, new Uint8Array(LARGE));
      const call = client.disconnect(near);
      await world.run(world.server, () => resetBy(server, far));
      await world.run(world.client, () => client.wait(call));
      expect(call.name).toBe('STATUS_CONNECTION_RESET');
    });

    test('x peer FIN: unaffected', async () => {
      const { world, client, server, near, far } = await connected();
      client.send(near, new Uint8Array(LARGE));
      const call = client.disconnect(near);
      await world.run(world.server, function* () {
        yield* server.wait(server.disconnect(far));
        while ((yield* server.read(far)).length > 0);
      });
      await world.run(world.client, () => client.wait(call));
      expect([call.name, call.information]).toEqual(['STATUS_SUCCESS', 0]);
    });

    test('x WskCloseSocket: forced to complete', async () => {
      const { world, client, near } = await connected();
      client.send(near, new Uint8Array(LARGE));
      const call = client.disconnect(near);
      const close = await world.run(world.client, () => client.close(near));
      expect([call.name, close.name]).toEqual(['STATUS_CANCELLED', 'STATUS_SUCCESS']);
    });
  });

  test('deregistration waits until the last socket is closed, and leaves what is pending alone', async () => {
    const { world, client, near } = await connected();
    const call = client.receive(near, new Uint8Array(1));
    let deregistered = false;
    world.client.nt.PsCreateSystemThread(function* unload() {
      yield* client.unload();
      deregistered = true;
    });
    await world.settle();
    expect([call.completions, deregistered]).toEqual([0, false]);
    await world.run(world.client, () => client.close(near));
    await world.settle();
    expect([call.name, deregistered]).toEqual(['STATUS_CANCELLED', true]);
  });
};

for (const kind of worldKinds) {
  for (const mode of ['pended', 'inline'] as const) {
    describe.skipIf(kind.obstacle !== null)(`pending IRPs, ${mode}, on ${skipText(kind)}`, () => suite(kind, mode));
  }
}
