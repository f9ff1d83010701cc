import { afterEach, describe, expect, test } from 'vitest';
import {
  type NTSTATUS,
  SOCKADDR_IN,
  STATUS_DATA_NOT_ACCEPTED,
  STATUS_INVALID_PARAMETER,
  STATUS_PENDING,
  STATUS_REQUEST_NOT_ACCEPTED,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import type { KernelRoutine, Ref } from '../../src/kernel/index.ts';
import type { Nt } from '../../src/sim/index.ts';
import {
  type WSK_CLIENT_CONNECTION_DISPATCH,
  type WSK_CLIENT_LISTEN_DISPATCH,
  type WSK_DATA_INDICATION,
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISABLE,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_EVENT_SEND_BACKLOG,
  WSK_FLAG_ABORTIVE,
  WSK_FLAG_AT_DISPATCH_LEVEL,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_SOCKET,
} from '../../src/wsk/index.ts';
import { connection, type Driver } from '../support/driver.ts';
import { openPair, type Pair, skipText, worldKinds } from '../support/worlds.ts';

/** The bytes of an indication, by its list of MDLs. */
const textOf = (list: WSK_DATA_INDICATION | null): string => {
  let text = '';
  for (let entry = list; entry !== null; entry = entry.Next) {
    const { Mdl, Offset, Length } = entry.Buffer;
    text += Buffer.from(Mdl!.space.bytes(Mdl!.base + Offset, Length)).toString();
  }
  return text;
};

/** A client's callbacks that keep a log, and do what a test tells them. */
class Callbacks {
  readonly log: string[] = [];
  readonly indications: WSK_DATA_INDICATION[] = [];
  readonly accepted: WSK_SOCKET[] = [];
  receive: (text: string, accepted: Ref<number>) => NTSTATUS = () => STATUS_SUCCESS;
  accept: () => NTSTATUS = () => STATUS_SUCCESS;
  irqls: number[] = [];
  flags: number[] = [];
  private readonly nt: Nt;

  constructor(nt: Nt) {
    this.nt = nt;
  }

  readonly connection: WSK_CLIENT_CONNECTION_DISPATCH = {
    WskReceiveEvent: (_context, flags, indication, bytes, accepted) => {
      this.irqls.push(this.nt.KeGetCurrentIrql());
      this.flags.push(flags);
      this.log.push(indication === null ? 'receive NULL' : `receive ${textOf(indication)}`);
      if (indication !== null) this.indications.push(indication);
      expect(accepted.value).toBe(bytes);
      return this.receive(textOf(indication), accepted);
    },
    WskDisconnectEvent: (_context, flags) => {
      this.log.push(flags & WSK_FLAG_ABORTIVE ? 'disconnect abortive' : 'disconnect');
      return STATUS_SUCCESS;
    },
    WskSendBacklogEvent: (_context, size) => {
      this.log.push(`backlog ${size}`);
      return STATUS_SUCCESS;
    },
  };

  readonly listen: WSK_CLIENT_LISTEN_DISPATCH = {
    WskAcceptEvent: (_context, _flags, local, remote, socket, context, dispatch) => {
      this.log.push(socket === null ? 'accept NULL' : 'accept');
      if (socket === null) return STATUS_SUCCESS;
      expect([local!.port > 0, remote!.port > 0]).toEqual([true, true]);
      const status = this.accept();
      if (status === STATUS_SUCCESS) this.accepted.push(socket);
      context.value = this;
      dispatch.value = this.connection;
      return status;
    },
    WskInspectEvent: null,
    WskAbortEvent: null,
  };
}

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`event callbacks on ${skipText(kind)}`, () => {
    let pair: Pair;
    afterEach(() => pair.world.dispose());

    /** A connection whose near end has callbacks, none enabled yet. */
    const connectedWithCallbacks = async () => {
      pair = await openPair(kind);
      const { world, client, server, listening, to } = pair;
      const callbacks = new Callbacks(world.client.nt);
      const accepting = server.accept(listening);
      const near = await world.run(world.client, function* () {
        const { socket } = yield* client.newSocket(WSK_FLAG_CONNECTION_SOCKET, 2, callbacks, callbacks.connection);
        yield* client.bind(socket, new SOCKADDR_IN());
        yield* client.call((irp) => connection(socket).WskConnect(socket, to, 0, irp));
        return socket;
      });
      const { socket: far } = await world.run(world.server, () => server.wait(accepting));
      return { ...pair, near, far, callbacks };
    };

    const clientDoes = <T>(main: (nt: Nt) => KernelRoutine<T>): Promise<T> => pair.world.run(pair.world.client, main);
    const peerSends = (server: Driver, far: WSK_SOCKET, text: string): Promise<unknown> =>
      pair.world.run(pair.world.server, () => server.wait(server.send(far, text)));

    describe.skipIf(kind.name !== 'StackTransport')('WskSendBacklogEvent (the stack only)', () => {
      test('tells when the ideal backlog has doubled, and only when enabled', async () => {
        const { world, client, server, near, far, callbacks } = await connectedWithCallbacks();
        const piece = new Uint8Array(65_536);
        const move = async (pieces: number): Promise<void> => {
          const calls = await clientDoes(function* () {
            return Array.from({ length: pieces }, () => client.send(near, piece));
          });
          await world.run(world.server, function* () {
            for (let left = pieces * piece.length; left > 0; ) {
              left -= (yield* server.wait(server.receive(far, new Uint8Array(piece.length)))).information as number;
            }
          });
          await world.settle();
          expect(calls.map((call) => call.name)).toEqual(Array(pieces).fill('STATUS_SUCCESS'));
        };
        await clientDoes(() => client.wait(client.events(near, WSK_EVENT_SEND_BACKLOG)));
        await move(1);
        expect(callbacks.log).toEqual([]); // 128 KiB was ideal from the start
        await move(60);
        const told = callbacks.log.map((line) => Number(/^backlog (\d+)$/.exec(line)![1]));
        expect(told.length).toBeGreaterThanOrEqual(1);
        for (const [i, size] of told.entries()) expect(size).toBeGreaterThanOrEqual(2 * (told[i - 1] ?? 131_072));
        await clientDoes(() => client.wait(client.events(near, WSK_EVENT_SEND_BACKLOG | WSK_EVENT_DISABLE)));
        await move(60);
        expect(callbacks.log.length).toBe(told.length);
      });
    });

    describe('WskReceiveEvent', () => {
      test('is not called before it is enabled, and at once when data waits by then', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        await peerSends(server, far, 'early');
        await pair.world.settle();
        expect(callbacks.log).toEqual([]);
        await clientDoes(function* () {
          expect(client.eventsNow(near, WSK_EVENT_RECEIVE)).toBe('STATUS_SUCCESS');
          expect(callbacks.log).toEqual([]);
        });
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive early']);
        expect(callbacks.irqls).toEqual([2]);
        expect(callbacks.flags).toEqual([WSK_FLAG_AT_DISPATCH_LEVEL]);
      });

      test('STATUS_SUCCESS takes everything, and more indications follow', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        await clientDoes(() => client.wait(client.events(near, WSK_EVENT_RECEIVE)));
        for (const text of ['one', 'two']) {
          await peerSends(server, far, text);
          await pair.world.settle();
        }
        expect(callbacks.log).toEqual(['receive one', 'receive two']);
      });

      test('STATUS_SUCCESS with fewer BytesAccepted keeps the rest, and is silent until a WskReceive has completed', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = (_text, accepted) => {
          accepted.value = 2;
          return STATUS_SUCCESS;
        };
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'abcdef');
        await pair.world.settle();
        await peerSends(server, far, 'gh');
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive abcdef']);
        callbacks.receive = () => STATUS_SUCCESS;
        const into = new Uint8Array(3);
        await clientDoes(function* () {
          expect((yield* client.wait(client.receive(near, into))).information).toBe(3);
        });
        await pair.world.settle();
        expect(Buffer.from(into).toString()).toBe('cde');
        expect(callbacks.log.slice(1).join('').replaceAll('receive ', '')).toBe('fgh');
      });

      test('STATUS_DATA_NOT_ACCEPTED keeps everything; a receive of zero length is enough to go on', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = () => STATUS_DATA_NOT_ACCEPTED;
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'abc');
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive abc']);
        callbacks.receive = () => STATUS_SUCCESS;
        await clientDoes(function* () {
          const empty = yield* client.wait(client.receive(near, new Uint8Array(0)));
          expect([empty.name, empty.information]).toEqual(['STATUS_SUCCESS', 0]);
        });
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive abc', 'receive abc']);
      });

      test('STATUS_PENDING keeps the list until WskRelease, and indications go on meanwhile', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = () => STATUS_PENDING;
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        for (const text of ['one', 'two']) {
          await peerSends(server, far, text);
          await pair.world.settle();
        }
        expect(callbacks.log).toEqual(['receive one', 'receive two']);
        const [first, second] = callbacks.indications;
        expect([textOf(first), textOf(second)]).toEqual(['one', 'two']);
        const { WskRelease } = connection(near);
        expect(WskRelease(near, second)).toBe(STATUS_SUCCESS);
        expect(WskRelease(near, second)).toBe(STATUS_INVALID_PARAMETER);
        expect(WskRelease(near, { Next: null, Buffer: first.Buffer })).toBe(STATUS_INVALID_PARAMETER);
        expect(textOf(first)).toBe('one');
        expect(WskRelease(near, first)).toBe(STATUS_SUCCESS);
      });

      test('lists as large as SO_RCVBUF (65,536 bytes at first) are kept: WskRelease makes room for what has waited', async () => {
        const { world, client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = () => STATUS_PENDING;
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        const sent = server.send(far, 'x'.repeat(300_000));
        const { WskRelease } = connection(near);
        let received = 0;
        for (let i = 0; i < 1000 && received < 300_000; i++) {
          await world.settle();
          for (const list of callbacks.indications.splice(0)) {
            received += textOf(list).length;
            expect(WskRelease(near, list)).toBe(STATUS_SUCCESS);
          }
        }
        await world.settle();
        expect([received, sent.name]).toEqual([300_000, 'STATUS_SUCCESS']);
      });

      test('a list may be released before the callback returns STATUS_PENDING: another processor was faster', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = () => {
          expect(connection(near).WskRelease(near, callbacks.indications[0])).toBe(STATUS_SUCCESS);
          return STATUS_PENDING;
        };
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'abc');
        await pair.world.settle();
        const [list] = callbacks.indications;
        expect(connection(near).WskRelease(near, list)).toBe(STATUS_INVALID_PARAMETER);
        await clientDoes(function* () {
          expect((yield* client.close(near)).name).toBe('STATUS_SUCCESS');
        });
        expect(pair.world.client.kernel.findings).toEqual([]);
      });

      test('a status that means nothing counts as not accepted', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        callbacks.receive = () => STATUS_INVALID_PARAMETER;
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'abc');
        await pair.world.settle();
        const into = new Uint8Array(8);
        const call = await clientDoes(() => client.wait(client.receive(near, into)));
        expect([callbacks.log.length, call.information]).toEqual([1, 3]);
      });

      test('a WskReceive that waits is served first', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        const into = new Uint8Array(2);
        const call = client.receive(near, into);
        await peerSends(server, far, 'abcd');
        await pair.world.settle();
        expect([call.information, Buffer.from(into).toString()]).toEqual([2, 'ab']);
        expect(callbacks.log).toEqual(['receive cd']);
      });

      test('a callback may start a request, and is not called again inside it', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        let depth = 0;
        const into = new Uint8Array(16);
        callbacks.receive = () => {
          expect(++depth).toBe(1);
          client.receive(near, into);
          depth--;
          return STATUS_DATA_NOT_ACCEPTED;
        };
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'abc');
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive abc']);
      });
    });

    describe('WskDisconnectEvent', () => {
      test('tells a graceful end after the last byte was taken, once', async () => {
        const { world, client, server, near, far, callbacks } = await connectedWithCallbacks();
        client.eventsNow(near, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT);
        await world.run(world.server, () => server.wait(server.disconnect(far, 0, 'last words')));
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive last words', 'disconnect']);
        const send = client.send(near, 'still possible');
        await world.run(world.server, () => server.read(far));
        await clientDoes(() => client.wait(send));
        expect(send.name).toBe('STATUS_SUCCESS');
        const end = await clientDoes(() => client.wait(client.receive(near, new Uint8Array(1))));
        expect([end.name, end.information]).toEqual(['STATUS_SUCCESS', 0]);
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive last words', 'disconnect']);
      });

      test('comes without WskReceiveEvent too, when nothing is left to read', async () => {
        const { world, client, server, near, far, callbacks } = await connectedWithCallbacks();
        client.eventsNow(near, WSK_EVENT_DISCONNECT);
        await world.run(world.server, () => server.wait(server.disconnect(far, 0, 'abc')));
        await pair.world.settle();
        expect(callbacks.log).toEqual([]);
        const into = new Uint8Array(8);
        await clientDoes(function* () {
          const call = yield* client.wait(client.receive(near, into));
          expect(Buffer.from(into.subarray(0, call.information as number)).toString()).toBe('abc');
        });
        await pair.world.settle();
        expect(callbacks.log).toEqual(['disconnect']);
      });

      test('tells a reset with WSK_FLAG_ABORTIVE', async () => {
        const { world, client, server, near, far, callbacks } = await connectedWithCallbacks();
        client.eventsNow(near, WSK_EVENT_DISCONNECT);
        await world.run(world.server, () => server.wait(server.disconnect(far, WSK_FLAG_ABORTIVE)));
        await pair.world.settle();
        expect(callbacks.log).toEqual(['disconnect abortive']);
      });

      test('is for the peer only: nothing is told of our own end', async () => {
        const { client, near, callbacks } = await connectedWithCallbacks();
        client.eventsNow(near, WSK_EVENT_DISCONNECT);
        await clientDoes(function* () {
          yield* client.wait(client.disconnect(near, WSK_FLAG_ABORTIVE));
        });
        await pair.world.settle();
        expect(callbacks.log).toEqual([]);
      });
    });

    describe('WskAcceptEvent', () => {
      /** A listener with callbacks on the server, and the address that leads to it. */
      const listening = async (mask: number) => {
        pair = await openPair(kind);
        const { world, server } = pair;
        const callbacks = new Callbacks(world.server.nt);
        const { socket, port } = await world.run(world.server, function* () {
          const { socket } = yield* server.newSocket(WSK_FLAG_LISTEN_SOCKET, 2, callbacks, callbacks.listen);
          yield* server.bind(socket, new SOCKADDR_IN());
          if (mask !== 0) expect((yield* server.wait(server.events(socket, mask))).name).toBe('STATUS_SUCCESS');
          return { socket, port: (yield* server.localAddress(socket)).port };
        });
        return { ...pair, callbacks, listening: socket, to: new SOCKADDR_IN(pair.world.serverHost, port) };
      };
      const connects = async (data: string | null, to: SOCKADDR_IN): Promise<WSK_SOCKET> => {
        const socket = await clientDoes(function* () {
          const socket = yield* pair.client.connectionSocket();
          yield* pair.client.wait(pair.client.connectEx(socket, to, data));
          return socket;
        });
        await pair.world.settle();
        return socket;
      };

      test('delivers connections; connection events of the listener are handed down', async () => {
        const { callbacks, to } = await listening(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT);
        const near = await connects('hello', to);
        expect(callbacks.log).toEqual(['accept', 'receive hello']);
        await clientDoes(function* () {
          yield* pair.client.wait(pair.client.disconnect(near));
        });
        await pair.world.settle();
        expect(callbacks.log).toEqual(['accept', 'receive hello', 'disconnect']);
      });

      test('a WskAccept that waits is served first, and its socket inherits no events', async () => {
        const {
          server,
          world,
          callbacks,
          listening: socket,
          to,
        } = await listening(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE);
        const accept = server.accept(socket);
        await connects('to the call', to);
        await connects('to the event', to);
        expect(accept.name).toBe('STATUS_SUCCESS');
        expect(callbacks.log).toEqual(['accept', 'receive to the event']);
        const bytes = await world.run(world.server, () => server.read(accept.socket));
        expect(Buffer.from(bytes).toString()).toBe('to the call');
      });

      test('STATUS_REQUEST_NOT_ACCEPTED: the connection is reset, and the client has no socket', async () => {
        const { callbacks, client, server, listening: socket, to, world } = await listening(WSK_EVENT_ACCEPT);
        callbacks.accept = () => STATUS_REQUEST_NOT_ACCEPTED;
        const near = await connects(null, to);
        const call = await clientDoes(() => client.wait(client.receive(near, new Uint8Array(1))));
        expect(call.name).toBe('STATUS_CONNECTION_RESET');
        await world.run(world.server, function* () {
          yield* server.close(socket);
          yield* server.close(pair.listening);
          yield* server.unload();
        });
      });

      test('handed-down events cannot be taken back on the listener', async () => {
        const { server, listening: socket } = await listening(WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE);
        expect(server.eventsNow(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE)).toBe('STATUS_INVALID_PARAMETER');
        expect(server.eventsNow(socket, WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE)).toBe('STATUS_SUCCESS');
      });

      test('disabled, connections wait for WskAccept', async () => {
        const { server, world, callbacks, listening: socket, to } = await listening(WSK_EVENT_ACCEPT);
        server.eventsNow(socket, WSK_EVENT_ACCEPT | WSK_EVENT_DISABLE);
        await connects('x', to);
        expect(callbacks.log).toEqual([]);
        const accept = await world.run(world.server, () => server.wait(server.accept(socket)));
        expect(accept.name).toBe('STATUS_SUCCESS');
      });

      test('enabled, a connection that waits already is delivered at once', async () => {
        const { server, world, callbacks, listening: socket, to } = await listening(0);
        await connects('x', to);
        server.eventsNow(socket, WSK_EVENT_ACCEPT);
        await world.settle();
        expect(callbacks.log).toEqual(['accept']);
      });
    });

    describe('SO_WSK_EVENT_CALLBACK', () => {
      test('on a connection: only connection events, only once connected, disabled one at a time', async () => {
        const { client, near } = await connectedWithCallbacks();
        await clientDoes(function* () {
          const socket = yield* client.connectionSocket();
          expect(client.eventsNow(socket, WSK_EVENT_RECEIVE)).toBe('STATUS_INVALID_DEVICE_STATE');
          const status = 'STATUS_INVALID_PARAMETER';
          for (const mask of [
            0,
            WSK_EVENT_ACCEPT,
            WSK_EVENT_RECEIVE_FROM,
            WSK_EVENT_RECEIVE | WSK_EVENT_ACCEPT,
            WSK_EVENT_DISABLE,
            WSK_EVENT_DISABLE | WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT,
            0x1,
          ]) {
            expect(client.eventsNow(near, mask | 0)).toBe(status);
            expect(client.events(near, mask | 0).statuses).toEqual([status, status]);
          }
          expect(client.events(near, WSK_EVENT_RECEIVE, 'another').statuses).toEqual([status, status]);
          expect(client.eventsNow(near, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_SEND_BACKLOG)).toBe(
            'STATUS_SUCCESS',
          );
          const disable = yield* client.wait(client.events(near, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE));
          expect(disable.name).toBe('STATUS_SUCCESS');
        });
      });

      test('on a listener that is not bound: STATUS_INVALID_DEVICE_STATE', async () => {
        pair = await openPair(kind);
        await clientDoes(function* () {
          const { socket } = yield* pair.client.newSocket(WSK_FLAG_LISTEN_SOCKET);
          expect(pair.client.eventsNow(socket, WSK_EVENT_ACCEPT)).toBe('STATUS_INVALID_DEVICE_STATE');
        });
      });

      test('on a stream socket: by its role', async () => {
        pair = await openPair(kind);
        const { client, to } = pair;
        await clientDoes(function* () {
          const listens = yield* client.streamSocket();
          expect(client.eventsNow(listens, WSK_EVENT_RECEIVE)).toBe('STATUS_INVALID_DEVICE_STATE');
          yield* client.wait(client.listen(listens));
          expect(client.eventsNow(listens, WSK_EVENT_ACCEPT)).toBe('STATUS_SUCCESS');
          const connects = yield* client.streamSocket();
          yield* client.wait(client.connectEx(connects, to, null));
          expect(client.eventsNow(connects, WSK_EVENT_RECEIVE)).toBe('STATUS_SUCCESS');
          expect(client.eventsNow(connects, WSK_EVENT_ACCEPT)).toBe('STATUS_INVALID_PARAMETER');
        });
      });

      test('disabling inside the callback: STATUS_EVENT_PENDING without an IRP, completed after it with one', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        const order: string[] = [];
        callbacks.receive = () => {
          order.push(client.eventsNow(near, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE));
          const call = client.events(near, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE);
          order.push(call.statuses[0], `completions ${call.completions}`);
          client.nt.PsCreateSystemThread(function* waits() {
            yield* client.wait(call);
            order.push(call.name);
          });
          return STATUS_SUCCESS;
        };
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'x');
        await pair.world.settle();
        expect(order).toEqual(['STATUS_EVENT_PENDING', 'STATUS_PENDING', 'completions 0', 'STATUS_SUCCESS']);
        await peerSends(server, far, 'y');
        await pair.world.settle();
        expect(callbacks.log).toEqual(['receive x']);
      });

      test('closing inside a callback completes after it has returned', async () => {
        const { client, server, near, far, callbacks } = await connectedWithCallbacks();
        let closedInside = true;
        const closes = new Promise<void>((resolve) => {
          callbacks.receive = () => {
            const call = client.start(
              (irp) => near.Dispatch.WskCloseSocket(near, irp),
              () => resolve(),
            );
            closedInside = call.completions > 0;
            return STATUS_SUCCESS;
          };
        });
        client.eventsNow(near, WSK_EVENT_RECEIVE);
        await peerSends(server, far, 'x');
        await pair.world.settle();
        await closes;
        expect(closedInside).toBe(false);
      });
    });
  });
}
