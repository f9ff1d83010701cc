import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { statusMeanings } from '../../src/cli/status-meanings.ts';
import { rules } from '../../src/kernel/index.ts';
import { rulesPage } from './rules.ts';

const root = new URL('../../', import.meta.url).pathname;

test('docs/rules.md says what the table says (npm run docs writes it anew)', async () => {
  await expect(rulesPage()).toMatchFileSnapshot('../../docs/rules.md');
});

test('every id is there once, R1 to R46 without R34', () => {
  const numbers = Array.from({ length: 46 }, (_, index) => index + 1).filter((number) => number !== 34);
  expect(rules.map(({ id }) => id)).toEqual(numbers.map((number) => `R${number}`));
});

/** Tests that are named have their titles in one of these; `: exit code 1` is put behind the titles of test/cli. */
const sources = ['test/rules', 'test/cli', 'src/kernel'].flatMap((folder) =>
  readdirSync(join(root, folder))
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8')),
);

test('what shows a rule exists, and every rule that is seen is shown', () => {
  const isShown = (name: string): boolean =>
    existsSync(join(root, 'drivers', 'broken', name, `${name}.c`)) ||
    sources.some((text) => text.includes(`'${name.replace(/: exit code 1$/, '')}'`));
  const missing = rules.flatMap(({ id, shownBy }) =>
    shownBy.filter((name) => !isShown(name)).map((name) => `${id}: ${name}`),
  );
  expect(missing).toEqual([]);
  expect(rules.filter(({ unseen, shownBy }) => unseen.c === null && shownBy.length === 0).map(({ id }) => id)).toEqual(
    [],
  );
});

test('every broken driver shows a rule', () => {
  const folders = readdirSync(join(root, 'drivers', 'broken'), { withFileTypes: true }).filter((it) =>
    it.isDirectory(),
  );
  const shown = new Set(rules.flatMap(({ shownBy }) => shownBy));
  expect(folders.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([]);
});

test('the texts say something, in sentences without a full stop where one is added', () => {
  for (const { id, title, why, windows, fix } of rules) {
    expect(title, id).not.toMatch(/\.$/);
    expect(fix, id).not.toMatch(/\.$/);
    expect(windows, id).not.toMatch(/\.$/);
    expect(why, id).toMatch(/\.$/);
  }
  expect(Object.values(statusMeanings).filter((text) => text === '')).toEqual([]);
});
