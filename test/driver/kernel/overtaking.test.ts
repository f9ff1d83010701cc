import { expect, test } from 'vitest';
import { Random } from '../../../src/base/index.ts';
import { nodeCrypto } from '../../../src/driver/node-crypto.ts';
import { checksIn, failures, runChecks } from './run-checks.ts';

test.each([1, 2, 3, 4, 5, 6])(
  'locks exclude whoever overtakes on another processor, seed %i',
  async (seed) => {
    const random = new Random(seed);
    const schedule = { pick: (waiting: number) => random.below(waiting), switchNow: () => random.chance(0.5) };
    const checked = await runChecks('locks.c', { scenario: { seed, machine: { schedule } } });
    expect(failures(checked)).toEqual([]);
    expect(checked.lines).toHaveLength(checksIn('locks.c'));
  },
  120_000,
);

test('bytes of chance are the same for the same seed, and others for another', async () => {
  const run = async (seed: number) => {
    const { lines } = await runChecks('random.c', { guest: { crypto: nodeCrypto }, scenario: { seed } });
    return lines;
  };
  const [first, again, other] = [await run(1), await run(1), await run(2)];
  expect(first).toHaveLength(1);
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
}, 120_000);
