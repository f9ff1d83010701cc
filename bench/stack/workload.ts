import { Random } from '../../src/base/index.ts';
import { type LinkTap, makeVectorMemory, PacketArena, SimulatedLink } from '../../src/link/index.ts';
import {
  type ByteSink,
  type ByteSource,
  Host,
  type SendRequest,
  type TcpClient,
  type TcpConnection,
} from '../../src/tcpip/index.ts';
import { VirtualExecutor } from '../../src/time/index.ts';

/**
 * The two workloads of the stack's bench at the level of tcpip: two hosts in one process, joined by a simulated link,
 * through the event queue. MSS 1460, no timestamps, delayed acknowledgments, window 256 KiB, checksums computed and
 * verified, every byte copied out of the sender's and into the receiver's memory.
 */
const WINDOW = 256 * 1024;
const PIECE = 64 * 1024;
const REQUEST = 100;
const VECTOR_BYTES = 32 * 1024 * 1024;
const CLIENT_ADDRESSES = 16;

export class Bytes implements ByteSource, ByteSink {
  readonly bytes: Uint8Array;
  readonly length: number;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.length = bytes.length;
  }
  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    copy(this.bytes, from, into, at, count);
  }
  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    copy(from, offset, this.bytes, at, count);
  }
}

const copy = (from: Uint8Array, start: number, into: Uint8Array, at: number, count: number): void => {
  if (count > 128) into.set(from.subarray(start, start + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = from[start + i];
};

abstract class Peer implements TcpClient {
  connection: TcpConnection | null = null;
  onConnected(): void {}
  onConnectFailed(status: number): void {
    throw new Error(`connect failed: ${status}`);
  }
  onSent(_request: SendRequest, _status: number): void {}
  abstract onReadable(): void;
  onEof(): void {}
  onFinAcked(): void {}
  onReset(status: number): void {
    throw new Error(`reset: ${status}`);
  }
}

export interface Net {
  readonly executor: VirtualExecutor;
  readonly arena: PacketArena;
  readonly client: Host;
  readonly server: Host;
}

export const makeNet = (delay: number, tap: LinkTap | null = null): Net => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena({ vector: makeVectorMemory(VECTOR_BYTES) });
  const random = new Random(1);
  const link = new SimulatedLink({ executor, arena, random, settings: { delay }, tap });
  const client = new Host({ name: 'client', executor, arena, random: random.fork() });
  const server = new Host({ name: 'server', executor, arena, random: random.fork() });
  // Sixteen addresses: TIME-WAIT keeps a port for two minutes, and no virtual time passes here.
  client.addInterface(
    link,
    Array.from({ length: CLIENT_ADDRESSES }, (_, i) => `10.0.1.${i + 1}/16`),
  );
  server.addInterface(link, ['10.0.0.2/16']);
  return { executor, arena, client, server };
};

const remote = Int32Array.of(0x0a000002, 0, 0, 0);
const locals = Array.from({ length: CLIENT_ADDRESSES }, (_, i) => Int32Array.of(0x0a000101 + i, 0, 0, 0));
let turn = 0;

const connect = (net: Net, port: number, peer: Peer): void => {
  const local = locals[turn++ % CLIENT_ADDRESSES];
  const path = net.client.pathTo(4, local, remote);
  if (typeof path === 'number') throw new Error('no path');
  const lease = net.client.ports.bindEphemeral(net.client.addressId(4, local))!;
  peer.connection = net.client.tcp.connect(path, lease, port, peer, { noDelay: true, receiveBuffer: WINDOW });
  net.client.ports.release(lease);
};

class Sink extends Peer {
  private readonly memory = new Bytes(new Uint8Array(WINDOW));
  private readonly onEnd: () => void;
  received = 0;

  constructor(onEnd: () => void) {
    super();
    this.onEnd = onEnd;
  }
  onReadable(): void {
    for (let n = this.connection!.read(this.memory); n > 0; n = this.connection!.read(this.memory)) this.received += n;
  }
  override onEof(): void {
    this.onEnd();
    this.connection!.shutdown();
    this.connection!.close();
  }
}

class Source extends Peer {
  private readonly piece = new Bytes(new Uint8Array(PIECE).map((_, i) => i));
  private readonly ahead: number;
  private left: number;

  constructor(total: number, window: number) {
    super();
    this.left = Math.ceil(total / PIECE);
    this.ahead = Math.max(8, (2 * window) / PIECE);
  }
  override onConnected(): void {
    for (let i = 0; i < this.ahead && this.left > 0; i++) this.sendOne();
  }
  override onSent(): void {
    if (this.left > 0) this.sendOne();
  }
  onReadable(): void {}
  override onEof(): void {
    this.connection!.close();
  }
  private sendOne(): void {
    this.connection!.send(this.piece);
    if (--this.left === 0) this.connection!.shutdown();
  }
}

/** @returns bytes received */
export const bulk = (net: Net, total: number, window: number = WINDOW, onEnd: () => void = () => {}): number => {
  const sink = new Sink(onEnd);
  const listener = net.server.tcp.listen(
    4,
    null,
    9,
    false,
    {
      onIncoming() {
        sink.connection = listener.accept()!;
        sink.connection.client = sink;
      },
    },
    { receiveBuffer: window },
  );
  connect(net, 9, new Source(total, window));
  net.executor.run();
  listener.close();
  return sink.received;
};

/** One for all: a server's buffers are not part of what is measured, and the bytes are the same for everybody. */
const echoMemory = new Bytes(new Uint8Array(REQUEST));

class Echo extends Peer {
  onReadable(): void {
    const count = this.connection!.read(echoMemory);
    if (count !== REQUEST) throw new Error(`short request: ${count}`);
    this.connection!.send(echoMemory);
  }
  override onEof(): void {
    this.connection!.shutdown();
    this.connection!.close();
  }
}

class Asker extends Peer {
  private readonly net: Net;
  private readonly request: Bytes;
  private readonly answer: Bytes;
  private left: number;
  done = 0;

  constructor(net: Net, count: number) {
    super();
    this.net = net;
    this.request = new Bytes(new Uint8Array(REQUEST).fill(7));
    this.answer = new Bytes(new Uint8Array(REQUEST));
    this.left = count;
  }
  next(): void {
    if (this.left-- > 0) connect(this.net, 7, this);
  }
  override onConnected(): void {
    this.connection!.send(this.request);
  }
  onReadable(): void {
    if (this.connection!.read(this.answer) !== REQUEST) throw new Error('short answer');
    this.connection!.shutdown();
  }
  override onEof(): void {
    this.connection!.close();
    this.done++;
    this.next();
  }
}

/** Connect, 100 bytes there, 100 back, close by the client; one after the other. @returns connections done */
export const short = (net: Net, count: number): number => {
  const listener = net.server.tcp.listen(4, null, 7, false, {
    onIncoming() {
      const echo = new Echo();
      echo.connection = listener.accept()!;
      echo.connection.client = echo;
      echo.connection.noDelay = true;
    },
  });
  const asker = new Asker(net, count);
  asker.next();
  while (asker.done < count && net.executor.step());
  listener.close();
  return asker.done;
};

/** Opens many connections and leaves them idle. */
export const openMany = (net: Net, count: number): void => {
  const listener = net.server.tcp.listen(4, null, 5, false, {
    onIncoming() {
      listener.accept()!.client = nobodyMinds;
    },
  });
  for (let opened = 0; opened < count; opened++) {
    connect(net, 5, nobodyMinds);
    if (opened % 100 === 99) net.executor.runUntil(net.executor.now() + 2_000_000);
  }
  net.executor.runUntil(net.executor.now() + 10_000_000);
};

class Nobody extends Peer {
  onReadable(): void {}
}
const nobodyMinds = new Nobody();
