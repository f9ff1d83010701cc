import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checksumWords, foldChecksum } from './checksum.ts';

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
