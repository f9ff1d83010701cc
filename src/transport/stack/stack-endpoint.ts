import {
  type ADDRESS_FAMILY,
  AF_INET,
  AF_INET6,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_ADDRESS_ALREADY_ASSOCIATED,
  STATUS_ADDRESS_ALREADY_EXISTS,
  STATUS_CANCELLED,
  STATUS_CONNECTION_ABORTED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import {
  CLOSED,
  type Listener,
  type ListenerClient,
  nobody,
  type PortLease,
  type SendRequest,
  type Tcb,
  type TcpClient,
  type TcpConnection,
} from '../../tcpip/index.ts';
import type {
  EarlyData,
  Gather,
  Lease,
  Scatter,
  StreamEndpoint,
  StreamEvents,
  StreamOption,
  TransportOp,
} from '../../wsk/transport.ts';
import { type NetAddress, netAddress, sockaddrOf } from './addresses.ts';
import { Inspections } from './inspections.ts';
import { StackLease } from './stack-lease.ts';
import type { StackTransport } from './stack-transport.ts';
import type { StreamOptions } from './stream-options.ts';
import type { SignalSource } from './upcalls.ts';

const NO_EARLY_DATA: EarlyData = { bytesInSyn: 0, acked: false };
const WILDCARD = new Int32Array(4);
/** A window is taken to become at least as large. */
const LEAST_BACKLOG = 65_536;
const LARGEST_BUFFER = 1 << 30; // RFC 7323, section 2.3: the largest window

/** One stream socket of WSK on the stack: unbound, bound, listening, connecting, connected, or dead. */
export class StackEndpoint implements StreamEndpoint, TcpClient, ListenerClient, SignalSource {
  events: StreamEvents;
  isClosed = false;
  readonly answersLater = true;
  earlyData: EarlyData = NO_EARLY_DATA;
  private readonly transport: StackTransport;
  private readonly family: ADDRESS_FAMILY;
  private lease: PortLease | null = null;
  private bound: NetAddress | null = null;
  private listener: Listener | null = null;
  private connection: TcpConnection | null = null;
  private isConnected = false;
  private connectOp: TransportOp | null = null;
  private shutdownOp: TransportOp | null = null;
  private sends = 0;
  private readableNoted = false;
  private toldBacklog = 2 * LEAST_BACKLOG;
  /** Only sockets that listen need them. */
  private inspections: Inspections | null = null;
  private options: StreamOptions;

  constructor(transport: StackTransport, family: ADDRESS_FAMILY, events: StreamEvents, options: StreamOptions) {
    this.transport = transport;
    this.family = family;
    this.events = events;
    this.options = options;
  }

  bind(address: SOCKADDR, op: TransportOp): void {
    this.complete(op, this.tryBind(address));
  }

  private tryBind(address: SOCKADDR): NTSTATUS {
    const { host } = this.transport;
    if (address.sa_family !== this.family) return STATUS_INVALID_PARAMETER;
    if (this.lease !== null || this.isClosed) return STATUS_INVALID_DEVICE_STATE;
    const bound = netAddress(address);
    const { version, words } = bound;
    if (words !== null && !host.isLocal(version, words)) return STATUS_INVALID_ADDRESS_COMPONENT;
    const id = host.addressId(version, words);
    const shared = this.options.reuseAddress === 1;
    const exclusive = this.options.exclusiveAddress === 1;
    this.lease =
      address.port === 0 ? host.ports.bindEphemeral(id) : host.ports.bind(id, address.port, shared, exclusive);
    if (this.lease === null) {
      return address.port === 0 ? STATUS_INSUFFICIENT_RESOURCES : STATUS_ADDRESS_ALREADY_ASSOCIATED;
    }
    this.bound = bound;
    return STATUS_SUCCESS;
  }

  listen(op: TransportOp): void {
    const { lease, bound } = this;
    if (lease === null || bound === null || this.listener !== null || this.connection !== null || this.isClosed) {
      this.complete(op, STATUS_INVALID_DEVICE_STATE);
      return;
    }
    const { version, words } = bound;
    const dual = this.family === AF_INET6 && words === null && this.options.v6Only === 0;
    this.listener = this.transport.host.tcp.listen(version, words, lease.port, dual, this, {
      fastOpen: this.options.fastOpen === 1,
      inspects: this.options.conditionalAccept === 1,
      receiveBuffer: this.options.receiveBuffer,
    });
    this.complete(op, STATUS_SUCCESS);
  }

  accept(): StreamEndpoint | null {
    const connection = this.listener?.accept() ?? null;
    if (connection === null) return null;
    const accepted = new StackEndpoint(this.transport, this.family, this.events, this.options.inherit());
    accepted.adopt(connection);
    return accepted;
  }

  /** Becomes the end of a connection that a listener accepted. What it has received is signalled again. */
  private adopt(connection: TcpConnection): void {
    this.connection = connection;
    this.isConnected = true;
    connection.client = this;
    connection.noDelay = this.options.noDelay === 1;
    if (this.options.keepAlive === 1) this.transport.host.tcp.setKeepAlive(connection, true);
    if (connection.receiveQueue.bytes > 0) this.onReadable();
    if (connection.finReceived) this.onEof();
    if (connection.state === CLOSED && connection.resetStatus !== 0) this.onReset(connection.resetStatus);
  }

  connect(to: SOCKADDR, early: Gather | null, op: TransportOp): void {
    const status = this.tryConnect(to, early, op);
    if (status !== STATUS_SUCCESS) this.complete(op, status);
  }

  private tryConnect(to: SOCKADDR, early: Gather | null, op: TransportOp): NTSTATUS {
    const { host } = this.transport;
    const { lease, bound, options } = this;
    if (lease === null || bound === null || this.listener !== null || this.connection !== null || this.isClosed) {
      return STATUS_INVALID_DEVICE_STATE;
    }
    if (to.sa_family !== this.family) return STATUS_INVALID_PARAMETER;
    const { version, words } = netAddress(to, this.transport.words);
    if (words === null || to.port === 0) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (version === 4 && this.family !== AF_INET && options.v6Only === 1) return STATUS_INVALID_ADDRESS_COMPONENT;
    const path = host.pathTo(version, bound.words, words);
    if (typeof path === 'number') return path;
    this.earlyData = NO_EARLY_DATA;
    this.connectOp = op;
    const connection = host.tcp.connect(path, lease, to.port, this, {
      early,
      fastOpen: options.fastOpen === 1,
      noDelay: options.noDelay === 1,
      keepAlive: options.keepAlive === 1,
      receiveBuffer: options.receiveBuffer,
      cause: op.cause,
    });
    if (connection === null) {
      this.connectOp = null;
      return STATUS_ADDRESS_ALREADY_EXISTS;
    }
    this.connection = connection;
    return STATUS_SUCCESS;
  }

  send(data: Gather, op: TransportOp): void {
    const { connection } = this;
    if (connection === null || !this.isConnected) this.complete(op, STATUS_INVALID_DEVICE_STATE);
    else if (connection.state === CLOSED && connection.resetStatus !== 0) this.complete(op, connection.resetStatus);
    else if (!connection.canSend) this.complete(op, STATUS_INVALID_DEVICE_STATE);
    else if (data.length === 0) this.complete(op, STATUS_SUCCESS);
    else {
      this.sends++;
      connection.send(data, op.cause, op);
    }
  }

  read(into: Scatter, at: number): number {
    return this.connection === null ? 0 : this.connection.read(into, at);
  }

  borrow(max: number): Lease | null {
    const { connection } = this;
    if (connection === null || connection.receiveQueue.bytes === 0 || max <= 0) return null;
    return new StackLease(connection, max);
  }

  get endOfStream(): boolean {
    return this.connection?.endOfStream ?? false;
  }

  shutdown(op: TransportOp): void {
    const { connection } = this;
    if (connection === null || !this.isConnected || this.shutdownOp !== null) {
      this.complete(op, STATUS_INVALID_DEVICE_STATE);
    } else if (connection.state === CLOSED && connection.resetStatus !== 0) {
      this.complete(op, connection.resetStatus);
    } else if (connection.finQueued) this.complete(op, STATUS_SUCCESS);
    else {
      this.shutdownOp = op;
      connection.shutdown(op.cause);
    }
  }

  abort(op: TransportOp): void {
    const { connection } = this;
    if (connection !== null) {
      connection.abort(op.cause);
      if (connection.resetStatus === 0) connection.resetStatus = STATUS_CONNECTION_ABORTED;
    }
    this.endAll(STATUS_CONNECTION_ABORTED);
    this.complete(op, STATUS_SUCCESS);
  }

  close(op: TransportOp): void {
    if (!this.isClosed) {
      this.isClosed = true;
      this.listener?.close();
      // Sends of the client cannot outlive the close, since the client gets its memory back; early data may.
      const { connection } = this;
      if (connection !== null) {
        if (this.sends > 0) connection.abort(op.cause);
        connection.close(op.cause);
      }
      this.endAll(STATUS_CANCELLED);
      if (this.lease !== null) this.transport.host.ports.release(this.lease);
      this.lease = null;
      this.listener = null;
    }
    this.complete(op, STATUS_SUCCESS);
  }

  cancel(op: TransportOp): boolean {
    const { connection } = this;
    if (connection === null) return false;
    if (op === this.connectOp) {
      this.connectOp = null;
      this.dropConnection();
      return true;
    }
    let request = connection.sendQueue.head;
    while (request !== null && request.context !== op) request = request.next;
    if (request === null && op !== this.shutdownOp) return false;
    if (request !== null && connection.isUnsent(request)) {
      connection.takeBack(request);
      this.sends--;
      return true;
    }
    if (op === this.shutdownOp) this.shutdownOp = null;
    connection.abort(op.cause);
    connection.resetStatus = STATUS_CONNECTION_ABORTED;
    this.endAll(STATUS_CONNECTION_ABORTED, op);
    this.transport.upcalls.reset(this, STATUS_CONNECTION_ABORTED);
    return true;
  }

  get inspectId(): number {
    return this.connection?.inspectId ?? 0;
  }

  get knowsAddresses(): boolean {
    return this.connection !== null;
  }

  localAddress(): SOCKADDR | null {
    const { connection, bound, lease, family } = this;
    if (connection !== null)
      return sockaddrOf(family, connection.path.version, connection.path.local, connection.localPort);
    return bound === null || lease === null
      ? null
      : sockaddrOf(family, bound.version, bound.words ?? WILDCARD, lease.port);
  }

  remoteAddress(): SOCKADDR | null {
    const { connection, family } = this;
    if (connection === null) return null;
    return sockaddrOf(family, connection.path.version, connection.path.remote, connection.remotePort);
  }

  /** Twice what may be in flight: enough that the next send is there when an acknowledgment comes. */
  get idealBacklog(): number {
    const { connection } = this;
    if (connection === null) return 2 * LEAST_BACKLOG;
    return 2 * Math.max(Math.min(connection.sndWnd, connection.congestion.window), LEAST_BACKLOG);
  }

  /** Tells of a backlog twice or half of what was told last: smaller steps change nothing that a client would do. */
  private noteBacklog(): void {
    const ideal = this.idealBacklog;
    if (ideal < 2 * this.toldBacklog && 2 * ideal > this.toldBacklog) return;
    this.toldBacklog = ideal;
    this.transport.upcalls.backlog(this, ideal);
  }

  get receiveBacklog(): number {
    return this.connection?.receiveQueue.bytes ?? 0;
  }

  inspectComplete(id: number, accept: boolean): boolean {
    return this.inspections?.answer(id, accept ? 'accept' : 'reject') ?? false;
  }

  setOption(option: StreamOption, value: number): NTSTATUS {
    const { connection } = this;
    if (!(option in this.options) || typeof this.options[option] !== 'number' || !Number.isInteger(value) || value < 0)
      return STATUS_INVALID_PARAMETER;
    if (option === 'receiveBuffer' && (value === 0 || value > LARGEST_BUFFER)) return STATUS_INVALID_PARAMETER;
    if (option === 'fastOpen' && connection !== null) return STATUS_INVALID_DEVICE_STATE;
    if ((option === 'reuseAddress' || option === 'exclusiveAddress') && this.lease !== null) {
      return STATUS_INVALID_DEVICE_STATE;
    }
    const kept = option === 'receiveBuffer' ? value : Math.min(value, 1);
    if (this.options.isShared) this.options = this.options.copy();
    this.options[option] = kept;
    if (option === 'fastOpen' && this.listener !== null) this.listener.fastOpen = kept === 1;
    if (option === 'conditionalAccept' && this.listener !== null) this.listener.inspects = kept === 1;
    if (connection === null) return STATUS_SUCCESS;
    if (option === 'noDelay') connection.noDelay = kept === 1;
    if (option === 'keepAlive') this.transport.host.tcp.setKeepAlive(connection, kept === 1);
    // A smaller buffer closes the window by and by: what was promised stays so.
    if (option === 'receiveBuffer') connection.receiveBuffer = kept;
    return STATUS_SUCCESS;
  }

  getOption(option: StreamOption): number {
    return this.options[option] ?? 0;
  }

  // What the stack tells (TcpClient, ListenerClient); everything goes on through the upcalls.

  onIncoming(): void {
    this.transport.upcalls.incoming(this);
  }

  onHandshake(handshake: Tcb): void {
    this.inspections ??= new Inspections();
    this.transport.upcalls.inspect(this, this.inspections.add(handshake));
  }

  onHandshakeGone({ inspectId }: Tcb): void {
    if (this.inspections!.gone(inspectId)) this.transport.upcalls.inspectAborted(this, inspectId);
  }

  askInspection(id: number): void {
    const handshake = this.inspections?.ask(id) ?? null;
    if (handshake === null) return;
    const { path, ports } = handshake;
    const local = sockaddrOf(this.family, path.version, path.local, ports >>> 16);
    const remote = sockaddrOf(this.family, path.version, path.remote, ports & 0xffff);
    this.inspections!.answer(id, this.events.onInspect(id, local, remote));
  }

  onConnected(): void {
    const { connection, connectOp } = this;
    this.connectOp = null;
    this.isConnected = true;
    this.earlyData = { bytesInSyn: connection!.synData, acked: connection!.synDataAcked };
    if (connectOp !== null) this.complete(connectOp, STATUS_SUCCESS);
  }

  onConnectFailed(status: NTSTATUS): void {
    const { connectOp } = this;
    this.connectOp = null;
    this.connection = null;
    if (connectOp !== null) this.complete(connectOp, status);
  }

  onSent(request: SendRequest, status: NTSTATUS): void {
    if (request.context === null) return; // early data belongs to the connect, which has its own end
    this.sends--;
    this.complete(request.context as TransportOp, status, status === STATUS_SUCCESS ? request.length : 0);
    if (status === STATUS_SUCCESS) this.noteBacklog();
  }

  onReadable(): void {
    if (this.readableNoted) return;
    this.readableNoted = true;
    this.transport.upcalls.readable(this);
  }

  readableTold(): void {
    this.readableNoted = false;
  }

  onEof(): void {
    this.transport.upcalls.eof(this);
  }

  onFinAcked(): void {
    this.endShutdown(STATUS_SUCCESS);
  }

  onReset(status: NTSTATUS): void {
    this.endShutdown(status);
    this.transport.upcalls.reset(this, status);
  }

  private endShutdown(status: NTSTATUS): void {
    const { shutdownOp } = this;
    this.shutdownOp = null;
    if (shutdownOp !== null) this.complete(shutdownOp, status);
  }

  /** Ends every pending op, in the order in which the stack would have. */
  private endAll(status: NTSTATUS, except: TransportOp | null = null): void {
    const { connection, connectOp } = this;
    this.connectOp = null;
    if (connectOp !== null) this.complete(connectOp, status);
    if (connection !== null && this.sends > 0) {
      for (let done = connection.takeSend(); done !== null; done = connection.takeSend()) {
        if (done.context !== null && done.context !== except) this.complete(done.context as TransportOp, status);
      }
      this.sends = 0;
    }
    this.endShutdown(status);
  }

  /** The attempt to connect is off: bound as before. */
  private dropConnection(): void {
    const { connection } = this;
    this.connection = null;
    connection!.client = nobody;
    connection!.abort();
  }

  private complete(op: TransportOp, status: NTSTATUS, information = 0): void {
    this.transport.upcalls.complete(op, status, information);
  }
}
