import { afterEach, describe, expect, test } from 'vitest';
import { formatSockaddr, OpenWskError, SOCKADDR_IN } from '../../src/base/index.ts';
import { type DatagramSocket, Sockets } from '../../src/sockets/index.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`datagrams as promises on ${skipText(kind)}`, () => {
    let world: TestWorld;
    afterEach(() => world.dispose());

    /** Lets the world run until a promise has its outcome. */
    const outcome = async <T>(promise: Promise<T>): Promise<T> => {
      let isOver = false;
      const end = (): void => {
        isOver = true;
      };
      promise.then(end, end);
      while (!isOver) await world.settle();
      return promise;
    };
    const open = async (): Promise<[Sockets, DatagramSocket, DatagramSocket]> => {
      world = await kind.open();
      const sockets = await outcome(Sockets.open(world.client));
      const [near, far] = [await outcome(sockets.datagram()), await outcome(sockets.datagram())];
      return [sockets, near, far];
    };
    const addressOf = ({ localAddress }: DatagramSocket): string => `127.0.0.1:${localAddress.port}`;

    test('an echo server is a loop, which ends when its socket is closed', async () => {
      const [sockets, near, far] = await open();
      const echo = (async () => {
        for await (const { from, bytes } of far) await far.send(from, bytes);
      })();
      await outcome(near.send(addressOf(far), 'hello'));
      const { bytes } = await outcome(near.receive());
      expect(Buffer.from(bytes).toString()).toBe('hello');
      await outcome(far.close());
      await outcome(echo);
      await outcome(near.close());
      await outcome(sockets.close());
    });

    test('limits, and calls after close', async () => {
      const [, near, far] = await open();
      const signal = AbortSignal.abort(new Error('enough'));
      await expect(outcome(near.receive({ signal }))).rejects.toThrow('enough');
      await expect(outcome(near.send('10.0.0.2', 'x'))).rejects.toThrow(OpenWskError);
      await expect(outcome(near.send(new SOCKADDR_IN('127.0.0.1', 0), 'x'))).rejects.toThrow(
        /WskSendTo: STATUS_INVALID_ADDRESS_COMPONENT/,
      );
      await expect(outcome(near.send(addressOf(far), new Uint8Array(65_508)))).rejects.toThrow(/at most 65,507 bytes/);
      const waiting = expect(near.receive()).rejects.toThrow(/STATUS_CANCELLED/);
      await outcome(near.close());
      await waiting;
      await expect(near.receive()).rejects.toThrow(/STATUS_CANCELLED/);
      await expect(near.send(addressOf(far), 'x')).rejects.toMatchObject({ code: 'OWSK_CLOSED' });
    });

    test('a port that is taken: STATUS_ADDRESS_ALREADY_ASSOCIATED, and no socket is left', async () => {
      const [sockets, near, far] = await open();
      const taken = formatSockaddr(near.localAddress);
      await expect(outcome(sockets.datagram(taken))).rejects.toThrow(/STATUS_ADDRESS_ALREADY_ASSOCIATED/);
      await outcome(near.close());
      await outcome(far.close());
      await outcome(sockets.close());
    });
  });
}
