import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of this package: src/driver/compile and dist/driver/compile are equally deep below it. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

/** The version of this package: what another one kept in the cache is not taken. */
export const packageVersion = (): string => JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')).version;

export interface InstalledPackage {
  readonly folder: string;
  /** Its entry module. */
  readonly entry: string;
  readonly version: string;
}

/** Where an optional package is installed, without importing it; null when it is not. */
export const installedPackage = (name: string): InstalledPackage | null => {
  try {
    const require = createRequire(import.meta.url);
    const candidates = require.resolve.paths(name) ?? [];
    for (const candidate of candidates) {
      const folder = join(candidate, name);
      const manifest = join(folder, 'package.json');
      if (!existsSync(manifest)) continue;
      const { version, main, exports } = JSON.parse(readFileSync(manifest, 'utf8'));
      return { folder, version, entry: join(folder, exports?.default ?? main ?? 'index.js') };
    }
  } catch {
    // A damaged installation is none.
  }
  return null;
};
