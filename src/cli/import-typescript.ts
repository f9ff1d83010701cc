import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Plugin } from 'esbuild';
import { packageFile } from '../package/package-files.ts';
import { UsageError } from './failure.ts';

/**
 * Imports a TypeScript (or JavaScript) file of the user's: bundled with what it imports, except `openwsk` itself, which
 * it shares with this program.
 * @throws UsageError when it is not there or does not compile
 */
export const importTypeScript = async (file: string): Promise<Record<string, unknown>> => {
  if (!existsSync(file)) throw new UsageError(`${file}: there is no such file`);
  const folder = mkdtempSync(join(tmpdir(), 'openwsk-'));
  try {
    const bundle = join(folder, 'driver.mjs');
    writeFileSync(bundle, await compile(resolve(file)));
    return await import(pathToFileURL(bundle).href);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const compile = async (path: string): Promise<string> => {
  // Only who has TypeScript waits for it.
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [sharedOpenwsk],
  }).catch(
    (error: { errors?: { text: string; location: { file: string; line: number; column: number } | null }[] }) => {
      const [first] = error.errors ?? [];
      if (first === undefined) throw error;
      const { location, text } = first;
      throw new UsageError(
        location === null ? text : `${location.file}:${location.line}:${location.column + 1}: ${text}`,
      );
    },
  );
  return result.outputFiles[0].text;
};

/** `openwsk` and its entries are those of this program: one copy, wherever the driver lies. */
const sharedOpenwsk: Plugin = {
  name: 'openwsk',
  setup: ({ onResolve }) => {
    onResolve({ filter: /^openwsk(\/[a-z]+)?$/ }, ({ path }) => {
      const entry = path.split('/')[1] ?? 'index';
      return { path: pathToFileURL(packageFile(`dist/public/${entry}.js`)).href, external: true };
    });
  },
};
