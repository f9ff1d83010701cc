import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Looks files up as Windows does, in any case, on a file system that may tell cases apart. */
export class Folders {
  readonly #listings = new Map<string, Map<string, string>>();

  /** The file of a relative path (with either slash) below a folder, null when there is none. */
  find(folder: string, relative: string): string | null {
    let path = folder;
    for (const part of relative.split(/[\\/]+/)) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        path = join(path, '..');
        continue;
      }
      const name = this.#names(path);
      const actual = name.get(part) ?? name.get(part.toLowerCase());
      if (actual === undefined) return null;
      path = join(path, actual);
    }
    return isFile(path) ? path : null;
  }

  /** The names in a folder, by themselves and in lower case; none when it cannot be read. */
  #names(folder: string): Map<string, string> {
    const known = this.#listings.get(folder);
    if (known !== undefined) return known;
    const names = new Map<string, string>();
    this.#listings.set(folder, names);
    try {
      const listed = readdirSync(folder).sort();
      for (const name of listed) if (!names.has(name.toLowerCase())) names.set(name.toLowerCase(), name);
      for (const name of listed) names.set(name, name);
    } catch {
      // No such folder: no names.
    }
    return names;
  }

  /** The headers directly in a folder. */
  headers(folder: string): string[] {
    return [...new Set(this.#names(folder).values())]
      .filter((name) => /\.(h|hpp|hxx|inl|inc)$/i.test(name))
      .map((name) => join(folder, name));
  }
}

const isFile = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;

export const read = (path: string): Uint8Array => readFileSync(path);
