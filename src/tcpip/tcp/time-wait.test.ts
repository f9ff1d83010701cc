import { expect, it } from 'vitest';
import { SECOND, VirtualExecutor } from '../../time/index.ts';
import { TimeWaitTable } from './time-wait.ts';

const setUp = () => {
  const executor = new VirtualExecutor();
  const ended: number[] = [];
  const table: TimeWaitTable = new TimeWaitTable(executor, 120 * SECOND, (slot) => {
    ended.push(table.ports[slot]);
    table.remove(slot);
  });
  return { executor, table, ended };
};

it('expires in order, with one event for all, and finds records by path and ports meanwhile', () => {
  const { executor, table, ended } = setUp();
  const slots = Array.from({ length: 1000 }, (_, i) => {
    executor.runUntil((i * SECOND) / 100);
    return table.add(i % 3, 5000 + i, null);
  });
  expect(executor.pending).toBe(1);
  expect(slots.map((_, i) => table.find(i % 3, 5000 + i))).toEqual(slots);
  expect(table.find(9, 5000)).toBe(-1);
  executor.runUntil(120 * SECOND + 5 * SECOND);
  expect(ended).toEqual(Array.from({ length: 501 }, (_, i) => 5000 + i));
  executor.run();
  expect([table.size, executor.pending]).toEqual([0, 0]);
});

it('waits again in full when told so, and leaves no event behind when it is emptied', () => {
  const { executor, table, ended } = setUp();
  const first = table.add(1, 1, null);
  table.add(1, 2, null);
  executor.runUntil(60 * SECOND);
  table.restart(first);
  executor.runUntil(130 * SECOND);
  expect(ended).toEqual([2]);
  table.remove(first);
  expect(executor.pending).toBe(0);
});
