import { type AddressInfo, connect, createServer, type Server, type Socket, type TcpNetConnectOpts } from 'node:net';
import {
  type ADDRESS_FAMILY,
  AF_INET6,
  copySockaddr,
  isWildcard,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_CONNECTION_ABORTED,
  STATUS_CONNECTION_RESET,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
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
import { ReceiveLoan } from '../receive-loan.ts';
import { statusFromCode, statusFromConnectCode } from '../system-error.ts';
import { fromNode, hostText, isMapped } from './net-address.ts';
import type { NetTransport } from './net-transport.ts';
import { WriteQueue } from './write-queue.ts';

/** Connections that may wait for `accept`; `net` takes them out of the system's backlog at once. */
const BACKLOG = 4096;
const DEFAULT_RECEIVE_BUFFER = 65_536;

/** One `net.Socket` or `net.Server`, or what becomes one when it connects or listens. */
export class NetEndpoint implements StreamEndpoint {
  events: StreamEvents;
  readonly earlyData: EarlyData = { bytesInSyn: 0, acked: false };
  readonly idealBacklog = 65_536;
  private readonly net: NetTransport;
  private readonly family: ADDRESS_FAMILY;
  private readonly options = new Map<StreamOption, number>();
  private state: 'open' | 'listening' | 'connecting' | 'connected' | 'dead' = 'open';
  private local: SOCKADDR | null = null;
  private remote: SOCKADDR | null = null;
  private socket: Socket | null = null;
  /** Listens, or only keeps the local address from others until connect. */
  private server: Server | null = null;
  private readonly incoming: Socket[] = [];
  /** The bind or listen that waits for the server. */
  private serverOp: TransportOp | null = null;
  private connectOp: TransportOp | null = null;
  private shutdownOp: TransportOp | null = null;
  private ending = false;
  private ownEnd = false;
  private peerEnded = false;
  private readonly writes = new WriteQueue();
  private readonly loan = new ReceiveLoan();

  constructor(net: NetTransport, family: ADDRESS_FAMILY, events: StreamEvents) {
    this.net = net;
    this.family = family;
    this.events = events;
    // Windows' default, whatever the system's.
    if (family === AF_INET6) this.options.set('v6Only', 1);
  }

  bind(to: SOCKADDR, op: TransportOp): void {
    this.local = copySockaddr(to);
    if (!this.reservesAddress) {
      this.report(op, STATUS_SUCCESS, 0);
      return;
    }
    this.serverOp = op;
    this.openServer((status) => {
      if (!NT_SUCCESS(status)) this.local = null;
      this.serverEnded(status);
    });
  }

  private get reservesAddress(): boolean {
    return this.local!.port !== 0 || !isWildcard(this.local!);
  }

  listen(op: TransportOp): void {
    this.serverOp = op;
    if (this.server === null) this.openServer((status) => this.listening(status));
    else this.listening(STATUS_SUCCESS);
  }

  private listening(status: NTSTATUS): void {
    if (NT_SUCCESS(status)) {
      this.state = 'listening';
      this.server!.ref();
    }
    this.serverEnded(status);
  }

  private serverEnded(status: NTSTATUS): void {
    const op = this.serverOp;
    this.serverOp = null;
    if (op !== null) this.report(op, status, 0);
  }

  private openServer(done: (status: NTSTATUS) => void): void {
    const highWaterMark = this.getOption('receiveBuffer');
    const server = createServer({ allowHalfOpen: true, pauseOnConnect: true, highWaterMark });
    this.server = server;
    this.net.open.add(this);
    // Until `listen`, it does not keep the process alive, as a bound socket would not.
    server.unref();
    server.once('listening', () => {
      if (this.server !== server) return;
      this.local = fromServer(server);
      done(STATUS_SUCCESS);
    });
    server.on('error', (error: NodeJS.ErrnoException) => {
      // An error of a listening server is about one connection (no descriptor left, say).
      if (this.server !== server || server.listening) return;
      this.server = null;
      this.net.open.delete(this);
      done(statusFromCode(error.code));
    });
    server.on('connection', (socket) => this.arrived(socket));
    const [host, ipv6Only] = [hostText(this.local!), this.getOption('v6Only') === 1];
    server.listen({ host, port: this.local!.port, ipv6Only, backlog: BACKLOG, exclusive: true });
  }

  private arrived(socket: Socket): void {
    socket.on('error', () => {});
    if (this.state !== 'listening' || this.incoming.length === BACKLOG) {
      socket.resetAndDestroy();
      return;
    }
    this.incoming.push(socket);
    this.events.onIncoming();
  }

  accept(): StreamEndpoint | null {
    for (let socket = this.incoming.shift(); socket !== undefined; socket = this.incoming.shift()) {
      if (socket.destroyed) continue;
      const accepted = new NetEndpoint(this.net, this.family, this.events);
      accepted.established(socket);
      for (const [name, value] of this.options) accepted.setOption(name, value);
      return accepted;
    }
    return null;
  }

  inspectComplete(): boolean {
    return false;
  }

  connect(to: SOCKADDR, early: Gather | null, op: TransportOp): void {
    this.connectOp = op;
    this.state = 'connecting';
    this.closeServer();
    if (isMapped(to) && this.getOption('v6Only') === 1) {
      this.connectFailed(STATUS_NETWORK_UNREACHABLE);
      return;
    }
    const socket = connect(this.connectOptions(to));
    this.socket = socket;
    this.net.open.add(this);
    socket.once('connect', () => {
      if (this.socket === socket) this.connected(early);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.socket !== socket || this.state !== 'connecting') return;
      // Who refuses a SYN is known by another error: the peer had accepted, and broke off before we looked.
      if (error.code === 'ECONNRESET') this.connectedAndLost();
      else this.connectFailed(statusFromConnectCode(error.code));
    });
  }

  private connectOptions(to: SOCKADDR): TcpNetConnectOpts {
    const local = this.local!;
    return {
      host: hostText(to),
      port: to.port,
      allowHalfOpen: true,
      autoSelectFamily: false,
      noDelay: this.getOption('noDelay') === 1,
      keepAlive: this.getOption('keepAlive') === 1,
      readableHighWaterMark: this.getOption('receiveBuffer'),
      ...(isWildcard(local) ? {} : { localAddress: hostText(local) }),
      ...(local.port === 0 ? {} : { localPort: local.port }),
    } as TcpNetConnectOpts;
  }

  private connected(early: Gather | null): void {
    const op = this.connectOp!;
    this.connectOp = null;
    this.established(this.socket!);
    if (early !== null) {
      this.writes.push(early, null);
      this.writes.pump(this.socket!, this.written);
    }
    op.onTransportComplete(STATUS_SUCCESS, 0);
  }

  private connectedAndLost(): void {
    const op = this.connectOp!;
    this.connectOp = null;
    this.state = 'connected';
    op.onTransportComplete(STATUS_SUCCESS, 0);
    if (this.state === 'connected') this.lost(STATUS_CONNECTION_RESET);
  }

  private established(socket: Socket): void {
    this.socket = socket;
    this.state = 'connected';
    this.net.open.add(this);
    this.local = fromNode(socket.localAddress, socket.localPort);
    this.remote = fromNode(socket.remoteAddress, socket.remotePort);
    socket.on('readable', () => {
      if (this.socket !== socket) return;
      if (socket.readableLength > 0) this.events.onReadable();
      else announceEnd(socket);
    });
    socket.once('end', () => {
      if (this.socket !== socket) return;
      this.peerEnded = true;
      this.events.onEof();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (this.socket === socket) this.lost(statusFromCode(error.code));
    });
  }

  /** Back to bound. The local address is reserved again before the failure is told. */
  private connectFailed(status: NTSTATUS): void {
    this.closeSocket(false);
    this.state = 'open';
    const told = (): void => {
      const op = this.connectOp;
      this.connectOp = null;
      if (op !== null) this.report(op, status, 0);
    };
    if (this.reservesAddress) this.openServer(told);
    else told();
  }

  send(data: Gather, op: TransportOp): void {
    if (this.state !== 'connected') {
      this.report(op, STATUS_INVALID_DEVICE_STATE, 0);
      return;
    }
    this.writes.push(data, op);
    this.writes.pump(this.socket!, this.written);
  }

  private readonly written = (op: TransportOp | null, bytes: number): void => {
    if (op !== null) this.report(op, STATUS_SUCCESS, bytes);
    if (!this.writes.isEmpty) this.writes.pump(this.socket!, this.written);
    else if (this.shutdownOp !== null) this.endOwnSide();
  };

  read(into: Scatter, at: number): number {
    const lent = this.loan.moveTo(into, at);
    if (lent > 0) return lent;
    const bytes = this.take(into.length - at);
    if (bytes === null) return 0;
    into.copyFrom(at, bytes, 0, bytes.length);
    return bytes.length;
  }

  borrow(max: number): Lease | null {
    return this.loan.borrow(max, this.getOption('receiveBuffer'), () => this.take(max));
  }

  private take(max: number): Uint8Array | null {
    const { socket } = this;
    if (socket === null || this.state !== 'connected') return null;
    const count = Math.min(max, socket.readableLength);
    const bytes: Uint8Array | null = count === 0 ? null : socket.read(count);
    if (socket.readableLength === 0) announceEnd(socket);
    return bytes;
  }

  get endOfStream(): boolean {
    return this.peerEnded && this.loan.held === 0;
  }

  shutdown(op: TransportOp): void {
    this.shutdownOp = op;
    if (this.writes.isEmpty) this.endOwnSide();
  }

  private endOwnSide(): void {
    this.ending = true;
    this.socket!.end(() => {
      const op = this.shutdownOp;
      if (op === null || this.socket?.writableFinished !== true) return;
      this.ownEnd = true;
      this.shutdownOp = null;
      this.report(op, STATUS_SUCCESS, 0);
    });
  }

  abort(op: TransportOp): void {
    this.endAll(STATUS_CONNECTION_ABORTED);
    this.release(true);
    this.report(op, STATUS_SUCCESS, 0);
  }

  close(op: TransportOp): void {
    this.endAll(STATUS_CANCELLED);
    // Once our end was sent the system finishes the connection by itself; a reset could overtake the last bytes.
    this.release(this.state === 'connected' && !this.ownEnd);
    this.report(op, STATUS_SUCCESS, 0);
  }

  /** Lets go of the system's sockets and says nothing to anybody. */
  drop(): void {
    this.release(true);
  }

  cancel(op: TransportOp): boolean {
    if (op === this.connectOp) {
      this.connectOp = null;
      this.release(true);
      return true;
    }
    if (op === this.shutdownOp) {
      this.shutdownOp = null;
      this.abortSoon();
      return true;
    }
    const mayHaveLeft = this.writes.remove(op);
    if (mayHaveLeft === true) this.abortSoon();
    return mayHaveLeft !== null;
  }

  /** Resets the connection because a request that had begun was taken back. */
  private abortSoon(): void {
    this.endAll(STATUS_CONNECTION_ABORTED);
    this.release(true);
    this.reportReset(STATUS_CONNECTION_ABORTED);
  }

  /** The connection died under us. Delivered after the present call. */
  private lost(status: NTSTATUS): void {
    this.endAll(status);
    this.release(false);
    this.reportReset(status);
  }

  private reportReset(status: NTSTATUS): void {
    const { events } = this;
    this.report({ cause: 0, onTransportComplete: () => events.onReset(status) }, status, 0);
  }

  /** Ends every op that waits. */
  private endAll(status: NTSTATUS): void {
    const ops = this.writes.takeAll();
    for (const op of [this.shutdownOp, this.connectOp, this.serverOp]) if (op !== null) ops.push(op);
    this.shutdownOp = null;
    this.connectOp = null;
    this.serverOp = null;
    for (const op of ops) this.report(op, status, 0);
  }

  private release(reset: boolean): void {
    this.closeServer();
    this.closeSocket(reset);
    this.state = 'dead';
  }

  private closeServer(): void {
    this.server?.close();
    this.server = null;
    this.net.open.delete(this);
    for (const waiting of this.incoming.splice(0)) waiting.resetAndDestroy();
  }

  private closeSocket(reset: boolean): void {
    const { socket } = this;
    this.socket = null;
    this.net.open.delete(this);
    if (socket === null) return;
    if (!reset || socket.connecting) socket.destroy();
    // libuv refuses to reset a socket while its end is on the way.
    else if (this.ending && !this.ownEnd) socket.once('finish', () => socket.resetAndDestroy());
    else socket.resetAndDestroy();
  }

  private report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.net.reporter.report(op, status, information);
  }

  localAddress(): SOCKADDR | null {
    return this.local;
  }

  remoteAddress(): SOCKADDR | null {
    return this.remote;
  }

  get receiveBacklog(): number {
    return this.loan.held + (this.socket?.readableLength ?? 0);
  }

  setOption(option: StreamOption, value: number): NTSTATUS {
    if (option === 'conditionalAccept' && value !== 0) return STATUS_NOT_SUPPORTED;
    this.options.set(option, value);
    // The others, and these before there is a socket, are used when the socket connects or listens.
    if (option === 'noDelay') this.socket?.setNoDelay(value !== 0);
    else if (option === 'keepAlive') this.socket?.setKeepAlive(value !== 0);
    return STATUS_SUCCESS;
  }

  getOption(option: StreamOption): number {
    return this.options.get(option) ?? (option === 'receiveBuffer' ? DEFAULT_RECEIVE_BUFFER : 0);
  }
}

/** Has an empty socket say 'end' when the peer has ended its side; `net` says it on reading only. */
const announceEnd = (socket: Socket): void => {
  socket.read(0);
};

const fromServer = (server: Server): SOCKADDR | null => {
  const { address, port } = server.address() as AddressInfo;
  return fromNode(address, port);
};
