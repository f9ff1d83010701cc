import {
  type AddressWords,
  checksumWords,
  type IcmpErrorCause,
  type LinkEnd,
  type PacketArena,
  type PacketHandle,
} from '../../link/index.ts';
import type { Executor } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import type { TcpStack } from '../tcp/tcp-stack.ts';
import type { UdpStack } from '../udp/udp-stack.ts';
import { IPV4_FRAGMENT_OFFSET, IPV4_MORE_FRAGMENTS } from '../wire/ipv4.ts';
import { checkIpv4Options, IPV4_OPTIONS_GOOD, IPV4_OPTIONS_SOURCE_ROUTE } from '../wire/ipv4-options.ts';
import { IPV6 } from '../wire/ipv6.ts';
import { IPV6_NO_NEXT_HEADER, PROTOCOL_ICMP, PROTOCOL_ICMPV6, PROTOCOL_TCP, PROTOCOL_UDP } from '../wire/protocols.ts';
import {
  CHAIN_FRAGMENT,
  CHAIN_GOOD,
  CHAIN_PROBLEM,
  CHAIN_TRUNCATED,
  type ChainVerdict,
  ExtensionHeaders,
} from './extension-headers.ts';
import { Fragment } from './fragment.ts';
import type { IcmpErrors } from './icmp-errors.ts';
import type { IpProfile } from './ip-profile.ts';
import { releaseChain } from './packet-chain.ts';
import { Reassembler } from './reassembly.ts';
import type { ReassemblyEntry } from './reassembly-entry.ts';

/** What the receiving side of IP asks of its host. */
export interface IpInputHost {
  readonly arena: PacketArena;
  readonly executor: Executor;
  readonly counters: HostCounters;
  readonly profile: IpProfile;
  readonly tcp: TcpStack;
  readonly udp: UdpStack;
  readonly icmpErrors: IcmpErrors;
  isLocal(version: 4 | 6, words: Int32Array): boolean;
  endOf(port: number): LinkEnd;
  inputIcmp(packet: PacketHandle, version: 4 | 6, addressSum: number, start: number, length: number): void;
}

/**
 * The way of a packet from a link to TCP, UDP or ICMP: checks of its header, reassembly, and word to the sender about
 * what nobody takes. TCP behind a plain header goes straight through; all else may take its time.
 */
export class IpInput {
  readonly reassembler: Reassembler;
  /** Addresses of the packet at hand. */
  readonly local = new Int32Array(4);
  readonly remote = new Int32Array(4);
  private readonly host: IpInputHost;
  private readonly arena: PacketArena;
  private readonly counters: HostCounters;
  private readonly headers: ExtensionHeaders;
  private readonly fragment = new Fragment();
  /** The address that the packet at hand was sent to, from which an error about it comes. */
  private readonly from4: AddressWords = { version: 4, words: this.local };
  private readonly from6: AddressWords = { version: 6, words: this.local };

  constructor(host: IpInputHost) {
    this.host = host;
    this.arena = host.arena;
    this.counters = host.counters;
    this.headers = new ExtensionHeaders(host.profile);
    this.reassembler = new Reassembler(host, (packet, entry) => this.onReassemblyTimeout(packet, entry));
  }

  receive(packet: PacketHandle, port: number): void {
    this.counters.ipInReceives++;
    const length = this.arena.length[packet];
    const version = length > 0 ? this.arena.chunkOf(packet).bytes[this.arena.baseOf(packet)] >> 4 : 0;
    if (version === 4 && length >= 20) this.receive4(packet, length, port);
    else if (version === 6 && length >= 40) this.receive6(packet, length, port);
    else this.drop(packet);
  }

  private receive4(packet: PacketHandle, length: number, port: number): void {
    const { arena, local, remote, counters } = this;
    const { view, words, bytes } = arena.chunkOf(packet);
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
    if (header > 20 && !this.acceptOptions(bytes, base + 20, base + header)) {
      this.drop(packet);
      return;
    }
    const source = view.getInt32(base + 12);
    const destination = view.getInt32(base + 16);
    remote[0] = source;
    local[0] = destination;
    remote[1] = remote[2] = remote[3] = local[1] = local[2] = local[3] = 0;
    const sum = (source >>> 16) + (source & 0xffff) + (destination >>> 16) + (destination & 0xffff);
    arena.length[packet] = total;
    const cut = view.getUint16(base + 6);
    if ((cut & (IPV4_MORE_FRAGMENTS | IPV4_FRAGMENT_OFFSET)) !== 0) {
      this.receiveFragment4(packet, port, header, cut, sum);
      return;
    }
    const protocol = bytes[base + 9];
    this.demultiplex(packet, port, 4, protocol, sum, base + header, total - header, (first >>> 16) & 3);
  }

