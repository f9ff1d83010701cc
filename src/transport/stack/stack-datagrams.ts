import {
  type ADDRESS_FAMILY,
  type NTSTATUS,
  type SOCKADDR,
  STATUS_CANCELLED,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import { type UdpClient, type UdpEndpoint, DatagramInfo as UdpInfo } from '../../tcpip/index.ts';
import type {
  DatagramEndpoint,
  DatagramEvents,
  DatagramInfo,
  DatagramLease,
  DatagramOption,
  Gather,
  Scatter,
  TransportOp,
} from '../../wsk/transport.ts';
import { Destination, netAddress, sockaddrOf } from './addresses.ts';
import { fillInfo, StackDatagramLease } from './stack-datagram-lease.ts';
import type { StackTransport } from './stack-transport.ts';
import type { ReadableSource } from './upcalls.ts';

const WILDCARD = new Int32Array(4);
const LARGEST_BUFFER = 1 << 30;

/**
 * One datagram socket of WSK on the stack. Datagrams leave within the call that sends them. What the network says of
 * those that did not arrive (ICMP) is not told: WSK has no place for it.
 */
export class StackDatagrams implements DatagramEndpoint, UdpClient, ReadableSource {
  readonly events: DatagramEvents;
  isClosed = false;
  private readonly transport: StackTransport;
  private readonly family: ADDRESS_FAMILY;
  private udp: UdpEndpoint | null = null;
  private readonly options: Record<DatagramOption, number>;
  private readonly destination = new Destination();
  private readonly received = new UdpInfo();
  private readableNoted = false;

  constructor(transport: StackTransport, family: ADDRESS_FAMILY, events: DatagramEvents) {
    this.transport = transport;
    this.family = family;
    this.events = events;
    const receiveBuffer = transport.host.profile.udpReceiveBuffer;
    // IPV6_V6ONLY is on by default, as on Windows.
    this.options = { reuseAddress: 0, exclusiveAddress: 0, receiveBuffer, broadcast: 0, v6Only: 1, packetInfo: 0 };
  }

  bind(address: SOCKADDR, op: TransportOp): void {
    this.complete(op, this.tryBind(address), 0);
  }

  private tryBind(address: SOCKADDR): NTSTATUS {
    if (address.sa_family !== this.family) return STATUS_INVALID_PARAMETER;
    if (this.udp !== null || this.isClosed) return STATUS_INVALID_DEVICE_STATE;
    const { version, words } = netAddress(address);
    const udp = this.transport.host.udp.bind(version, words, address.port, this, {
      shared: this.options.reuseAddress === 1,
      exclusive: this.options.exclusiveAddress === 1,
      v6Only: this.options.v6Only === 1,
    });
    if (typeof udp === 'number') return udp;
    udp.receiveBuffer = this.options.receiveBuffer;
    this.udp = udp;
    return STATUS_SUCCESS;
  }

  sendTo(data: Gather, to: SOCKADDR, op: TransportOp): void {
    const { udp } = this;
    const status = udp === null ? STATUS_INVALID_DEVICE_STATE : udp.sendTo(data, this.destination.set(to), op.cause);
    this.complete(op, this.isClosed ? STATUS_CANCELLED : status, status === STATUS_SUCCESS ? data.length : 0);
  }

  receive(into: Scatter, info: DatagramInfo): boolean {
    const { received } = this;
    if (this.udp === null || !this.udp.receive(into, received)) return false;
    fillInfo(info, received);
    return true;
  }

  borrow(): DatagramLease | null {
    const lease = this.udp?.borrow() ?? null;
    return lease === null ? null : new StackDatagramLease(this.family, lease);
  }

  setRemote(remote: SOCKADDR | null): NTSTATUS {
    if (this.udp === null) return STATUS_INVALID_DEVICE_STATE;
    return this.udp.connect(remote === null ? null : this.destination.set(remote));
  }

  close(op: TransportOp): void {
    this.isClosed = true;
    this.udp?.close();
    this.complete(op, STATUS_SUCCESS, 0);
  }

  /** Everything has ended already, and will be told. */
  cancel(): boolean {
    return false;
  }

  localAddress(): SOCKADDR | null {
    const { udp, family } = this;
    return udp === null ? null : sockaddrOf(family, udp.version, udp.local ?? WILDCARD, udp.localPort);
  }

  setOption(option: DatagramOption, value: number): NTSTATUS {
    if (!Number.isInteger(value) || value < 0) return STATUS_INVALID_PARAMETER;
    // The stack has no groups of hosts.
    if (option === 'broadcast' && value !== 0) return STATUS_NOT_SUPPORTED;
    if (option === 'receiveBuffer' && (value === 0 || value > LARGEST_BUFFER)) return STATUS_INVALID_PARAMETER;
    this.options[option] = option === 'receiveBuffer' ? value : Math.min(value, 1);
    if (option === 'receiveBuffer' && this.udp !== null) this.udp.receiveBuffer = value;
    return STATUS_SUCCESS;
  }

  getOption(option: DatagramOption): number {
    return this.options[option];
  }

  // What the stack tells (UdpClient); signals go on through the upcalls.

  onReadable(): void {
    if (this.readableNoted) return;
    this.readableNoted = true;
    this.transport.upcalls.readable(this);
  }

  onError(): void {}

  readableTold(): void {
    this.readableNoted = false;
  }

  private complete(op: TransportOp, status: NTSTATUS, information: number): void {
    this.transport.upcalls.complete(op, status, information);
  }
}
