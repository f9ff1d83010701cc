// The bundled compiler, for tests of the headers and of the runtime: files in memory in, objects and diagnostics out.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { commands, type Tree } from '@yowasp/clang';

// The compiler is 75 MB of WebAssembly: V8's quick compiler makes its start several seconds shorter.
setFlagsFromString('--liftoff-only');

export const root = new URL('../../../', import.meta.url).pathname;

export const readTree = (dir: string): Tree =>
  Object.fromEntries(
    readdirSync(dir, { withFileTypes: true }).map((entry) => {
      const path = join(dir, entry.name);
      return [entry.name, entry.isDirectory() ? readTree(path) : readFileSync(path)];
    }),
  );

/** What drivers are compiled with, but for the target: see docs/decisions/0013. */
export const commonFlags = (
  '-ffreestanding -fno-builtin -fshort-wchar -fms-extensions -fms-compatibility -fms-compatibility-version=19.30 ' +
  '-Wno-microsoft -Wno-ignored-attributes -Wno-unknown-pragmas -fno-strict-aliasing -fwrapv ' +
  '-fno-delete-null-pointer-checks -mms-bitfields -D_WIN32 -D_KERNEL_MODE=1 -DDBG=1 -DNTDDI_VERSION=0x0A00000C ' +
  '-D_WIN32_WINNT=0x0A00'
).split(' ');
const wasm = ['--target=wasm32-unknown-unknown', '-nostdlib', '-D_MSC_VER=1930', '-fwasm-exceptions'];
export const windows64 = ['--target=x86_64-pc-windows-msvc', '-fsyntax-only', '-nostdlibinc'];
const setjmpFlags = ['-mllvm', '-wasm-enable-sjlj'];

export interface Result {
  readonly output: Uint8Array | undefined;
  readonly diagnostics: string;
}

const run = async (command: 'clang' | 'wasm-ld', args: string[], files: Tree): Promise<Result> => {
  let diagnostics = '';
  const options = {
    fetchProgress() {},
    stdout: () => {},
    stderr: (bytes: Uint8Array | null) => {
      if (bytes) diagnostics += new TextDecoder().decode(bytes);
    },
  };
  try {
    const made = (await commands[command](args, files, options)) as Tree;
    return { output: made.out as Uint8Array | undefined, diagnostics };
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { output: undefined, diagnostics: diagnostics || `exit code ${error.code}` };
  }
};

const project: Tree = {
  include: readTree(join(root, 'include')),
  runtime: readTree(join(root, 'runtime')),
  test: { 'guest-tests': readTree(join(root, 'test/driver/include/guest')) },
};

export const compileWasm = (path: string, flags: readonly string[] = []): Promise<Result> => {
  const setjmp = path.endsWith('/setjmp.c') ? [] : setjmpFlags;
  const args = [...wasm, ...commonFlags, '-Iinclude', '-Iruntime', ...setjmp, ...flags, '-c', path, '-o', 'out'];
  return run('clang', args, project);
};

export const check64 = (path: string, flags: readonly string[] = []): Promise<Result> =>
  run('clang', [...windows64, ...commonFlags, '-Iinclude', '-Iruntime', ...flags, path], project);

export const link = (objects: Record<string, Uint8Array>, exports: readonly string[]): Promise<Result> => {
  const names = exports.map((name) => `--export=${name}`);
  const flags = [
    '--no-entry',
    '--allow-undefined',
    '--export=__stack_pointer',
    '--stack-first',
    '-z',
    'stack-size=65536',
  ];
  return run('wasm-ld', [...flags, ...names, ...Object.keys(objects), '-o', 'out'], { ...objects });
};

/** A clang on PATH, for what it can do as well and faster: checking headers as 64-bit Windows code. */
export const hasNativeClang = spawnSync('clang', ['--version']).status === 0;

export const checkText64 = async (language: 'c' | 'c++', text: string): Promise<string> => {
  const common = [...windows64, ...commonFlags, '-x', language];
  if (!hasNativeClang) {
    const { diagnostics } = await run('clang', [...common, '-Iinclude', 'unit'], { ...project, unit: text });
    return diagnostics;
  }
  const { stderr } = spawnSync('clang', [...common, `-I${join(root, 'include')}`, '-'], {
    input: text,
    encoding: 'utf8',
  });
  return stderr;
};