  private acceptOptions(bytes: Uint8Array, from: number, to: number): boolean {
    const verdict = checkIpv4Options(bytes, from, to);
    if (verdict === IPV4_OPTIONS_SOURCE_ROUTE) this.counters.ipInSourceRoutes++;
    return verdict === IPV4_OPTIONS_GOOD;
  }

  private receiveFragment4(packet: PacketHandle, port: number, header: number, cut: number, sum: number): void {
    const { arena, fragment } = this;
    const { bytes, view } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    if (!this.isForUs(packet, 4)) return;
    fragment.protocol = bytes[base + 9];
    fragment.id = view.getUint16(base + 4);
    fragment.offset = (cut & IPV4_FRAGMENT_OFFSET) << 3;
    fragment.more = (cut & IPV4_MORE_FRAGMENTS) !== 0;
    fragment.header = header;
    fragment.ecn = bytes[base + 1] & 3;
    const whole = this.reassemble(packet, port, 4);
    if (whole === 0) return;
    const at = arena.baseOf(whole);
    const chunk = arena.chunkOf(whole);
    const start = (chunk.bytes[at] & 15) * 4;
    const { length } = this.reassembler;
    this.demultiplex(whole, port, 4, chunk.bytes[at + 9], sum, at + start, length, chunk.bytes[at + 1] & 3);
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
    const protocol = bytes[base + IPV6.nextHeader];
    if (protocol === PROTOCOL_TCP || protocol === PROTOCOL_UDP || protocol === PROTOCOL_ICMPV6) {
      this.demultiplex(packet, port, 6, protocol, sum, base + 40, total - 40, (bytes[base + 1] >>> 4) & 3);
    } else if (this.isForUs(packet, 6)) this.receiveExtended6(packet, port, total, sum);
  }

  private receiveExtended6(packet: PacketHandle, port: number, total: number, sum: number): void {
    const { bytes } = this.arena.chunkOf(packet);
    const base = this.arena.baseOf(packet);
    const verdict = this.headers.walk(bytes, base, total, IPV6.nextHeader, IPV6.headerBytes);
    if (verdict === CHAIN_GOOD) this.takeExtended6(packet, port, total, sum);
    else if (verdict === CHAIN_FRAGMENT) this.receiveFragment6(packet, port, total, sum);
    else this.dropChain6(packet, port, verdict);
  }

  /** @param total bytes of the packet, the whole chain's */
  private takeExtended6(packet: PacketHandle, port: number, total: number, sum: number): void {
    const { protocol, start } = this.headers;
    const base = this.arena.baseOf(packet);
    const ecn = (this.arena.chunkOf(packet).bytes[base + 1] >>> 4) & 3;
    if (protocol === IPV6_NO_NEXT_HEADER) releaseChain(this.arena, packet);
    else this.demultiplex(packet, port, 6, protocol, sum, base + start, total - start, ecn);
  }

  private receiveFragment6(packet: PacketHandle, port: number, total: number, sum: number): void {
    const { arena, fragment, headers } = this;
    const { bytes, view } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    const at = headers.fragmentAt;
    const word = view.getUint16(base + at + 2);
    fragment.offset = word & 0xfff8;
    fragment.more = (word & 1) !== 0;
    fragment.protocol = bytes[base + at];
    fragment.id = view.getInt32(base + at + 4);
    fragment.header = at + 8;
    fragment.nextAt = headers.nextAt;
    fragment.ecn = (bytes[base + 1] >>> 4) & 3;
    const length = total - at - 8;
    // RFC 8200, section 4.5: a length that cannot be in the middle, and an end that no packet can have.
    if (fragment.more && (length & 7) !== 0) this.complain(packet, port, 'badHeader', IPV6.payloadLength);
    else if (fragment.offset + length > 65_535) this.complain(packet, port, 'badHeader', at + 2);
    else if (fragment.offset === 0 && !this.hasWholeChain(bytes, base, total)) {
      this.complain(packet, port, 'shortFirstFragment', 0);
    } else {
      const whole = this.reassemble(packet, port, 6);
      if (whole !== 0) this.receiveWhole6(whole, port, sum);
    }
  }

