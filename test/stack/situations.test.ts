import { describe, expect, it } from 'vitest';
import { AF_INET, AF_INET6, Random } from '../../src/base/index.ts';
import { type FaultRule, PacketArena, type PacketPeek, Router, SimulatedLink } from '../../src/link/index.ts';
import { Host } from '../../src/tcpip/index.ts';
import { MILLISECOND, SECOND, VirtualExecutor } from '../../src/time/index.ts';
import { StackTransport } from '../../src/transport/stack/index.ts';
import type { Gather } from '../../src/wsk/transport.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, pattern, Socket, text, World } from './support.ts';

const closeAll = (world: World, ...sockets: Socket[]): void => {
  for (const socket of sockets) socket.close();
  world.executor.run();
  expect(world.leftovers()).toEqual(NOTHING_LEFT);
};

/** A client behind a router that knows 10.0.1.0/24, where a server is. */
const setUpBehindRouter = (serverMtu = 1500, toServerMtu = serverMtu, rules: readonly FaultRule[] = []) => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(99);
  const router = new Router(arena);
  const hosts = [0, 1].map((side) => {
    const link = new SimulatedLink({
      executor,
      arena,
      random,
      settings: { delay: 5 * MILLISECOND, mtu: side === 1 ? serverMtu : 1500, rules: side === 0 ? rules : [] },
      back: { delay: 5 * MILLISECOND, mtu: side === 1 ? toServerMtu : 1500 },
    });
    const host = new Host({ name: `host${side}`, executor, arena, random: random.fork() });
    const port = host.addInterface(link, [`10.0.${side}.1/24`, `fd00:${side}::1/64`]);
    const onRouter = router.join(link, [`10.0.${side}.254`, `fd00:${side}::fe`]);
    host.addRoute('default', port);
    for (const prefix of [`10.0.${side}.0/24`, `fd00:${side}::/64`]) router.addRoute(prefix, onRouter);
    return new StackTransport(host);
  });
  const world = { executor, ms: 0 } as unknown as World;
  return { executor, arena, world, client: hosts[0], server: hosts[1] };
};

describe('behind a router', () => {
  it('a connection works, and a network that the router does not know is unreachable', () => {
    const { executor, arena, world, client, server } = setUpBehindRouter();
    const listener = new Socket(world, server);
    listener.bind('10.0.1.1:80');
    listener.listen();
    const [good, bad] = [new Socket(world, client), new Socket(world, client)];
    for (const socket of [good, bad]) socket.bind('0.0.0.0:0');
    const ops = [good.connect('10.0.1.1:80', text('over two links')), bad.connect('10.0.2.1:80')];
    executor.runUntil(SECOND);
    expect(ops.map((op) => op.end)).toEqual(['STATUS_SUCCESS 0', 'STATUS_NETWORK_UNREACHABLE 0']);
    expect(listener.accepted[0].text).toBe('over two links');
    for (const socket of [good, bad, listener, ...listener.accepted]) socket.close();
    executor.run();
    expect(arena.liveCount).toBe(0);
  });
});

describe('a SYN with data that does not fit a link on the way', () => {
  it('is answered by a bare SYN at once, not after the timer', () => {
    const { executor, world, client, server } = setUpBehindRouter(1300);
    const listener = new Socket(world, server);
    listener.endpoint.setOption('fastOpen', 1);
    listener.bind('10.0.1.1:80');
    listener.listen();
    // The cookie comes with an MSS from before the link became narrower.
    const words = (net: number) => Int32Array.of(0x0a000001 + (net << 8), 0, 0, 0);
    const path = client.host.acquirePath(4, words(0), words(1))!;
    client.host.tcp.fastOpenCache.learn(path, 80, new Uint8Array(8).fill(5), 1460);
    client.host.paths.release(path);
    const socket = new Socket(world, client);
    socket.endpoint.setOption('fastOpen', 1);
    socket.bind('0.0.0.0:0');
    let at = 0;
    const op = socket.connect('10.0.1.1:80', new Memory(pattern(1400)), () => {
      at = executor.now() / MILLISECOND;
    });
    executor.runUntil(SECOND);
    expect([op.end, at]).toEqual(['STATUS_SUCCESS 0', 30]); // 10 ms for the error, 20 ms for the bare SYN
    expect(socket.endpoint.earlyData).toEqual({ bytesInSyn: 1400, acked: false });
    expect(Buffer.compare(listener.accepted[0].bytes, pattern(1400))).toBe(0);
  });
});

