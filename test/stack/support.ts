import { AF_INET, type NTSTATUS, ntStatusName, parseSockaddr, Random, type SOCKADDR } from '../../src/base/index.ts';
import { type LinkSettings, type LinkTap, PacketArena, PcapngCapture, SimulatedLink } from '../../src/link/index.ts';
import { Host, type TcpProfile, type TcpTap, windowsProfile } from '../../src/tcpip/index.ts';
import { VirtualExecutor } from '../../src/time/index.ts';
import { StackTransport } from '../../src/transport/stack/index.ts';
import type { Gather, Scatter, StreamEndpoint, StreamEvents, TransportOp } from '../../src/wsk/transport.ts';

/** Memory of a test: bytes to send from, or to receive into. */
export class Memory implements Gather, Scatter {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }
  get length(): number {
    return this.bytes.length;
  }
  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    into.set(this.bytes.subarray(from, from + count), at);
  }
  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    this.bytes.set(from.subarray(offset, offset + count), at);
  }
  view(from: number): Uint8Array {
    return this.bytes.subarray(from);
  }
}

export const text = (words: string): Memory => new Memory(new TextEncoder().encode(words));

/** `count` bytes that tell their place, so that a lost, doubled or misplaced one shows. */
export const pattern = (count: number, from = 0): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => ((from + i) * 31 + ((from + i) >> 8) * 7) & 0xff);

export interface WorldOptions {
  readonly seed?: number;
  readonly settings?: LinkSettings;
  readonly back?: LinkSettings;
  readonly client?: TcpProfile;
  readonly server?: TcpProfile;
  readonly capture?: boolean;
  /** Watches the link in place of a capture. */
  readonly tap?: LinkTap;
  /** Watches the client's connections. */
  readonly tcpTap?: TcpTap;
}

/** Two hosts on one link: client 10.0.0.1 / fd00::1, server 10.0.0.2 / fd00::2. */
export class World {
  readonly executor = new VirtualExecutor();
  readonly arena = new PacketArena();
  readonly capture: PcapngCapture | null;
  readonly link: SimulatedLink;
  readonly clientHost: Host;
  readonly serverHost: Host;
  readonly client: StackTransport;
  readonly server: StackTransport;

  constructor(options: WorldOptions = {}) {
    const { seed = 1, settings = { delay: 20_000_000 }, back = settings, capture = false } = options;
    const { executor, arena } = this;
    const random = new Random(Math.imul(seed, 0x9e3779b1));
    this.capture = capture ? new PcapngCapture({ describeCause: (cause) => `call ${cause}` }) : null;
    this.link = new SimulatedLink({
      executor,
      arena,
      random: random.fork(),
      settings,
      back,
      tap: options.tap ?? this.capture,
    });
    const host = (name: string, profile: TcpProfile, addresses: string[], tcpTap: TcpTap | null = null): Host => {
      const made = new Host({ name, executor, arena, random: random.fork(), profile, tcpTap });
      made.addInterface(this.link, addresses);
      return made;
    };
    const { client = windowsProfile, tcpTap } = options;
    this.clientHost = host('client', client, ['10.0.0.1/24', 'fd00::1/64'], tcpTap);
    this.serverHost = host('server', options.server ?? windowsProfile, ['10.0.0.2/24', 'fd00::2/64']);
    this.client = new StackTransport(this.clientHost);
    this.server = new StackTransport(this.serverHost);
  }

  get ms(): number {
    return this.executor.now() / 1e6;
  }

  /** What must be nothing once all is closed and every timer has run. */
  leftovers(): Record<string, number> {
    const { clientHost, serverHost } = this;
    return {
      heap: this.executor.pending,
      packets: this.arena.liveCount,
      inFlight: this.link.inFlight,
      ports: clientHost.ports.size + serverHost.ports.size,
      connections: clientHost.tcp.connectionCount + serverHost.tcp.connectionCount,
      timeWaits: clientHost.tcp.timeWait.size + serverHost.tcp.timeWait.size,
      paths: clientHost.paths.inUse + serverHost.paths.inUse,
    };
  }

  pcapng(): Uint8Array {
    return Buffer.concat(this.capture!.take());
  }
}

export const NOTHING_LEFT = { heap: 0, packets: 0, inFlight: 0, ports: 0, connections: 0, timeWaits: 0, paths: 0 };

/** An op that remembers its end. */
export class Op implements TransportOp {
  readonly cause: number;
  status: NTSTATUS | null = null;
  information = -1;
  times = 0;
  readonly done: ((op: Op) => void) | null;