  /** RFC 7112, section 5: all headers up to the transport's are in the first fragment. */
  private hasWholeChain(bytes: Uint8Array, base: number, total: number): boolean {
    const { headers } = this;
    const at = headers.fragmentAt;
    const verdict = headers.walk(bytes, base, total, at, at + 8);
    return verdict !== CHAIN_TRUNCATED && (verdict !== CHAIN_GOOD || headers.hasTransportHeader(total));
  }

  private receiveWhole6(packet: PacketHandle, port: number, sum: number): void {
    const { arena, headers } = this;
    const { bytes, view } = arena.chunkOf(packet);
    const base = arena.baseOf(packet);
    const verdict = headers.walk(bytes, base, arena.length[packet], IPV6.nextHeader, IPV6.headerBytes);
    // A fragment of a fragment is nothing that anybody sends.
    if (verdict === CHAIN_GOOD && headers.fragmentAt === 0) {
      this.takeExtended6(packet, port, 40 + view.getUint16(base + IPV6.payloadLength), sum);
    } else this.dropChain6(packet, port, verdict);
  }

  /** @returns the whole datagram, or 0 while something of it is missing */
  private reassemble(packet: PacketHandle, port: number, version: 4 | 6): PacketHandle {
    const { fragment } = this;
    fragment.packet = packet;
    fragment.port = port;
    fragment.version = version;
    fragment.local.set(this.local);
    fragment.remote.set(this.remote);
    fragment.length = this.arena.length[packet] - fragment.header;
    return this.reassembler.add(fragment);
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
    const { local, remote, host } = this;
    if (protocol === PROTOCOL_TCP && start - this.arena.baseOf(packet) + length <= this.arena.length[packet]) {
      host.tcp.input(packet, version, local, remote, sum, start, length, ecn);
      return;
    }
    if (!this.isForUs(packet, version)) return;
    if (protocol === (version === 4 ? PROTOCOL_ICMP : PROTOCOL_ICMPV6)) {
      host.inputIcmp(packet, version, sum, start, length);
    } else if (protocol === PROTOCOL_UDP) {
      if (!host.udp.input(packet, port, version, local, remote, sum, start, length)) {
        this.complain(packet, port, 'noPort', 0, version);
      }
    } else if (protocol === PROTOCOL_TCP) {
      this.counters.tcpInErrs++; // longer than any segment that we offer to take
      releaseChain(this.arena, packet);
    } else {
      this.counters.ipInUnknownProtos++;
      this.complain(packet, port, 'noProtocol', version === 4 ? 0 : this.headers.nextAt, version);
    }
  }

  private isForUs(packet: PacketHandle, version: 4 | 6): boolean {
    if (this.host.isLocal(version, this.local)) return true;
    this.counters.ipInAddrErrors++;
    releaseChain(this.arena, packet);
    return false;
  }

  private dropChain6(packet: PacketHandle, port: number, verdict: ChainVerdict): void {
    this.counters.ipInHdrErrors++;
    if (verdict === CHAIN_PROBLEM) this.complain(packet, port, this.headers.problem, this.headers.pointer);
    else releaseChain(this.arena, packet);
  }

  /** Tells the sender, and drops the packet. */
  private complain(
    packet: PacketHandle,
    port: number,
    cause: IcmpErrorCause,
    pointer: number,
    version: 4 | 6 = 6,
  ): void {
    const { host } = this;
    host.icmpErrors.send(packet, cause, version === 4 ? this.from4 : this.from6, host.endOf(port), pointer);
    releaseChain(this.arena, packet);
  }

  private onReassemblyTimeout(packet: PacketHandle, entry: ReassemblyEntry): void {
    if (packet === 0) return;
    const { host } = this;
    const from = { version: entry.version, words: entry.local };
    host.icmpErrors.send(packet, 'reassemblyTimeout', from, host.endOf(entry.port));
    this.arena.release(packet);
  }

  private drop(packet: PacketHandle): void {
    this.counters.ipInHdrErrors++;
    this.arena.release(packet);
  }
}
