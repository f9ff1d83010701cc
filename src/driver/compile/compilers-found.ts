import { binaryenVersion, NO_BINARYEN } from './asyncify.ts';
import { bundledToolchain } from './bundled-toolchain.ts';
import { Cache } from './cache.ts';
import { INSTALL_BUNDLED } from './choose-toolchain.ts';
import { nativeToolchain } from './native-toolchain.ts';

/** What compiling a driver needs, and what is there of it. */
export interface CompilerFound {
  readonly what: 'native compiler' | 'bundled compiler' | 'binaryen';
  readonly version: string | null;
  /** What to do when it is missing. */
  readonly advice: string;
}

export const compilersFound = async (): Promise<CompilerFound[]> => [
  {
    what: 'native compiler',
    version: (await nativeToolchain(new Cache()))?.name ?? null,
    advice: 'none on PATH makes WebAssembly; clang 14 or later with lld (wasm-ld) would compile faster',
  },
  {
    what: 'bundled compiler',
    version: bundledToolchain()?.name ?? null,
    advice: `not installed; C drivers need it where there is no clang: ${INSTALL_BUNDLED}`,
  },
  { what: 'binaryen', version: binaryenVersion(), advice: NO_BINARYEN },
];
