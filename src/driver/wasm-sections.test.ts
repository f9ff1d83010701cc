import { expect, test } from 'vitest';
import { functionsOf } from './wasm-functions.ts';
import { customSection, sectionsOf, withoutSections, withSections } from './wasm-sections.ts';

const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** One function `f` with an empty body, after an imported one. */
const small = Uint8Array.from([
  ...[...empty, 1, 4, 1, 0x60, 0, 0, 2, 7, 1, 1, 0x6d, 1, 0x69, 0, 0, 3, 2, 1, 0],
  ...[10, 4, 1, 2, 0, 0x0b, 0, 11, 4, 0x6e, 0x61, 0x6d, 0x65, 1, 4, 1, 1, 1, 0x66],
]);

test('custom sections are added at the end and taken out again', () => {
  const big = new Uint8Array(300).fill(7);
  const more = withSections(small, { one: Uint8Array.of(1, 2), 'two two': big });
  expect(more.subarray(0, small.length)).toEqual(small);
  expect(customSection(more, 'one')).toEqual(Uint8Array.of(1, 2));
  expect(customSection(more, 'two two')).toEqual(big);
  expect(customSection(more, 'three')).toBeNull();
  expect(withoutSections(more, (name) => name === 'one' || name === 'two two')).toEqual(small);
  expect(
    withoutSections(
      withoutSections(more, (name) => name === 'one'),
      (name) => name.startsWith('two'),
    ),
  ).toEqual(small);
});

test("a function's body and name are found, with imports before it", () => {
  expect(functionsOf(small)).toEqual([{ index: 1, start: 31, end: 33, name: 'f' }]);
  expect(Array.from(small.subarray(31, 33))).toEqual([0, 0x0b]);
});

test('bytes that are no module, or a damaged one, never throw', () => {
  for (const bytes of [new Uint8Array(), Uint8Array.of(1, 2, 3), empty]) expect(sectionsOf(bytes)).toEqual([]);
  for (let at = 0; at < small.length; at++) {
    for (const value of [0, 0x7f, 0x80, 0xff]) {
      const damaged = Uint8Array.from(small);
      damaged[at] = value;
      expect(() => [functionsOf(damaged), sectionsOf(damaged.subarray(0, at))]).not.toThrow();
    }
  }
});
