import type { NTSTATUS } from '../base/index.ts';
import {
  CLOSED,
  ESTABLISHED,
  type Host,
  type Listener,
  type ListenerClient,
  type Path,
  type PortLease,
  roomInSyn,
  type SendRequest,
  type TcpClient,
  type TcpConnection,
  type TcpProfile,
} from '../tcpip/index.ts';
import { type Errno, errnoOf } from './errno.ts';
import { Orphan } from './orphan.ts';
import { PatternSink, PatternSource } from './pattern.ts';

/** What a call returns: a number, an error, or null while it waits. */
export type CallResult = number | Errno | null;

export interface Address {
  readonly version: 4 | 6;
  /** null: any local address. */
  readonly words: Int32Array | null;
  readonly port: number;
}

/** What all sockets of a script share. */
export interface SocketWorld {
  readonly host: Host;
  /** The host's profile, which options of scripts change. */
  readonly profile: { -readonly [K in keyof TcpProfile]: TcpProfile[K] };
  /** Clients may use Fast Open. */
  readonly fastOpenClient: boolean;
  /** Every listener takes Fast Open, asked for or not. */
  readonly fastOpenListeners: boolean;
  readonly fastOpenServer: boolean;
  readonly sendBuffer: number;
  readonly receiveBuffer: number;
  readonly addresses: DefaultAddresses;
  /** A new key for cookies; the one before is still accepted. */
  setCookieKey(key: Int32Array): void;
}

/** Where `...` in place of an address leads: the remote side of the script, and the port that it binds. */
export interface DefaultAddresses {
  readonly remote4: Int32Array;
  readonly remote6: Int32Array;
  readonly connectPort: number;
  readonly bindPort: number;
}

/** A stream socket as POSIX has it, on a connection or listener of our stack. */
export class PosixSocket implements TcpClient, ListenerClient {
  readonly world: SocketWorld;
  readonly version: 4 | 6;
  nonBlocking = false;
  noDelay = false;
  keepAlive = false;
  /** Nanoseconds; 0 for the profile's. */
  userTimeout = 0;
  fastOpenConnect = false;
  /** Closing resets (SO_LINGER with no time). */
  resetOnClose = false;
  sendBuffer: number;
  receiveBuffer: number;
  /** Fast Open was asked for on this listener-to-be. */
  fastOpenAsked: boolean | null = null;
  listener: Listener | null = null;
  connection: TcpConnection | null = null;
  /** A connection that did not come up. */
  failed: TcpConnection | null = null;
  /** The server took data with the SYN. */
  synDataTaken = false;
  /** A received byte was not what the script's other side sent. */
  corruptAt = -1;
  private bound: Address | null = null;
  private lease: PortLease | null = null;
  private error: Errno | null = null;
  private connected = false;
  private ended = false;
  private readShut = false;
  private deferred: Address | null = null;
  private readAt = 0;
  private writtenTo = 0;

  constructor(world: SocketWorld, version: 4 | 6) {
    this.world = world;
    this.version = version;
    this.sendBuffer = world.sendBuffer;
    this.receiveBuffer = world.receiveBuffer;
  }

  bind(address: Address): CallResult {
    const { host } = this.world;
    if (this.lease !== null) return 'EINVAL';
    if (address.words !== null && !host.isLocal(address.version, address.words)) return 'EADDRNOTAVAIL';
    const id = host.addressId(address.version, address.words);
    const lease = address.port === 0 ? host.ports.bindEphemeral(id) : host.ports.bind(id, address.port, true, false);
    if (lease === null) return 'EADDRINUSE';
    this.lease = lease;
    this.bound = { ...address, port: lease.port };
    return 0;
  }

  listen(backlog: number): CallResult {
    if (this.connection !== null) return 'EINVAL';
    if (this.listener !== null) return 0;
    if (this.bound === null) this.bind({ version: this.version, words: null, port: 0 });
    const { host, fastOpenServer, fastOpenListeners } = this.world;
    const { words, port } = this.bound!;
    // Linux lets one connection more than the backlog wait.
    this.listener = host.tcp.listen(this.version, words, port, false, this, {
      backlog: Math.min(Math.max(backlog, 0) + 1, host.profile.backlog),
      fastOpen: fastOpenServer && (this.fastOpenAsked ?? fastOpenListeners),
      receiveBuffer: this.receiveBuffer,
    });
    return 0;
  }

  /** @param limit of connections that wait for their final ACK; 0 switches Fast Open off */
  setFastOpen(limit: number): CallResult {
    this.fastOpenAsked = limit > 0;
    if (limit > 0) this.world.profile.fastOpenPending = limit;
    if (this.listener !== null) this.listener.fastOpen = this.world.fastOpenServer && limit > 0;
    return 0;
  }

