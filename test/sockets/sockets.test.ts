import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, test } from 'vitest';
import { formatSockaddr, OpenWskError, SOCKADDR_IN } from '../../src/base/index.ts';
import { nodeStream } from '../../src/public/host.ts';
import {
  type Connection,
  discard,
  echo,
  http,
  type Listener,
  Sockets,
  serve,
  WskError,
  webStreams,
} from '../../src/sockets/index.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

const decode = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString());

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`the promise API on ${skipText(kind)}`, () => {
    let world: TestWorld;
    let near: Sockets;
    let far: Sockets;
    let listener: Listener;
    let to: SOCKADDR_IN;

    /** Makes progress while a promise is open: virtual time does not pass by itself. */
    const soon = async <T>(promise: Promise<T>): Promise<T> => {
      let open = true;
      const outcome = promise.finally(() => (open = false));
      outcome.catch(() => {});
      while (open) await world.settle();
      return outcome;
    };
    const open = async (service: typeof echo | null = echo): Promise<void> => {
      world = await kind.open();
      near = await soon(Sockets.open(world.client));
      far = await soon(Sockets.open(world.server));
      listener = await soon(far.listen('0.0.0.0:0', { fastOpen: true }));
      to = new SOCKADDR_IN(world.serverHost, listener.localAddress.port);
      if (service !== null) serve(listener, service);
    };
    afterEach(() => world.dispose());

    test('connect with data, read, end, the end of the stream, close', async () => {
      await open();
      const connection = await soon(near.connect(formatSockaddr(to), { fastOpen: true, data: 'hello' }));
      expect(connection.bytesInSyn).toBe(0);
      expect(formatSockaddr(connection.remoteAddress)).toBe(to.toString());
      expect(connection.localAddress.port).toBeGreaterThan(0);
      expect(decode(await soon(connection.read()))).toBe('hello');
      await soon(connection.write(Buffer.from('again')));
      expect(decode(await soon(connection.read()))).toBe('again');
      await soon(connection.end('bye'));
      expect(decode(await soon(connection.read()))).toBe('bye');
      expect(await soon(connection.read())).toBeNull();
      await soon(connection.close());
      await soon(listener.close());
      await soon(Promise.all([near.close(), far.close()]));
      expect([world.client.kernel.liveIrps.size, world.server.kernel.liveIrps.size]).toEqual([0, 0]);
    });

    test('iteration gives the bytes to the end and closes', async () => {
      await open();
      const connection = await soon(near.connect(to, { data: 'abc' }));
      await soon(connection.end());
      const all = async (): Promise<string> => {
        let text = '';
        for await (const bytes of connection) text += decode(bytes);
        return text;
      };
      expect(await soon(all())).toBe('abc');
      await soon(listener.close());
      await soon(Promise.all([near.close(), far.close()]));
    });

    test('failures carry the status, its name, the call, and what to do', async () => {
      await open();
      await soon(listener.close());
      const error: WskError = await soon(near.connect(to).catch((caught) => caught));
      expect(error).toBeInstanceOf(WskError);
      expect([error.statusName, error.call, error.status]).toEqual([
        'STATUS_CONNECTION_REFUSED',
        'WskConnectEx',
        0xc0000236 | 0,
      ]);
      expect(error.message).toBe(
        'WskConnectEx: STATUS_CONNECTION_REFUSED: nothing listens there: start the server, or check the port',
      );
      await expect(soon(near.connect('nowhere'))).rejects.toThrow(OpenWskError);
      await expect(soon(near.connect('localhost:80'))).rejects.toMatchObject({
        code: 'OWSK_INVALID_ADDRESS',
        message: expect.stringMatching(/"localhost" is a name: resolve it first/),
      });
      await expect(soon(near.connect(to, { data: new Uint8Array(65_536) }))).rejects.toThrow(
        /STATUS_BUFFER_OVERFLOW: WskConnectEx takes/,
      );
      await expect(soon(near.listen('192.0.2.1:0'))).rejects.toThrow(/STATUS_INVALID_ADDRESS_COMPONENT/);
      await soon(near.close());
    });

    test('an AbortSignal takes a call back; the promise is rejected with its reason', async () => {
      await open(null);
      const connection = await soon(near.connect(to));
      const abort = new AbortController();
      const reading = connection.read({ signal: abort.signal });
      await world.settle();
      abort.abort(new Error('enough'));
      await expect(soon(reading)).rejects.toThrow('enough');
      await expect(soon(connection.read({ signal: abort.signal }))).rejects.toThrow('enough');
      const peer = await soon(listener.accept());
      await soon(peer.write('later'));
      expect(decode(await soon(connection.read()))).toBe('later');
    });

    test('disposal closes', async () => {
      await open();
      const connection = await soon(near.connect(to));
      await soon(connection[Symbol.asyncDispose]());
      await soon(listener[Symbol.asyncDispose]());
      await soon(far[Symbol.asyncDispose]());
      await soon(near[Symbol.asyncDispose]());
      await expect(soon(listener.accept())).rejects.toThrow(/STATUS_CANCELLED/);
    });

    test('a service that throws before its first await does not stop the server either', async () => {
      await open(null);
      const ended: unknown[] = [];
      const failing = (() => {
        throw new Error('at once');
      }) as never;
      serve(listener, failing, (_connection, error) => ended.push(error));
      for (let i = 0; i < 2; i++) {
        const connection = await soon(near.connect(to));
        await expect(soon(connection.read())).rejects.toThrow(/STATUS_CONNECTION_RESET/);
        await soon(connection.close());
      }
      expect(ended).toMatchObject(Array(2).fill({ message: 'at once' }));
    });

    test('after close(): OWSK_CLOSED from read, write and end, and the machine lives', async () => {
      await open();
      const connection = await soon(near.connect(to));
      const closed = connection.close();
      for (const call of [() => connection.read(), () => connection.write('x'), () => connection.end()]) {
        await expect(call()).rejects.toMatchObject({ name: 'OpenWskError', code: 'OWSK_CLOSED' });
      }
      await connection.abort();
      await soon(closed);
      await expect(connection.read()).rejects.toMatchObject({ code: 'OWSK_CLOSED' });
      expect(world.client.kernel.crash).toBeNull();
      await soon((await soon(near.connect(to))).close());
    });

    test('after close() of the Sockets: OWSK_CLOSED from connect and listen, and closing again is fine', async () => {
      await open();
      await soon(Promise.all([near.close(), near.close()]));
      for (const call of [() => near.connect(to), () => near.listen('0.0.0.0:0')]) {
        await expect(soon<unknown>(call())).rejects.toMatchObject({ name: 'OpenWskError', code: 'OWSK_CLOSED' });
      }
    });

    test('arguments that make no sense are named, before anything is sent', async () => {
      await open();
      const connection = await soon(near.connect(to));
      for (const timeout of [Number.NaN, -1, '5' as never, null as never]) {
        await expect(soon(connection.read({ timeout }))).rejects.toMatchObject({
          code: 'OWSK_INVALID_ARGUMENT',
          field: 'timeout',
        });
        await expect(soon(near.connect(to, { timeout }))).rejects.toMatchObject({ field: 'timeout' });
        await expect(soon(listener.accept({ timeout }))).rejects.toMatchObject({ field: 'timeout' });
      }
      await expect(soon(connection.read({ signal: 5 as never }))).rejects.toMatchObject({ field: 'signal' });
      for (const data of [5, null, {}, [1]] as never[]) {
        const wrong = { name: 'OpenWskError', code: 'OWSK_INVALID_ARGUMENT', field: 'data' };
        await expect(soon(connection.write(data))).rejects.toMatchObject(wrong);
        await expect(soon(near.connect(to, { data }))).rejects.toMatchObject(wrong);
      }
      await soon(connection.write('fine', { timeout: Number.POSITIVE_INFINITY }));
      expect(decode(await soon(connection.read({ timeout: 5000 })))).toBe('fine');
      await soon(connection.close());
    });

    test('web streams: bytes both ways, and the end', async () => {
      await open();
      const connection = await soon(near.connect(to));
      const { readable, writable } = webStreams(connection);
      const writer = writable.getWriter();
      await soon(writer.write(Buffer.from('through ')));
      await soon(writer.write(Buffer.from('streams')));
      await soon(writer.close());
      expect(await soon(text(readable as never))).toBe('through streams');
    });

    test('a Node stream: pipes both ways, and ends', async () => {
      await open();
      const stream = nodeStream(await soon(near.connect(to)));
      stream.write('through ');
      stream.end('Node');
      expect(await soon(text(stream))).toBe('through Node');
    });

    test('a reset reaches the Node stream as an error', async () => {
      await open(null);
      const stream = nodeStream(await soon(near.connect(to)));
      const failed = new Promise<WskError>((resolve) => stream.on('error', (error) => resolve(error as WskError)));
      stream.resume();
      const peer = await soon(listener.accept());
      await soon(peer.abort());
      expect((await soon(failed)).statusName).toBe('STATUS_CONNECTION_RESET');
    });

    test('the services: http answers, discard says nothing', async () => {
      await open(http);
      const ask = async (request: string): Promise<string> => {
        const connection = await near.connect(to, { data: request });
        await connection.end();
        let answer = '';
        for await (const bytes of connection) answer += decode(bytes);
        return answer;
      };
      const answer = await soon(ask('GET /path HTTP/1.1\r\n\r\n'));
      expect(answer).toMatch(
        /^HTTP\/1\.1 200 OK\r\n[\s\S]*Content-Length: 26\r\n[\s\S]*\r\n\r\nOpenWSK answers GET \/path\n$/,
      );
      expect(await soon(ask('\x16\x03\x01 not http'))).toMatch(/^HTTP\/1\.1 400/);
      const silent = await soon(far.listen('0.0.0.0:0'));
      serve(silent, discard);
      to = new SOCKADDR_IN(world.serverHost, silent.localAddress.port);
      expect(await soon(ask('anything'))).toBe('');
    });

    test('what happens to one connection does not stop the server', async () => {
      await open(null);
      const ended: unknown[] = [];
      const failing = async (connection: Connection): Promise<void> => {
        const bytes = await connection.read();
        if (decode(bytes) === 'fail') throw new Error('the service fails');
        await connection.end(bytes);
      };
      serve(listener, failing, (_connection, error) => ended.push(error));
      const first = await soon(near.connect(to, { data: 'fail' }));
      await expect(soon(first.read())).rejects.toThrow(/STATUS_CONNECTION_RESET/);
      const second = await soon(near.connect(to, { data: 'fine' }));
      expect(decode(await soon(second.read()))).toBe('fine');
      await soon(second.close());
      await world.settle();
      expect(ended[0]).toMatchObject({ message: 'the service fails' });
    });
  });
}
