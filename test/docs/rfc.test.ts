import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** docs/rfc.md: every test that it names is there, and every row says whether its clause is in. */
const root = new URL('../../', import.meta.url);
const rows = readFileSync(new URL('docs/rfc.md', root), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d/.test(line))
  .map((line) => line.split('|').map((cell) => cell.trim()));

const references = rows.flatMap(([, , clause, , shown]) =>
  shown
    .split(/; (?=`)/)
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [, path, words] = /^`([^`]+)`: (.+)$/.exec(part) ?? [];
      return (words ?? part).split('; ').map((title) => ({ clause, path, title }));
    }),
);

test('every row has four cells and says in or out', () => {
  expect(rows.length).toBeGreaterThan(40);
  for (const cells of rows) {
    expect(cells.length, cells.join(' | ')).toBe(6);
    expect(cells[3], cells[2]).toMatch(/^(?:in|out)\b/);
    if (cells[3].startsWith('in')) expect(cells[4], cells[2]).not.toBe('');
  }
});

test.each(references)('$clause: $path has “$title”', ({ path, title }) => {
  expect(readFileSync(new URL(path, root), 'utf8')).toContain(title);
});