  accept(): PosixSocket | CallResult {
    if (this.listener === null) return 'EINVAL';
    const connection = this.listener.accept();
    if (connection === null) return this.nonBlocking ? 'EAGAIN' : null;
    const socket = new PosixSocket(this.world, this.version);
    socket.take(connection);
    socket.noDelay = this.noDelay;
    connection.noDelay = this.noDelay;
    return socket;
  }

  private take(connection: TcpConnection): void {
    connection.client = this;
    this.connection = connection;
    this.connected = true;
    this.synDataTaken = connection.fastOpened && ((connection.rcvNxt - connection.irs) | 0) > 1;
    if (connection.state === CLOSED) this.onReset(connection.resetStatus);
  }

  /** Starts to connect, or tells how far that has come. */
  connect(to: Address): CallResult {
    if (this.listener !== null) return 'EISCONN';
    if (this.error !== null) return this.takeError();
    if (this.connection !== null) return this.connected ? 'EISCONN' : 'EALREADY';
    if (this.deferred !== null) return 'EISCONN';
    if (this.fastOpenConnect && this.world.fastOpenClient && this.deferred === null && this.roomInSyn(to) !== null) {
      this.deferred = to;
      return 0;
    }
    const started = this.start(to, 0, this.fastOpenConnect && this.world.fastOpenClient);
    if (started !== 0) return started;
    return this.nonBlocking ? 'EINPROGRESS' : null;
  }

  /** A blocking connect waits for this. */
  connectDone(): CallResult {
    if (this.error !== null) return this.takeError();
    return this.connected ? 0 : null;
  }

  get isConnected(): boolean {
    return this.connected && this.connection !== null && !this.ended;
  }

  /** sendto with MSG_FASTOPEN: connects, with data in the SYN as far as a cookie allows. */
  sendFastOpen(to: Address, count: number): CallResult {
    if (!this.world.fastOpenClient) return 'EOPNOTSUPP';
    if (this.error !== null) return this.takeError();
    if (this.connection !== null) return this.connected ? 'EISCONN' : 'EALREADY';
    const target = this.deferred ?? to;
    this.deferred = null;
    return this.startWithData(target, count);
  }

  private startWithData(to: Address, count: number): CallResult {
    if (!this.nonBlocking) {
      const started = this.start(to, count, true);
      return started === 0 ? null : started;
    }
    const room = this.roomInSyn(to);
    const early = room === null ? 0 : Math.min(room, count);
    const started = this.start(to, early, true);
    if (started !== 0) return started;
    return early > 0 ? early : 'EINPROGRESS';
  }

  /** How much data a SYN may carry; null without a cookie. */
  private roomInSyn(to: Address): number | null {
    const { host, profile } = this.world;
    const path = host.pathTo(to.version, this.bound?.words ?? null, to.words!);
    if (typeof path === 'number') return null;
    const { fastOpenCache } = host.tcp;
    const hasCookie =
      (fastOpenCache.lookup(path)?.cookie ?? null) !== null || /client|both/.test(profile.fastOpenCookieless);
    const mayTry = hasCookie && fastOpenCache.mayTry(path, to.port, host.executor.now());
    const room = roomInSyn(host.tcp, path);
    host.paths.release(path);
    return mayTry && room > 0 ? room : null;
  }

  private start(to: Address, early: number, fastOpen: boolean): CallResult {
    const { host } = this.world;
    const path = host.pathTo(to.version, this.bound?.words ?? null, to.words!);
    if (typeof path === 'number') return errnoOf(path);
    const lease = this.lease ?? host.ports.bindEphemeral(host.addressId(path.version, path.local));
    if (lease === null) {
      host.paths.release(path);
      return 'EADDRNOTAVAIL';
    }
    this.lease = lease;
    return this.startOn(path, lease, to.port, early, fastOpen);
  }

  private startOn(path: Path, lease: PortLease, port: number, early: number, fastOpen: boolean): CallResult {
    const connection = this.world.host.tcp.connect(path, lease, port, this, {
      early: early > 0 ? new PatternSource(0, early) : null,
      fastOpen,
      noDelay: this.noDelay,
      keepAlive: this.keepAlive,
      userTimeout: this.userTimeout,
      receiveBuffer: this.receiveBuffer,
    });
    if (connection === null) return 'EADDRNOTAVAIL';
    this.connection = connection;
    this.writtenTo = early;
    this.ended = false;
    return 0;
  }

  read(count: number): CallResult {
    const { connection } = this;
    if (connection !== null && connection.receiveQueue.bytes > 0) {
      const sink = new PatternSink(this.readAt, count);
      const got = connection.read(sink);
      if (sink.fault >= 0) this.corruptAt = sink.fault;
      this.readAt += got;
      return got;
    }
    if (this.error !== null) return this.takeError();
    if (this.listener !== null || (connection === null && !this.ended)) return 'ENOTCONN';
    if (this.ended || this.readShut || connection!.finReceived || count === 0) return 0;
    return this.nonBlocking ? 'EAGAIN' : null;
  }

