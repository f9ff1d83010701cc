import { expect, test } from 'vitest';
import { decodeLines, encodeLines, LineTable } from '../../../src/driver/line-table.ts';
import { lineDriver, sample } from './support/line-driver.ts';
import { compiled, folderWith, types } from './support/sources.ts';

test.each([false, true])(
  'every frame of a stack has its exact line, before and after suspending (kasan %s)',
  async (kasan) => {
    const folder = folderWith({ 'types.h': types, 'driver.c': lineDriver(24) });
    const { wasm, lines } = await compiled(folder, { kasan });
    const { sites, host } = sample(wasm);
    expect(host.suspensions).toBe(8);
    expect(new Set(sites.map(({ real }) => real[0])).size).toBeGreaterThan(100);
    expect(Math.max(...sites.map(({ real }) => real.length))).toBe(25);
    for (const { real, found } of sites) expect(found).toEqual(real);
    expect(lines!.files).toEqual([`${folder}/driver.c`]);
    expect(host.functionsSeen).toEqual(new Set(['DriverEntry', ...Array.from({ length: 24 }, (_, i) => `f${i}`)]));
  },
);

test('an offset that no function has belongs to no line', async () => {
  const { wasm, lines } = await compiled(folderWith({ 'types.h': types, 'driver.c': lineDriver(2) }));
  for (const offset of [-1, 0, 8, wasm.length, wasm.length + 10, 0x7fff_ffff]) expect(lines!.find(offset)).toBeNull();
});

test('lines come back from bytes as they were; damaged bytes give none, and never throw', () => {
  const entries = [
    { offset: 3, file: 1, line: 70_000, column: 2 },
    { offset: 300, file: -1, line: 0, column: 0 },
    { offset: 300_000, file: 0, line: 1, column: 200 },
  ];
  const bytes = encodeLines(entries);
  expect(decodeLines(bytes, 2)).toEqual(entries);
  expect(decodeLines(bytes, 1)).toBeNull();
  for (let length = 0; length < bytes.length; length++)
    expect(decodeLines(bytes.subarray(0, length), 2)).not.toEqual(entries);
  for (let at = 0; at < bytes.length; at++) {
    const damaged = Uint8Array.from(bytes);
    damaged[at] ^= 0xff;
    expect(() => decodeLines(damaged, 2)).not.toThrow();
  }
  expect(new LineTable(['a.c'], entries, Uint8Array.of(1, 2, 3)).find(3)).toBeNull();
});
