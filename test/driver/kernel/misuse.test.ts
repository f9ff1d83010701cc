import { expect, test } from 'vitest';
import { runChecks } from './run-checks.ts';

test.each([
  [0, 'a thread that ends with a mutex', '0x4000008A'],
  [1, "KeReleaseMutex of another's mutex", '0x1E/0xC0000046'],
  [2, 'KeReleaseSemaphore past the limit', '0x1E/0xC0000047'],
  [3, 'a wait for four objects without wait blocks', '0xC/0x4'],
  [4, 'a wait for several objects at DISPATCH_LEVEL', '0xB8'],
  [5, 'a fast mutex at DISPATCH_LEVEL', '0xC4/0x33'],
  [6, 'a fast mutex acquired twice', '0xC4/0x1000'],
  [7, 'ExReleaseResourceLite of a resource that is not owned', '0xE3'],
  [8, 'a push lock at DISPATCH_LEVEL', '0xC4/0x33'],
  [9, 'a spin lock acquired twice', '0xF/'],
  [10, 'a spin lock released that nobody holds', '0x10/'],
  [11, 'KeLeaveCriticalRegion without KeEnterCriticalRegion', '0xC4/0x3E'],
  [12, 'rundown protection released too often', '0x139/0xE'],
  [13, 'a work item queued twice', '0xE4/0x1'],
  [14, 'a work item freed while it is queued', '0xE4'],
  [15, 'a work item that ends at DISPATCH_LEVEL', '0xE1'],
  [16, 'memory freed with a resource in it', '0xC4/0x17'],
  [17, 'memory freed with a mutex that is owned', '0xC7'],
  [18, 'an unsafe fast mutex with APCs enabled', '0xC4/0x39'],
])(
  'mistake %i, %s, is the bug check that Windows has',
  async (testCase, _what, code) => {
    const { outcome } = await runChecks('misuse.c', { testCase });
    expect(outcome.problems).toHaveLength(1);
    expect(outcome.problems[0]).toContain(`bug check on driver: ${code}`);
  },
  120_000,
);

test('a work item that is never freed is named at unload', async () => {
  const { outcome } = await runChecks('misuse.c', { testCase: 19 });
  const [item, resource] = outcome.problems;
  expect(outcome.problems).toHaveLength(2);
  expect(item).toMatch(
    /^error R40 on driver: left behind at unload: 1 work item\n\s+at Mistake \([^\n]*misuse\.c:99\)/,
  );
  expect(resource).toMatch(/^error R40 on driver: left behind at unload: 1 resource \(ERESOURCE\)\n/);
}, 120_000);
