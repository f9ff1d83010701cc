import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');
const build = join(root, 'bench', 'build');

/** Compiles bench/peers/NAME.c. @returns the program's path, or null where gcc is not there */
export const compile = (name: string): string | null => {
  mkdirSync(build, { recursive: true });
  const program = join(build, name);
  const source = join(root, 'bench', 'peers', `${name}.c`);
  const { status, error, stderr } = spawnSync('gcc', ['-O2', '-Wall', '-o', program, source], { encoding: 'utf8' });
  if (error !== undefined) return null;
  if (status !== 0) throw new Error(`gcc ${source}: ${stderr}`);
  return program;
};
