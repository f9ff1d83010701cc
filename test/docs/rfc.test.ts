import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** docs/rfc.md: every test that it names is there, and every row says whether its clause is in. */
const root = new URL('../../', import.meta.url);
const text = readFileSync(new URL('docs/rfc.md', root), 'utf8');
const rows = text
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

/** What a packet script cannot show. */
const WITHOUT_SCRIPT: Readonly<Record<string, string>> = {
  '6528': 'scripts count from the initial number, whatever it is',
};

const rowsOf = (from: string, to: string): string[] =>
  text
    .slice(text.indexOf(from), to === '' ? undefined : text.indexOf(to))
    .split('\n')
    .filter((line) => /^\| \d/.test(line) && / \| in/.test(line));

test('every clause of TCP that is in is shown by a packet script', () => {
  const tcp = rowsOf('## TCP', '## IP');
  expect(tcp.length).toBeGreaterThan(40);
  const bare = tcp.filter((line) => !line.includes('.pkt`')).map((line) => line.split(' | ')[0].slice(2));
  expect(bare).toEqual(Object.keys(WITHOUT_SCRIPT));
});

test('every clause of IP, ICMP and UDP that is in is shown by a packet script, or has no notation in one', () => {
  const others = rowsOf('## IP', '');
  expect(others.length).toBeGreaterThan(25);
  for (const line of others) expect(line.includes('.pkt`'), line).toBe(!line.includes('no notation |'));
});

test.each(references)('$clause: $path has “$title”', ({ path, title }) => {
  expect(readFileSync(new URL(path, root), 'utf8')).toContain(title);
});
