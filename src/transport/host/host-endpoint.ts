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
  STATUS_SUCCESS,
} from '../../base/index.ts';
import {
  EPOLLERR,
  EPOLLHUP,
  EPOLLIN,
  EPOLLOUT,
  EPOLLRDHUP,
  MSG_DONTWAIT,
  MSG_FASTOPEN,
  MSG_NOSIGNAL,
  SHUT_WR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
} from '../../system/libc.ts';
import type { ReadinessTarget } from '../../system/reactor.ts';
import type { EventTarget } from '../../time/index.ts';
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
import { EAGAIN, ECONNRESET, EINPROGRESS, EOPNOTSUPP, statusFromConnectErrno, statusFromErrno } from './errno.ts';
import type { HostTransport } from './host-transport.ts';
import { fromLinux, linuxFamily, toLinux, withPort } from './linux-sockaddr.ts';
import { SendQueue, type SendTarget } from './send-queue.ts';
import {
  applyOption,
  closeWithReset,
  deferPortToConnect,
  IPPROTO_TCP,
  SO_REUSEADDR,
  SOL_SOCKET,
  setInt,
  synDataAcked,
  TCP_FASTOPEN,
  takeError,
} from './socket-options.ts';

const BACKLOG = 4096;
const PENDING_FAST_OPENS = 256;
const NO_EARLY_DATA: EarlyData = { bytesInSyn: 0, acked: false };
const DEFAULT_RECEIVE_BUFFER = 65_536;
/** Bytes that are taken from the system at a time to be lent. */
const CHUNK = 65_536;

// Scratch for addresses: nothing is kept in it across a call.
const address = new Uint8Array(28);
const addressLength = new Uint8Array(new Int32Array([28]).buffer);

/** One socket of the system. */
export class HostEndpoint implements StreamEndpoint, ReadinessTarget, SendTarget, EventTarget {
  events: StreamEvents;
  earlyData: EarlyData = NO_EARLY_DATA;
  readonly idealBacklog = 65_536;
  private readonly host: HostTransport;
  private readonly family: ADDRESS_FAMILY;
  private options: Partial<Record<StreamOption, number>> = {};
  private fd: number;
  private slot = -1;
  /** What bind was asked for, with the port that came of it once a connect has failed. */
  private bound: SOCKADDR | null = null;
  /** Kept beyond the connection: the system forgets the peer's address as soon as it is reset. */
  private local: SOCKADDR | null = null;
  private remote: SOCKADDR | null = null;
  private state: 'open' | 'listening' | 'connecting' | 'connected' | 'dead' = 'open';
  private connectOp: TransportOp | null = null;
  private early: Gather | null = null;
  private shutdownOp: TransportOp | null = null;
  private ownEnd = false;
  private readonly sends = new SendQueue();
  /** What epoll said last and no system call has refuted since. */
  private mayRead = false;
  private peerEnded = false;
  endOfStream = false;
  private readonly loan = new ReceiveLoan();

  private constructor(host: HostTransport, family: ADDRESS_FAMILY, fd: number, events: StreamEvents) {
    this.host = host;
    this.family = family;
    this.fd = fd;
    this.events = events;
  }

  static create(host: HostTransport, family: ADDRESS_FAMILY, events: StreamEvents): HostEndpoint | NTSTATUS {
    const fd = openSocket(host, family);
    if (fd < 0) return statusFromErrno(host.libc.errno());
    const endpoint = new HostEndpoint(host, family, fd, events);
    // Windows' default, whatever the system's.
    if (family === AF_INET6) endpoint.setOption('v6Only', 1);
    return endpoint;
  }

  bind(to: SOCKADDR, op: TransportOp): void {
    const status = this.bindNow(to);
    if (NT_SUCCESS(status)) this.bound = copySockaddr(to);
    this.report(op, status, 0);
  }

