import { createSocket, type Socket } from 'node:dgram';
import {
  type ADDRESS_FAMILY,
  AF_INET6,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
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
import { statusFromCode } from '../system-error.ts';
import { fromNode, hostText } from './net-address.ts';
import type { NetTransport } from './net-transport.ts';

const DEFAULT_RECEIVE_BUFFER = 65_536;

/** One `dgram.Socket`, from bind on: only then are its options known. */
export class NetDatagrams implements DatagramEndpoint {
  private readonly net: NetTransport;
  private readonly family: ADDRESS_FAMILY;
  private readonly events: DatagramEvents;
  private readonly options = new Map<DatagramOption, number>();
  private readonly store = new DatagramStore(DEFAULT_RECEIVE_BUFFER);
  private socket: Socket | null = null;
  private isClosed = false;
  private bindOp: TransportOp | null = null;
  private readonly sends = new Set<TransportOp>();

  constructor(net: NetTransport, family: ADDRESS_FAMILY, events: DatagramEvents) {
    this.net = net;
    this.family = family;
    this.events = events;
    // Windows' default, whatever the system's.
    if (family === AF_INET6) this.options.set('v6Only', 1);
  }

  bind(to: SOCKADDR, op: TransportOp): void {
    const socket = createSocket({
      type: this.family === AF_INET6 ? 'udp6' : 'udp4',
      reuseAddr: this.getOption('reuseAddress') === 1,
      ipv6Only: this.getOption('v6Only') === 1,
      // Addresses are numbers here: there is nothing to look up.
      lookup: (host, _options, done) => done(null, host, this.family === AF_INET6 ? 6 : 4),
    });
    this.bindOp = op;
    this.socket = socket;
    this.net.open.add(this);
    socket.once('listening', () => this.bound());
    socket.on('message', (bytes, { address, port }) => this.arrived(bytes, fromNode(address, port)!));
    socket.on('error', (error: NodeJS.ErrnoException) => this.bindEnded(statusFromCode(error.code)));
    socket.bind({ address: hostText(to), port: to.port, exclusive: true });
  }

  private bound(): void {
    this.socket!.setBroadcast(this.getOption('broadcast') === 1);
    this.bindEnded(STATUS_SUCCESS);
  }

  private bindEnded(status: NTSTATUS): void {
    const op = this.bindOp;
    this.bindOp = null;
    if (op === null) return;
    if (!NT_SUCCESS(status)) this.drop();
    this.report(op, status, 0);
  }

  private arrived(bytes: Uint8Array, from: SOCKADDR): void {
    const info = new DatagramInfo(this.family);
    info.remote.assign(from);
    info.length = bytes.length;
    if (this.store.push({ bytes, info })) this.events.onReadable();
  }

  sendTo(data: Gather, to: SOCKADDR, op: TransportOp): void {
    const { socket } = this;
    if (socket === null) {
      this.report(op, this.isClosed ? STATUS_CANCELLED : STATUS_INVALID_DEVICE_STATE, 0);
      return;
    }
    // `dgram` reads the bytes some time later: they have to be its own.
    const bytes = new Uint8Array(data.length);
    data.copyTo(0, bytes, 0, data.length);
    this.sends.add(op);
    socket.send(bytes, to.port, hostText(to), (error: NodeJS.ErrnoException | null) => {
      if (!this.sends.delete(op)) return;
      this.report(op, error === null ? STATUS_SUCCESS : statusFromCode(error.code), error === null ? bytes.length : 0);
    });
  }

  receive(into: Scatter, info: DatagramInfo): boolean {
    return this.store.receive(into, info);
  }

  borrow(): DatagramLease | null {
    return this.store.lendNext();
  }

  setRemote(remote: SOCKADDR | null): NTSTATUS {
    this.store.remote = remote;
    return STATUS_SUCCESS;
  }

  close(op: TransportOp): void {
    this.isClosed = true;
    const waiting = this.bindOp === null ? [...this.sends] : [this.bindOp, ...this.sends];
    this.bindOp = null;
    this.sends.clear();
    for (const pending of waiting) this.report(pending, STATUS_CANCELLED, 0);
    this.drop();
    this.report(op, STATUS_SUCCESS, 0);
  }

  /** Frees what it has of the system. */
  drop(): void {
    this.net.open.delete(this);
    this.socket?.removeAllListeners('message');
    this.socket?.close();
    this.socket = null;
  }

  /** A datagram that was handed over cannot be had back. */
  cancel(): boolean {
    return false;
  }

  localAddress(): SOCKADDR | null {
    if (this.socket === null || this.bindOp !== null) return null;
    const { address, port } = this.socket.address();
    return fromNode(address, port);
  }

  setOption(option: DatagramOption, value: number): NTSTATUS {
    if (option === 'packetInfo' && value !== 0) return STATUS_NOT_SUPPORTED;
    const kept = option === 'receiveBuffer' ? value : Math.min(value, 1);
    this.options.set(option, kept);
    if (option === 'receiveBuffer') this.store.limit = value;
    // Not while it binds: then it is set afterwards.
    if (option === 'broadcast' && this.bindOp === null) this.socket?.setBroadcast(kept === 1);
    return STATUS_SUCCESS;
  }

  getOption(option: DatagramOption): number {
    return this.options.get(option) ?? (option === 'receiveBuffer' ? DEFAULT_RECEIVE_BUFFER : 0);
  }

  private report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.net.reporter.report(op, status, information);
  }
}
