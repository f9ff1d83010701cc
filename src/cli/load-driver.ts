import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { DriverEntry } from '../public/kernel.ts';
import type { Nt } from '../public/sim.ts';
import { UsageError } from './failure.ts';

/**
 * Loads a driver written in TypeScript (or JavaScript): bundles it with what it imports, except `openwsk` itself, which
 * it shares with this program, and takes its export `DriverEntry`.
 * @throws UsageError when there is no such file, it does not compile, or exports no DriverEntry
 */
export const loadDriver = async (file: string): Promise<DriverEntry<Nt>> => {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${file}: there is no such file`);
  if (statSync(path).isDirectory() || !['.ts', '.mts', '.js', '.mjs'].includes(extname(path))) {
    throw new UsageError(`${file}: drivers are TypeScript files so far (.ts)`);
  }
  const folder = mkdtempSync(join(tmpdir(), 'openwsk-'));
  try {
    const bundle = join(folder, 'driver.mjs');
    writeFileSync(bundle, await compile(path));
    const module = (await import(pathToFileURL(bundle).href)) as { DriverEntry?: unknown };
    if (typeof module.DriverEntry !== 'function') {
      throw new UsageError(
        `${file} exports no DriverEntry; write: export function* DriverEntry(DriverObject, RegistryPath, nt)`,
      );
    }
    return module.DriverEntry as DriverEntry<Nt>;
  } finally {
    rmSync(folder, { recursive: true });
  }
};

const compile = async (path: string): Promise<string> => {
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
      return { path: new URL(`../public/${entry}.js`, import.meta.url).href, external: true };
    });
  },
};
