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
import { DatagramOutput } from './ip/datagram-output.ts';
import { IcmpErrors } from './ip/icmp-errors.ts';
import { writeIpv4Header, writeIpv6Header } from './ip/ip-header.ts';
import { IpInput } from './ip/ip-input.ts';
import { type Path, PathTable } from './path.ts';
import { type AddressId, PortTable, WILDCARD_V4, WILDCARD_V6 } from './ports.ts';
import { type TcpProfile, windowsProfile } from './profile.ts';
import type { KeySource } from './tcp/isn.ts';
import type { TcpTap } from './tcp/tcb.ts';
import { type IpLayer, TcpStack } from './tcp/tcp-stack.ts';
import { UdpStack } from './udp/udp-stack.ts';
import { IPV4_DONT_FRAGMENT } from './wire/ipv4.ts';

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
  /** Watches TCP's connections. */
  readonly tcpTap?: TcpTap | null;
}

interface Interface {
  readonly end: LinkEnd;
  readonly addresses: AddressWords[];
}

const LOOPBACK = 0;

/**
 * One machine's Internet layer: addresses, routes, and what TCP and UDP need to send; `ip/ip-input.ts` has the way of
 * packets that come. Packets for other machines are not forwarded (a Router does that).
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
  readonly udp: UdpStack;
  readonly input: IpInput;
  readonly output: DatagramOutput;
  readonly icmpErrors: IcmpErrors;
  private readonly random: RandomSource;
  private udpPortTable: PortTable | null = null;
  private readonly interfaces: Interface[] = [];
  private readonly routes = new PrefixTable<number>();
  private readonly addresses: AddressWords[] = [];
  private readonly local4 = new Set<number>();
  /** Broadcast addresses of the interfaces' networks. */
  private readonly broadcast4 = new Set<number>();

  constructor(options: HostOptions) {
    const {
      name = 'host',
      executor,
      arena,
      random,
      keys = random,
      profile = windowsProfile,
      tap = null,
      tcpTap = null,
    } = options;
    this.name = name;
    this.executor = executor;
    this.arena = arena;
    this.profile = profile;
    this.ports = new PortTable(profile.ephemeralFirst, profile.ephemeralLast, random, options.scatterPorts);
    this.tcp = new TcpStack(this, keys, tcpTap);
    this.output = new DatagramOutput(arena, this.counters, keys);
    this.icmpErrors = new IcmpErrors(arena, executor, this.counters, profile);
    this.udp = new UdpStack(this);
    this.input = new IpInput(this);
    this.random = random;
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
      if (!addresses[i].includes('/')) continue;
      this.routes.add(addresses[i], port);
      const bits = Number(addresses[i].split('/')[1]);
      // RFC 1122, section 3.2.1.3 (e): a network has a broadcast address when it has room for one.
      if (address.version === 4 && bits < 31) this.broadcast4.add(address.words[0] | (0xffffffff >>> bits));
    }
    return port;
  }

  /** The addresses of the interfaces, loopback left out. */
  ownAddresses(): readonly AddressWords[] {
    return this.interfaces.slice(LOOPBACK + 1).flatMap(({ addresses }) => addresses);
  }

  /** Made when it is first asked for: a run without UDP draws no ephemeral port for it. */
  get udpPorts(): PortTable {
    const { ephemeralFirst, ephemeralLast } = this.profile;
    this.udpPortTable ??= new PortTable(ephemeralFirst, ephemeralLast, this.random);
    return this.udpPortTable;
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
    for (const own of this.addresses) if (sameAddress(own, 6, words)) return true;
    return false;
  }

  /** A broadcast address of IPv4, or a multicast address. */
  isGroup(version: 4 | 6, words: Int32Array): boolean {
    if (version === 6) return words[0] >>> 24 === 0xff;
    return words[0] === -1 || words[0] >>> 28 === 0xe || this.broadcast4.has(words[0]);
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
    const now = this.executor.now();
    const known = local === null ? null : this.paths.find(version, local, remote);
    if (known !== null) {
      known.refs++;
      known.age(now);
      return known;
    }
    if (remote.every((word) => word === 0)) return STATUS_INVALID_ADDRESS_COMPONENT;
    if (this.isLocal(version, remote)) {
      return this.paths.acquire(version, local ?? remote, remote, this.interfaces[LOOPBACK].end, now);
    }
    const port = this.routes.find(version, remote);
    if (port === null) {
      this.counters.ipOutNoRoutes++;
      return STATUS_NETWORK_UNREACHABLE;
    }
    const { end, addresses } = this.interfaces[port];
    const source = local ?? addresses.find((address) => address.version === version)?.words;
    if (source === undefined) return STATUS_HOST_UNREACHABLE;
    return this.paths.acquire(version, source, remote, end, now);
  }

  /**
   * The machine dies: every connection, listener and TIME-WAIT record is gone without a word to peers or clients, and
   * so are the cookies. Who holds endpoints closes them afterwards, which then sends nothing.
   */
  crash(): void {
    this.tcp.crash();
    this.udp.crash();
    this.input.reassembler.clear();
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
      // Identification 0: never cut, so never needed (RFC 6864, section 4.1).
      writeIpv4Header(view, base, path, total, ecn, IPV4_DONT_FRAGMENT, this.profile.hopLimit, protocol);
      arena.length[packet] = total;
    } else {
      writeIpv6Header(view, base, path, length, ecn, protocol, this.profile.hopLimit);
      arena.length[packet] = length + 40;
    }
    path.end.send(packet);
  }

  receive(packet: PacketHandle, port: number): void {
    this.input.receive(packet, port);
  }

  inputIcmp(packet: PacketHandle, version: 4 | 6, addressSum: number, start: number, length: number): void {
    inputIcmp(this, packet, version, addressSum, start, length);
  }

  /** The link that an interface is attached to. */
  endOf(port: number): LinkEnd {
    return this.interfaces[port].end;
  }

  /** The link by which an answer to the packet at hand leaves; null without a route. */
  endTo(version: 4 | 6): LinkEnd | null {
    const { remote } = this.input;
    const port = this.isLocal(version, remote) ? LOOPBACK : this.routes.find(version, remote);
    return port === null ? null : this.interfaces[port].end;
  }
}

const sameAddress = (own: AddressWords, version: 4 | 6, words: Int32Array): boolean =>
  own.version === version &&
  own.words[0] === words[0] &&
  own.words[1] === words[1] &&
  own.words[2] === words[2] &&
  own.words[3] === words[3];
