import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shrink } from './shrink.ts';

const list = (length: number): number[] => Array.from({ length }, (_, index) => index);

test('what is left fails, and leaving out any one of it does not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(60),
      fc.array(fc.array(fc.nat(59), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      async (length, causes) => {
        // It fails when all elements of one of the causes are there.
        const fails = async (part: readonly number[]): Promise<boolean> =>
          causes.some((cause) => cause.every((it) => part.includes(it)));
        const all = list(length);
        fc.pre(await fails(all));
        const kept = await shrink(all, fails);
        expect(await fails(kept)).toBe(true);
        for (const left of kept) expect(await fails(kept.filter((it) => it !== left))).toBe(false);
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
      },
    ),
  );
});

test('what fails without anything shrinks to nothing, in one run', async () => {
  let runs = 0;
  const kept = await shrink(
    list(100),
    async () => true,
    () => void runs++,
  );
  expect([kept, runs]).toEqual([[], 1]);
});

test('one cause among a thousand is found in a few dozen runs', async () => {
  let runs = 0;
  const kept = await shrink(
    list(1000),
    async (part) => part.includes(637),
    () => void runs++,
  );
  expect(kept).toEqual([637]);
  expect(runs).toBeLessThan(60);
});
