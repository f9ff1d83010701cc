import { describe, expect, it } from 'vitest';
import { AF_INET6, parseSockaddr } from '../../src/base/index.ts';
import { MILLISECOND, SECOND } from '../../src/time/index.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, Op, pattern, Socket, World } from './support.ts';

const LONG = 1000 * SECOND;

/** A connected pair. */
const pair = (world: World, options: { readServer?: boolean } = {}) => {
  const server = listen(world, '10.0.0.2:80', (socket) => {
    socket.reading = options.readServer ?? true;
  });
  const client = clientSocket(world);
  const connect = client.connect('10.0.0.2:80');
  world.executor.runUntil(world.executor.now() + SECOND);
  expect(connect.end).toBe('STATUS_SUCCESS 0');
  return { server, client, accepted: server.accepted[0] };
};

const closeAll = (world: World, ...sockets: Socket[]): void => {
  for (const socket of sockets) socket.close();
  world.executor.run();
  expect(world.leftovers()).toEqual(NOTHING_LEFT);
};

describe('binding', () => {
  it('answers with the statuses of the interface', () => {
    const world = new World();
    const make = () => new Socket(world, world.client);
    const first = make();
    const taken = make();
    const foreign = make();
    const again = make();
    const ops = [
      first.bind('10.0.0.1:5000'),
      taken.bind('10.0.0.1:5000'),
      foreign.bind('10.0.0.9:5000'),
      again.bind('0.0.0.0:0'),
      again.bind('0.0.0.0:0'),
      make().bind('[::]:5000'),
    ];
    world.executor.run();
    expect(ops.map((op) => op.end)).toEqual([
      'STATUS_SUCCESS 0',
      'STATUS_ADDRESS_ALREADY_ASSOCIATED 0',
      'STATUS_INVALID_ADDRESS_COMPONENT 0',
      'STATUS_SUCCESS 0',
      'STATUS_INVALID_DEVICE_STATE 0',
      'STATUS_INVALID_PARAMETER 0',
    ]);
    expect(again.endpoint.localAddress()!.port).toBeGreaterThanOrEqual(49152);
    closeAll(world, first, taken, foreign, again);
  });

  it('lets two sockets share a port only when both ask for it, and frees it on close', () => {
    const world = new World();
    const make = (shared: boolean) => {
      const socket = new Socket(world, world.client);
      if (shared) socket.endpoint.setOption('reuseAddress', 1);
      return socket;
    };
    const sockets = [make(true), make(true), make(false)];
    const ops = sockets.map((socket) => socket.bind('0.0.0.0:6000'));
    world.executor.run();
    expect(ops.map((op) => op.end)).toEqual([
      'STATUS_SUCCESS 0',
      'STATUS_SUCCESS 0',
      'STATUS_ADDRESS_ALREADY_ASSOCIATED 0',
    ]);
    closeAll(world, ...sockets);
  });
});

