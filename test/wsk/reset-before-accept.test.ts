/** A peer that connects and breaks off before anybody has accepted it: nothing that it does may throw or stop others. */
import { afterEach, describe, expect, test } from 'vitest';
import { AF_INET, type SOCKADDR, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/base/index.ts';
import { WSK_EVENT_ACCEPT, WSK_FLAG_ABORTIVE, WSK_FLAG_LISTEN_SOCKET } from '../../src/wsk/index.ts';
import { Driver, listener } from '../support/driver.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`a reset before it was accepted, on ${skipText(kind)}`, () => {
    let world: TestWorld;
    afterEach(() => world.dispose());

    const opened = async (dispatch: object | null) => {
      world = await kind.open();
      const client = await world.run(world.client, (nt) => Driver.load(nt));
      const server = await world.run(world.server, (nt) => Driver.load(nt));
      const bound = new SOCKADDR_IN();
      const listening = await world.run(world.server, function* () {
        const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET, AF_INET, null, dispatch);
        yield* server.bind(socket, new SOCKADDR_IN());
        yield* server.call((irp) => listener(socket).WskGetLocalAddress(socket, bound, irp));
        return socket;
      });
      const to = new SOCKADDR_IN(world.serverHost, bound.sin_port);
      /** @returns the local address of a connection, which may be over already */
      const connect = (then: 'reset' | 'stay') =>
        world.run(world.client, function* () {
          const socket = yield* client.connectionSocket();
          yield* client.wait(client.connectEx(socket, to, null));
          const local = yield* client.localAddress(socket);
          if (then === 'reset') yield* client.wait(client.disconnect(socket, WSK_FLAG_ABORTIVE));
          return `${local}`;
        });
      return { server, listening, connect, to: `${to}` };
    };

    test('WskAccept tells both addresses, or passes it over; the next connection comes in', async () => {
      const { server, listening, connect, to } = await opened(null);
      const gone = await connect('reset');
      const here = await connect('stay');
      await world.settle();
      const seen: string[] = [];
      await world.run(world.server, function* () {
        while (!seen.includes(here)) {
          const [local, remote] = [new SOCKADDR_IN(), new SOCKADDR_IN()];
          const accept = yield* server.call((irp) =>
            listener(listening).WskAccept(listening, 0, null, null, local, remote, irp),
          );
          expect([accept.name, `${local}`]).toEqual(['STATUS_SUCCESS', to]);
          seen.push(`${remote}`);
          const read = server.receive(accept.socket, new Uint8Array(1));
          if (`${remote}` === gone) expect((yield* server.wait(read)).name).toBe('STATUS_CONNECTION_RESET');
          yield* server.close(accept.socket);
        }
      });
      expect(seen.filter((peer) => peer !== gone)).toEqual([here]);
      expect(world.server.kernel.crash).toBeNull();
    });

    test('WskAcceptEvent gets both addresses, never NULL: that would mean the end of the listening socket', async () => {
      const seen: (string | null)[][] = [];
      const dispatch = {
        WskAcceptEvent: (_context: unknown, _flags: number, local: SOCKADDR | null, remote: SOCKADDR | null) => {
          seen.push([local, remote].map((address) => address && `${address}`));
          return STATUS_SUCCESS;
        },
        WskInspectEvent: null,
        WskAbortEvent: null,
      };
      const { server, listening, connect, to } = await opened(dispatch);
      const gone = await connect('reset');
      const here = await connect('stay');
      await world.settle();
      server.eventsNow(listening, WSK_EVENT_ACCEPT);
      await world.settle();
      expect(seen.filter(([, remote]) => remote !== gone)).toEqual([[to, here]]);
      expect(seen.every(([local]) => local === to)).toBe(true);
      expect(world.server.kernel.crash).toBeNull();
    });
  });
}
