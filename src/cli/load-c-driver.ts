import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { loadableDriver } from '../public/driver.ts';
import type { LoadableDriver } from '../public/sim.ts';
import type { CompileOptions } from './compile-options.ts';
import { compiled } from './compiled.ts';

/**
 * Makes a driver of C or C++ sources, folders of them, or a module of `openwsk build`. What the compiler has to say goes
 * to stderr.
 * @throws CompileError when the sources make no driver
 */
export const loadCDriver = async (inputs: readonly string[], options: CompileOptions): Promise<LoadableDriver> => {
  const wasm = extname(inputs[0]) === '.wasm' ? readFileSync(inputs[0]) : (await compiled(inputs, options)).wasm;
  return loadableDriver(wasm, inputs[0]);
};