describe('connecting', () => {
  it('is refused by a reset, and the socket may connect again', () => {
    const world = new World();
    const client = clientSocket(world);
    const refused = client.connect('10.0.0.2:81');
    world.executor.run();
    expect([refused.end, world.ms]).toEqual(['STATUS_CONNECTION_REFUSED 0', 40]);
    const server = listen(world, '10.0.0.2:81');
    const second = client.connect('10.0.0.2:81');
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(second.end).toBe('STATUS_SUCCESS 0');
    closeAll(world, client, server, ...server.accepted);
  });

  it('gives up after 21 seconds of silence, as Windows does', () => {
    const world = new World();
    world.link.setState('partitioned');
    let at = 0;
    const client = clientSocket(world);
    const connect = client.connect('10.0.0.2:80', null, () => {
      at = world.ms;
    });
    world.executor.run();
    expect([connect.end, at]).toEqual(['STATUS_IO_TIMEOUT 0', 21_000]);
    closeAll(world, client);
  });

  it('says at once when there is no route', () => {
    const world = new World();
    const client = clientSocket(world);
    const connect = client.connect('192.0.2.1:80');
    world.executor.run();
    expect([connect.end, world.ms]).toEqual(['STATUS_NETWORK_UNREACHABLE 0', 0]);
    closeAll(world, client);
  });

  it('refuses what makes no sense, without harm', () => {
    const world = new World();
    const unbound = new Socket(world, world.client);
    const client = clientSocket(world);
    const ops = [
      unbound.connect('10.0.0.2:80'),
      client.connect('[fd00::2]:80'),
      client.connect('10.0.0.2:0'),
      client.connect('0.0.0.0:80'),
      client.send('not connected'),
      client.shutdown(),
    ];
    world.executor.run();
    expect(ops.map((op) => op.end)).toEqual([
      'STATUS_INVALID_DEVICE_STATE 0',
      'STATUS_INVALID_PARAMETER 0',
      'STATUS_INVALID_ADDRESS_COMPONENT 0',
      'STATUS_INVALID_ADDRESS_COMPONENT 0',
      'STATUS_INVALID_DEVICE_STATE 0',
      'STATUS_INVALID_DEVICE_STATE 0',
    ]);
    expect(typeof world.client.createStream(7, client)).toBe('number');
    closeAll(world, unbound, client);
  });

  it('can be taken back, and is then not reported', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    const client = clientSocket(world);
    const op = new Op();
    client.endpoint.connect(parseSockaddr('10.0.0.2:80'), null, op);
    world.executor.runUntil(10 * MILLISECOND);
    expect(client.endpoint.cancel(op)).toBe(true);
    world.executor.runUntil(60 * SECOND);
    expect(op.times).toBe(0);
    expect(client.endpoint.cancel(op)).toBe(false);
    closeAll(world, client, server, ...server.accepted);
  });

  it('works over IPv6, over the loopback, and from an IPv6 socket to IPv4 when it may', () => {
    const world = new World();
    const six = listen(world, '[fd00::2]:80');
    const home = new Socket(world, world.client);
    home.bind('127.0.0.1:7');
    home.listen();
    const any = new Socket(world, world.server, AF_INET6);
    any.endpoint.setOption('v6Only', 0);
    any.bind('[::]:90');
    any.listen();
    const mapped = new Socket(world, world.client, AF_INET6);
    mapped.endpoint.setOption('v6Only', 0);
    mapped.bind('[::]:0');
    const clients = [clientSocket(world, { local: '[::]:0' }), clientSocket(world), mapped];
    const ops = [
      clients[0].connect('[fd00::2]:80'),
      clients[1].connect('127.0.0.1:7'),
      clients[2].connect('[::ffff:10.0.0.2]:90'),
    ];
    world.executor.runUntil(SECOND);
    expect(ops.map((op) => op.end)).toEqual(['STATUS_SUCCESS 0', 'STATUS_SUCCESS 0', 'STATUS_SUCCESS 0']);
    expect(String(clients[0].endpoint.localAddress())).toMatch(/^\[fd00::1]:/);
    expect(String(clients[1].endpoint.localAddress())).toMatch(/^127\.0\.0\.1:/);
    expect(String(any.accepted[0].endpoint.remoteAddress())).toMatch(/^\[::ffff:a00:1]:/);
    closeAll(world, ...clients, six, ...six.accepted, home, ...home.accepted, any, ...any.accepted);
  });

  it('reports that the pair of addresses is in use', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    const sockets = [1, 2].map(() => {
      const socket = new Socket(world, world.client);
      socket.endpoint.setOption('reuseAddress', 1);
      socket.bind('10.0.0.1:7000');
      return socket;
    });
    const ops = sockets.map((socket) => socket.connect('10.0.0.2:80'));
    world.executor.runUntil(SECOND);
    expect(ops.map((op) => op.end)).toEqual(['STATUS_SUCCESS 0', 'STATUS_ADDRESS_ALREADY_EXISTS 0']);
    closeAll(world, ...sockets, server, ...server.accepted);
  });
});

