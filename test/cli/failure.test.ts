import { expect, test } from 'vitest';
import { OpenWskError } from '../../src/base/index.ts';
import { exitCodeOf, failureText, UsageError } from '../../src/cli/failure.ts';
import { WskError } from '../../src/sockets/index.ts';

test('exit codes: 2 for use and environment, 1 for what the network or a check said', () => {
  const missing = new OpenWskError('OWSK_NO_HOST', 'no host transport');
  expect([exitCodeOf(new UsageError('how')), exitCodeOf(missing)]).toEqual([2, 2]);
  expect([exitCodeOf(new WskError('WskBind', -1)), exitCodeOf(new Error('oops'))]).toEqual([1, 1]);
  expect(failureText(missing)).toBe('no host transport');
});