  private bindNow(to: SOCKADDR): NTSTATUS {
    const { libc, deferPort } = this.host;
    if (deferPort && to.port === 0) deferPortToConnect(libc, this.fd);
    const size = toLinux(to, address);
    if (libc.bind(this.fd, address, size) === 0) return STATUS_SUCCESS;
    const status = statusFromErrno(libc.errno());
    if (to.port === 0 || this.options.exclusiveAddress === 1) return status;
    // Connections left over from a listener that is gone do not block its port on Windows.
    setInt(libc, this.fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (libc.bind(this.fd, address, size) === 0) return STATUS_SUCCESS;
    setInt(libc, this.fd, SOL_SOCKET, SO_REUSEADDR, 0);
    return status;
  }

  listen(op: TransportOp): void {
    const { libc } = this.host;
    // Accepted sockets inherit it, and so let the next listener have the port.
    setInt(libc, this.fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (this.options.fastOpen === 1) setInt(libc, this.fd, IPPROTO_TCP, TCP_FASTOPEN, PENDING_FAST_OPENS);
    const status = libc.listen(this.fd, BACKLOG) === 0 ? STATUS_SUCCESS : statusFromErrno(libc.errno());
    if (NT_SUCCESS(status)) {
      this.state = 'listening';
      this.watch();
    }
    this.report(op, status, 0);
  }

  accept(): StreamEndpoint | null {
    if (!this.mayRead) return null;
    addressLength[0] = 28;
    const fd = this.host.libc.accept4(this.fd, address, addressLength, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) {
      // Out of descriptors, say: the connection still waits and the next call tries again.
      this.mayRead = this.host.libc.errno() !== EAGAIN;
      return null;
    }
    const accepted = new HostEndpoint(this.host, this.family, fd, this.events);
    // A peer that has reset the connection meanwhile is told here, and nowhere else any more.
    accepted.remote = fromLinux(address);
    accepted.options = { ...this.options };
    accepted.state = 'connected';
    accepted.mayRead = true;
    accepted.watch();
    return accepted;
  }

  inspectComplete(): boolean {
    return false;
  }

  connect(to: SOCKADDR, early: Gather | null, op: TransportOp): void {
    // After a failure: the descriptor, or the port, that could not be had then may be free by now.
    const obstacle = this.fd < 0 ? this.reopen() : STATUS_SUCCESS;
    if (!NT_SUCCESS(obstacle)) {
      this.report(op, obstacle, 0);
      return;
    }
    this.connectOp = op;
    this.early = early;
    this.earlyData = NO_EARLY_DATA;
    this.state = 'connecting';
    this.remote = isWildcard(to) ? null : copySockaddr(to);
    const errno = this.sendSyn(to, early);
    if (errno === 0 || errno === EINPROGRESS) this.watch();
    else this.connectFailed(statusFromConnectErrno(errno));
  }

  /** Starts the handshake, with as much of `early` in the SYN as the system puts there. @returns errno or 0 */
  private sendSyn(to: SOCKADDR, early: Gather | null): number {
    const { libc } = this.host;
    const size = toLinux(to, address);
    if (early !== null && this.options.fastOpen === 1) {
      const first = early.view(0);
      const inSyn = Number(libc.sendto(this.fd, first, first.length, MSG_FASTOPEN | MSG_NOSIGNAL, address, size));
      if (inSyn >= 0) {
        this.earlyData = new SynData(inSyn, this);
        return 0;
      }
      const errno = libc.errno();
      // Switched off in the system: an ordinary handshake is all that is lost.
      if (errno !== EOPNOTSUPP) return errno;
    }
    return libc.connect(this.fd, address, size) === 0 ? 0 : libc.errno();
  }

  send(data: Gather, op: TransportOp): void {
    if (this.state !== 'connected') {
      this.report(op, STATUS_INVALID_DEVICE_STATE, 0);
      return;
    }
    const idle = this.sends.isEmpty;
    this.sends.push(data, op, 0);
    if (idle) this.flush();
  }

  private flush(): void {
    const errno = this.sends.flush(this.host.libc, this.fd, this);
    if (errno === 0 && this.shutdownOp !== null) this.endOwnSide();
    else if (errno !== 0 && errno !== EAGAIN) this.lost(statusFromErrno(errno));
  }

  sent(op: TransportOp, bytes: number): void {
    this.report(op, STATUS_SUCCESS, bytes);
  }

  read(into: Scatter, at: number): number {
    if (this.state !== 'connected') return 0;
    const lent = this.loan.moveTo(into, at);
    if (lent > 0) return lent;
    if (!this.mayRead) return 0;
    const piece = into.view(at);
    return this.receive(piece);
  }

  /** Receives into `piece`. @returns bytes; 0 when there are none now, or at the end of the stream */
  private receive(piece: Uint8Array): number {
    const count = Number(this.host.libc.recv(this.fd, piece, piece.length, MSG_DONTWAIT));
    if (count > 0) {
      // A short read has emptied the socket: more data makes a new edge. An end that was seen already does not.
      if (count < piece.length && !this.peerEnded) this.mayRead = false;
      return count;
    }
    this.mayRead = false;
    if (count === 0) {
      this.endOfStream = true;
      this.peerEnded = true;
      return 0;
    }
    const errno = this.host.libc.errno();
    if (errno !== EAGAIN) this.lost(statusFromErrno(errno));
    return 0;
  }

  borrow(max: number): Lease | null {
    if (this.state !== 'connected') return null;
    return this.loan.borrow(max, this.getOption('receiveBuffer'), () => this.takeChunk());
  }

  private takeChunk(): Uint8Array | null {
    if (!this.mayRead) return null;
    const chunk = new Uint8Array(CHUNK);
    const count = this.receive(chunk);
    return count === 0 ? null : chunk.subarray(0, count);
  }

  shutdown(op: TransportOp): void {
    this.shutdownOp = op;
    if (this.sends.isEmpty) this.endOwnSide();
  }

  /** Who closes as soon as the end is reported saves the system a call: closing sends the end as well. */
  private endOwnSide(): void {
    this.ownEnd = true;
    this.report(this.shutdownOp!, STATUS_SUCCESS, 0);
    this.shutdownOp = null;
    this.host.executor.post(this, 0, 0);
  }

  /** Comes behind the report of `shutdown`. */
  onEvent(): void {
    if (this.fd >= 0) this.host.libc.shutdown(this.fd, SHUT_WR);
  }

  abort(op: TransportOp): void {
    this.keepLocalAddress();
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
    const left = this.sends.remove(op);
    if (left > 0) this.abortSoon();
    return left >= 0;
  }

  /** Resets the connection because a request that had begun was taken back. */
  private abortSoon(): void {
    this.keepLocalAddress();
    this.endAll(STATUS_CONNECTION_ABORTED);
    this.release(true);
    this.reportReset(STATUS_CONNECTION_ABORTED);
  }

  onReadiness(events: number): void {
    if ((events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) !== 0) this.mayRead = true;
    if (this.state === 'listening') this.events.onIncoming();
    else if (this.state === 'connecting') this.connectReady(events);
    else this.connectedReady(events);
  }

  private connectReady(events: number): void {
    if ((events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) === 0) return;
    const errno = (events & (EPOLLERR | EPOLLHUP)) === 0 ? 0 : takeError(this.host.libc, this.fd);
    if (errno === 0) {
      this.connected(events);
    } else if (errno === ECONNRESET) {
      // Who refuses a SYN is known by another error: the peer had accepted, and broke off before we looked.
      this.connected(0);
      if (this.state === 'connected') this.lost(STATUS_CONNECTION_RESET);
    } else {
      this.connectFailed(statusFromConnectErrno(errno));
    }
  }

  private connected(events: number): void {
    const op = this.connectOp!;
    const { early } = this;
    const inSyn = this.earlyData.bytesInSyn ?? 0;
    this.connectOp = null;
    this.early = null;
    this.state = 'connected';
    if (early !== null && inSyn < early.length) {
      this.sends.push(early, null, inSyn);
      this.flush();
    }
    op.onTransportComplete(STATUS_SUCCESS, 0);
    if (this.state === 'connected') this.connectedReady(events & ~EPOLLOUT);
  }

  private connectedReady(events: number): void {
    if (this.state !== 'connected') return;
    if ((events & EPOLLOUT) !== 0 && !this.sends.isEmpty) this.flush();
    if ((events & (EPOLLRDHUP | EPOLLHUP)) !== 0) this.peerEnded = true;
    if ((events & EPOLLIN) !== 0) this.events.onReadable();
    if ((events & EPOLLERR) !== 0 && this.fd >= 0) {
      const errno = takeError(this.host.libc, this.fd);
      if (errno !== 0) {
        this.lost(statusFromErrno(errno));
        return;
      }
    }
    if ((events & (EPOLLRDHUP | EPOLLHUP)) !== 0 && this.fd >= 0) this.events.onEof();
  }

  /** Back to bound, with a new socket of the system in place of the one that failed. */
  private connectFailed(status: NTSTATUS): void {
    const op = this.connectOp!;
    const { bound } = this;
    const port = this.localAddress()?.port ?? 0;
    if (bound !== null && bound.port === 0 && !this.host.deferPort) this.bound = withPort(bound, port);
    this.connectOp = null;
    this.early = null;
    this.release(false);
    this.local = null;
    this.remote = null;
    this.reopen();
    this.report(op, status, 0);
  }

  /** A new descriptor with the old one's options and address. Without one, the next connect tries again. */
  private reopen(): NTSTATUS {
    const { libc } = this.host;
    this.fd = openSocket(this.host, this.family);
    if (this.fd < 0) return statusFromErrno(libc.errno());
    for (const [name, value] of Object.entries(this.options)) applyOption(libc, this.fd, name as StreamOption, value);
    const status = this.bound === null ? STATUS_SUCCESS : this.bindNow(this.bound);
    if (NT_SUCCESS(status)) this.state = 'open';
    else this.release(false);
    return status;
  }

  /** The connection died under us. Delivered after the present call. */
  private lost(status: NTSTATUS): void {
    this.keepLocalAddress();
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
    const ops = this.sends.takeAll();
    if (this.shutdownOp !== null) ops.push(this.shutdownOp);
    if (this.connectOp !== null) ops.push(this.connectOp);
    this.shutdownOp = null;
    this.connectOp = null;
    for (const op of ops) this.report(op, status, 0);
  }

  private release(reset: boolean): void {
    if (this.slot >= 0) this.host.reactor.remove(this.slot);
    this.slot = -1;
    if (this.fd >= 0) {
      if (reset) closeWithReset(this.host.libc, this.fd);
      else this.host.libc.close(this.fd);
    }
    this.fd = -1;
    this.state = 'dead';
  }

  private watch(): void {
    this.slot = this.host.reactor.add(this.fd, this);
  }

  /** Whether the bytes in the SYN were acknowledged with it; null before the handshake is over and after the end. */
  synDataAcked(): boolean | null {
    return this.state === 'connected' ? synDataAcked(this.host.libc, this.fd) : null;
  }

  private report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.host.reporter.report(op, status, information);
  }

  /** The descriptor is about to go; who asks later still learns where the connection was. */
  private keepLocalAddress(): void {
    this.local = this.localAddress();
  }

  localAddress(): SOCKADDR | null {
    const { libc } = this.host;
    addressLength[0] = 28;
    if (this.fd < 0) return this.local ?? this.bound;
    return libc.getsockname(this.fd, address, addressLength) === 0 ? fromLinux(address) : this.local;
  }

  remoteAddress(): SOCKADDR | null {
    if (this.remote === null && this.fd >= 0) {
      addressLength[0] = 28;
      const known = this.host.libc.getpeername(this.fd, address, addressLength) === 0;
      this.remote = known ? fromLinux(address) : null;
    }
    return this.remote;
  }

  get receiveBacklog(): number {
    return this.loan.held;
  }

  setOption(option: StreamOption, value: number): NTSTATUS {
    const status = applyOption(this.host.libc, this.fd, option, value);
    if (NT_SUCCESS(status)) this.options[option] = value;
    return status;
  }

  getOption(option: StreamOption): number {
    return this.options[option] ?? (option === 'receiveBuffer' ? DEFAULT_RECEIVE_BUFFER : 0);
  }
}

/** What is known of the bytes in a SYN. Asks the system when somebody wants to know, once. */
class SynData implements EarlyData {
  readonly bytesInSyn: number;
  private readonly endpoint: HostEndpoint;
  private known: boolean | null = null;

  constructor(bytesInSyn: number, endpoint: HostEndpoint) {
    this.bytesInSyn = bytesInSyn;
    this.endpoint = endpoint;
  }

  get acked(): boolean | null {
    return (this.known ??= this.endpoint.synDataAcked());
  }
}

const openSocket = (host: HostTransport, family: ADDRESS_FAMILY): number =>
  host.libc.socket(linuxFamily(family), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
