import { type PacketArena, type PacketHandle, SLOT_BYTES } from '../../link/index.ts';
import type { Nanoseconds } from '../../time/index.ts';
import type { Fragment } from './fragment.ts';

/** Room for the headers in the first slot; the limit of extension headers keeps them below it. */
export const HEADER_ROOM = 320;
export const FIRST_ROOM = SLOT_BYTES - HEADER_ROOM;
export const MOST_DATAGRAM = 65_535;
export const MOST_SLOTS = 1 + Math.ceil((MOST_DATAGRAM - FIRST_ROOM) / SLOT_BYTES);
const BLOCK_WORDS = (MOST_DATAGRAM + 1) / 8 / 32;

export const PLACED = 0;
/** The very bytes of a fragment that is here: may be ignored (RFC 8200, section 4.5). */
export const DUPLICATE = 1;
/** Anything else that was here already: the datagram is given up (RFC 5722; for IPv4 too). */
export const OVERLAP = 2;
export const NO_SLOT = 3;

const slotOf = (at: number): number => (at < FIRST_ROOM ? 0 : 1 + Math.floor((at - FIRST_ROOM) / SLOT_BYTES));
const slotStart = (slot: number): number => (slot === 0 ? 0 : FIRST_ROOM + (slot - 1) * SLOT_BYTES);

/**
 * One datagram in pieces. Each byte has its place in a slot of the arena from the start, behind room for the header in
 * the first; one bit per block of 8 bytes says what is here, another where a fragment began. Used again and again.
 */
export class ReassemblyEntry {
  version: 4 | 6 = 4;
  readonly local = new Int32Array(4);
  readonly remote = new Int32Array(4);
  protocol = 0;
  id = 0;
  port = 0;
  deadline: Nanoseconds = 0;
  /** Something was wrong with it: what else comes is dropped until its time is over. */
  isDead = false;
  fragments = 0;
  received = 0;
  /** Length of all of it; -1 until the last fragment has come. */
  total = -1;
  /** End of what has come so far. */
  highest = 0;
  /** Of the first fragment; 0 until it has come. */
  header = 0;
  firstLength = 0;
  nextAt = 0;
  /** Bit 1 << ECN field for each that was seen. */
  ecnSeen = 0;
  ecn = 0;
  slotCount = 0;
  readonly slots = new Int32Array(MOST_SLOTS);
  older: ReassemblyEntry | null = null;
  newer: ReassemblyEntry | null = null;
  private readonly present = new Int32Array(BLOCK_WORDS);
  private readonly begins = new Int32Array(BLOCK_WORDS);

  matches(fragment: Fragment): boolean {
    if (this.id !== fragment.id || this.version !== fragment.version) return false;
    if (this.version === 4 && this.protocol !== fragment.protocol) return false;
    for (let i = 0; i < 4; i++) {
      if (this.remote[i] !== fragment.remote[i] || this.local[i] !== fragment.local[i]) return false;
    }
    return true;
  }

  open(fragment: Fragment, deadline: Nanoseconds): void {
    this.version = fragment.version;
    this.local.set(fragment.local);
    this.remote.set(fragment.remote);
    this.protocol = fragment.protocol;
    this.id = fragment.id;
    this.deadline = deadline;
    this.isDead = false;
    this.fragments = this.received = this.highest = this.header = this.firstLength = this.ecnSeen = this.ecn = 0;
    this.total = -1;
    this.present.fill(0);
    this.begins.fill(0);
  }

  /** @returns false when the end of the datagram is not where others have it */
  takeEnd(fragment: Fragment): boolean {
    const end = fragment.offset + fragment.length;
    if (!fragment.more) {
      if ((this.total >= 0 && this.total !== end) || this.highest > end) return false;
      this.total = end;
    } else if (this.total >= 0 && end > this.total) return false;
    this.highest = Math.max(this.highest, end);
    return true;
  }

  /** Slots that a fragment needs and that are not there yet. */
  missingSlots(fragment: Fragment): number {
    let missing = 0;
    const last = slotOf(fragment.offset + fragment.length - 1);
    for (let slot = slotOf(fragment.offset); slot <= last; slot++) if (this.slots[slot] === 0) missing++;
    return missing;
  }

