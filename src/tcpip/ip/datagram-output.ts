import {
  type NTSTATUS,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_BUFFER_SIZE,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import { foldChecksum, type PacketArena, type PacketHandle } from '../../link/index.ts';
import type { HostCounters } from '../counters.ts';
import type { Path } from '../path.ts';
import type { ByteSource } from '../tcp/client.ts';
import type { KeySource } from '../tcp/isn.ts';
import { IPV4_DONT_FRAGMENT, IPV4_MORE_FRAGMENTS } from '../wire/ipv4.ts';
import { IPV6_FRAGMENT_BYTES } from '../wire/ipv6-fragment.ts';
import { IPV6_FRAGMENT } from '../wire/protocols.ts';
import { FragmentIds } from './fragment-ids.ts';
import { writeIpv4Header, writeIpv6Header } from './ip-header.ts';
import { releaseChain } from './packet-chain.ts';

/** UDP and the echo messages of ICMP: as many bytes stand before the data. */
const HEADER_BYTES = 8;

/** What is the same for every datagram of a sender. */
export interface DatagramOptions {
  readonly hopLimit: number;
  /** DSCP and ECN. */
  readonly trafficClass: number;
  /** IPv4: routers may not cut it, nor do we (RFC 1191). */
  readonly dontFragment: boolean;
}

/**
 * Sends datagrams: gathers header and data into one packet, or into as many as the path's MTU asks for (RFC 791, RFC
 * 8200 section 4.5), copying each byte once and summing it where it lies.
 */
export class DatagramOutput {
  private readonly arena: PacketArena;
  private readonly counters: HostCounters;
  private readonly ids: FragmentIds;
  private pieces = 0;
  /** One's complement sum of what `gather` copied. */
  private sum = 0;

  constructor(arena: PacketArena, counters: HostCounters, keys: KeySource) {
    this.arena = arena;
    this.counters = counters;
    this.ids = new FragmentIds(keys);
  }

  /**
   * @param word0 @param word1 the transport's header, with 0 as its checksum  @param checksumAt where that stands, 2 or 6
   * @param pseudo the sum of what the checksum covers besides
   * @returns STATUS_INVALID_BUFFER_SIZE for one that may not be cut and does not fit (the limit of the protocol is
   * the caller's business), STATUS_INSUFFICIENT_RESOURCES when the arena is full: then nothing was sent
   */
  send(
    path: Path,
    protocol: number,
    word0: number,
    word1: number,
    checksumAt: 2 | 6,
    pseudo: number,
    source: ByteSource,
    options: DatagramOptions,
    cause: number,
  ): NTSTATUS {
    const { arena, counters } = this;
    const total = HEADER_BYTES + source.length;
    const mayCut = path.version === 6 || !options.dontFragment;
    const isCut = path.ipHeader + total > path.mtu;
    if (isCut && !mayCut) {
      counters.ipFragFails++;
      return STATUS_INVALID_BUFFER_SIZE;
    }
    const header = path.ipHeader + (isCut && path.version === 6 ? IPV6_FRAGMENT_BYTES : 0);
    const room = isCut ? (path.mtu - header) & ~7 : total;
    const head = this.gather(header, room, word0, word1, source, cause);
    if (head === 0) {
      counters.ipOutNoBuffers++;
      if (isCut) counters.ipFragFails++;
      return STATUS_INSUFFICIENT_RESOURCES;
    }
    const checksum = ~foldChecksum(this.sum + pseudo) & 0xffff;
    const at = arena.baseOf(head) + header + checksumAt;
    arena.chunkOf(head).view.setUint16(at, checksum === 0 ? 0xffff : checksum); // RFC 768: 0 is "none"
    counters.ipOutRequests++;
    if (isCut) {
      counters.ipFragOKs++;
      counters.ipFragCreates += this.pieces;
    }
    const id = isCut || (mayCut && path.version === 4) ? this.ids.next(path) : 0;
    if (path.version === 4) this.sendAll4(path, head, protocol, options, id);
    else this.sendAll6(path, head, protocol, options, id, isCut);
    return STATUS_SUCCESS;
  }

  /** @param header bytes left free in front of each packet  @param room for payload in each @returns 0 without memory */
  private gather(
    header: number,
    room: number,
    word0: number,
    word1: number,
    source: ByteSource,
    cause: number,
  ): PacketHandle {
    const { arena } = this;
    const total = HEADER_BYTES + source.length;
    let head = 0;
    let last = 0;
    this.pieces = this.sum = 0;
    for (let at = 0; at < total; at += room) {
      const packet = arena.allocate();
      if (packet === 0) {
        releaseChain(arena, head);
        return 0;
      }
      const chunk = arena.chunkOf(packet);
      const start = arena.baseOf(packet) + header;
      const count = Math.min(room, total - at);
      const own = at === 0 ? HEADER_BYTES : 0;
      if (own > 0) {
        chunk.view.setInt32(start, word0);
        chunk.view.setInt32(start + 4, word1);
        head = packet;
      } else arena.next[last] = packet;
      if (count > own) source.copyTo(at + own - HEADER_BYTES, chunk.bytes, start + own, count - own);
      this.sum += arena.sum(chunk, start, count);
      arena.length[packet] = header + count;
      arena.cause[packet] = cause;
      last = packet;
      this.pieces++;
    }
    return head;
  }

  private sendAll4(path: Path, head: PacketHandle, protocol: number, options: DatagramOptions, id: number): void {
    const { arena } = this;
    const flags = options.dontFragment ? IPV4_DONT_FRAGMENT : id << 16;
    for (let packet = head, offset = 0; packet !== 0; ) {
      const next = arena.next[packet];
      const length = arena.length[packet];
      const fragment = flags | (offset >> 3) | (next === 0 ? 0 : IPV4_MORE_FRAGMENTS);
      const { view } = arena.chunkOf(packet);
      const { trafficClass, hopLimit } = options;
      writeIpv4Header(view, arena.baseOf(packet), path, length, trafficClass, fragment, hopLimit, protocol);
      arena.next[packet] = 0;
      path.end.send(packet);
      offset += length - path.ipHeader;
      packet = next;
    }
  }

  private sendAll6(
    path: Path,
    head: PacketHandle,
    protocol: number,
    { trafficClass, hopLimit }: DatagramOptions,
    id: number,
    isCut: boolean,
  ): void {
    const { arena } = this;
    for (let packet = head, offset = 0; packet !== 0; ) {
      const next = arena.next[packet];
      const length = arena.length[packet] - path.ipHeader;
      const base = arena.baseOf(packet);
      const { view } = arena.chunkOf(packet);
      writeIpv6Header(view, base, path, length, trafficClass, isCut ? IPV6_FRAGMENT : protocol, hopLimit);
      if (isCut) {
        view.setInt32(base + path.ipHeader, (protocol << 24) | offset | (next === 0 ? 0 : 1));
        view.setInt32(base + path.ipHeader + 4, id);
      }
      arena.next[packet] = 0;
      path.end.send(packet);
      offset += length - IPV6_FRAGMENT_BYTES;
      packet = next;
    }
  }
}
