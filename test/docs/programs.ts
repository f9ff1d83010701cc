import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Block, blocksOf, read, root } from './markdown.ts';

/**
 * Checks the types of a document's TypeScript, runs it, and compares what it prints with the text block behind it.
 * @param here changes a program to fit this machine, its ports for example
 */
export const describePrograms = (path: string, here: (text: string) => string = (text) => text): void => {
  const all = blocksOf(read(path));
  const programs = all.flatMap((block, i) =>
    block.language === 'ts' ? [{ ...block, output: all[i + 1]?.language === 'text' ? all[i + 1].text : '' }] : [],
  );

  describe(`the TypeScript of ${path}`, () => {
    let folder: string;
    const fileOf = ({ line }: Block): string => `${folder}/line-${line}.mts`;
    // Inside the package, so that node finds its entries by name through package.json's exports.
    beforeAll(() => void (folder = mkdtempSync(`${root}dist/programs-`)));
    afterAll(() => rmSync(folder, { recursive: true }));

    test('passes the type checker', () => {
      for (const program of programs) writeFileSync(fileOf(program), program.text.replaceAll("'./", "'../../"));
      const config = { extends: '../../tsconfig.json', include: ['*.mts'] };
      writeFileSync(`${folder}/tsconfig.json`, JSON.stringify(config));
      const tsc = `${root}node_modules/typescript/bin/tsc`;
      expect(execFileSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' })).toBe('');
    });

    for (const program of programs) {
      test(`line ${program.line}: runs and prints what is shown`, { timeout: 60_000 }, async () => {
        const outfile = fileOf(program).replace('.mts', '.mjs');
        const stdin = { contents: here(program.text), resolveDir: root, loader: 'ts' as const };
        await build({ stdin, outfile, bundle: true, format: 'esm', platform: 'node', external: ['openwsk'] });
        const real = execFileSync(process.execPath, [outfile], { encoding: 'utf8', timeout: 60_000, cwd: root });
        expect(real.trimEnd()).toBe(program.output);
      });
    }
  });
};