  /**
   * Queues bytes.
   * @param done how many of `count` an earlier attempt of the same call has queued
   * @returns how many now, which may be fewer: a blocking call then goes on later
   */
  write(count: number, done: number): CallResult {
    if (this.error !== null) return this.takeError();
    if (this.deferred !== null) {
      const to = this.deferred;
      this.deferred = null;
      return this.startWithData(to, count);
    }
    const { connection } = this;
    if (connection === null || this.ended || connection.finQueued || connection.state === CLOSED) return 'EPIPE';
    if (!this.connected) return this.nonBlocking ? 'EAGAIN' : null;
    const room = Math.max(this.sendBuffer - this.unacknowledged, 0);
    const take = Math.min(count - done, room);
    if (take > 0) {
      connection.send(new PatternSource(this.writtenTo, take));
      this.writtenTo += take;
    }
    if (take < count - done && take === 0) return this.nonBlocking ? 'EAGAIN' : null;
    return take;
  }

  get unacknowledged(): number {
    const { connection } = this;
    return connection === null ? 0 : Math.max((connection.sendQueue.endSeq - connection.sndUna) | 0, 0);
  }

  shutdown(how: number): CallResult {
    const { connection } = this;
    if (this.listener !== null) return 'EINVAL';
    if (connection === null || this.ended) return 'ENOTCONN';
    if (how !== 1) this.readShut = true;
    if (how !== 0) connection.shutdown();
    return 0;
  }

  close(): void {
    const { connection } = this;
    if (this.listener !== null) this.listener.close();
    if (connection !== null && connection.state !== CLOSED) {
      const unread = connection.receiveQueue.bytes > 0;
      if (unread || this.resetOnClose || connection.state < 2) connection.abort();
      else {
        connection.client = new Orphan(connection);
        connection.shutdown();
      }
    }
    if (connection !== null) connection.receiveQueue.clear();
    if (this.lease !== null) this.world.host.ports.release(this.lease);
    this.lease = null;
    this.connection = this.listener = null;
    this.ended = true;
  }

  /** POLLIN 1, POLLOUT 4, POLLERR 8, POLLHUP 16, POLLRDHUP 0x2000. */
  get readiness(): number {
    const { connection } = this;
    if (this.listener !== null) return this.listener.waitingCount > 0 ? 1 : 0;
    let ready = this.error === null ? 0 : 8;
    if (this.deferred !== null) return ready | 4;
    if (connection === null || this.ended) return ready | (this.ended || this.error !== null ? 0x2015 : 0x14);
    const noMore = connection.finReceived || this.readShut;
    if (connection.receiveQueue.bytes > 0 || noMore) ready |= 1;
    if (noMore) ready |= 0x2000;
    if (noMore && connection.finQueued) ready |= 16;
    if (connection.finQueued || (this.connected && this.unacknowledged < this.sendBuffer)) ready |= 4;
    return ready;
  }

  setNoDelay(on: boolean): void {
    this.noDelay = on;
    if (this.connection !== null) this.connection.noDelay = on;
    // What Nagle held back leaves now.
    if (on && this.connected && this.connection!.state >= ESTABLISHED) this.connection!.send(new PatternSource(0, 0));
  }

  setUserTimeout(nanoseconds: number): void {
    this.userTimeout = nanoseconds;
    if (this.connection !== null) this.connection.userTimeout = nanoseconds;
  }

  setKeepAlive(on: boolean): void {
    this.keepAlive = on;
    if (this.connection !== null) this.world.host.tcp.setKeepAlive(this.connection, on);
  }

  takeError(): Errno {
    const error = this.error!;
    this.error = null;
    return error;
  }

  get hasError(): boolean {
    return this.error !== null;
  }

  onConnected(): void {
    const connection = this.connection!;
    this.connected = true;
    this.synDataTaken =
      connection.synData > 0 && ((connection.sndUna - connection.iss - 1 - connection.synData) | 0) >= 0;
  }
  onConnectFailed(status: NTSTATUS): void {
    this.error = errnoOf(status);
    this.failed = this.connection;
    this.connection = null;
    this.connected = false;
    if (this.lease !== null && this.bound === null) {
      this.world.host.ports.release(this.lease);
      this.lease = null;
    }
  }
  onReset(status: NTSTATUS): void {
    // Linux says EPIPE when the other side had ended its stream before it reset the connection.
    this.error = this.connection?.finReceived === true ? 'EPIPE' : errnoOf(status);
    this.ended = true;
  }
  onSent(_request: SendRequest, _status: NTSTATUS): void {}
  onReadable(): void {}
  onEof(): void {}
  onFinAcked(): void {}
  onIncoming(): void {}
}