  /** Copies a fragment to its place, if that is free. */
  place(arena: PacketArena, fragment: Fragment): number {
    const present = this.compare(arena, fragment);
    if (present !== PLACED) return present;
    if (!this.allocate(arena, fragment)) return NO_SLOT;
    const { offset, length, packet, header } = fragment;
    const from = arena.chunkOf(packet).bytes;
    let source = arena.baseOf(packet) + header;
    for (let at = offset; at < offset + length; ) {
      const slot = slotOf(at);
      const count = Math.min(offset + length, slotStart(slot + 1)) - at;
      arena.chunkOf(this.slots[slot]).bytes.set(from.subarray(source, source + count), this.byteAt(arena, slot, at));
      source += count;
      at += count;
    }
    const end = (offset + length + 7) >>> 3;
    for (let block = offset >>> 3; block < end; block++) this.present[block >>> 5] |= 1 << (block & 31);
    this.begins[offset >>> 8] |= 1 << ((offset >>> 3) & 31);
    this.received += length;
    if (offset === 0) this.takeHeader(arena, fragment);
    return PLACED;
  }

  /** Gives all slots back. */
  clear(arena: PacketArena): void {
    for (let slot = 0; this.slotCount > 0; slot++) {
      if (this.slots[slot] === 0) continue;
      arena.release(this.slots[slot]);
      this.slots[slot] = 0;
      this.slotCount--;
    }
  }

  /** Takes a slot out of the entry; 0 when there is none. */
  takeSlot(slot: number): PacketHandle {
    const packet = slot < MOST_SLOTS ? this.slots[slot] : 0;
    if (packet === 0) return 0;
    this.slots[slot] = 0;
    this.slotCount--;
    return packet;
  }

  private takeHeader(arena: PacketArena, { packet, header, length, nextAt, protocol, ecn }: Fragment): void {
    const base = arena.baseOf(packet);
    const bytes = arena.chunkOf(packet).bytes.subarray(base, base + header);
    arena.chunkOf(this.slots[0]).bytes.set(bytes, arena.baseOf(this.slots[0]));
    this.header = header;
    this.firstLength = length;
    this.nextAt = nextAt;
    this.protocol = protocol;
    this.ecn = ecn;
  }

  /** PLACED: nothing of it is here yet. */
  private compare(arena: PacketArena, { offset, length, packet, header }: Fragment): number {
    const first = offset >>> 3;
    const end = (offset + length + 7) >>> 3;
    let here = 0;
    for (let block = first; block < end; block++) if (has(this.present, block)) here++;
    if (here === 0) return PLACED;
    if (here < end - first || !this.isOneFragment(first, end)) return OVERLAP;
    const bytes = arena.chunkOf(packet).bytes;
    const source = arena.baseOf(packet) + header - offset;
    for (let at = offset; at < offset + length; at++) {
      const slot = slotOf(at);
      if (arena.chunkOf(this.slots[slot]).bytes[this.byteAt(arena, slot, at)] !== bytes[source + at]) return OVERLAP;
    }
    return DUPLICATE;
  }

  private isOneFragment(first: number, end: number): boolean {
    if (!has(this.begins, first)) return false;
    for (let block = first + 1; block < end; block++) if (has(this.begins, block)) return false;
    return !has(this.present, end) || has(this.begins, end);
  }

  private allocate(arena: PacketArena, { offset, length }: Fragment): boolean {
    const last = slotOf(offset + length - 1);
    for (let slot = slotOf(offset); slot <= last; slot++) {
      if (this.slots[slot] !== 0) continue;
      const packet = arena.allocate();
      if (packet === 0) return false;
      this.slots[slot] = packet;
      this.slotCount++;
    }
    return true;
  }

  /** Where a byte of the datagram stands in its chunk. */
  private byteAt(arena: PacketArena, slot: number, at: number): number {
    return arena.baseOf(this.slots[slot]) + (slot === 0 ? HEADER_ROOM : 0) + at - slotStart(slot);
  }
}

const has = (bits: Int32Array, block: number): boolean => ((bits[block >>> 5] >>> (block & 31)) & 1) !== 0;
