import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../package/package-files.ts';

/** Changes when the form of cached results does, or how they are made from what the keys tell. */
const FORMAT = '2';

/** So many results are kept; of more, the older half is dropped. */
const MOST = 4000;

/**
 * Results by the hash of everything they depend on. Several processes may share the folder: a result is written beside
 * and renamed, so that it is there as a whole or not at all. A folder that cannot be used makes every look-up a miss.
 */
export class Cache {
  readonly folder: string;
  readonly #version = packageVersion();
  #written = 0;

  constructor(folder: string = defaultFolder()) {
    this.folder = folder;
  }

  key(...parts: readonly (string | Uint8Array)[]): string {
    const hash = createHash('sha256').update(`${FORMAT} ${this.#version}`);
    for (const part of parts) hash.update(`\n${part.length}\n`).update(part);
    return hash.digest('hex');
  }

  read(key: string): Uint8Array | null {
    try {
      const bytes = readFileSync(this.#path(key));
      const sum = bytes.subarray(0, 32);
      const content = bytes.subarray(32);
      return createHash('sha256').update(content).digest().equals(sum) ? content : null;
    } catch {
      return null;
    }
  }

  write(key: string, content: Uint8Array): void {
    const path = this.#path(key);
    const beside = `${path}.${process.pid}-${this.#written++}.tmp`;
    try {
      mkdirSync(this.folder, { recursive: true, mode: 0o700 });
      writeFileSync(beside, Buffer.concat([createHash('sha256').update(content).digest(), content]));
      renameSync(beside, path);
    } catch {
      this.#remove(beside);
    }
  }

  readText(key: string): string | null {
    const bytes = this.read(key);
    return bytes === null ? null : new TextDecoder().decode(bytes);
  }

  writeText(key: string, text: string): void {
    this.write(key, new TextEncoder().encode(text));
  }

  /** Drops the older half of what is kept when that is more than it should be. */
  prune(): void {
    try {
      const names = readdirSync(this.folder);
      if (names.length <= MOST) return;
      const aged = names.map((name) => ({ name, time: statSync(join(this.folder, name)).mtimeMs }));
      aged.sort((a, b) => a.time - b.time);
      for (const { name } of aged.slice(0, names.length >> 1)) rmSync(join(this.folder, name), { force: true });
    } catch {
      // Another process prunes at the same time.
    }
  }

  #remove(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch {
      // The folder itself cannot be used.
    }
  }

  #path(key: string): string {
    return join(this.folder, key);
  }
}

const defaultFolder = (): string => {
  const { OWSK_CACHE, XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (OWSK_CACHE) return OWSK_CACHE;
  const home = XDG_CACHE_HOME || (process.platform === 'win32' ? LOCALAPPDATA : undefined) || join(homedir(), '.cache');
  return join(home, 'openwsk');
};
