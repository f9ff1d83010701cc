import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Random } from './random.ts';

const draws = (random: Random, count = 50): number[] => Array.from({ length: count }, () => random.int32());

test('the same seed gives the same numbers', () => {
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      expect(draws(new Random(seed))).toEqual(draws(new Random(seed)));
    }),
  );
});

test('the numbers of a seed never change from one release to the next', () => {
  expect(draws(new Random(1), 4)).toMatchInlineSnapshot(`
    [
      -1364076728,
      121704908,
      -1631797786,
      1744069513,
    ]
  `);
});

test('different seeds give different numbers', () => {
  expect(draws(new Random(1))).not.toEqual(draws(new Random(2)));
});

test('the seeds of a sweep decide their very first question differently', () => {
  const heads = Array.from({ length: 1000 }, (_, seed) => new Random(seed)).filter((random) => random.chance(0.5));
  expect(heads.length).toBeGreaterThan(400);
  expect(heads.length).toBeLessThan(600);
});

test('every form of draw stays within its bounds', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 2 ** 32 }), (seed, limit) => {
      const random = new Random(seed);
      for (let i = 0; i < 20; i++) {
        const below = random.below(limit);
        expect(Number.isInteger(below) && below >= 0 && below < limit).toBe(true);
        const unit = random.unit();
        expect(unit >= 0 && unit < 1).toBe(true);
        const signed = random.int32();
        expect(signed).toBe(signed | 0);
      }
    }),
  );
});

test('below reaches both ends of its range', () => {
  const random = new Random(7);
  const seen = new Set(Array.from({ length: 200 }, () => random.below(3)));
  expect([...seen].sort()).toEqual([0, 1, 2]);
});

test('a chance of 0 never happens, one of 1 always', () => {
  const random = new Random(3);
  for (let i = 0; i < 100; i++) {
    expect(random.chance(0)).toBe(false);
    expect(random.chance(1)).toBe(true);
  }
});

test('a fork draws its own numbers: what it draws does not move its parent', () => {
  const [one, two] = [new Random(5), new Random(5)];
  const fork = one.fork();
  two.fork();
  draws(fork);
  expect(draws(one)).toEqual(draws(two));
});

test('two forks of one parent draw different numbers', () => {
  const parent = new Random(5);
  expect(draws(parent.fork())).not.toEqual(draws(parent.fork()));
});
