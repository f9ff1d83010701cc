import { checksumWords, type PacketArena, type PacketHandle, SLOT_BYTES } from '../../link/index.ts';
import type { EventHandle, EventTarget, Executor } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import { IPV4, IPV6 } from '../wire/index.ts';
import { PROTOCOL_TCP } from '../wire/protocols.ts';
import type { Fragment } from './fragment.ts';
import type { IpProfile } from './ip-profile.ts';
import {
  DUPLICATE,
  FIRST_ROOM,
  HEADER_ROOM,
  MOST_DATAGRAM,
  NO_SLOT,
  PLACED,
  ReassemblyEntry,
} from './reassembly-entry.ts';

export interface ReassemblyServices {
  readonly arena: PacketArena;
  readonly executor: Executor;
  readonly counters: HostCounters;
  readonly profile: IpProfile;
}

/**
 * Told when a datagram's time is over (RFC 792; RFC 4443, section 3.3).
 * @param packet its first fragment, now the receiver's; 0 when that never came
 */
export type OnReassemblyTimeout = (packet: PacketHandle, entry: ReassemblyEntry) => void;

const CE = 3;
const NOT_ECT = 0;

/**
 * Puts fragments together again (RFC 791, RFC 815's list of holes as a bit map, RFC 8200 section 4.5). Everything is
 * bounded by the profile: datagrams and bytes of slots, of the machine and of one sender; over the limit the oldest
 * goes. An overlap ends a datagram (RFC 5722, and RFC 3128 for IPv4). What comes out is the first packet of a chain by
 * the arena's `next` column: header and transport in the first, `data` and `dataLength` in the others.
 */
export class Reassembler implements EventTarget {
  /** Of the datagram that `add` gave last: bytes behind the header. */
  length = 0;
  /** Slots that fragments hold. */
  slots = 0;
  /** Datagrams in pieces, those given up included. */
  size = 0;
  private readonly services: ReassemblyServices;
  private readonly onTimeout: OnReassemblyTimeout;
  private readonly free: ReassemblyEntry[] = [];
  private oldest: ReassemblyEntry | null = null;
  private newest: ReassemblyEntry | null = null;
  private timer: EventHandle = 0;

  constructor(services: ReassemblyServices, onTimeout: OnReassemblyTimeout) {
    this.services = services;
    this.onTimeout = onTimeout;
  }

  /** Takes a fragment, and its packet. @returns the whole datagram when this was what it lacked, else 0 */
  add(fragment: Fragment): PacketHandle {
    const { arena, counters } = this.services;
    counters.ipReasmReqds++;
    const entry = isSound(fragment) ? (this.find(fragment) ?? this.open(fragment)) : null;
    if (entry === null) counters.ipReasmFails++;
    else if (!entry.isDead) this.place(entry, fragment);
    arena.release(fragment.packet);
    return entry === null || entry.isDead || entry.received !== entry.total ? 0 : this.finish(entry);
  }

  clear(): void {
    while (this.oldest !== null) this.close(this.oldest);
  }

  onEvent(): void {
    this.timer = 0;
    const now = this.services.executor.now();
    while (this.oldest !== null && this.oldest.deadline <= now) this.expire(this.oldest);
    if (this.oldest !== null) this.arm(this.oldest);
  }

  private place(entry: ReassemblyEntry, fragment: Fragment): void {
    const { arena, profile } = this.services;
    if (++entry.fragments > profile.reassemblyFragments || !entry.takeEnd(fragment)) {
      this.giveUp(entry);
      return;
    }
    const missing = entry.missingSlots(fragment);
    if (missing > 0 && !this.makeRoom(entry, missing)) {
      this.giveUp(entry);
      return;
    }
    const before = entry.slotCount;
    const result = entry.place(arena, fragment);
    this.slots += entry.slotCount - before;
    if (result === PLACED) entry.ecnSeen |= 1 << fragment.ecn;
    else if (result !== DUPLICATE) this.giveUp(entry);
    if (result === NO_SLOT) this.services.counters.ipReasmNoBuffers++;
  }