describe('a narrow link on the way', () => {
  it('is found by what the router says, for this connection and the next, and slows nothing down (RFC 1191)', () => {
    const { executor, arena, world, client, server } = setUpBehindRouter(1500, 1300);
    const listener = new Socket(world, server);
    listener.bind('10.0.1.1:80');
    listener.listen();
    const sockets = [0, 1].map(() => {
      const socket = new Socket(world, client);
      socket.bind('0.0.0.0:0');
      socket.connect('10.0.1.1:80');
      return socket;
    });
    executor.runUntil(SECOND);
    const start = executor.now();
    let end = 0;
    for (const socket of sockets) {
      socket.send(new Memory(pattern(100_000)), () => {
        end = executor.now();
      });
      socket.shutdown();
    }
    executor.runUntil(3 * SECOND);
    for (const accepted of listener.accepted) expect(Buffer.compare(accepted.bytes, pattern(100_000))).toBe(0);
    expect(client.host.counters).toMatchObject({ tcpTimeouts: 0, tcpFastRetransmits: 0 });
    expect((end - start) / MILLISECOND).toBeLessThan(150);
    const before = client.host.counters.icmpInDestUnreachs;
    const later = new Socket(world, client);
    later.bind('0.0.0.0:0');
    later.connect('10.0.1.1:80', new Memory(pattern(50_000)));
    executor.runUntil(5 * SECOND);
    expect(Buffer.compare(listener.accepted[2].bytes, pattern(50_000))).toBe(0);
    expect(client.host.counters.icmpInDestUnreachs).toBe(before);
    for (const socket of [...sockets, later, listener, ...listener.accepted]) socket.close();
    executor.run();
    expect(arena.liveCount).toBe(0);
  });
});

describe('a router that drops what is too long and says nothing (RFC 2923)', () => {
  /** A connection from behind it; `longest` is the longest payload that the client has sent since `exchange` began. */
  const setUp = (address: string, drops: (packet: PacketPeek) => boolean) => {
    const seen = { longest: 0, dropped: 0 };
    const look = (packet: PacketPeek): boolean => {
      seen.longest = Math.max(seen.longest, packet.payloadLength);
      const isDropped = drops(packet);
      if (isDropped) seen.dropped++;
      return isDropped;
    };
    const { executor, world, client, server } = setUpBehindRouter(1500, 1500, [{ action: 'drop', match: look }]);
    const family = address.startsWith('[') ? AF_INET6 : AF_INET;
    const listener = new Socket(world, server, family);
    listener.bind(address);
    listener.listen();
    const connect = (early: Gather | null = null): Socket => {
      const socket = new Socket(world, client, family);
      socket.bind(family === AF_INET ? '0.0.0.0:0' : '[::]:0');
      socket.connect(address, early);
      return socket;
    };
    let sent = 0;
    const first = connect();
    executor.runUntil(SECOND);
    const exchange = (until: number): number => {
      seen.longest = 0;
      first.send(new Memory(pattern(50_000, sent)));
      sent += 50_000;
      executor.runUntil(until * SECOND);
      expect(Buffer.compare(listener.accepted[0].bytes, pattern(sent))).toBe(0);
      return seen.longest;
    };
    const finish = (...others: Socket[]): void => {
      for (const socket of [first, ...others, listener, ...listener.accepted]) socket.close();
      executor.run();
      expect([client.host.arena.liveCount, executor.pending]).toEqual([0, 0]);
    };
    return { executor, counters: client.host.counters, listener, seen, first, connect, exchange, finish };
  };

  it.each([
    ['10.0.1.1:80', 536],
    ['[fd00:1::1]:80', 1220],
  ])('is found out by one connection to %s, and known to all', (address, mss) => {
    const { executor, counters, listener, seen, connect, exchange, finish } = setUp(
      address,
      ({ length }) => length > 1300,
    );
    const idle = connect();
    expect(exchange(10)).toBe(mss === 536 ? 1460 : 1440);
    expect(counters.tcpBlackHoles).toBe(1);
    expect(exchange(20)).toBe(mss);
    const { dropped } = seen;
    const later = connect(new Memory(pattern(50_000)));
    executor.runUntil(30 * SECOND);
    expect([seen.dropped, seen.longest]).toEqual([dropped, mss]);
    // One that was there before takes it over at its first timeout.
    idle.send(new Memory(pattern(50_000)));
    executor.runUntil(40 * SECOND);
    for (const { bytes } of listener.accepted.slice(1)) expect(Buffer.compare(bytes, pattern(50_000))).toBe(0);
    expect(counters.tcpBlackHoles).toBe(1);
    finish(idle, later);
  });

  it('is looked for anew after ten minutes, in the middle of a connection too', () => {
    let isNarrow = true;
    const { counters, exchange, finish } = setUp('10.0.1.1:80', ({ length }) => isNarrow && length > 1300);
    exchange(10);
    expect(exchange(590)).toBe(536);
    exchange(620);
    expect(exchange(650)).toBe(1460);
    expect(counters.tcpBlackHoles).toBe(2);
    isNarrow = false;
    expect(exchange(1200)).toBe(536);
    exchange(1260);
    expect(exchange(1300)).toBe(1460);
    expect(counters.tcpBlackHoles).toBe(2);
    finish();
  });

  it('is not to blame when nothing gets through at all', () => {
    let isDown = false;
    const { executor, counters, listener, first, exchange, finish } = setUp(
      '10.0.1.1:80',
      ({ payloadLength }) => isDown && payloadLength > 0,
    );
    isDown = true;
    first.send(new Memory(pattern(50_000)));
    executor.runUntil(7 * SECOND); // beyond the probe, short of the last try
    isDown = false;
    executor.runUntil(30 * SECOND);
    expect(listener.accepted[0].bytes.length).toBe(50_000);
    listener.accepted[0].received.length = 0;
    expect(exchange(40)).toBe(1460);
    expect(counters.tcpBlackHoles).toBe(0);
    finish();
  });
});

