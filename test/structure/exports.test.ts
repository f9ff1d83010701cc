import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { root, sourceFiles } from './source-files.ts';

const { exports, bin, files } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const { './package.json': itself, ...entries } = exports as Record<string, { types: string; default: string }>;
const nameOf = (key: string): string => (key === '.' ? 'index' : key.slice(2));
const sources = sourceFiles().map(({ path }) => path);

test('every entry of the package has a file in src/public, and every file there is an entry', () => {
  const published = Object.keys(entries).map((key) => `public/${nameOf(key)}.ts`);
  expect(published.sort()).toEqual(sources.filter((path) => path.startsWith('public/')));
});

test.each(Object.entries(entries))(
  'the entry %s names its types first, then its code, both in dist',
  (key, targets) => {
    expect(Object.entries(targets)).toEqual([
      ['types', `./dist/public/${nameOf(key)}.d.ts`],
      ['default', `./dist/public/${nameOf(key)}.js`],
    ]);
  },
);

test.each(Object.keys(entries))('the entry %s can be imported and gives something', async (key) => {
  const values = await import(`../../src/public/${nameOf(key)}.ts`);
  expect(Object.keys(values).length).toBeGreaterThan(0);
});

test('package.json is exported as itself, and what is packed includes dist', () => {
  expect(itself).toBe('./package.json');
  expect(files).toContain('dist');
});

test.each(Object.entries(bin as Record<string, string>))('the command %s has a source', (_name, target) => {
  expect(sources).toContain(target.replace('./dist/', '').replace(/\.js$/, '.ts'));
});

test('openwsk/wsk exports the NPI and nothing of what is behind it', async () => {
  const values = Object.keys(await import('../../src/public/wsk.ts'));
  const constants = new Set([
    ...Object.keys(await import('../../src/wsk/constants.ts')),
    ...Object.keys(await import('../../src/wsk/structures.ts')),
  ]);
  expect(values.filter((name) => !constants.has(name)).sort()).toEqual([
    'ULONG',
    'Wsk',
    'WskCaptureProviderNPI',
    'WskDeregister',
    'WskQueryProviderCharacteristics',
    'WskRegister',
    'WskReleaseProviderNPI',
    'bindNetio',
    'earlyDataOf',
    'netio',
    'pendAlways',
    'readControlInfo',
  ]);
});
