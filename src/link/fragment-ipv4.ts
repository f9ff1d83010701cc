import type { PacketArena, PacketHandle } from './arena.ts';
import { checksumWords } from './checksum.ts';

/** What a packet is cut into; at most a slot's bytes in pieces of at least 8. */
export interface PacketSink {
  send(packet: PacketHandle): void;
}

const MORE_FRAGMENTS = 0x2000;
const OFFSET = 0x1fff;
const COPIED = 0x80;
const END = 0;
const NO_OPERATION = 1;

/**
 * A router's way with an IPv4 packet that is too long for the next link (RFC 791, section 3.2): fragments whose lengths
 * are multiples of 8 bytes, of a fragment too, all with the options that ask to be copied. The packet stays the
 * caller's.
 * @returns the number of fragments sent; 0 when there was no memory for all of them, or no room for 8 bytes
 */
export const fragmentIpv4 = (arena: PacketArena, packet: PacketHandle, mtu: number, sink: PacketSink): number => {
  const { bytes, view } = arena.chunkOf(packet);
  const base = arena.baseOf(packet);
  const header = (bytes[base] & 15) * 4;
  const length = view.getUint16(base + 2);
  const cut = view.getUint16(base + 6);
  const room = (mtu - header) & ~7;
  if (header < 20 || length > arena.length[packet] || room < 8) return 0;
  let head = 0;
  let last = 0;
  let count = 0;
  for (let at = header; at < length; at += room, count++) {
    const piece = arena.allocate();
    if (piece === 0) {
      forget(arena, head);
      return 0;
    }
    const size = Math.min(room, length - at);
    const isLast = at + size === length;
    const out = arena.chunkOf(piece);
    const to = arena.baseOf(piece);
    out.bytes.set(bytes.subarray(base, base + header), to);
    if (at > header) keepCopied(out.bytes, to + 20, to + header);
    out.bytes.set(bytes.subarray(base + at, base + at + size), to + header);
    out.view.setUint16(to + 2, header + size);
    const more = isLast ? cut & MORE_FRAGMENTS : MORE_FRAGMENTS;
    out.view.setUint16(to + 6, more | ((cut & OFFSET) + ((at - header) >> 3)));
    out.view.setUint16(to + 10, 0);
    out.view.setUint16(to + 10, ~checksumWords(out.words, to, header));
    arena.length[piece] = header + size;
    arena.cause[piece] = arena.cause[packet];
    if (head === 0) head = piece;
    else arena.next[last] = piece;
    last = piece;
  }
  for (let piece = head; piece !== 0; ) {
    const next = arena.next[piece];
    arena.next[piece] = 0;
    sink.send(piece);
    piece = next;
  }
  return count;
};

/** Options of the first fragment only become no-operations in the others, which keeps the header's length. */
const keepCopied = (bytes: Uint8Array, from: number, to: number): void => {
  for (let at = from; at < to; ) {
    const type = bytes[at];
    if (type === END) return;
    const length = type === NO_OPERATION ? 1 : at + 1 < to ? bytes[at + 1] : 0;
    if (length < 1 || at + length > to || (length === 1 && type !== NO_OPERATION)) return;
    if ((type & COPIED) === 0) bytes.fill(NO_OPERATION, at, at + length);
    at += length;
  }
};

const forget = (arena: PacketArena, head: PacketHandle): void => {
  for (let piece = head; piece !== 0; ) {
    const next = arena.next[piece];
    arena.release(piece);
    piece = next;
  }
};
