import { expect, test } from 'vitest';
import { NT_ERROR, NT_SUCCESS, ntStatus, ntStatusName } from './ntstatus.ts';
import * as values from './ntstatus-values.ts';

test('ntstatus-values exports exactly the names of the table, with its values', () => {
  expect({ ...values }).toEqual({ ...ntStatus });
});

test('every status is a signed 32-bit number that no other name has', () => {
  const numbers = Object.values(ntStatus);
  for (const status of numbers) expect(status).toBe(status | 0);
  expect(new Set(numbers).size).toBe(numbers.length);
});

test('every status is known by its name', () => {
  for (const [name, status] of Object.entries(ntStatus)) expect(ntStatusName(status)).toBe(name);
});

test('a name is found for the unsigned form of a status too', () => {
  expect(ntStatusName(0xc0000120)).toBe('STATUS_CANCELLED');
});

test('a status outside the table is named by its eight digits', () => {
  expect(ntStatusName(0xc0de0001 | 0)).toBe('0xC0DE0001');
  expect(ntStatusName(0x7)).toBe('0x00000007');
});

test.each([
  ['STATUS_SUCCESS', true, false],
  ['STATUS_PENDING', true, false],
  ['STATUS_TIMEOUT', true, false],
  ['STATUS_ALERTED', true, false],
  ['STATUS_USER_APC', true, false],
  ['STATUS_EVENT_PENDING', true, false],
  ['STATUS_BUFFER_OVERFLOW', false, false],
  ['STATUS_UNSUCCESSFUL', false, true],
  ['STATUS_CANCELLED', false, true],
] as const)('%s: NT_SUCCESS %s, NT_ERROR %s', (name, success, error) => {
  expect([NT_SUCCESS(ntStatus[name]), NT_ERROR(ntStatus[name])]).toEqual([success, error]);
});

test('the table cannot be changed', () => {
  expect(Object.isFrozen(ntStatus)).toBe(true);
});