  private find(fragment: Fragment): ReassemblyEntry | null {
    let entry = this.newest;
    while (entry !== null && !entry.matches(fragment)) entry = entry.older;
    return entry;
  }

  private open(fragment: Fragment): ReassemblyEntry {
    const { executor, profile } = this.services;
    if (this.ofSource(fragment.remote, false) >= profile.reassemblySourceDatagrams) this.evict(fragment.remote, null);
    if (this.size >= profile.reassemblyDatagrams) this.evict(null, null);
    const entry = this.free.pop() ?? new ReassemblyEntry();
    entry.open(fragment, executor.now() + profile.reassemblyTimeout);
    entry.port = fragment.port;
    entry.older = this.newest;
    entry.newer = null;
    if (this.newest === null) this.oldest = entry;
    else this.newest.newer = entry;
    this.newest = entry;
    this.size++;
    if (this.timer === 0) this.arm(entry);
    return entry;
  }

  /** Room for more slots, by giving up older datagrams. @returns false when even that does not help */
  private makeRoom(entry: ReassemblyEntry, slots: number): boolean {
    const { profile } = this.services;
    const bySource = profile.reassemblySourceBytes / SLOT_BYTES - slots;
    while (this.ofSource(entry.remote, true) > bySource) if (!this.evict(entry.remote, entry)) return false;
    while (this.slots + slots > profile.reassemblyBytes / SLOT_BYTES) if (!this.evict(null, entry)) return false;
    return true;
  }

  /** Datagrams of a sender, or the slots that they hold. */
  private ofSource(remote: Int32Array, slots: boolean): number {
    let sum = 0;
    for (let entry = this.oldest; entry !== null; entry = entry.newer) {
      if (isFrom(entry, remote)) sum += slots ? entry.slotCount : 1;
    }
    return sum;
  }

  /** Drops the oldest, of one sender or of all. */
  private evict(remote: Int32Array | null, except: ReassemblyEntry | null): boolean {
    let entry = this.oldest;
    while (entry !== null && (entry === except || (remote !== null && !isFrom(entry, remote)))) entry = entry.newer;
    if (entry === null) return false;
    if (!entry.isDead) this.services.counters.ipReasmFails++;
    this.close(entry);
    return true;
  }

  /** Nothing will come of it: its memory is free, its name stays until its time is over (RFC 5722, section 4). */
  private giveUp(entry: ReassemblyEntry): void {
    this.services.counters.ipReasmFails++;
    entry.isDead = true;
    this.drop(entry);
  }

  private drop(entry: ReassemblyEntry): void {
    this.slots -= entry.slotCount;
    entry.clear(this.services.arena);
  }

  private close(entry: ReassemblyEntry): void {
    this.drop(entry);
    if (entry.older === null) this.oldest = entry.newer;
    else entry.older.newer = entry.newer;
    if (entry.newer === null) this.newest = entry.older;
    else entry.newer.older = entry.older;
    entry.older = entry.newer = null;
    this.free.push(entry);
    this.size--;
    if (this.size > 0) return;
    this.services.executor.cancel(this.timer);
    this.timer = 0;
  }

  private expire(entry: ReassemblyEntry): void {
    const { counters } = this.services;
    if (!entry.isDead) {
      counters.ipReasmFails++;
      counters.ipReasmTimeouts++;
      const { header, firstLength } = entry;
      this.onTimeout(header === 0 ? 0 : this.takeFirst(entry, header, Math.min(firstLength, FIRST_ROOM)), entry);
    }
    this.close(entry);
  }

  private arm(entry: ReassemblyEntry): void {
    this.timer = this.services.executor.schedule(entry.deadline, this, 0, 0);
  }

