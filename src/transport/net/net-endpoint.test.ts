import { once } from 'node:events';
import { type AddressInfo, createServer, connect as netConnect, type Server, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  AF_INET,
  AF_INET6,
  type NTSTATUS,
  ntStatusName,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
} from '../../base/index.ts';
import { RealExecutor } from '../../time/index.ts';
import type { Gather, Scatter, StreamEndpoint, StreamEvents, TransportOp } from '../../wsk/transport.ts';
import { NetTransport } from './net-transport.ts';

/** Records signals, and fails when one comes inside a call. */
class Signals implements StreamEvents {
  readonly seen: string[] = [];
  private waiting: (() => void)[] = [];

  onReadable(): void {
    this.record('readable');
  }
  onEof(): void {
    this.record('eof');
  }
  onReset(status: NTSTATUS): void {
    this.record(ntStatusName(status));
  }
  onBacklog(): void {}
  onIncoming(): void {
    this.record('incoming');
  }
  onInspect(): 'accept' {
    return 'accept';
  }
  onInspectAborted(): void {}
  private record(what: string): void {
    expect(inCall).toBe(false);
    this.seen.push(what);
    for (const wake of this.waiting.splice(0)) wake();
  }
  async until(what: string): Promise<void> {
    while (!this.seen.includes(what)) await new Promise<void>((wake) => this.waiting.push(wake));
  }
  next(): Promise<void> {
    return new Promise((wake) => this.waiting.push(wake));
  }
}

let inCall = false;

/** Starts an operation. @returns its final status' name, and the bytes where some were moved */
const op = (start: (op: TransportOp) => void): Promise<string> =>
  new Promise((resolve) => {
    let reports = 0;
    inCall = true;
    start({
      cause: 0,
      onTransportComplete: (status, information) => {
        expect([inCall, ++reports]).toEqual([false, 1]);
        resolve(information === 0 ? ntStatusName(status) : `${ntStatusName(status)} ${information}`);
      },
    });
    inCall = false;
  });

/** Bytes in pieces, as a chain of MDLs gives them. */
const gather = (...pieces: (string | Uint8Array)[]): Gather => {
  const parts = pieces.map((piece) => Buffer.from(piece as string));
  const whole = Buffer.concat(parts);
  return {
    length: whole.length,
    copyTo: (from, into, at, count) => into.set(whole.subarray(from, from + count), at),
    view: (from) => {
      let start = from;
      for (const part of parts) {
        if (start < part.length) return part.subarray(start);
        start -= part.length;
      }
      return whole.subarray(whole.length);
    },
  };
};

const scatter = (bytes: Uint8Array): Scatter => ({
  length: bytes.length,
  copyFrom: (at, from, offset, count) => bytes.set(from.subarray(offset, offset + count), at),
  view: (at) => bytes.subarray(at),
});

const readText = (endpoint: StreamEndpoint, size = 65_536): string => {
  const bytes = Buffer.alloc(size);
  return bytes.toString('latin1', 0, endpoint.read(scatter(bytes), 0));
};

/** Everything up to the peer's end. */
const readAll = async (endpoint: StreamEndpoint, signals: Signals): Promise<Buffer> => {
  const pieces: Buffer[] = [];
  for (;;) {
    const next = signals.next();
    const bytes = Buffer.alloc(100_000);
    const count = endpoint.read(scatter(bytes), 0);
    pieces.push(bytes.subarray(0, count));
    if (endpoint.endOfStream) return Buffer.concat(pieces);
    if (count === 0) await next;
  }
};

/** Writes behind whatever came: the first write fails only when a reset is there already. */
const expectReset = async (raw: Socket): Promise<void> => {
  raw.resume();
  const error = once(raw, 'error');
  await new Promise((resolve) => setTimeout(resolve, 50));
  raw.write('x');
  expect((await error)[0].code).toMatch(/ECONNRESET|EPIPE/);
};

const v6 = Object.values(networkInterfaces()).some((addresses) => addresses?.some(({ address }) => address === '::1'));

