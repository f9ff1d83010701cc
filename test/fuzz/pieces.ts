import type { Random } from '../../src/base/index.ts';
import type { PacketArena, PacketHandle } from '../../src/link/index.ts';

const MORE_V4 = 0x2000;
const FRAGMENT_V6 = 44;

/**
 * Cuts a packet with a plain header into fragments with right headers and throws them: in any order, and at times one of
 * them twice, not at all, or moved so that it overlaps another. The packet is used up.
 */
export class Cutter {
  private readonly arena: PacketArena;
  private readonly random: Random;
  private readonly edges: number[] = [];
  private id = 0;

  constructor(arena: PacketArena, random: Random) {
    this.arena = arena;
    this.random = random;
  }

  throw(packet: PacketHandle, send: (piece: PacketHandle) => void): void {
    const { arena, random, edges } = this;
    const isV4 = arena.chunkOf(packet).bytes[arena.baseOf(packet)] >> 4 === 4;
    const length = arena.length[packet] - (isV4 ? 20 : 40);
    this.id++;
    edges.length = 0;
    for (let at = 0; at < length; at += 8 * (1 + random.below(random.below(2) === 0 ? 4 : 100))) edges.push(at);
    for (let left = edges.length; left > 0; left--) {
      const i = random.below(left);
      const from = edges[i];
      const to = this.after(from, length);
      edges.splice(i, 1);
      edges.push(from);
      const fate = random.below(40);
      if (fate === 0) continue;
      const shift = fate === 1 ? 8 * random.below(3) : 0;
      for (let copies = fate === 2 ? 2 : 1; copies > 0; copies--) {
        const piece = this.cut(packet, isV4, from, to, to < length, from + shift);
        if (piece !== 0) send(piece);
      }
    }
    arena.release(packet);
  }

  private after(from: number, length: number): number {
    let next = length;
    for (const edge of this.edges) if (edge > from && edge < next) next = edge;
    return next;
  }

  private cut(
    packet: PacketHandle,
    isV4: boolean,
    from: number,
    to: number,
    more: boolean,
    offset: number,
  ): PacketHandle {
    const { arena, id } = this;
    const piece = arena.allocate();
    if (piece === 0) return 0;
    const source = arena.chunkOf(packet).bytes;
    const at = arena.baseOf(packet);
    const { bytes, view } = arena.chunkOf(piece);
    const base = arena.baseOf(piece);
    const header = isV4 ? 20 : 40;
    const total = header + (isV4 ? 0 : 8) + to - from;
    bytes.set(source.subarray(at, at + header), base);
    bytes.set(source.subarray(at + header + from, at + header + to), base + total - (to - from));
    if (isV4) {
      view.setUint16(base + 2, total);
      view.setUint16(base + 4, id);
      view.setUint16(base + 6, (offset >> 3) | (more ? MORE_V4 : 0));
      view.setUint16(base + 10, 0);
      view.setUint16(base + 10, ~sumOf(view, base, 20));
    } else {
      view.setUint16(base + 4, total - 40);
      view.setInt32(base + 40, (bytes[base + 6] << 24) | offset | (more ? 1 : 0));
      view.setInt32(base + 44, id);
      bytes[base + 6] = FRAGMENT_V6;
    }
    arena.length[piece] = total;
    return piece;
  }
}

const sumOf = (view: DataView, from: number, length: number): number => {
  let sum = 0;
  for (let at = from; at < from + length; at += 2) sum += view.getUint16(at);
  return (sum & 0xffff) + (sum >>> 16);
};