  /** The first slot, with `length` bytes moved up behind a header of `header` bytes. */
  private takeFirst(entry: ReassemblyEntry, header: number, length: number): PacketHandle {
    const { arena } = this.services;
    const packet = entry.takeSlot(0);
    this.slots--;
    const base = arena.baseOf(packet);
    arena.chunkOf(packet).bytes.copyWithin(base + header, base + HEADER_ROOM, base + HEADER_ROOM + length);
    arena.length[packet] = header + length;
    return packet;
  }

  private finish(entry: ReassemblyEntry): PacketHandle {
    const { counters } = this.services;
    const { total, version } = entry;
    const header = version === 4 ? entry.header : entry.header - 8;
    const isCongested = (entry.ecnSeen & (1 << CE)) !== 0;
    // RFC 3168, section 5.3: one that is not of ECN and was marked does not exist.
    const isForged = isCongested && (entry.ecnSeen & (1 << NOT_ECT)) !== 0;
    if (isForged || total + header - (version === 4 ? 0 : 40) > MOST_DATAGRAM) {
      this.giveUp(entry);
      this.close(entry);
      return 0;
    }
    const head = this.takeFirst(entry, header, Math.min(total, FIRST_ROOM));
    this.restoreHeader(entry, head, header, isCongested ? CE : entry.ecn);
    this.chain(entry, head, header);
    this.length = total;
    counters.ipReasmOKs++;
    this.close(entry);
    return head;
  }

  /** The header as it was before the datagram was cut. */
  private restoreHeader(entry: ReassemblyEntry, head: PacketHandle, header: number, ecn: number): void {
    const { arena } = this.services;
    const { view, bytes, words } = arena.chunkOf(head);
    const base = arena.baseOf(head);
    if (entry.version === 4) {
      view.setUint16(base + IPV4.totalLength, header + entry.total);
      view.setUint16(base + IPV4.fragment, 0);
      bytes[base + 1] = (bytes[base + 1] & 0xfc) | ecn;
      view.setUint16(base + IPV4.checksum, 0);
      view.setUint16(base + IPV4.checksum, ~checksumWords(words, base, header));
    } else {
      view.setUint16(base + IPV6.payloadLength, header - 40 + entry.total);
      bytes[base + entry.nextAt] = entry.protocol;
      bytes[base + 1] = (bytes[base + 1] & 0xcf) | (ecn << 4);
    }
  }

  private chain(entry: ReassemblyEntry, head: PacketHandle, header: number): void {
    const { arena } = this.services;
    const { total } = entry;
    let left = Math.max(0, total - FIRST_ROOM);
    if (left > 0 && header + total <= SLOT_BYTES) {
      // All of it fits into one slot: TCP and ICMP know no other packets.
      const second = entry.takeSlot(1);
      const from = arena.baseOf(second);
      const to = arena.baseOf(head) + header + FIRST_ROOM;
      arena.chunkOf(head).bytes.set(arena.chunkOf(second).bytes.subarray(from, from + left), to);
      arena.length[head] += left;
      arena.release(second);
      this.slots--;
      left = 0;
    }
    let last = head;
    for (let slot = 1; left > 0; slot++) {
      const packet = entry.takeSlot(slot);
      this.slots--;
      arena.data[packet] = 0;
      arena.dataLength[packet] = Math.min(left, SLOT_BYTES);
      arena.next[last] = packet;
      last = packet;
      left -= SLOT_BYTES;
    }
    arena.next[last] = 0;
  }
}

const isFrom = (entry: ReassemblyEntry, remote: Int32Array): boolean =>
  entry.remote[0] === remote[0] &&
  entry.remote[1] === remote[1] &&
  entry.remote[2] === remote[2] &&
  entry.remote[3] === remote[3];

/** What no sender cuts: no bytes, an odd length in the middle, an end beyond 65,535, a TCP header in two (RFC 3128). */
const isSound = ({ version, length, more, offset, header, protocol }: Fragment): boolean =>
  length > 0 &&
  (!more || (length & 7) === 0) &&
  offset + length + (version === 4 ? header : 0) <= MOST_DATAGRAM &&
  !(version === 4 && protocol === PROTOCOL_TCP && offset === 8);
