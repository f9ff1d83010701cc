import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../src/time/index.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, type Op, pattern, type Socket, text, World } from './support.ts';

const answerOnce = (socket: Socket): void => {
  socket.onData = () => socket.send('answer');
  socket.onEnd = () => socket.shutdown(() => socket.close());
};

interface Visit {
  readonly firstByteMs: number;
  readonly connectMs: number;
  readonly connect: Op;
  readonly socket: Socket;
}

/** Connects with `early`, waits for the answer, closes. */
const visit = (world: World, early: Memory, fastOpen = true, to = '10.0.0.2:80'): Visit => {
  const start = world.ms;
  let firstByteMs = Number.NaN;
  let connectMs = Number.NaN;
  const socket = clientSocket(world, { fastOpen });
  socket.onData = () => {
    if (!(firstByteMs >= 0)) firstByteMs = world.ms - start;
    if (socket.text === 'answer') socket.shutdown();
  };
  socket.onEnd = () => socket.close();
  const connect = socket.connect(to, early, () => {
    connectMs = world.ms - start;
  });
  world.executor.runUntil(world.executor.now() + 2000 * MILLISECOND);
  return { firstByteMs, connectMs, connect, socket };
};

describe('Fast Open at 40 ms round trip', () => {
  it('brings the first byte at 80 ms without a cookie and at 40 ms with one', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80', answerOnce);
    const first = visit(world, text('hello'));
    expect(first.connect.end).toBe('STATUS_SUCCESS 0');
    expect([first.connectMs, first.firstByteMs]).toEqual([40, 80]);
    expect(first.socket.endpoint.earlyData).toEqual({ bytesInSyn: 0, acked: false });
    const second = visit(world, text('hello'));
    expect([second.connectMs, second.firstByteMs]).toEqual([40, 40]);
    expect(second.socket.endpoint.earlyData).toEqual({ bytesInSyn: 5, acked: true });
    expect(server.accepted.map((socket) => socket.text)).toEqual(['hello', 'hello']);
    expect(world.clientHost.counters).toMatchObject({ fastOpenActive: 1, fastOpenActiveFail: 0 });
    expect(world.serverHost.counters).toMatchObject({ fastOpenCookieReqd: 1, fastOpenPassive: 1 });
    server.close();
    world.executor.run();
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it('never puts data into the SYN when the option is off', () => {
    const world = new World();
    listen(world, '10.0.0.2:80', answerOnce);
    visit(world, text('hello'));
    const { firstByteMs, socket } = visit(world, text('hello'), false);
    expect(firstByteMs).toBe(80);
    expect(socket.endpoint.earlyData.bytesInSyn).toBe(0);
  });

  it.each([
    [1, 1],
    [1420, 1420],
    [1421, 1420],
    [65_535, 1420],
  ])('carries of %i bytes %i in the SYN and the rest behind it', (size, inSyn) => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80', (socket) => {
      socket.onData = () => {
        if (socket.bytes.length === size) socket.send('answer');
      };
    });
    visit(world, new Memory(pattern(size)));
    const { socket, firstByteMs } = visit(world, new Memory(pattern(size)));
    expect(socket.endpoint.earlyData).toEqual({ bytesInSyn: inSyn, acked: true });
    expect(firstByteMs).toBeLessThan(300);
    expect(Buffer.compare(server.accepted[1].bytes, pattern(size))).toBe(0);
  });

  it('falls back to a bare SYN when the one with data is lost, and leaves the path alone for a while', () => {
    let synsWithData = 0;
    const world = new World({
      settings: {
        delay: 20 * MILLISECOND,
        rules: [{ action: 'drop', match: (packet) => packet.syn && packet.payloadLength > 0 && ++synsWithData > 0 }],
      },
      back: { delay: 20 * MILLISECOND },
    });
    const server = listen(world, '10.0.0.2:80', answerOnce);
    visit(world, text('hello'));
    const second = visit(world, text('hello'));
    world.executor.runUntil(world.executor.now() + 5000 * MILLISECOND);
    expect(second.connect.end).toBe('STATUS_SUCCESS 0');
    expect(second.socket.endpoint.earlyData).toEqual({ bytesInSyn: 5, acked: false });
    expect(server.accepted[1].text).toBe('hello');
    expect(synsWithData).toBe(1);
    const third = visit(world, text('hello'));
    expect(third.firstByteMs).toBe(80);
    expect(synsWithData).toBe(1);
    expect(world.clientHost.counters.fastOpenActiveFail).toBe(1);
  });

  it('sends the data again behind the handshake when the server takes only the SYN', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80', answerOnce);
    visit(world, text('hello'));
    server.endpoint.setOption('fastOpen', 0);
    const { socket, firstByteMs, connect } = visit(world, text('hello'));
    expect(connect.end).toBe('STATUS_SUCCESS 0');
    expect(firstByteMs).toBe(80);
    expect(socket.endpoint.earlyData).toEqual({ bytesInSyn: 5, acked: false });
    expect(server.accepted[1].text).toBe('hello');
  });

  it('keeps working across a key rotation, and twice rotated keys cost one round trip', () => {
    const world = new World();
    listen(world, '10.0.0.2:80', answerOnce);
    visit(world, text('hello'));
    world.serverHost.tcp.fastOpenServer.rotate(Int32Array.of(1, 2, 3, 4));
    expect(visit(world, text('hello')).firstByteMs).toBe(40);
    expect(world.serverHost.counters.fastOpenPassiveAltKey).toBe(1);
    expect(visit(world, text('hello')).firstByteMs).toBe(40); // by then with a cookie of the new key
    expect(world.serverHost.counters.fastOpenPassiveAltKey).toBe(1);
    world.serverHost.tcp.fastOpenServer.rotate(Int32Array.of(5, 6, 7, 8));
    world.serverHost.tcp.fastOpenServer.rotate(Int32Array.of(9, 10, 11, 12));
    expect(visit(world, text('hello')).firstByteMs).toBe(80);
    expect(visit(world, text('hello')).firstByteMs).toBe(40);
  });

  it('lets the server answer before the final ACK, in more than one segment', () => {
    const world = new World();
    listen(world, '10.0.0.2:80', (socket) => {
      socket.onData = () => socket.send(new Memory(pattern(2 * 1460)));
    });
    const size = { first: 0 };
    visit(world, text('hello'));
    const socket = clientSocket(world, { fastOpen: true });
    const start = world.ms;
    socket.onData = () => {
      if (world.ms - start === 40) size.first = socket.bytes.length;
    };
    socket.connect('10.0.0.2:80', text('hello'));
    world.executor.runUntil(world.executor.now() + 1000 * MILLISECOND);
    expect(size.first).toBe(2 * 1460);
    expect(Buffer.compare(socket.bytes, pattern(2 * 1460))).toBe(0);
  });

  it('counts against the limit and then behaves as if the option were absent', () => {
    const world = new World({ server: { ...new World().serverHost.profile, fastOpenPending: 1 } });
    listen(world, '10.0.0.2:80', () => {});
    visit(world, text('hello'));
    world.link.setState('up');
    // Two at once: the second comes while the first waits for its final ACK.
    const sockets = [0, 1].map(() => {
      const socket = clientSocket(world, { fastOpen: true });
      socket.connect('10.0.0.2:80', text('hello'));
      return socket;
    });
    world.executor.runUntil(world.executor.now() + 100 * MILLISECOND);
    expect(sockets.map((socket) => socket.endpoint.earlyData.acked)).toEqual([true, false]);
    expect(world.serverHost.counters.fastOpenListenOverflow).toBe(1);
  });
});
