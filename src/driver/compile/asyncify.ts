import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OpenWskError } from '../../base/index.ts';
import { installedPackage } from '../../package/package-files.ts';
import { withoutSections } from '../wasm-sections.ts';
import { dwarfLines } from './dwarf-lines.ts';
import { fromSourceMap, type SourceMapLines, toSourceMap } from './source-map.ts';

/** The version of binaryen, null when it is not installed. */
export const binaryenVersion = (): string | null => installedPackage('binaryen')?.version ?? null;

export interface Asyncified extends SourceMapLines {
  readonly wasm: Uint8Array;
}

/**
 * Makes a linked module one that the imports named can suspend, and carries its line numbers through.
 * @throws OpenWskError OWSK_NO_BINARYEN when binaryen is not installed
 */
export const asyncify = async (linked: Uint8Array, suspending: readonly string[]): Promise<Asyncified> => {
  const binaryen = installedPackage('binaryen');
  if (binaryen === null) throw new OpenWskError('OWSK_NO_BINARYEN', NO_BINARYEN);
  const folder = mkdtempSync(join(tmpdir(), 'openwsk-'));
  const at = (name: string): string => join(folder, name);
  try {
    writeFileSync(
      at('in.wasm'),
      withoutSections(linked, (name) => name.startsWith('.debug')),
    );
    writeFileSync(at('in.map'), toSourceMap(dwarfLines(linked)));
    const pass = [`--pass-arg=asyncify-imports@${importList(suspending)}`, '--asyncify', '-O1', '-g'];
    const files = [at('in.wasm'), '-ism', at('in.map'), '-o', at('out.wasm'), '-osm', at('out.map')];
    await optimise(join(binaryen.folder, 'bin', 'wasm-opt'), [...pass, ...files]);
    const wasm = withoutSections(readFileSync(at('out.wasm')), (name) => name === 'sourceMappingURL');
    return { wasm, ...fromSourceMap(readFileSync(at('out.map'), 'utf8')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

export const NO_BINARYEN =
  'binaryen is not installed, and a driver cannot be made to wait without it; install it: npm install binaryen';

/** An empty list would mean every import. */
const importList = (suspending: readonly string[]): string =>
  suspending.length === 0
    ? 'env.(none)'
    : [...suspending]
        .sort()
        .map((name) => `env.${name}`)
        .join(',');

/** In a process of its own: wasm-opt takes source maps, which the library does not, and starts faster unoptimised. */
const optimise = (program: string, args: readonly string[]): Promise<void> =>
  new Promise((done, fail) => {
    const options = { maxBuffer: 16 * 1024 * 1024, env: { ...process.env, NODE_OPTIONS: '' } };
    execFile(process.execPath, ['--liftoff-only', program, ...args], options, (error, _stdout, stderr) => {
      if (error === null) done();
      else
        fail(
          new OpenWskError(
            'OWSK_COMPILE',
            `binaryen could not transform the driver: ${stderr.trim() || error.message}`,
          ),
        );
    });
  });