describe('sending and receiving', () => {
  it('completes a send when the last byte is acknowledged, in order', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    const ends: string[] = [];
    const sizes = [3, 70_000, 1, 5000];
    for (const size of sizes) client.send(new Memory(pattern(size)), (op) => ends.push(op.end));
    const start = world.ms;
    world.executor.runUntil(world.executor.now() + 30 * MILLISECOND);
    expect(ends).toEqual([]);
    world.executor.runUntil(world.executor.now() + 20 * SECOND);
    expect(ends).toEqual(sizes.map((size) => `STATUS_SUCCESS ${size}`));
    expect(accepted.bytes.length).toBe(75_004);
    expect(world.ms - start).toBeGreaterThan(40);
    closeAll(world, client, server, accepted);
  });

  it('closes the window when nobody reads, probes it, and goes on when somebody does', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    const data = pattern(600_000);
    const send = client.send(new Memory(data));
    world.executor.runUntil(world.executor.now() + 300 * SECOND);
    expect(send.end).toBe('pending');
    const backlog = accepted.endpoint.receiveBacklog;
    expect(backlog).toBeGreaterThan(200_000);
    expect(backlog).toBeLessThanOrEqual(256 * 1024 + 1);
    expect(world.clientHost.counters.tcpZeroWindowProbes).toBeGreaterThan(3);
    accepted.reading = true;
    accepted.drain();
    world.executor.runUntil(world.executor.now() + 300 * SECOND);
    expect(send.end).toBe('STATUS_SUCCESS 600000');
    expect(Buffer.compare(accepted.bytes, data)).toBe(0);
    closeAll(world, client, server, accepted);
  });

  it('lends bytes, takes back what was not wanted, and counts loans against the window', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    client.send(new Memory(pattern(5000)));
    world.executor.runUntil(world.executor.now() + SECOND);
    const { endpoint } = accepted;
    const lease = endpoint.borrow(4000)!;
    expect(lease.length).toBe(4000);
    expect(Buffer.compare(Buffer.concat(lease.pieces), pattern(4000))).toBe(0);
    expect(endpoint.receiveBacklog).toBe(1000);
    lease.trim(1500);
    expect(endpoint.receiveBacklog).toBe(3500);
    expect(Buffer.compare(Buffer.concat(lease.pieces), pattern(1500))).toBe(0);
    accepted.drain();
    expect(Buffer.compare(accepted.bytes, pattern(3500, 1500))).toBe(0);
    lease.release();
    lease.release();
    expect(endpoint.borrow(1)).toBe(null);
    closeAll(world, client, server, accepted);
  });

  it('keeps lent bytes readable while the connection and the socket go', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    client.send(new Memory(pattern(3000)));
    world.executor.runUntil(world.executor.now() + SECOND);
    const lease = accepted.endpoint.borrow(3000)!;
    client.abort();
    world.executor.runUntil(world.executor.now() + SECOND);
    for (const socket of [client, server, accepted]) socket.close();
    world.executor.run();
    expect(Buffer.compare(Buffer.concat(lease.pieces), pattern(3000))).toBe(0);
    lease.trim(100); // nobody is left to read them
    lease.release();
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });

  it('takes a queued send back without a trace', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    client.send(new Memory(pattern(400_000))); // fills the window
    const op = new Op();
    client.endpoint.send(new Memory(new Uint8Array(10).fill(255)), op);
    const last = client.send(new Memory(pattern(10, 400_000)));
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(client.endpoint.cancel(op)).toBe(true);
    accepted.reading = true;
    accepted.drain();
    world.executor.runUntil(world.executor.now() + 100 * SECOND);
    expect([op.times, last.end]).toEqual([0, 'STATUS_SUCCESS 10']);
    expect(Buffer.compare(accepted.bytes, pattern(400_010))).toBe(0);
    closeAll(world, client, server, accepted);
  });

  it('aborts the connection when a send of which bytes have left is taken back', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    const op = new Op();
    client.endpoint.send(new Memory(pattern(10)), op);
    const other = client.send('later');
    expect(client.endpoint.cancel(op)).toBe(true);
    world.executor.runUntil(world.executor.now() + SECOND);
    expect([op.times, other.end]).toEqual([0, 'STATUS_CONNECTION_ABORTED 0']);
    expect(client.log.at(-1)).toMatch(/^reset STATUS_CONNECTION_ABORTED/);
    expect(accepted.log.at(-1)).toMatch(/^reset STATUS_CONNECTION_RESET/);
    closeAll(world, client, server, accepted);
  });
});