describe('simultaneous open', () => {
  it.each([false, true])('comes up on both sides and loses nothing (data in the SYN: %s)', (fastOpen) => {
    const world = new World();
    const make = (transport: StackTransport, address: string): Socket => {
      const socket = new Socket(world, transport);
      if (fastOpen) socket.endpoint.setOption('fastOpen', 1);
      socket.bind(address);
      return socket;
    };
    if (fastOpen) {
      const words = (last: number) => Int32Array.of(0x0a000000 + last, 0, 0, 0);
      const path = world.clientHost.acquirePath(4, words(1), words(2))!;
      world.clientHost.tcp.fastOpenCache.learn(path, 6000, new Uint8Array(8).fill(3), 1460);
      world.clientHost.paths.release(path);
    }
    const [a, b] = [make(world.client, '10.0.0.1:5000'), make(world.server, '10.0.0.2:6000')];
    const ops = [a.connect('10.0.0.2:6000', text('from a')), b.connect('10.0.0.1:5000', text('from b'))];
    world.executor.runUntil(20 * SECOND);
    expect(ops.map((op) => op.end)).toEqual(['STATUS_SUCCESS 0', 'STATUS_SUCCESS 0']);
    expect([a.text, b.text]).toEqual(['from b', 'from a']);
    for (const socket of [a, b]) socket.shutdown();
    world.executor.runUntil(30 * SECOND);
    expect([a.eof, b.eof, a.resetStatus, b.resetStatus]).toEqual([true, true, null, null]);
    closeAll(world, a, b);
  });
});

describe('a crash', () => {
  it('is found out by the peer when it sends, and leaves nothing behind', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    const client = clientSocket(world);
    client.connect('10.0.0.2:80');
    world.executor.runUntil(SECOND);
    world.serverHost.crash();
    world.executor.runUntil(2 * SECOND);
    expect(client.resetStatus).toBe(null);
    const send = client.send('are you there?');
    world.executor.runUntil(3 * SECOND);
    expect(send.end).toBe('STATUS_CONNECTION_RESET 0');
    closeAll(world, client, server, ...server.accepted);
  });
});

describe('loans and the window', () => {
  it('a release opens the window that the loan kept shut', () => {
    const world = new World();
    const server = new Socket(world, world.server);
    server.endpoint.setOption('receiveBuffer', 10_000);
    server.onAccept = (socket) => {
      socket.reading = false;
    };
    server.bind('10.0.0.2:81');
    server.listen();
    const client = clientSocket(world);
    client.connect('10.0.0.2:81');
    world.executor.runUntil(SECOND);
    const [accepted] = server.accepted;
    const send = client.send(new Memory(pattern(20_000)));
    world.executor.runUntil(2 * SECOND);
    expect(accepted.endpoint.receiveBacklog).toBeGreaterThan(9000);
    const lease = accepted.endpoint.borrow(10_000)!;
    world.executor.runUntil(3 * SECOND);
    expect(accepted.endpoint.receiveBacklog).toBeLessThan(1000);
    const before = world.executor.now();
    lease.release();
    world.executor.runUntil(before + 100 * MILLISECOND); // by the release, not by a probe
    expect(accepted.endpoint.receiveBacklog).toBeGreaterThan(8000);
    accepted.reading = true;
    accepted.drain();
    world.executor.runUntil(10 * SECOND);
    expect(send.end).toBe('STATUS_SUCCESS 20000');
    closeAll(world, client, server, accepted);
  });
});

describe('closing while the peer has ended and sends are pending', () => {
  it('resets, since the client takes its memory back', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80', (socket) => {
      socket.reading = false;
      socket.shutdown();
    });
    const client = clientSocket(world);
    client.connect('10.0.0.2:80');
    world.executor.runUntil(SECOND);
    const memory = new Memory(pattern(500_000));
    const send = client.send(memory);
    client.shutdown();
    world.executor.runUntil(2 * SECOND);
    expect([client.eof, send.end]).toEqual([true, 'pending']);
    client.close();
    memory.bytes.fill(0xee);
    world.executor.runUntil(100 * SECOND);
    expect(send.end).toBe('STATUS_CANCELLED 0');
    expect(server.accepted[0].log.at(-1)).toMatch(/^reset STATUS_CONNECTION_RESET/);
    closeAll(world, server, server.accepted[0]);
  });
});
