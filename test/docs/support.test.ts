import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { datagramOptions, streamOptions } from '../../src/wsk/socket-options.ts';
import { categories, options, providerFunctions, registrationFunctions, reservedMembers } from './npi.ts';
import { probe } from './probe.ts';
import { statuses } from './statuses.ts';
import { supportPage } from './support.ts';

const root = new URL('../../', import.meta.url).pathname;
const found = probe();

test('docs/support.md says what the code does (npm run docs writes it anew)', async () => {
  await expect(supportPage(found)).toMatchFileSnapshot('../../docs/support.md');
});

describe('dispatch tables have the members of wsk.h, in its order', () => {
  for (const { category, table } of found.categories) {
    if (table.length === 0) continue;
    test(category.table, () => {
      const open = category.members.filter((name) => !reservedMembers.includes(name) || table.includes(name));
      expect(table).toEqual(open);
    });
  }
});

test('no option that the code has is missing in the table', () => {
  const known = new Set(options.map(({ level, code }) => `${level}/${code}`));
  const here = [...streamOptions, ...datagramOptions];
  expect(here.filter(({ level, code }) => !known.has(`${level}/${code}`))).toEqual([]);
});

describe('statuses.ts', () => {
  test('every test that it names exists', { timeout: 120_000 }, () => {
    // One process for all files: they are only collected, not run.
    const list = ['node_modules/vitest/vitest.mjs', 'list', '--json', '--no-isolate'];
    const listing = execFileSync(process.execPath, list, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
    const tests = JSON.parse(listing) as { name: string }[];
    const exists = (test: string): boolean => tests.some(({ name }) => ` > ${name}`.endsWith(` > ${test}`));
    const missing = Object.entries(statuses).flatMap(([call, tests]) =>
      Object.entries(tests)
        .filter(([, test]) => test !== null && !exists(test))
        .map(([status, test]) => `${call} ${status}: ${test}`),
    );
    expect(missing).toEqual([]);
  });

  test('every function that it names is one of wsk.h', () => {
    const all = [...registrationFunctions, ...providerFunctions, ...categories.flatMap(({ members }) => members)];
    expect(Object.keys(statuses).filter((name) => !all.includes(name))).toEqual([]);
  });

  test('every socket function that is here has its statuses listed', () => {
    const here = found.categories.flatMap(({ functions }) =>
      [...functions].filter(([, yes]) => yes).map(([name]) => name),
    );
    expect([...new Set(here)].filter((name) => !(name in statuses))).toEqual([]);
  });
});
