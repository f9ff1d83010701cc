import { OpenWskError } from '../../base/index.ts';
import { bundledToolchain } from './bundled-toolchain.ts';
import type { Cache } from './cache.ts';
import { nativeToolchain } from './native-toolchain.ts';
import type { Needs, Toolchain } from './toolchain.ts';
import type { CompilerChoice } from './types.ts';

export const INSTALL_BUNDLED = 'npm install @yowasp/clang binaryen';

/**
 * The compiler to use: the machine's own when there is one that can do it, for it is many times faster.
 * @throws OpenWskError OWSK_NO_COMPILER when what was asked for is not there, or cannot do it
 */
export const chooseToolchain = async (choice: CompilerChoice, needs: Needs, cache: Cache): Promise<Toolchain> => {
  const native = choice === 'bundled' ? null : await nativeToolchain(cache);
  const obstacle = native?.obstacle(needs) ?? null;
  if (native !== null && obstacle === null) return native;
  const bundled = choice === 'native' ? null : bundledToolchain();
  if (bundled !== null) return bundled;
  const instead = `install a newer clang, or ${INSTALL_BUNDLED}`;
  throw new OpenWskError(
    'OWSK_NO_COMPILER',
    native === null ? missing[choice] : `${native.name} ${obstacle}: ${instead}`,
  );
};

const missing: Record<CompilerChoice, string> = {
  auto: `there is no C compiler: install one with ${INSTALL_BUNDLED}, or put clang and wasm-ld (lld) on PATH`,
  native: 'no clang on PATH makes WebAssembly: install clang 14 or later and lld (wasm-ld), or use --compiler bundled',
  bundled: `the bundled compiler is not installed: ${INSTALL_BUNDLED}`,
};
