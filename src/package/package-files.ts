import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder with a package.json: how deep this code lies below it is up to the bundler. */
const rootAbove = (folder: string): string =>
  existsSync(join(folder, 'package.json')) || dirname(folder) === folder ? folder : rootAbove(dirname(folder));

/** The root of this package. Only here does code ask where it lies itself. */
export const packageRoot = rootAbove(dirname(fileURLToPath(import.meta.url)));

/** A file of this package. @param path from the package's root, `dist/cli/main.js` for example */
export const packageFile = (path: string): string => join(packageRoot, path);

/** The version of this package. */
export const packageVersion = (): string => JSON.parse(readFileSync(packageFile('package.json'), 'utf8')).version;

export interface InstalledPackage {
  readonly folder: string;
  /** Its entry module. */
  readonly entry: string;
  readonly version: string;
}

/** Where an optional package is installed, without importing it; null when it is not. */
export const installedPackage = (name: string): InstalledPackage | null => {
  try {
    const require = createRequire(packageFile('package.json'));
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
