import { expect, test } from 'vitest';
import { aspects } from '../../src/public/sim.ts';
import { read } from './markdown.ts';
import { describePrograms } from './programs.ts';

describePrograms('docs/sweep.md');

test('docs/sweep.md lists every aspect in the words of the program', () => {
  const rows = [...read('docs/sweep.md').matchAll(/^\| `(\w+)` \| (.*) \|$/gm)].map(([, name, what]) => [name, what]);
  expect(rows).toEqual(Object.entries(aspects));
});
