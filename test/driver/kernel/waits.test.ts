import { expect, test } from 'vitest';
import { checksIn, failures, runChecks } from './run-checks.ts';

test.each([
  ['waits for several objects, for semaphores and for mutexes', 'waits.c'],
  ['uses the locks of the executive', 'locks.c'],
  ['has work done in worker threads', 'work-items.c'],
])(
  'a C driver %s as on Windows',
  async (_what, file) => {
    const checked = await runChecks(file);
    expect(failures(checked)).toEqual([]);
    expect(checked.lines).toHaveLength(checksIn(file));
  },
  120_000,
);
