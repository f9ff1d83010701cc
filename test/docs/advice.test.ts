import { expect, test } from 'vitest';
import { NT_SUCCESS, type NtStatusName, ntStatus } from '../../src/base/index.ts';
import { adviceFor } from '../../src/sockets/index.ts';
import { statuses } from './statuses.ts';

test('every failure that a function is documented to answer with comes with advice', () => {
  const names = new Set(Object.values(statuses).flatMap((tests) => Object.keys(tests) as NtStatusName[]));
  const failures = [...names].filter((name) => !NT_SUCCESS(ntStatus[name]));
  expect(failures.filter((name) => adviceFor(ntStatus[name]) === '')).toEqual([]);
});
