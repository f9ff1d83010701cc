import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PacketArena } from './arena.ts';
import { checksumWords, foldChecksum } from './checksum.ts';
import { makeVectorMemory } from './simd-checksum.ts';

it('sums like RFC 1071 says, for every length and start', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1600 }), fc.nat(20), (bytes, skip) => {
      const buffer = new ArrayBuffer(2048);
      new Uint8Array(buffer).fill(0xee).set(bytes, skip * 4);
      let sum = 0;
      for (let i = 0; i < bytes.length; i++) sum += i & 1 ? bytes[i] : bytes[i] << 8;
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      const fast = checksumWords(new Uint32Array(buffer), skip * 4, bytes.length);
      // Zero has two faces in one's complement.
      expect(fast % 0xffff).toBe(sum % 0xffff);
      expect(fast === 0).toBe(sum === 0);
    }),
  );
});

it('folds what does not fit', () => {
  expect([0, 0xffff, 0x10000, 0x1fffe, 0xffff_ffff].map(foldChecksum)).toEqual([0, 0xffff, 1, 0xffff, 0xffff]);
});

it('sums the same by vector instructions, in a memory of theirs and in chunks beyond it', () => {
  const vector = makeVectorMemory(1 << 20);
  expect(vector).not.toBe(null); // every engine this project runs on has them
  const arena = new PacketArena({ vector });
  const packets = Array.from({ length: 600 }, () => arena.allocate());
  expect(arena.chunks.map((chunk) => chunk.address)).toEqual([0, -1]);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 1600 }), fc.nat(20), fc.constantFrom(5, 599), (bytes, skip, which) => {
      const chunk = arena.chunkOf(packets[which]);
      const at = arena.baseOf(packets[which]) + skip * 4;
      chunk.bytes.set(bytes, at);
      expect(arena.sum(chunk, at, bytes.length)).toBe(checksumWords(chunk.words, at, bytes.length));
    }),
    { numRuns: 500 },
  );
});
