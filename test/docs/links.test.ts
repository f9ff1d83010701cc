import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { anchorsOf, markdownFiles, read, root } from './markdown.ts';

test('links in the documents lead to files and headings that exist', () => {
  const broken: string[] = [];
  for (const file of markdownFiles()) {
    for (const [, target] of read(file).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue;
      const [path, anchor] = target.split('#');
      const to = path === '' ? file : join(dirname(file), path);
      const lost = anchor !== undefined && existsSync(root + to) && !anchorsOf(read(to)).has(anchor);
      if (!existsSync(root + to) || lost) broken.push(`${file}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test('the README has a line for each folder under src', () => {
  const listed = [...read('README.md').matchAll(/^\| `([^`]+)` \|/gm)].map(([, folder]) => folder);
  const folders = readdirSync(`${root}src`);
  expect(listed.filter((folder) => !existsSync(root + folder))).toEqual([]);
  expect(folders.filter((name) => !listed.some((folder) => `${folder}/`.startsWith(`src/${name}/`)))).toEqual([]);
});
