import { expect, it } from 'vitest';
import { sipHash } from './siphash.ts';

// The reference implementation's vectors: key 00 01 … 0f, message 00 01 02 … of the length given.
it.each([
  [0, 0x726fdb47, 0xdd0e0e31],
  [4, 0xcf2794e0, 0x277187b7],
  [8, 0x93f5f579, 0x9a932462],
])('gives the reference value for %i bytes', (length, high, low) => {
  const words = (count: number) => Int32Array.from({ length: count }, (_, i) => 0x03020100 + i * 0x04040404);
  const out = new Int32Array(2);
  sipHash(words(4), words(length / 4), length / 4, out);
  expect([out[1] >>> 0, out[0] >>> 0]).toEqual([high, low]);
});
