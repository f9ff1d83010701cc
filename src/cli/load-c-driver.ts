import { existsSync, readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { type HostFunction, loadableDriver, MissingImports } from '../public/driver.ts';
import { OpenWskError } from '../public/index.ts';
import type { LoadableDriver } from '../public/sim.ts';
import type { CompileOptions } from './compile-options.ts';
import { compiled } from './compiled.ts';
import { UsageError } from './failure.ts';
import { importTypeScript } from './import-typescript.ts';

/**
 * Makes a driver of C or C++ sources, folders of them, or a module of `openwsk build`. What the compiler has to say goes
 * to stderr.
 * @throws CompileError when the sources make no driver; OpenWskError OWSK_MISSING_IMPORT, when it is loaded, with the
 *   line that first uses each function that is not here
 */
export const loadCDriver = async (inputs: readonly string[], options: CompileOptions): Promise<LoadableDriver> => {
  const wasm = extname(inputs[0]) === '.wasm' ? readFileSync(inputs[0]) : (await compiled(inputs, options)).wasm;
  const stubs = options.stubs === undefined ? {} : await functionsOf(options.stubs);
  const driver = loadableDriver(wasm, inputs[0], {
    stubs,
    ...(options.fuel === undefined ? {} : { fuel: options.fuel }),
  });
  return {
    load: (kernel, wsk, seed) => {
      try {
        return driver.load(kernel, wsk, seed);
      } catch (error) {
        throw error instanceof MissingImports ? withFirstUses(error) : error;
      }
    },
  };
};

/** What a file of the user's exports for the driver to import. */
const functionsOf = async (file: string): Promise<Record<string, HostFunction>> => {
  if (!existsSync(file)) throw new UsageError(`--stubs ${file}: there is no such file`);
  const found = Object.entries(await importTypeScript(file)).filter(([, value]) => typeof value === 'function');
  if (found.length === 0) throw new UsageError(`--stubs ${file}: it exports no functions`);
  return Object.fromEntries(found) as Record<string, HostFunction>;
};

const withFirstUses = (error: MissingImports): OpenWskError => {
  const uses = error.names.flatMap((name: string) => {
    const use = firstUse(name, error.files);
    return use === null ? [] : [`\n    ${name}, first used at ${use}`];
  });
  return new OpenWskError(error.code, `${error.message}${uses.join('')}`, error.field);
};

/** The first line of the driver's files that calls a function or takes its address; a prototype does neither. */
const firstUse = (name: string, files: readonly string[]): string | null => {
  const word = new RegExp(`\\b${name}\\b`);
  const prototype = new RegExp(`^\\s*(?!return\\b)(?:[A-Za-z_]\\w*[\\s*]+)+${name}\\s*\\(`);
  for (const file of files.filter((path) => existsSync(path))) {
    const lines = readFileSync(file, 'latin1').split('\n');
    const line = lines.findIndex((text) => word.test(text) && !prototype.test(text));
    if (line >= 0) return `${file}:${line + 1}`;
  }
  return null;
};
