import {
  type NTSTATUS,
  STATUS_ADDRESS_ALREADY_ASSOCIATED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_PARAMETER,
} from '../../base/index.ts';
import { foldChecksum, type PacketArena, type PacketHandle } from '../../link/index.ts';
import type { Executor } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import type { DatagramOutput } from '../ip/datagram-output.ts';
import type { IpProfile } from '../ip/ip-profile.ts';
import { aimChain, releaseChain, sumChain } from '../ip/packet-chain.ts';
import type { Path, PathTable } from '../path.ts';
import type { AddressId, PortTable } from '../ports.ts';
import { PROTOCOL_UDP } from '../wire/protocols.ts';
import { UDP_HEADER_BYTES } from '../wire/udp.ts';
import type { UdpClient } from './udp-client.ts';
import { UdpEndpoint } from './udp-endpoint.ts';

/** What UDP asks of the host beneath it. */
export interface UdpHost {
  readonly executor: Executor;
  readonly arena: PacketArena;
  readonly counters: HostCounters;
  readonly profile: IpProfile;
  readonly paths: PathTable;
  /** A table of UDP's own: its ports are not TCP's. */
  readonly udpPorts: PortTable;
  readonly output: DatagramOutput;
  pathTo(version: 4 | 6, local: Int32Array | null, remote: Int32Array): Path | NTSTATUS;
  isLocal(version: 4 | 6, words: Int32Array): boolean;
  /** A broadcast or multicast address. */
  isGroup(version: 4 | 6, words: Int32Array): boolean;
  addressId(version: 4 | 6, words: Int32Array | null): AddressId;
}

export interface UdpBindOptions {
  /** SO_REUSEADDR and SO_EXCLUSIVEADDRUSE. */
  readonly shared?: boolean;
  readonly exclusive?: boolean;
  /** IPV6_V6ONLY; on unless given. Off, an endpoint on the IPv6 wildcard takes and sends IPv4 too. */
  readonly v6Only?: boolean;
}

/** UDP of one host: which endpoint a datagram is for (RFC 768, RFC 1122 section 4.1). */
export class UdpStack {
  readonly host: UdpHost;
  readonly arena: PacketArena;
  private readonly endpoints = new Map<number, UdpEndpoint[]>();

  constructor(host: UdpHost) {
    this.host = host;
    this.arena = host.arena;
  }

  /** Endpoints that are open. */
  get endpointCount(): number {
    let count = 0;
    for (const beside of this.endpoints.values()) count += beside.length;
    return count;
  }

  /**
   * A new endpoint.
   * @param local null for the wildcard  @param port 0 for one of the ephemeral range
   * @returns STATUS_INVALID_ADDRESS_COMPONENT when the address is not the host's, STATUS_INVALID_PARAMETER for a port
   * that is none, STATUS_ADDRESS_ALREADY_ASSOCIATED when it is taken, STATUS_INSUFFICIENT_RESOURCES when all are
   */
  bind(
    version: 4 | 6,
    local: Int32Array | null,
    port: number,
    client: UdpClient,
    options: UdpBindOptions = {},
  ): UdpEndpoint | NTSTATUS {
    const { host } = this;
    const { shared = false, exclusive = false, v6Only = true } = options;
    if (!Number.isInteger(port) || port < 0 || port > 65_535) return STATUS_INVALID_PARAMETER;
    if (local !== null && !host.isLocal(version, local)) return STATUS_INVALID_ADDRESS_COMPONENT;
    const id = host.addressId(version, local);
    const ports = host.udpPorts;
    const lease = port === 0 ? ports.bindEphemeral(id) : ports.bind(id, port, shared, exclusive);
    if (lease === null) return port === 0 ? STATUS_INSUFFICIENT_RESOURCES : STATUS_ADDRESS_ALREADY_ASSOCIATED;
    const dual = version === 6 && local === null && !v6Only;
    const endpoint = new UdpEndpoint(this, version, local, lease, dual, client);
    const beside = this.endpoints.get(lease.port);
    if (beside === undefined) this.endpoints.set(lease.port, [endpoint]);
    else beside.push(endpoint);
    return endpoint;
  }

  remove(endpoint: UdpEndpoint): void {
    const beside = this.endpoints.get(endpoint.localPort)!;
    beside.splice(beside.indexOf(endpoint), 1);
    if (beside.length === 0) this.endpoints.delete(endpoint.localPort);
    this.host.udpPorts.release(endpoint.lease);
  }

  /** See Host.crash. */
  crash(): void {
    for (const beside of [...this.endpoints.values()]) for (const endpoint of [...beside]) endpoint.close();
  }

