import { expect, test } from 'vitest';
import { CryptoRandom } from './crypto-random.ts';

test('two sources give different numbers, more than a pool of them, all over 32 bits', () => {
  const draw = (): number[] => {
    const random = new CryptoRandom();
    return Array.from({ length: 1000 }, () => random.int32());
  };
  const numbers = draw();
  expect(draw()).not.toEqual(numbers);
  expect(new Set(numbers).size).toBeGreaterThan(990);
  expect(numbers.every((number) => number === (number | 0))).toBe(true);
  // Each fails by chance less than once in 2^200.
  expect(numbers.reduce((all, number) => all | number, 0)).toBe(-1);
  expect(numbers.reduce((all, number) => all & number, -1)).toBe(0);
});

test('below a limit every number comes, and nothing else', () => {
  const random = new CryptoRandom();
  const seen = new Set(Array.from({ length: 1000 }, () => random.below(5)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  expect(random.below(1)).toBe(0);
  expect(random.below(4_294_967_296)).toBeLessThan(4_294_967_296);
});
