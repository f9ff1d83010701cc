import { fileURLToPath } from 'node:url';
import {
  type CompileRequest,
  compileDriver,
  type GuestOptions,
  type HostFunction,
  loadableDriver,
  suspendingImports,
} from '../../src/public/driver.ts';
import type { LoadableDriver } from '../../src/public/sim.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Compiles sources, by their paths from the root of this package, as openwsk run does. Kept on disk between runs. */
export const compileSources = (inputs: readonly string[], options: Partial<CompileRequest> = {}) =>
  compileDriver({
    inputs: inputs.map((path) => (path.startsWith('/') ? path : `${root}${path}`)),
    includeDirs: [],
    defines: [],
    kasan: true,
    suspending: suspendingImports,
    check64: false,
    ...options,
  });

/** A driver in C for runDriver. */
export const cDriver = async (
  path: string,
  options: GuestOptions & { stubs?: Record<string, HostFunction> } = {},
  request: Partial<CompileRequest> = {},
): Promise<LoadableDriver> => loadableDriver((await compileSources([path], request)).wasm, path, options);
