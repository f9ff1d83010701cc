import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ntStatus } from '../../../src/base/ntstatus.ts';
import { checkText64, root } from './compiler.ts';

const include = join(root, 'include');
/** KMDF and NDIS stop with an error that says so. */
const refused = ['wdf.h', 'ndis.h'];
const headers = readdirSync(include).filter((name) => name.endsWith('.h') && !refused.includes(name));

test('every header a driver includes compiles alone, in C and in C++', { timeout: 240_000 }, async () => {
  const complaints: string[] = [];
  for (const header of headers)
    for (const language of ['c', 'c++'] as const) {
      const said = await checkText64(language, `#include <${header}>\n#include <${header}>\nint used;\n`);
      if (said) complaints.push(`${header} (${language}): ${said.split('\n')[0]}`);
    }
  expect(headers.length).toBeGreaterThan(40);
  expect(complaints).toEqual([]);
});

test('headers of frameworks that are not supported say so', async () => {
  for (const header of refused) expect(await checkText64('c', `#include <${header}>\n`)).toContain('openwsk: ');
});

test('ntstatus.h agrees with every status of the TypeScript side, and names none twice', () => {
  const text = readFileSync(join(include, 'ntstatus.h'), 'utf8');
  const defined = [...text.matchAll(/^#define (STATUS_\w+) \(\(NTSTATUS\)(0x[0-9A-F]{8})L\)$/gm)];
  const values = new Map(defined.map(([, name, value]) => [name, Number(value) | 0]));
  expect(values.size).toBe(defined.length);
  expect(Object.entries(ntStatus).filter(([name, value]) => values.get(name) !== value)).toEqual([]);
});