  /**
   * A datagram for this host, as a chain of packets.
   * @returns false when no endpoint has its port: then the packet stays the caller's, who tells the sender
   */
  input(
    packet: PacketHandle,
    port: number,
    version: 4 | 6,
    local: Int32Array,
    remote: Int32Array,
    addressSum: number,
    start: number,
    length: number,
  ): boolean {
    const { arena } = this;
    const { counters } = this.host;
    aimChain(arena, packet, start);
    if (!this.isSound(packet, version, addressSum, start, length)) {
      counters.udpInErrors++;
      releaseChain(arena, packet);
      return true;
    }
    const { view } = arena.chunkOf(packet);
    const payload = view.getUint16(start + 4) - UDP_HEADER_BYTES;
    const endpoint = this.find(version, local, remote, view.getUint16(start + 2), view.getUint16(start));
    if (endpoint === null) {
      counters.udpNoPorts++;
      return false;
    }
    arena.data[packet] += UDP_HEADER_BYTES;
    arena.dataLength[packet] -= UDP_HEADER_BYTES;
    if (endpoint.deliver(packet, payload, port)) counters.udpInDatagrams++;
    else {
      counters.udpRcvbufErrors++;
      releaseChain(arena, packet);
    }
    return true;
  }

  /** An ICMP error quotes a datagram of ours. @param ports ours in the upper half */
  inputError(version: 4 | 6, local: Int32Array, remote: Int32Array, ports: number, status: NTSTATUS): void {
    const endpoint = this.senderOf(version, local, remote, ports);
    if (endpoint !== null) endpoint.inputError(status, { version, words: remote.slice(), port: ports & 0xffff });
  }

  /** One did not fit a link on the way (RFC 1191, RFC 8201): those that follow are cut, or refused, in time. */
  inputTooBig(version: 4 | 6, local: Int32Array, remote: Int32Array, ports: number, mtu: number, length: number): void {
    if (this.senderOf(version, local, remote, ports) === null) return;
    const path = this.host.paths.find(version, local, remote);
    if (path !== null && length > path.ipHeader + UDP_HEADER_BYTES) {
      path.learnMtu(mtu, length, this.host.executor.now());
    }
  }

  private senderOf(version: 4 | 6, local: Int32Array, remote: Int32Array, ports: number): UdpEndpoint | null {
    if (!this.host.isLocal(version, local)) return null; // not from here, so not ours
    const endpoint = this.find(version, local, remote, ports >>> 16, ports & 0xffff);
    return endpoint?.hasSentTo(version, remote, ports & 0xffff) ? endpoint : null;
  }

  /** RFC 768, and RFC 8200, section 8.1: no checksum is none over IPv4, and an error over IPv6. */
  private isSound(packet: PacketHandle, version: 4 | 6, addressSum: number, start: number, ipLength: number): boolean {
    if (ipLength < UDP_HEADER_BYTES) return false;
    const { view } = this.arena.chunkOf(packet);
    const length = view.getUint16(start + 4);
    if (length < UDP_HEADER_BYTES || length > ipLength) return false;
    if (view.getUint16(start + 6) === 0) return version === 4;
    return foldChecksum(sumChain(this.arena, packet, length) + addressSum + PROTOCOL_UDP + length) === 0xffff;
  }

  /** The most specific endpoint: one that is connected to the sender before others, an address before the wildcard. */
  private find(
    version: 4 | 6,
    local: Int32Array,
    remote: Int32Array,
    localPort: number,
    remotePort: number,
  ): UdpEndpoint | null {
    const beside = this.endpoints.get(localPort);
    if (beside === undefined) return null;
    let best: UdpEndpoint | null = null;
    let most = 0;
    for (const endpoint of beside) {
      const fit = fitOf(endpoint, version, local, remote, remotePort);
      if (fit > most) {
        most = fit;
        best = endpoint;
      }
    }
    return best;
  }
}

/** 0 when a datagram is not for an endpoint; more the better it fits. */
const fitOf = (
  endpoint: UdpEndpoint,
  version: 4 | 6,
  local: Int32Array,
  remote: Int32Array,
  remotePort: number,
): number => {
  if (endpoint.version !== version && !(endpoint.dual && version === 4)) return 0;
  const { peer } = endpoint;
  let fit = endpoint.version === version ? 2 : 1;
  if (endpoint.local !== null) {
    if (!same(endpoint.local, local)) return 0;
    fit += 2;
  }
  if (peer === null) return fit;
  return peer.version === version && peer.port === remotePort && same(peer.words, remote) ? fit + 4 : 0;
};

const same = (a: Int32Array, b: Int32Array): boolean =>
  a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
