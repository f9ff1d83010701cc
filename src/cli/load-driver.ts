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
  checkInputs(inputs);
  const [first] = inputs;
  return isTypeScript(first) ? driverEntryOf(await importTypeScript(first), first) : loadCDriver(inputs, options);
};

/** @throws UsageError when one of the files is not there, or a driver in TypeScript is more than one */
export const checkInputs = (inputs: readonly string[]): void => {
  const absent = inputs.find((file) => !existsSync(resolve(file)));
  if (absent !== undefined) throw new UsageError(`${absent}: there is no such file`);
  if (isTypeScript(inputs[0]) && inputs.length > 1)
    throw new UsageError(`${inputs[1]}: a driver in TypeScript is one file, which imports the rest`);
};

export const isTypeScript = (file: string): boolean => ['.ts', '.mts', '.js', '.mjs'].includes(extname(file));

/**
 * The driver that a module written in TypeScript (or JavaScript) exports.
 * @throws UsageError when it exports no DriverEntry
 */
export const driverEntryOf = (module: Readonly<Record<string, unknown>>, file: string): DriverEntry<Nt> => {
  if (typeof module.DriverEntry === 'function') return module.DriverEntry as DriverEntry<Nt>;
  const advice = 'write: export function* DriverEntry(DriverObject, RegistryPath, nt)';
  throw new UsageError(`${file} exports no DriverEntry; ${advice}`);
};
