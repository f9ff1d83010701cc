import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenWskError } from '../base/index.ts';
import { PacketArena, SLOT_BYTES } from './arena.ts';

describe('PacketArena', () => {
  it('never hands out the same slot twice while it is held', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { maxLength: 3000 }), (steps) => {
        const arena = new PacketArena();
        const held: number[] = [];
        for (const take of steps) {
          if (take || held.length === 0) held.push(arena.allocate());
          else arena.release(held.shift()!);
        }
        expect(new Set(held).size).toBe(held.length);
        expect(held).not.toContain(0);
        expect(arena.liveCount).toBe(held.length);
      }),
      { numRuns: 20 },
    );
  });

  it('grows by chunks and keeps bytes and columns in place', () => {
    const arena = new PacketArena();
    const packets = Array.from({ length: 1500 }, (_, i) => {
      const packet = arena.from(Uint8Array.of(i & 255, i >> 8));
      arena.seq[packet] = i;
      return packet;
    });
    packets.forEach((packet, i) => {
      expect([...arena.bytesOf(packet)]).toEqual([i & 255, i >> 8]);
      expect(arena.seq[packet]).toBe(i);
    });
    expect(arena.chunks.length).toBe(3);
  });

  it('keeps a packet until its last reference goes, and names a release too many', () => {
    const arena = new PacketArena();
    const packet = arena.allocate();
    arena.retain(packet);
    arena.release(packet);
    expect([arena.isShared(packet), arena.liveCount]).toEqual([false, 1]);
    arena.release(packet);
    expect(arena.liveCount).toBe(0);
    expect(() => arena.release(packet)).toThrow(/released twice/);
  });

  it('gives 0 when it is full or the bytes do not fit', () => {
    const arena = new PacketArena({ maxPackets: 2 });
    expect(arena.from(new Uint8Array(SLOT_BYTES + 1))).toBe(0);
    const first = arena.allocate();
    expect(arena.allocate()).not.toBe(0);
    expect([arena.allocate(), arena.copy(first)]).toEqual([0, 0]);
    arena.release(first);
    expect(arena.allocate()).not.toBe(0);
  });

  it('refuses a size that makes no sense', () => {
    for (const maxPackets of [0, -1, 1.5, Number.NaN])
      expect(() => new PacketArena({ maxPackets })).toThrow(OpenWskError);
  });
});
