import { existsSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import type { DriverEntry } from '../public/kernel.ts';
import type { LoadableDriver, Nt } from '../public/sim.ts';
import type { CompileOptions } from './compile-options.ts';
import { UsageError } from './failure.ts';
import { importTypeScript } from './import-typescript.ts';
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
 * Loads a driver written in TypeScript (or JavaScript) and takes its export `DriverEntry`.
 * @throws UsageError when it does not compile, or exports no DriverEntry
 */
export const loadTypeScriptDriver = async (file: string): Promise<DriverEntry<Nt>> => {
  const module = await importTypeScript(file);
  if (typeof module.DriverEntry === 'function') return module.DriverEntry as DriverEntry<Nt>;
  const advice = 'write: export function* DriverEntry(DriverObject, RegistryPath, nt)';
  throw new UsageError(`${file} exports no DriverEntry; ${advice}`);
};