describe('an endpoint on node:net', () => {
  let transport: NetTransport;
  const servers: Server[] = [];
  beforeEach(() => {
    transport = new NetTransport(new RealExecutor());
  });
  afterEach(() => {
    transport.close();
    expect(transport.open.size).toBe(0);
    for (const server of servers.splice(0)) server.close();
  });

  const create = (family = AF_INET): { endpoint: StreamEndpoint; signals: Signals } => {
    const signals = new Signals();
    return { endpoint: transport.createStream(family, signals), signals };
  };
  const bound = async (local: SOCKADDR = new SOCKADDR_IN()) => {
    const made = create(local.sa_family);
    expect(await op((done) => made.endpoint.bind(local, done))).toBe('STATUS_SUCCESS');
    return made;
  };
  const listener = async (local: SOCKADDR = new SOCKADDR_IN('127.0.0.1')) => {
    const made = await bound(local);
    expect(await op((done) => made.endpoint.listen(done))).toBe('STATUS_SUCCESS');
    return { ...made, at: made.endpoint.localAddress()! };
  };
  /** Both ends of a connection. */
  const pair = async (early: Gather | null = null) => {
    const listening = await listener();
    const near = await bound();
    expect(await op((done) => near.endpoint.connect(listening.at, early, done))).toBe('STATUS_SUCCESS');
    await listening.signals.until('incoming');
    const far = listening.endpoint.accept()!;
    const farSignals = new Signals();
    far.events = farSignals;
    return { near: near.endpoint, nearSignals: near.signals, far, farSignals, listening };
  };
  /** A connection to a plain server, which gets the raw socket. */
  const withRaw = async (): Promise<{ endpoint: StreamEndpoint; signals: Signals; raw: Socket }> => {
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const connection = once(server, 'connection');
    const made = await bound();
    const to = new SOCKADDR_IN('127.0.0.1', (server.address() as AddressInfo).port);
    expect(await op((done) => made.endpoint.connect(to, null, done))).toBe('STATUS_SUCCESS');
    return { ...made, raw: (await connection)[0] };
  };
  const freePort = async (): Promise<number> => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  };

  describe('before connect', () => {
    test('the wildcard address with port 0 tells port 0 until connect, then the real one', async () => {
      const { endpoint } = await bound();
      expect(String(endpoint.localAddress())).toBe('0.0.0.0:0');
      const { at } = await listener();
      await op((done) => endpoint.connect(at, null, done));
      expect(String(endpoint.localAddress())).toMatch(/^127\.0\.0\.1:[1-9]/);
      expect(String(endpoint.remoteAddress())).toBe(String(at));
    });

    test('a port is taken from bind on, kept over a failed connect, and is where the connection comes from', async () => {
      const port = await freePort();
      const { endpoint } = await bound(new SOCKADDR_IN('127.0.0.1', port));
      const other = create().endpoint;
      const again = (): Promise<string> => op((done) => other.bind(new SOCKADDR_IN('127.0.0.1', port), done));
      expect(await again()).toBe('STATUS_ADDRESS_ALREADY_ASSOCIATED');
      const nobody = new SOCKADDR_IN('127.0.0.1', await freePort());
      expect(await op((done) => endpoint.connect(nobody, gather('x'), done))).toBe('STATUS_CONNECTION_REFUSED');
      expect(await again()).toBe('STATUS_ADDRESS_ALREADY_ASSOCIATED');
      const { at, endpoint: listening, signals } = await listener();
      expect(await op((done) => endpoint.connect(at, null, done))).toBe('STATUS_SUCCESS');
      await signals.until('incoming');
      expect(listening.accept()!.remoteAddress()!.port).toBe(port);
    });

    test('a reserved port refuses who connects to it', async () => {
      const { endpoint } = await bound(new SOCKADDR_IN('127.0.0.1'));
      const socket = netConnect(endpoint.localAddress()!.port, '127.0.0.1');
      const [error] = await once(socket, 'error');
      expect(error.code).toBe('ECONNRESET');
    });

    test('an address of another machine: STATUS_INVALID_ADDRESS_COMPONENT', async () => {
      const { endpoint } = create();
      const status = await op((done) => endpoint.bind(new SOCKADDR_IN('192.0.2.1', 7), done));
      expect(status).toBe('STATUS_INVALID_ADDRESS_COMPONENT');
    });

    test('closing ends a bind that is under way: STATUS_CANCELLED', async () => {
      const { endpoint } = create();
      const binding = op((done) => endpoint.bind(new SOCKADDR_IN('127.0.0.1'), done));
      expect(await op((done) => endpoint.close(done))).toBe('STATUS_SUCCESS');
      expect(await binding).toBe('STATUS_CANCELLED');
    });

    test('a connect that is taken back is not reported, and the peer may see a connection that ends', async () => {
      const { at } = await listener();
      const { endpoint } = await bound();
      let reported = 0;
      const connecting: TransportOp = { cause: 0, onTransportComplete: () => reported++ };
      endpoint.connect(at, gather('x'), connecting);
      expect(endpoint.cancel(connecting)).toBe(true);
      await op((done) => endpoint.close(done));
      expect(reported).toBe(0);
    });

    test('conditional accept is not there: STATUS_NOT_SUPPORTED; the other options keep their value', () => {
      const { endpoint } = create();
      expect(ntStatusName(endpoint.setOption('conditionalAccept', 1))).toBe('STATUS_NOT_SUPPORTED');
      expect(endpoint.getOption('conditionalAccept')).toBe(0);
      for (const option of ['fastOpen', 'noDelay', 'keepAlive', 'reuseAddress', 'exclusiveAddress'] as const) {
        expect(ntStatusName(endpoint.setOption(option, 1))).toBe('STATUS_SUCCESS');
        expect(endpoint.getOption(option)).toBe(1);
      }
    });
  });

  describe.skipIf(!v6)(`IPv6${v6 ? '' : ' (skipped: no interface has ::1)'}`, () => {
    for (const [v6Only, outcome] of [
      [1, 'STATUS_CONNECTION_REFUSED'],
      [0, 'STATUS_SUCCESS'],
    ] as const) {
      test(`IPV6_V6ONLY ${v6Only}: an IPv4 client gets ${outcome}`, async () => {
        const { endpoint, signals } = create(AF_INET6);
        endpoint.setOption('v6Only', v6Only);
        await op((done) => endpoint.bind(new SOCKADDR_IN6(), done));
        await op((done) => endpoint.listen(done));
        const { port } = endpoint.localAddress()!;
        const { endpoint: client } = await bound();
        expect(await op((done) => client.connect(new SOCKADDR_IN('127.0.0.1', port), null, done))).toBe(outcome);
        if (v6Only === 1) return;
        await signals.until('incoming');
        expect(String(endpoint.accept()!.remoteAddress())).toMatch(/^\[::ffff:.*\]:\d+$/);
      });
    }

    test('an IPv4-mapped peer is out of reach of a socket for IPv6 only', async () => {
      const { endpoint } = await bound(new SOCKADDR_IN6());
      const mapped = new SOCKADDR_IN6('::ffff:127.0.0.1', 7);
      expect(await op((done) => endpoint.connect(mapped, null, done))).toBe('STATUS_NETWORK_UNREACHABLE');
    });

    test('::1 talks to ::1', async () => {
      const { at, endpoint: listening, signals } = await listener(new SOCKADDR_IN6('::1'));
      const { endpoint } = await bound(new SOCKADDR_IN6('::1'));
      expect(await op((done) => endpoint.connect(at, null, done))).toBe('STATUS_SUCCESS');
      await signals.until('incoming');
      expect(String(listening.accept()!.remoteAddress())).toBe(String(endpoint.localAddress()));
    });
  });

  describe('bytes', () => {
    test('Fast Open stays out: early data follows the handshake, ahead of later sends', async () => {
      const { near, far, farSignals } = await pair(gather('early ', 'data '));
      expect(near.earlyData).toEqual({ bytesInSyn: 0, acked: false });
      expect(await op((done) => near.send(gather('sent', ' later'), done))).toBe('STATUS_SUCCESS 10');
      await op((done) => near.shutdown(done));
      expect((await readAll(far, farSignals)).toString()).toBe('early data sent later');
    });

    test('each side ends on its own, and the other one is told after the last byte', async () => {
      const { near, nearSignals, far, farSignals } = await pair();
      await op((done) => near.send(gather('last'), done));
      await op((done) => near.shutdown(done));
      await farSignals.until('readable');
      expect(far.endOfStream).toBe(false);
      expect(readText(far, 2)).toBe('la');
      expect(readText(far)).toBe('st');
      await farSignals.until('eof');
      expect([far.endOfStream, readText(far)]).toEqual([true, '']);
      await op((done) => far.send(gather('answer'), done));
      await op((done) => far.shutdown(done));
      expect((await readAll(near, nearSignals)).toString()).toBe('answer');
      expect(near.receiveBacklog).toBe(0);
    });

    test('who does not read stops the flow; what is held stays bounded and comes in order', async () => {
      const { near, nearSignals, far } = await pair();
      const size = 16 << 20;
      const data = Buffer.allocUnsafe(size);
      for (let i = 0; i < size; i++) data[i] = (i ^ (i >> 8)) & 0xff;
      let sent = false;
      const sending = op((done) => far.send(gather(data), done)).then((status) => {
        sent = true;
        return status;
      });
      await nearSignals.until('readable');
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect([sent, near.receiveBacklog <= 2 * 65_536]).toEqual([false, true]);
      far.shutdown({ cause: 0, onTransportComplete: () => {} });
      const received = await readAll(near, nearSignals);
      expect(await sending).toBe(`STATUS_SUCCESS ${size}`);
      expect(received.equals(data)).toBe(true);
    });

    test('lent bytes can be handed back and are read again', async () => {
      const { near, nearSignals, far } = await pair();
      await op((done) => far.send(gather('abcdef'), done));
      await nearSignals.until('readable');
      const lease = near.borrow(4)!;
      expect(Buffer.concat(lease.pieces).toString()).toBe('abcd');
      lease.trim(1);
      lease.release();
      expect(near.receiveBacklog).toBe(5);
      expect(readText(near) + readText(near)).toBe('bcdef');
      expect(near.borrow(4)).toBe(null);
    });
  });

  describe('the end of a connection', () => {
    test('abort resets it: pending sends end first, the peer gets a reset', async () => {
      const { endpoint, raw } = await withRaw();
      const sending = op((done) => endpoint.send(gather(new Uint8Array(32 << 20)), done));
      expect(await op((done) => endpoint.abort(done))).toBe('STATUS_SUCCESS');
      expect(await sending).toBe('STATUS_CONNECTION_ABORTED');
      await expectReset(raw);
    });

    test('abort while the end of this side is on the way resets it all the same', async () => {
      const { endpoint, raw } = await withRaw();
      const ended = op((done) => endpoint.shutdown(done));
      expect(await op((done) => endpoint.abort(done))).toBe('STATUS_SUCCESS');
      expect(await ended).toBe('STATUS_CONNECTION_ABORTED');
      await expectReset(raw);
    });

    test('a reset of the peer ends what waits, then is told', async () => {
      const { endpoint, signals, raw } = await withRaw();
      const sending = op((done) => endpoint.send(gather(new Uint8Array(32 << 20)), done));
      raw.resetAndDestroy();
      expect(await sending).toBe('STATUS_CONNECTION_RESET');
      await signals.until('STATUS_CONNECTION_RESET');
      expect(await op((done) => endpoint.send(gather('x'), done))).toBe('STATUS_INVALID_DEVICE_STATE');
      expect(await op((done) => endpoint.close(done))).toBe('STATUS_SUCCESS');
    });

    test('close without an end resets; close after the end of this side does not', async () => {
      const first = await withRaw();
      await op((done) => first.endpoint.close(done));
      first.raw.resume();
      expect((await once(first.raw, 'error'))[0].code).toBe('ECONNRESET');
      const second = await withRaw();
      await op((done) => second.endpoint.shutdown(done));
      await op((done) => second.endpoint.close(done));
      second.raw.resume();
      await once(second.raw, 'end');
    });

    test('a queued send is taken back without a trace; the one on its way costs the connection', async () => {
      const { endpoint, signals } = await withRaw();
      const silent = (): TransportOp => ({ cause: 0, onTransportComplete: () => expect.unreachable() });
      const [first, second] = [silent(), silent()];
      endpoint.send(gather(new Uint8Array(32 << 20)), first);
      endpoint.send(gather('second'), second);
      expect([endpoint.cancel(second), endpoint.cancel(second)]).toEqual([true, false]);
      expect(signals.seen).toEqual([]);
      expect(endpoint.cancel(first)).toBe(true);
      await signals.until('STATUS_CONNECTION_ABORTED');
    });

    test('a connection that nobody accepted is reset when its listener closes', async () => {
      const { at, endpoint, signals } = await listener();
      const socket = netConnect(at.port, '127.0.0.1');
      await signals.until('incoming');
      await op((done) => endpoint.close(done));
      expect((await once(socket, 'error'))[0].code).toBe('ECONNRESET');
    });
  });
});
