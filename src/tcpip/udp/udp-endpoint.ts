import {
  type NTSTATUS,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_BUFFER_SIZE,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import type { PacketHandle } from '../../link/index.ts';
import type { DatagramOptions } from '../ip/datagram-output.ts';
import { readChain, releaseChain } from '../ip/packet-chain.ts';
import type { Path } from '../path.ts';
import type { PortLease } from '../ports.ts';
import type { ByteSink, ByteSource } from '../tcp/client.ts';
import { PROTOCOL_UDP } from '../wire/protocols.ts';
import { UDP_HEADER_BYTES } from '../wire/udp.ts';
import type { DatagramInfo } from './datagram-info.ts';
import { DatagramQueue } from './datagram-queue.ts';
import { RecentPeers } from './recent-peers.ts';
import { nobodyUdp, type UdpAddress, type UdpClient } from './udp-client.ts';
import { UdpLease } from './udp-lease.ts';
import type { UdpStack } from './udp-stack.ts';

const MOST_PAYLOAD_V4 = 65_507; // 65,535 less the headers of IPv4 and UDP
const MOST_PAYLOAD_V6 = 65_527;

/**
 * A bound UDP endpoint (RFC 768). Datagrams go out within the call, so sends keep their order and their memory is the
 * caller's again at once; what comes waits in a queue that is bounded by `receiveBuffer`.
 */
export class UdpEndpoint {
  readonly stack: UdpStack;
  readonly version: 4 | 6;
  /** null for the wildcard. */
  readonly local: Int32Array | null;
  readonly lease: PortLease;
  /** IPv6 wildcard that takes IPv4 too (IPV6_V6ONLY off). */
  readonly dual: boolean;
  client: UdpClient;
  /** SO_RCVBUF: bytes of payload that may wait or be on loan. */
  receiveBuffer: number;
  /** TTL or hop limit, DSCP and ECN, and whether IPv4 may be cut, of what is sent from now on. */
  readonly sending: { -readonly [K in keyof DatagramOptions]: DatagramOptions[K] };
  /** Datagrams that found the queue full. */
  dropped = 0;
  /** Bytes on loan. */
  lent = 0;
  /** Receives from it alone, and sends to it unless told otherwise. */
  peer: UdpAddress | null = null;
  private target: UdpAddress | null = null;
  private readonly queue: DatagramQueue;
  private readonly recent = new RecentPeers();
  private path: Path | null = null;
  private isClosed = false;
  private error: NTSTATUS = STATUS_SUCCESS;
  private errorAddress: UdpAddress | null = null;

  constructor(
    stack: UdpStack,
    version: 4 | 6,
    local: Int32Array | null,
    lease: PortLease,
    dual: boolean,
    client: UdpClient,
  ) {
    const { profile } = stack.host;
    this.stack = stack;
    this.version = version;
    this.local = local?.slice() ?? null;
    this.lease = lease;
    this.dual = dual;
    this.client = client;
    this.receiveBuffer = profile.udpReceiveBuffer;
    this.sending = { hopLimit: profile.hopLimit, trafficClass: 0, dontFragment: false };
    this.queue = new DatagramQueue(stack.arena);
  }

  get localPort(): number {
    return this.lease.port;
  }
  /** Datagrams and bytes that wait. */
  get waiting(): number {
    return this.queue.count;
  }
  get waitingBytes(): number {
    return this.queue.bytes;
  }

  /** A fixed remote address: datagrams of others are not taken. null takes it back (SIO_WSK_SET_REMOTE_ADDRESS). */
  connect(to: UdpAddress | null): NTSTATUS {
    const status = to === null ? STATUS_SUCCESS : this.check(to);
    if (status === STATUS_SUCCESS) this.peer = to === null ? null : { ...to, words: to.words.slice() };
    return status;
  }

  /** Where a send without an address goes; does not filter (SIO_WSK_SET_SENDTO_ADDRESS). null takes it back. */
  setTarget(to: UdpAddress | null): NTSTATUS {
    const status = to === null ? STATUS_SUCCESS : this.check(to);
    if (status === STATUS_SUCCESS) this.target = to === null ? null : { ...to, words: to.words.slice() };
    return status;
  }

  /**
   * Sends one datagram; it has left when the call returns, and `source` is read during it only.
   *
   * @param to null for the peer or target  @param cause the call behind it, as the machine names it
   * @returns STATUS_INVALID_PARAMETER without an address, or of the wrong family; STATUS_INVALID_ADDRESS_COMPONENT for
   * port 0 or the unspecified address; STATUS_NOT_SUPPORTED for broadcast and multicast; STATUS_INVALID_BUFFER_SIZE
   * when it is longer than UDP allows, or than the path with `dontFragment`; why there is no way to it; or
   * STATUS_INSUFFICIENT_RESOURCES
   */
  sendTo(source: ByteSource, to: UdpAddress | null = null, cause = 0): NTSTATUS {
    const target = to ?? this.peer ?? this.target;
    if (target === null) return STATUS_INVALID_PARAMETER;
    const wrong = this.check(target);
    if (wrong !== STATUS_SUCCESS) return wrong;
    if (source.length > (target.version === 4 ? MOST_PAYLOAD_V4 : MOST_PAYLOAD_V6)) return STATUS_INVALID_BUFFER_SIZE;
    const path = this.pathTo(target);
    if (typeof path === 'number') return path;
    const { output, counters } = this.stack.host;
    const length = UDP_HEADER_BYTES + source.length;
    const ports = (this.localPort << 16) | target.port;
    const pseudo = path.addressSum + PROTOCOL_UDP + length;
    this.recent.note(target.version, target.words, target.port);
    const status = output.send(path, PROTOCOL_UDP, ports, length << 16, 6, pseudo, source, this.sending, cause);
    if (status === STATUS_SUCCESS) counters.udpOutDatagrams++;
    return status;
  }

  /** Copies the first datagram and forgets it; what does not fit is lost. @returns false when none waits */
  receive(into: ByteSink, info: DatagramInfo): boolean {
    const { queue, stack } = this;
    if (queue.count === 0) return false;
    const { packet, length } = queue;
    info.read(stack.arena, packet, length, queue.interfaceIndex);
    info.copied = Math.min(length, into.length);
    info.isTruncated = info.copied < length;
    readChain(stack.arena, packet, info.copied, into);
    queue.shift();
    releaseChain(stack.arena, packet);
    return true;
  }

  /** Lends the first datagram; null when none waits. */
  borrow(): UdpLease | null {
    const { queue } = this;
    if (queue.count === 0) return null;
    const lease = new UdpLease(this, queue.packet, queue.length, queue.interfaceIndex);
    queue.shift();
    this.lent += lease.length;
    return lease;
  }

  /** The last ICMP error about a datagram of this endpoint, once; STATUS_SUCCESS when there is none. */
  takeError(): { readonly status: NTSTATUS; readonly about: UdpAddress | null } {
    const taken = { status: this.error, about: this.errorAddress };
    this.error = STATUS_SUCCESS;
    this.errorAddress = null;
    return taken;
  }

  /** What waits is dropped; loans stay good until released. The port is free. */
  close(): void {
    if (this.isClosed) return;
    this.detach();
    this.stack.remove(this);
  }

  /** For the stack: everything but the port's table. */
  detach(): void {
    this.isClosed = true;
    this.client = nobodyUdp;
    this.queue.clear();
    if (this.path !== null) this.stack.host.paths.release(this.path);
    this.path = null;
  }

  /** For the stack. @returns false when there was no room: the packet stays the caller's */
  deliver(packet: PacketHandle, length: number, interfaceIndex: number): boolean {
    if (this.queue.push(packet, length, interfaceIndex, this.receiveBuffer, this.lent)) {
      this.client.onReadable();
      return true;
    }
    this.dropped++;
    return false;
  }

  /** For the stack: an ICMP error, believed when it is about somebody that this endpoint sends to. */
  inputError(status: NTSTATUS, about: UdpAddress): void {
    this.error = status;
    this.errorAddress = about;
    this.client.onError();
  }

  hasSentTo(version: 4 | 6, words: Int32Array, port: number): boolean {
    return this.recent.has(version, words, port);
  }

  /** For a lease. */
  takeBack(packet: PacketHandle, length: number, interfaceIndex: number): void {
    this.lent -= length;
    if (this.isClosed) releaseChain(this.stack.arena, packet);
    else this.queue.unshift(packet, length, interfaceIndex);
  }

  private check(to: UdpAddress): NTSTATUS {
    if (this.isClosed) return STATUS_INVALID_DEVICE_STATE;
    if (to.version !== this.version && !(this.dual && to.version === 4)) return STATUS_INVALID_PARAMETER;
    if (!(to.port > 0 && to.port <= 65_535) || to.words.every((word) => word === 0)) {
      return STATUS_INVALID_ADDRESS_COMPONENT;
    }
    return this.stack.host.isGroup(to.version, to.words) ? STATUS_NOT_SUPPORTED : STATUS_SUCCESS;
  }

  /** The path of the last datagram is kept: most go where the last one went. */
  private pathTo(to: UdpAddress): Path | NTSTATUS {
    const { path } = this;
    const { host } = this.stack;
    if (path?.matches(to.version, this.local ?? path.local, to.words)) {
      path.age(host.executor.now());
      return path;
    }
    const found = host.pathTo(to.version, this.local, to.words);
    if (typeof found === 'number') return found;
    if (path !== null) host.paths.release(path);
    this.path = found;
    return found;
  }
}