describe('ending', () => {
  it('aborts the connection when a shutdown is taken back, and does not report it', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    const send = client.send(new Memory(pattern(500_000)));
    const op = new Op();
    client.endpoint.shutdown(op);
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(client.endpoint.cancel(op)).toBe(true);
    world.executor.runUntil(world.executor.now() + SECOND);
    expect([op.times, send.end]).toEqual([0, 'STATUS_CONNECTION_ABORTED 0']);
    expect(accepted.log.at(-1)).toMatch(/^reset STATUS_CONNECTION_RESET/);
    closeAll(world, client, server, accepted);
  });

  it('shuts down in order: the end is seen behind the last byte, and the op ends when it is acknowledged', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    client.send(new Memory(pattern(3000)));
    const start = world.ms;
    let at = 0;
    const shutdown = client.shutdown(() => {
      at = world.ms - start;
    });
    const late = client.send('too late');
    world.executor.runUntil(world.executor.now() + SECOND);
    expect([shutdown.end, at, late.end]).toEqual(['STATUS_SUCCESS 0', 40, 'STATUS_INVALID_DEVICE_STATE 0']);
    expect([accepted.eof, accepted.endpoint.endOfStream]).toEqual([true, false]);
    accepted.drain();
    expect(accepted.endpoint.endOfStream).toBe(true);
    accepted.send('still open');
    accepted.shutdown();
    world.executor.runUntil(world.executor.now() + SECOND);
    expect([client.text, client.endpoint.endOfStream]).toEqual(['still open', true]);
    closeAll(world, client, server, accepted);
    expect(client.resetStatus ?? accepted.resetStatus).toBe(null);
  });

  it('closes with a reset unless both sides have ended, and ends pending ops first', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    const order: string[] = [];
    client.send(new Memory(pattern(200_000)), (op) => order.push(`send ${op.end}`));
    client.shutdown((op) => order.push(`shutdown ${op.end}`));
    const close = client.close();
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(order).toEqual(['send STATUS_CANCELLED 0', 'shutdown STATUS_CANCELLED 0']);
    expect(close.end).toBe('STATUS_SUCCESS 0');
    expect(accepted.log.at(-1)).toMatch(/^reset STATUS_CONNECTION_RESET/);
    closeAll(world, server, accepted);
  });

  it('tells the pending ops of the other side, then its socket', () => {
    const world = new World();
    const { server, client, accepted } = pair(world, { readServer: false });
    const order: string[] = [];
    client.send(new Memory(pattern(500_000)), (op) => order.push(`send ${op.end}`));
    client.shutdown((op) => order.push(`shutdown ${op.end}`));
    client.endpoint.events = Object.assign(Object.create(client), { onReset: () => order.push('reset') });
    world.executor.runUntil(world.executor.now() + SECOND);
    accepted.abort();
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(order).toEqual(['send STATUS_CONNECTION_RESET 0', 'shutdown STATUS_CONNECTION_RESET 0', 'reset']);
    expect(client.send('dead').times).toBe(0);
    closeAll(world, server, client, accepted);
  });

  it('resets connections that wait when the listener closes', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    server.onIncoming = () => {};
    const client = clientSocket(world);
    const connect = client.connect('10.0.0.2:80');
    world.executor.runUntil(SECOND);
    expect(connect.end).toBe('STATUS_SUCCESS 0');
    server.close();
    world.executor.runUntil(2 * SECOND);
    expect(client.log.at(-1)).toMatch(/^reset STATUS_CONNECTION_RESET/);
    closeAll(world, client);
  });

  it('survives a peer that vanishes: data is given up, and keep-alive finds out without data', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    accepted.endpoint.setOption('keepAlive', 1);
    const send = client.send('anybody?');
    world.link.setState('partitioned');
    world.executor.runUntil(world.executor.now() + 10 * LONG);
    expect(send.end).toBe('STATUS_IO_TIMEOUT 0');
    expect(client.log.at(-1)).toMatch(/^reset STATUS_IO_TIMEOUT/);
    expect(accepted.log.at(-1)).toMatch(/^reset STATUS_IO_TIMEOUT/);
    closeAll(world, server, client, accepted);
  });

  it('holds packets on a held link and goes on when it is released', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    world.link.setState('held');
    const send = client.send('patience');
    world.executor.runUntil(world.executor.now() + 200 * MILLISECOND);
    expect(accepted.text).toBe('');
    world.link.setState('up');
    world.executor.runUntil(world.executor.now() + SECOND);
    expect([accepted.text, send.end]).toEqual(['patience', 'STATUS_SUCCESS 8']);
    closeAll(world, server, client, accepted);
  });
});

describe('options', () => {
  it('refuses unknown ones and values out of range, and those that come too late', () => {
    const world = new World();
    const { server, client, accepted } = pair(world);
    const set = (option: string, value: number) => client.endpoint.setOption(option as 'noDelay', value);
    expect(
      [set('noDelay', 1), set('noDelay', -1), set('nagle', 1), set('receiveBuffer', 0)].map((s) => s === 0),
    ).toEqual([true, false, false, false]);
    expect(set('fastOpen', 1)).not.toBe(0);
    expect(client.endpoint.getOption('noDelay')).toBe(1);
    closeAll(world, client, server, accepted);
  });

  it('belong to one socket: a change touches neither its listener nor what was accepted before, nor new ones', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    server.endpoint.setOption('keepAlive', 1);
    const clients = [clientSocket(world), clientSocket(world)];
    clients[0].connect('10.0.0.2:80');
    world.executor.runUntil(SECOND);
    clients[0].endpoint.setOption('noDelay', 1);
    server.endpoint.setOption('keepAlive', 0);
    server.endpoint.setOption('receiveBuffer', 5000);
    clients[1].connect('10.0.0.2:80');
    world.executor.runUntil(2 * SECOND);
    server.accepted[1].endpoint.setOption('receiveBuffer', 6000);
    const [first, second] = server.accepted;
    const options = [clients[0], clients[1], server, first, second].map(({ endpoint }) =>
      (['noDelay', 'keepAlive'] as const).map((option) => endpoint.getOption(option)),
    );
    expect(options).toEqual([
      [1, 0],
      [0, 0],
      [0, 0],
      [0, 1],
      [0, 0],
    ]);
    expect([server, second].map(({ endpoint }) => endpoint.getOption('receiveBuffer'))).toEqual([5000, 6000]);
    closeAll(world, ...clients, server, ...server.accepted);
  });
});
