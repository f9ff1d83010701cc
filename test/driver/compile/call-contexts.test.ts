import { expect, test } from 'vitest';
import { callsIn } from '../../../src/driver/compile/wasm-calls.ts';
import { BinaryReader } from '../../../src/driver/wasm-sections.ts';
import { pathDriver, sample } from './support/line-driver.ts';
import { compiled, folderWith, types } from './support/sources.ts';

test.each([false, true])(
  'the context of a call is the same when the same calls have led there, else another (kasan %s)',
  async (kasan) => {
    const folder = folderWith({ 'types.h': types, 'driver.c': pathDriver });
    const { sites, host } = sample((await compiled(folder, { kasan })).wasm);
    expect(host.suspensions).toBe(15);
    const contexts = new Map<string, Set<bigint>>();
    for (const { real, context } of sites) {
      const path = real.join();
      contexts.set(path, (contexts.get(path) ?? new Set()).add(context));
    }
    expect(contexts.size).toBe(114);
    expect([...contexts.values()].filter((found) => found.size !== 1)).toEqual([]);
    expect(new Set(sites.map(({ context }) => context)).size).toBe(contexts.size);
  },
);

const callsOf = (...code: number[]): number[] => callsIn(new BinaryReader(Uint8Array.from(code)), () => true);

test('calls are found between instructions whose operands look like calls', () => {
  expect(callsOf(0x41, 0x10, 0x10, 0x90, 0x10, 0x11, 0x10, 0x11, 0x0b)).toEqual([2, 5]); // i32.const 16
  expect(callsOf(0x44, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x00)).toEqual([9]); // f64.const
  expect(callsOf(0x0e, 2, 0x10, 0x11, 0x10, 0x10, 0x00)).toEqual([5]); // br_table
  expect(callsOf(0xfc, 10, 0x10, 0x10, 0x10, 0x00)).toEqual([4]); // memory.copy
  expect(callsOf(0x06, 0x40, 0x10, 0x10, 0x07, 0x10, 0x19, 0x0b)).toEqual([2]); // try, catch 16, catch_all
  expect(callsOf(0x29, 3, 0x10, 0x10, 0x11)).toEqual([3]); // i64.load
});

test('instructions that no driver is compiled to are refused', () => {
  expect(() => callsOf(0xfd, 12)).toThrow(expect.objectContaining({ code: 'OWSK_COMPILE' }));
  expect(() => callsOf(0xfe, 0)).toThrow(expect.objectContaining({ code: 'OWSK_COMPILE' }));
});
