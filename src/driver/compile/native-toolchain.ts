import { execFile } from 'node:child_process';
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import type { Cache } from './cache.ts';
import {
  type Needs,
  OVERLAY,
  overlayOf,
  type Toolchain,
  type ToolResult,
  type ToolRun,
  type ToolSession,
} from './toolchain.ts';
import { narrowed } from './wide-literals.ts';

/** A clang on PATH that makes WebAssembly, with its linker. */
interface NativePair {
  readonly clang: string;
  readonly linker: string;
}

/** Versions before this one were not tried. */
const OLDEST = 14;

/** Since this version setjmp, of which __try is made, calls __wasm_setjmp, which the runtime has. */
const SETJMP = 19;

/** Newest first, after the one without a number: that is what the machine's owner chose. */
const suffixes = ['', ...Array.from({ length: 12 }, (_, index) => `-${25 - index}`)];

/**
 * The machine's own clang, when it and wasm-ld work: an empty file is compiled and linked once, and the answer kept.
 * Null when there is none.
 */
export const nativeToolchain = async (cache: Cache): Promise<Toolchain | null> => {
  for (const pair of candidates()) {
    const id = `${identity(pair.clang)} ${identity(pair.linker)}`;
    const key = cache.key('native', ...Object.values(trials), id);
    let known = cache.readText(key);
    if (known === null) cache.writeText(key, (known = await examine(pair)));
    const [version, wide] = known.split(' ');
    if (version === '') continue;
    const shortWide = wide === 'short';
    return {
      kind: 'native',
      name: `clang ${version}`,
      id: `clang ${version} ${id}`,
      major: Number.parseInt(version, 10),
      obstacle: (needs) => obstacle(needs, shortWide, Number.parseInt(version, 10)),
      parallel: availableParallelism(),
      open: (files) => openSession(pair, shortWide ? files : narrowedFiles(files)),
    };
  }
  return null;
};

const obstacle = ({ cxx, seh }: Needs, shortWide: boolean, major: number): string | null => {
  if (cxx && !shortWide) return 'makes wide characters of four bytes in C++, where Windows has two';
  return seh && major < SETJMP ? `makes __try blocks in a way that is no longer used since clang ${SETJMP}` : null;
};

const narrowedFiles = (files: ReadonlyMap<string, Uint8Array>): ReadonlyMap<string, Uint8Array> =>
  new Map([...files].map(([path, bytes]) => [path, narrowed(bytes)]));

const candidates = (): NativePair[] =>
  suffixes.flatMap((suffix) => {
    const clang = onPath(`clang${suffix}`);
    const linker = onPath(`wasm-ld${suffix}`) ?? onPath('wasm-ld');
    return clang === null || linker === null ? [] : [{ clang, linker }];
  });

const onPath = (name: string): string | null => {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, file);
    try {
      accessSync(path, constants.X_OK);
      if (folder !== '' && statSync(path).isFile()) return path;
    } catch {
      // Not here.
    }
  }
  return null;
};

/** Changes when the program is replaced; asking it for its version would cost more than a cached driver does. */
const identity = (path: string): string => {
  const real = realpathSync(path);
  const { size, mtimeMs } = statSync(real);
  return `${real}:${size}:${mtimeMs}`;
};

const trials: Readonly<Record<string, string>> = {
  'empty.c': 'int empty(void) { return 0; }',
  'wide.c': '_Static_assert(sizeof(L"") == 2, "");',
};

/** The version of a pair that works, and `short` when its wide characters can have two bytes; else empty. */
const examine = async (pair: NativePair): Promise<string> => {
  const encoder = new TextEncoder();
  const session = openSession(
    pair,
    new Map(Object.entries(trials).map(([name, text]) => [name, encoder.encode(text)])),
  );
  const compile = (name: string): Promise<ToolResult> =>
    session.run({
      tool: 'clang',
      args: ['--target=wasm32-unknown-unknown', '-fshort-wchar', '-c', name],
      output: `${name}.o`,
    });
  try {
    const { output } = await compile('empty.c');
    if (output === null) return '';
    const args = ['--no-entry', 'empty.c.o'];
    const linked = await session.run({ tool: 'wasm-ld', args, files: { 'empty.c.o': output }, output: 'empty.wasm' });
    if (linked.output === null) return '';
    const { text } = await session.run({ tool: 'clang', args: ['--version'] });
    const version = /version (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? '';
    if (Number.parseInt(version, 10) < OLDEST) return '';
    return `${version} ${(await compile('wide.c')).code === 0 ? 'short' : 'long'}`;
  } finally {
    session.close();
  }
};

const openSession = (pair: NativePair, files: ReadonlyMap<string, Uint8Array>): ToolSession => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'openwsk-')));
  for (const [path, bytes] of files) put(root, path, bytes);
  put(root, OVERLAY, overlayOf(root.replaceAll('\\', '/'), files.keys()));
  return {
    run: (run) => execute(pair, root, run),
    close: () => rmSync(root, { recursive: true, force: true }),
  };
};

const put = (root: string, path: string, content: Uint8Array | string): void => {
  const target = join(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
};

const execute = (pair: NativePair, root: string, { tool, args, files = {}, output }: ToolRun): Promise<ToolResult> => {
  for (const [path, bytes] of Object.entries(files)) put(root, path, bytes);
  const full = output === undefined ? [...args] : [...args, '-o', output];
  const options = { cwd: root, maxBuffer: 64 * 1024 * 1024, encoding: 'utf8' as const, env: englishEnvironment() };
  return new Promise((done) => {
    execFile(tool === 'clang' ? pair.clang : pair.linker, full, options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : 70;
      const text = stdout + stderr + (code === 70 ? String(error) : '');
      done({ code, text, output: code === 0 && output !== undefined ? readFileSync(join(root, output)) : null });
    });
  });
};

/** Variables such as CPATH would make results depend on the machine. */
const englishEnvironment = (): NodeJS.ProcessEnv => {
  const { CPATH, C_INCLUDE_PATH, CPLUS_INCLUDE_PATH, CCC_OVERRIDE_OPTIONS, ...rest } = process.env;
  return { ...rest, LC_ALL: 'C', LANG: 'C' };
};
