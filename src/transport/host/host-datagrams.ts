import {
  type ADDRESS_FAMILY,
  AF_INET6,
  copySockaddr,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import {
  EPOLLERR,
  EPOLLIN,
  EPOLLOUT,
  MSG_DONTWAIT,
  MSG_NOSIGNAL,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
} from '../../system/libc.ts';
import type { ReadinessTarget } from '../../system/reactor.ts';
import {
  type DatagramEndpoint,
  type DatagramEvents,
  DatagramInfo,
  type DatagramLease,
  type DatagramOption,
  type Gather,
  type Scatter,
  type TransportOp,
} from '../../wsk/transport.ts';
import { DatagramStore } from '../datagram-store.ts';
import { applyDatagramOption, tellDestinations } from './datagram-options.ts';
import { EAGAIN, statusFromErrno } from './errno.ts';
import type { HostTransport } from './host-transport.ts';
import { fromLinux, linuxFamily, toLinux } from './linux-sockaddr.ts';
import { takeError } from './socket-options.ts';

const DEFAULT_RECEIVE_BUFFER = 65_536;
const noBytes = new Uint8Array(1);

// Scratch for addresses: nothing is kept in it across a call.
const address = new Uint8Array(28);
const addressLength = new Uint8Array(4);

interface Send {
  readonly data: Gather;
  readonly to: SOCKADDR;
  readonly op: TransportOp;
}

/** One UDP socket of the system. */
export class HostDatagrams implements DatagramEndpoint, ReadinessTarget {
  private readonly host: HostTransport;
  private readonly family: ADDRESS_FAMILY;
  private readonly events: DatagramEvents;
  private readonly options: Partial<Record<DatagramOption, number>> = {};
  private readonly store = new DatagramStore(DEFAULT_RECEIVE_BUFFER);
  /** What the system would not take at once. */
  private readonly sends: Send[] = [];
  private fd: number;
  private slot = -1;
  /** What epoll said last and no system call has refuted since. */
  private mayRead = false;

  private constructor(host: HostTransport, family: ADDRESS_FAMILY, fd: number, events: DatagramEvents) {
    this.host = host;
    this.family = family;
    this.fd = fd;
    this.events = events;
  }

  static create(host: HostTransport, family: ADDRESS_FAMILY, events: DatagramEvents): HostDatagrams | NTSTATUS {
    const fd = host.libc.socket(linuxFamily(family), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return statusFromErrno(host.libc.errno());
    const endpoint = new HostDatagrams(host, family, fd, events);
    // Windows' default, whatever the system's.
    if (family === AF_INET6) endpoint.setOption('v6Only', 1);
    tellDestinations(host.libc, fd, family);
    return endpoint;
  }

  bind(to: SOCKADDR, op: TransportOp): void {
    const { libc, reactor } = this.host;
    const isBound = libc.bind(this.fd, address, toLinux(to, address)) === 0;
    const status = isBound ? STATUS_SUCCESS : statusFromErrno(libc.errno());
    if (isBound) this.slot = reactor.add(this.fd, this);
    this.report(op, status, 0);
  }

  sendTo(data: Gather, to: SOCKADDR, op: TransportOp): void {
    const send = { data, to: copySockaddr(to), op };
    if (this.fd < 0) this.report(op, STATUS_CANCELLED, 0);
    else if (this.sends.length > 0 || !this.trySend(send)) this.sends.push(send);
  }

  /** @returns false when the system takes no more now */
  private trySend({ data, to, op }: Send): boolean {
    const { libc } = this.host;
    const size = toLinux(to, address);
    const taken = libc.sendto(this.fd, inOnePiece(data), data.length, MSG_DONTWAIT | MSG_NOSIGNAL, address, size);
    const errno = Number(taken) < 0 ? libc.errno() : 0;
    if (errno === EAGAIN) return false;
    this.report(op, errno === 0 ? STATUS_SUCCESS : statusFromErrno(errno), errno === 0 ? data.length : 0);
    return true;
  }

  receive(into: Scatter, info: DatagramInfo): boolean {
    if (this.store.receive(into, info)) return true;
    const length = this.next(info);
    if (length < 0) return false;
    into.copyFrom(0, this.host.receiver.bytes, 0, Math.min(length, into.length));
    return true;
  }

  /** Takes the next wanted datagram from the system, into the receiver. @returns its bytes; -1 for none now */
  private next(info: DatagramInfo): number {
    const { libc, receiver } = this.host;
    let hadError = false;
    while (this.mayRead && this.fd >= 0) {
      const length = receiver.receive(this.fd, info);
      if (length >= 0 && this.store.wants(info.remote)) return length;
      if (length >= 0) continue;
      // Anything but EAGAIN is about a datagram that was sent, and told once: WSK has no place for it.
      this.mayRead = libc.errno() !== EAGAIN && !hadError;
      hadError = true;
    }
    return -1;
  }

  borrow(): DatagramLease | null {
    if (!this.store.isEmpty || this.store.isLentOut) return this.store.lendNext();
    const info = new DatagramInfo(this.family);
    const length = this.next(info);
    return length < 0 ? null : this.store.lend({ bytes: this.host.receiver.bytes.slice(0, length), info });
  }

  setRemote(remote: SOCKADDR | null): NTSTATUS {
    this.store.remote = remote;
    return STATUS_SUCCESS;
  }

  close(op: TransportOp): void {
    for (const send of this.sends.splice(0)) this.report(send.op, STATUS_CANCELLED, 0);
    if (this.slot >= 0) this.host.reactor.remove(this.slot);
    if (this.fd >= 0) this.host.libc.close(this.fd);
    this.slot = this.fd = -1;
    this.report(op, STATUS_SUCCESS, 0);
  }

  cancel(op: TransportOp): boolean {
    const index = this.sends.findIndex((send) => send.op === op);
    if (index >= 0) this.sends.splice(index, 1);
    return index >= 0;
  }

  onReadiness(events: number): void {
    // The error is about a datagram that was sent; asking clears it.
    if ((events & EPOLLERR) !== 0) takeError(this.host.libc, this.fd);
    if ((events & EPOLLOUT) !== 0) while (this.sends.length > 0 && this.trySend(this.sends[0])) this.sends.shift();
    if ((events & EPOLLIN) === 0) return;
    this.mayRead = true;
    this.events.onReadable();
  }

  localAddress(): SOCKADDR | null {
    addressLength[0] = 28;
    if (this.slot < 0) return null;
    return this.host.libc.getsockname(this.fd, address, addressLength) === 0 ? fromLinux(address) : null;
  }

  setOption(option: DatagramOption, value: number): NTSTATUS {
    const status = applyDatagramOption(this.host.libc, this.fd, option, value);
    if (!NT_SUCCESS(status)) return status;
    this.options[option] = option === 'receiveBuffer' ? value : Math.min(value, 1);
    if (option === 'receiveBuffer') this.store.limit = value;
    return status;
  }

  getOption(option: DatagramOption): number {
    return this.options[option] ?? (option === 'receiveBuffer' ? DEFAULT_RECEIVE_BUFFER : 0);
  }

  private report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.host.reporter.report(op, status, information);
  }
}

/** A datagram's bytes where they lie, or copied together when they lie in several places. */
const inOnePiece = (data: Gather): Uint8Array => {
  if (data.length === 0) return noBytes;
  const first = data.view(0);
  if (first.length >= data.length) return first;
  const all = new Uint8Array(data.length);
  data.copyTo(0, all, 0, data.length);
  return all;
};
