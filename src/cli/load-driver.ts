import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type { DriverEntry } from '../public/kernel.ts';
import type { LoadableDriver, Nt } from '../public/sim.ts';
import type { CompileOptions } from './compile-options.ts';
import { UsageError } from './failure.ts';
import { loadCDriver } from './load-c-driver.ts';

/**
 * Loads a driver: a TypeScript or JavaScript file, or C and C++ sources, folders, or a module of `openwsk build`.
 * @throws UsageError when there is no such file or it is none of these; what the two kinds throw
 */
export const loadDriver = async (
  inputs: readonly string[],
  options: CompileOptions,
): Promise<DriverEntry<Nt> | LoadableDriver> => {
  const absent = inputs.find((file) => !existsSync(resolve(file)));
  if (absent !== undefined) throw new UsageError(`${absent}: there is no such file`);
  const [first] = inputs;
  if (!['.ts', '.mts', '.js', '.mjs'].includes(extname(first))) return loadCDriver(inputs, options);
  if (inputs.length > 1)
    throw new UsageError(`${inputs[1]}: a driver in TypeScript is one file, which imports the rest`);
  return loadTypeScriptDriver(first);
};

/**
 * Loads a driver written in TypeScript (or JavaScript): bundles it with what it imports, except `openwsk` itself, which
 * it shares with this program, and takes its export `DriverEntry`.
 * @throws UsageError when it does not compile, or exports no DriverEntry
 */
export const loadTypeScriptDriver = async (file: string): Promise<DriverEntry<Nt>> => {
  const path = resolve(file);
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
