import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aspectNames } from '../vary/aspects.ts';
import { type SeedResult, SweepSummary } from './summary.ts';

const few = fc.constantFrom('a', 'b', 'c');
const results = fc.uniqueArray(
  fc.record({
    seed: fc.nat(1000),
    wrong: fc.array(
      few.map((key) => ({ key, text: `text of ${key}` })),
      { maxLength: 3 },
    ),
    reached: fc.uniqueArray(few, { maxLength: 3 }),
    varied: fc.uniqueArray(fc.constantFrom(...aspectNames), { maxLength: 4 }),
    places: fc.array(fc.tuple(few, fc.boolean()), { maxLength: 3 }),
  }),
  { selector: ({ seed }) => seed, maxLength: 30 },
);

const checks = { sometimes: { a: () => true, b: () => true, c: () => true } };

const reportOf = (all: readonly SeedResult[]) => {
  const summary = new SweepSummary(checks);
  for (const result of all) summary.add(result);
  return summary.report();
};

test('the order of seeds changes nothing, and parts that are joined are the whole', () => {
  fc.assert(
    fc.property(results, fc.integer({ min: 1, max: 4 }), (all, of) => {
      const whole = reportOf(all);
      expect(reportOf([...all].reverse())).toEqual(whole);
      const joined = new SweepSummary();
      for (let part = 0; part < of; part++)
        joined.join(JSON.parse(JSON.stringify(reportOf(all.filter((_, index) => index % of === part)))));
      expect(joined.report()).toEqual(whole);
    }),
  );
});

test('a mistake counts once for each seed that shows it, with the smallest of them', () => {
  const result = (seed: number, ...keys: string[]): SeedResult => {
    const wrong = keys.map((key) => ({ key, text: `${key} under ${seed}` }));
    return { seed, wrong, reached: [], varied: [], places: [] };
  };
  const { seeds, mistakes, sometimes } = reportOf([result(7, 'x', 'x'), result(3, 'x', 'y'), result(9)]);
  expect([seeds, sometimes]).toEqual([3, { a: 0, b: 0, c: 0 }]);
  expect(mistakes).toEqual([
    { key: 'x', text: 'x under 3', seeds: 2, firstSeed: 3 },
    { key: 'y', text: 'y under 3', seeds: 1, firstSeed: 3 },
  ]);
});
