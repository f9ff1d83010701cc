import {
  type NTSTATUS,
  OpenWskError,
  type RandomSource,
  STATUS_HOST_UNREACHABLE,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_NETWORK_UNREACHABLE,
} from '../base/index.ts';
import {
  type AddressWords,
  buildIcmpError,
  checksumWords,
  foldChecksum,
  type Link,
  type LinkEnd,
  type LinkTap,
  Loopback,
  type PacketArena,
  type PacketHandle,
  type PacketReceiver,
  PrefixTable,
  parseAddress,
} from '../link/index.ts';
import type { Executor } from '../time/index.ts';
import { HostCounters } from './counters.ts';
import { inputIcmp } from './icmp.ts';
import { type Path, PathTable } from './path.ts';
import { type AddressId, PortTable, WILDCARD_V4, WILDCARD_V6 } from './ports.ts';
import { type TcpProfile, windowsProfile } from './profile.ts';
import type { KeySource } from './tcp/isn.ts';
import { type IpLayer, TcpStack } from './tcp/tcp-stack.ts';
import { IPV4_FRAGMENT_OFFSET, IPV4_MORE_FRAGMENTS } from './wire/ipv4.ts';
import { IPV6, skipIpv6Extensions } from './wire/ipv6.ts';
import { PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from './wire/protocols.ts';

export interface HostOptions {
  readonly name?: string;
  readonly executor: Executor;
  readonly arena: PacketArena;
  /** Chooses ephemeral ports. */
  readonly random: RandomSource;
  /** Sequence numbers and cookie keys; `random` unless given. Cryptographic when packets leave the process. */
  readonly keys?: KeySource;
  /** Chooses each ephemeral port anew (RFC 6056, section 3.3.1), for a network whose others must not foresee them. */
  readonly scatterPorts?: boolean;
  readonly profile?: TcpProfile;
  /** Watches the loopback; links have taps of their own. */
  readonly tap?: LinkTap | null;
}

interface Interface {
  readonly end: LinkEnd;
  readonly addresses: AddressWords[];
}

const LOOPBACK = 0;
const DONT_FRAGMENT = 0x4000;

/**
 * One machine's Internet layer: addresses, routes, and the way of packets between links and TCP. Packets for other
 * machines are not forwarded (a Router does that); fragments are counted and dropped for now.
 */
export class Host implements PacketReceiver, IpLayer {
  readonly name: string;
  readonly executor: Executor;
  readonly arena: PacketArena;
  readonly profile: TcpProfile;
  readonly counters = new HostCounters();
  readonly paths = new PathTable();
  readonly ports: PortTable;
  readonly tcp: TcpStack;
  private readonly interfaces: Interface[] = [];
  private readonly routes = new PrefixTable<number>();
  private readonly addresses: AddressWords[] = [];
  private readonly local4 = new Set<number>();
  private readonly local = new Int32Array(4);
  private readonly remote = new Int32Array(4);

  constructor(options: HostOptions) {
    const { name = 'host', executor, arena, random, keys = random, profile = windowsProfile, tap = null } = options;
    this.name = name;
    this.executor = executor;
    this.arena = arena;
    this.profile = profile;
    this.ports = new PortTable(profile.ephemeralFirst, profile.ephemeralLast, random, options.scatterPorts);
    this.tcp = new TcpStack(this, keys);
    this.addInterface(new Loopback({ executor, arena, tap }), ['127.0.0.1/8', '::1/128'], `${name}:loopback`);
  }

  /**
   * Attaches to a link.
   * @param addresses with their prefixes, such as 10.0.0.1/24 and fd00::1/64: what is behind the link
   * @returns the interface's number, for routes
   */
  addInterface(link: Link, addresses: readonly string[], name: string = this.name): number {
    const port = this.interfaces.length;
    const own = addresses.map((text) => parseAddress(text.split('/')[0], 'addresses'));
    this.interfaces.push({ end: link.attach(this, port, name), addresses: own });
    for (const [i, address] of own.entries()) {
      this.addresses.push(address);
      if (address.version === 4) this.local4.add(address.words[0]);
      if (addresses[i].includes('/')) this.routes.add(addresses[i], port);
    }
    return port;
  }

  /** @param prefix such as 10.1.0.0/16, or `default`  @param port an interface's number */
  addRoute(prefix: string, port: number): void {
    if (this.interfaces[port] === undefined) {
      throw new OpenWskError('OWSK_INVALID_SETTING', `host ${this.name} has no interface ${port}`, 'port');
    }
    this.routes.add(prefix, port);
    this.paths.forgetIdle();
  }

  /** True for an address of one of the interfaces. */
  isLocal(version: 4 | 6, words: Int32Array): boolean {
    if (version === 4) return this.local4.has(words[0]) || words[0] >>> 24 === 127;
    return this.addresses.some((own) => sameAddress(own, 6, words));
  }

  /** The number of a local address for the port table. */
  addressId(version: 4 | 6, words: Int32Array | null): AddressId {
    if (words === null) return version === 4 ? WILDCARD_V4 : WILDCARD_V6;
    let at = this.addresses.length - 1;
    while (at >= 0 && !sameAddress(this.addresses[at], version, words)) at--;
    return at + 2;
  }

  /**
   * The path to a remote address, with one reference more.
   * @param local null to have the source address chosen by the route
   * @returns the status why there is none
   */
  pathTo(version: 4 | 6, local: Int32Array | null, remote: Int32Array): Path | NTSTATUS {
    const known = local === null ? null : this.paths.find(version, local, remote);
    if (known !== null) {
      known.refs++;
      return known;
    }
    if (remote.every((word) => word === 0)) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (this.isLocal(version, remote)) {
      return this.paths.acquire(version, local ?? remote, remote, this.interfaces[LOOPBACK].end);
    }
    const port = this.routes.find(version, remote);
    if (port === null) {
      this.counters.ipOutNoRoutes++;
      return STATUS_NETWORK_UNREACHABLE;
    }
    const { end, addresses } = this.interfaces[port];
    const source = local ?? addresses.find((address) => address.version === version)?.words;
    if (source === undefined) return STATUS_HOST_UNREACHABLE;
    return this.paths.acquire(version, source, remote, end);
  }

  /**
   * The machine dies: every connection, listener and TIME-WAIT record is gone without a word to peers or clients, and
   * so are the cookies. Who holds endpoints closes them afterwards, which then sends nothing.
   */
  crash(): void {
    this.tcp.crash();
  }

  acquirePath(version: 4 | 6, local: Int32Array, remote: Int32Array): Path | null {
    const path = this.pathTo(version, local, remote);
    return typeof path === 'number' ? null : path;
  }

  sendIp(path: Path, packet: PacketHandle, length: number, protocol: number, ecn: number): void {
    const { arena, counters } = this;
    const { view } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    counters.ipOutRequests++;
    if (path.version === 4) {
      const total = length + 20;
      const ttlAndProtocol = (this.profile.hopLimit << 8) | protocol;
      const sum = foldChecksum(0x4500 + ecn + total + DONT_FRAGMENT + ttlAndProtocol + path.addressSum);
      view.setInt32(base, 0x45000000 | (ecn << 16) | total);
      view.setInt32(base + 4, DONT_FRAGMENT); // identification 0: never fragmented, so never needed (RFC 6864)
      view.setInt32(base + 8, (ttlAndProtocol << 16) | (~sum & 0xffff));
      view.setInt32(base + 12, path.local0);
      view.setInt32(base + 16, path.remote0);
      arena.length[packet] = total;
    } else {
      view.setInt32(base, 0x60000000 | (ecn << 20));
      view.setInt32(base + 4, (length << 16) | (protocol << 8) | this.profile.hopLimit);
      for (let i = 0; i < 4; i++) {
        view.setInt32(base + 8 + 4 * i, path.local[i]);
        view.setInt32(base + 24 + 4 * i, path.remote[i]);
      }
      arena.length[packet] = length + 40;
    }
    path.end.send(packet);
  }

  receive(packet: PacketHandle, port: number): void {
    this.counters.ipInReceives++;
    const length = this.arena.length[packet];
    const version = length > 0 ? this.arena.chunkOf(packet).bytes[this.arena.baseOf(packet)] >> 4 : 0;
    if (version === 4 && length >= 20) this.receive4(packet, length, port);
    else if (version === 6 && length >= 40) this.receive6(packet, length, port);
    else this.drop(packet);
  }

  /** Sends a packet that was made into its own answer back to where it came from. */
  reflect(packet: PacketHandle, version: 4 | 6): void {
    const port = this.isLocal(version, this.remote) ? LOOPBACK : this.routes.find(version, this.remote);
    if (port === null) this.arena.release(packet);
    else this.interfaces[port].end.send(packet);
  }

  private receive4(packet: PacketHandle, length: number, port: number): void {
    const { arena, local, remote, counters } = this;
    const { view, words } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    const first = view.getInt32(base);
    const header = (first >>> 22) & 0x3c;
    const total = first & 0xffff;
    if (header < 20 || total < header || checksumWords(words, base, header) !== 0xffff) {
      this.drop(packet);
      return;
    }
    if (total > length) {
      counters.ipInTruncated++;
      arena.release(packet);
      return;
    }
    if ((view.getUint16(base + 6) & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) !== 0) {
      counters.ipInFragments++;
      arena.release(packet);
      return;
    }
    const source = view.getInt32(base + 12);
    const destination = view.getInt32(base + 16);
    remote[0] = source;
    local[0] = destination;
    remote[1] = remote[2] = remote[3] = local[1] = local[2] = local[3] = 0;
    const sum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    arena.length[packet] = total;
    const protocol = view.getUint8(base + 9);
    this.demultiplex(packet, port, 4, protocol, sum, base + header, total - header, (first >>> 16) & 3);
  }

  private receive6(packet: PacketHandle, length: number, port: number): void {
    const { arena, local, remote, counters } = this;
    const { view, bytes } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    const total = 40 + view.getUint16(base + IPV6.payloadLength);
    if (total > length) {
      counters.ipInTruncated++;
      arena.release(packet);
      return;
    }
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const source = view.getInt32(base + 8 + 4 * i);
      const destination = view.getInt32(base + 24 + 4 * i);
      remote[i] = source;
      local[i] = destination;
      sum += (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    }
    arena.length[packet] = total;
    let protocol = bytes[base + IPV6.nextHeader];
    let start = 40;
    if (protocol !== PROTOCOL_TCP) {
      const walked = skipIpv6Extensions(bytes, base, base + total);
      if (walked < 0) {
        this.drop(packet);
        return;
      }
      protocol = walked >>> 16;
      start = walked & 0xffff;
    }
    this.demultiplex(packet, port, 6, protocol, sum, base + start, total - start, (bytes[base + 1] >>> 4) & 3);
  }

  /** @param sum of both addresses  @param start of the transport, in its chunk */
  private demultiplex(
    packet: PacketHandle,
    port: number,
    version: 4 | 6,
    protocol: number,
    sum: number,
    start: number,
    length: number,
    ecn: number,
  ): void {
    const { local, remote } = this;
    if (protocol === PROTOCOL_TCP) {
      this.tcp.input(packet, version, local, remote, sum, start, length, ecn);
      return;
    }
    if (!this.isLocal(version, local)) {
      this.counters.ipInAddrErrors++;
      this.arena.release(packet);
    } else if (protocol === (version === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) {
      inputIcmp(this, packet, version, sum, start, length);
    } else this.refuse(packet, port, version, protocol);
  }

  /** No endpoint for it: RFC 1122, section 3.2.2.1 wants the sender told. UDP endpoints will come before this. */
  private refuse(packet: PacketHandle, port: number, version: 4 | 6, protocol: number): void {
    if (protocol !== PROTOCOL_UDP) this.counters.ipInUnknownProtos++;
    const cause = protocol === PROTOCOL_UDP ? 'noPort' : 'noProtocol';
    const error = buildIcmpError(this.arena, packet, cause, { version, words: this.local });
    this.arena.release(packet);
    if (error === 0) return;
    this.counters.icmpOutDestUnreachs++;
    this.interfaces[port].end.send(error);
  }

  private drop(packet: PacketHandle): void {
    this.counters.ipInHdrErrors++;
    this.arena.release(packet);
  }
}

const sameAddress = (own: AddressWords, version: 4 | 6, words: Int32Array): boolean =>
  own.version === version &&
  own.words[0] === words[0] &&
  own.words[1] === words[1] &&
  own.words[2] === words[2] &&
  own.words[3] === words[3];