  constructor(done: ((op: Op) => void) | null = null, cause = 0) {
    this.done = done;
    this.cause = cause;
  }
  onTransportComplete(status: NTSTATUS, information: number): void {
    this.status = status;
    this.information = information;
    this.times++;
    this.done?.(this);
  }
  /** `STATUS_SUCCESS 5`, or `pending`. */
  get end(): string {
    return this.status === null ? 'pending' : `${ntStatusName(this.status)} ${this.information}`;
  }
}

/** One socket of a test: collects what comes, and notes the signals. */
export class Socket implements StreamEvents {
  readonly world: World;
  readonly endpoint: StreamEndpoint;
  readonly received: Uint8Array[] = [];
  readonly log: string[] = [];
  readonly accepted: Socket[] = [];
  resetStatus: NTSTATUS | null = null;
  eof = false;
  /** Off: leaves the bytes where they are. */
  reading = true;
  onAccept: (socket: Socket) => void = () => {};
  onData: (socket: Socket) => void = () => {};
  onEnd: (socket: Socket) => void = () => {};
  private readonly room = new Memory(new Uint8Array(16_384));

  constructor(world: World, transport: StackTransport | null, family: number = AF_INET, endpoint?: StreamEndpoint) {
    this.world = world;
    const made = endpoint ?? transport!.createStream(family, this);
    if (typeof made === 'number') throw new Error(`createStream: ${ntStatusName(made)}`);
    this.endpoint = made;
    made.events = this;
  }

  onReadable(): void {
    this.log.push(`readable ${this.world.ms}`);
    if (this.reading) this.drain();
    this.onData(this);
  }
  onEof(): void {
    this.log.push(`eof ${this.world.ms}`);
    this.eof = true;
    this.onEnd(this);
  }
  onReset(status: NTSTATUS): void {
    this.log.push(`reset ${ntStatusName(status)} ${this.world.ms}`);
    this.resetStatus = status;
  }
  onBacklog(): void {}
  onInspect(): 'accept' {
    return 'accept';
  }

  onInspectAborted(): void {}

  onIncoming(): void {
    for (let next = this.endpoint.accept(); next !== null; next = this.endpoint.accept()) {
      const socket = new Socket(this.world, null, AF_INET, next);
      socket.log.push(`accepted ${this.world.ms}`);
      this.accepted.push(socket);
      this.onAccept(socket);
    }
  }

  drain(): void {
    for (let count = this.endpoint.read(this.room, 0); count > 0; count = this.endpoint.read(this.room, 0)) {
      this.received.push(this.room.bytes.slice(0, count));
    }
  }
  get bytes(): Uint8Array {
    return Buffer.concat(this.received);
  }
  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }

  bind(address: string, done: ((op: Op) => void) | null = null): Op {
    return this.start((op) => this.endpoint.bind(parseSockaddr(address), op), done);
  }
  listen(): Op {
    return this.start((op) => this.endpoint.listen(op));
  }
  connect(to: string | SOCKADDR, early: Gather | null = null, done: ((op: Op) => void) | null = null): Op {
    const address = typeof to === 'string' ? parseSockaddr(to) : to;
    return this.start((op) => this.endpoint.connect(address, early, op), done);
  }
  send(data: Gather | string, done: ((op: Op) => void) | null = null): Op {
    return this.start((op) => this.endpoint.send(typeof data === 'string' ? text(data) : data, op), done);
  }
  shutdown(done: ((op: Op) => void) | null = null): Op {
    return this.start((op) => this.endpoint.shutdown(op), done);
  }
  abort(): Op {
    return this.start((op) => this.endpoint.abort(op));
  }
  close(): Op {
    return this.start((op) => this.endpoint.close(op));
  }

  private causes = 0;
  private start(act: (op: Op) => void, done: ((op: Op) => void) | null = null): Op {
    const op = new Op(done, ++this.causes);
    act(op);
    if (op.times !== 0) throw new Error('an op ended inside of the call that started it');
    return op;
  }
}

/** A listening server socket. */
export const listen = (world: World, address: string, onAccept: (socket: Socket) => void = () => {}): Socket => {
  const socket = new Socket(world, world.server, address.startsWith('[') ? 23 : AF_INET);
  socket.onAccept = onAccept;
  socket.endpoint.setOption('fastOpen', 1);
  socket.bind(address);
  socket.listen();
  return socket;
};

/** A bound client socket. */
export const clientSocket = (world: World, options: { fastOpen?: boolean; local?: string } = {}): Socket => {
  const { fastOpen = false, local = '0.0.0.0:0' } = options;
  const socket = new Socket(world, world.client, local.startsWith('[') ? 23 : AF_INET);
  if (fastOpen) socket.endpoint.setOption('fastOpen', 1);
  socket.bind(local);
  return socket;
};
