import { OpenWskError } from '../base/index.ts';
import type { PacketArena, PacketHandle } from './arena.ts';
import { foldChecksum } from './checksum.ts';
import { fragmentIpv4 } from './fragment-ipv4.ts';
import { buildIcmpError } from './icmp-error.ts';
import type { Link, LinkEnd, PacketReceiver } from './link.ts';
import { type AddressWords, PrefixTable, parseAddress } from './prefix-table.ts';

const DONT_FRAGMENT = 0x40; // in the first byte of the fragment field

/** What a router did, as counters. */
export interface RouterCounters {
  forwarded: number;
  malformed: number;
  noRoute: number;
  hopLimit: number;
  tooBig: number;
  /** IPv4 packets that were cut, and the fragments made of them. */
  fragmented: number;
  fragments: number;
}

/**
 * Joins links (RFC 1812 in small): takes one from the TTL and mends the header checksum by the difference
 * (RFC 1624), picks the way by the longest prefix, cuts IPv4 packets that are too long and may be cut, and tells the
 * sender by ICMP when it could not.
 */
export class Router implements PacketReceiver {
  readonly name: string;
  readonly counters: RouterCounters = {
    forwarded: 0,
    malformed: 0,
    noRoute: 0,
    hopLimit: 0,
    tooBig: 0,
    fragmented: 0,
    fragments: 0,
  };
  private readonly arena: PacketArena;
  private readonly ends: LinkEnd[] = [];
  private readonly addresses: AddressWords[][] = [];
  private readonly routes = new PrefixTable<number>();
  private readonly destination = new Int32Array(4);

  constructor(arena: PacketArena, name = 'router') {
    this.arena = arena;
    this.name = name;
  }

  /** Attaches to a link. @param addresses its own there, from which ICMP errors come  @returns the port, for routes */
  join(link: Link, addresses: readonly string[] = []): number {
    const port = this.ends.length;
    this.addresses.push(addresses.map((text) => parseAddress(text, 'addresses')));
    this.ends.push(link.attach(this, port, `${this.name}:${port}`));
    return port;
  }

  /** @param prefix such as 10.1.0.0/16, or `default` */
  addRoute(prefix: string, port: number): void {
    if (this.ends[port] === undefined) {
      throw new OpenWskError('OWSK_INVALID_SETTING', `router ${this.name} has no port ${port}`, 'port');
    }
    this.routes.add(prefix, port);
  }

  receive(packet: PacketHandle, port: number): void {
    const { bytes, view } = this.arena.chunkOf(packet);
    const base = this.arena.baseOf(packet);
    const length = this.arena.length[packet];
    const version = length >= 1 ? bytes[base] >> 4 : 0;
    const { destination } = this;
    if (version === 4 && length >= 20) {
      destination[0] = view.getInt32(base + 16);
      destination[1] = destination[2] = destination[3] = 0;
    } else if (version === 6 && length >= 40) {
      for (let i = 0; i < 4; i++) destination[i] = view.getInt32(base + 24 + 4 * i);
    } else {
      this.counters.malformed++;
      this.arena.release(packet);
      return;
    }
    const ttlAt = base + (version === 4 ? 8 : 7);
    if (bytes[ttlAt] <= 1) {
      this.refuse(packet, port, version, 'hopLimit');
      return;
    }
    const to = this.routes.find(version, destination);
    if (to === null) {
      this.refuse(packet, port, version, 'noRoute');
      return;
    }
    const end = this.ends[to];
    // RFC 791, section 3.2: cut, unless the sender forbids it. RFC 8200, section 5: IPv6 never.
    const mayCut = version === 4 && (bytes[base + 6] & DONT_FRAGMENT) === 0;
    if (length > end.mtu && !mayCut) {
      this.refuse(packet, port, version, 'tooBig', end.mtu);
      return;
    }
    bytes[ttlAt]--;
    if (version === 4) {
      // RFC 1624, equation 3, for a word that became smaller by 0x0100.
      const sum = foldChecksum((~view.getUint16(base + 10) & 0xffff) + (~0x0100 & 0xffff));
      view.setUint16(base + 10, ~sum & 0xffff);
    }
    this.counters.forwarded++;
    if (length > end.mtu) this.fragment(packet, end);
    else end.send(packet);
  }

  private fragment(packet: PacketHandle, end: LinkEnd): void {
    const count = fragmentIpv4(this.arena, packet, end.mtu, end);
    this.arena.release(packet);
    if (count === 0) return;
    this.counters.fragmented++;
    this.counters.fragments += count;
  }

  private refuse(
    packet: PacketHandle,
    port: number,
    version: 4 | 6,
    cause: 'noRoute' | 'hopLimit' | 'tooBig',
    mtu = 0,
  ): void {
    this.counters[cause]++;
    const from = this.addresses[port].find((address) => address.version === version);
    const error = from === undefined ? 0 : buildIcmpError(this.arena, packet, cause, from, mtu);
    this.arena.release(packet);
    if (error !== 0) this.ends[port].send(error);
  }
}
