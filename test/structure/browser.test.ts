import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { isEdge, isEdgeEntry, root, sourceFiles } from './source-files.ts';

const entries = sourceFiles().filter(({ path }) => path.startsWith('public/') && !isEdgeEntry(path));

test.each(entries.map(({ path }) => path))('%s can be bundled for a browser', async (path) => {
  const { metafile } = await build({
    entryPoints: [`src/${path}`],
    absWorkingDir: root,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    outdir: 'unused',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  const inputs = Object.keys(metafile.inputs);
  const external = Object.values(metafile.inputs).flatMap(({ imports }) => imports.filter((found) => found.external));
  expect(external).toEqual([]);
  expect(inputs.filter((input) => input.includes('node_modules/koffi') || isEdge(input.replace(/^src\//, '')))).toEqual(
    [],
  );
});

test('the entries for browsers are there', () => {
  expect(entries.map(({ path }) => path)).toEqual(
    expect.arrayContaining(['public/index.ts', 'public/kernel.ts', 'public/sim.ts', 'public/wsk.ts']),
  );
});
