import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CompileError } from '../../../src/driver/compile/index.ts';
import { DRIVER_SECTIONS, readDriverModule } from '../../../src/driver/driver-module.ts';
import { withoutSections } from '../../../src/driver/wasm-sections.ts';
import { MiniHost } from './support/mini-host.ts';
import { compiled, folderWith, put, types } from './support/sources.ts';

const entry = 'NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)';
const driver = (body: string): string =>
  `#include "types.h"\n${entry} { (void)DriverObject; (void)RegistryPath; ${body} }\n`;

const calls = (wasm: Uint8Array): readonly string[] => new MiniHost(wasm).run().calls;

describe('inputs', () => {
  test('a folder gives every source directly in it, linked together', async () => {
    const folder = folderWith({
      'types.h': types,
      'main.c': driver('extern int other(int); return other(2);'),
      'other.c': '#include "types.h"\nint other(int x) { Note(x, 0); return 0; }',
      'sub/not-this.c': '#error not this one',
    });
    expect(calls((await compiled(folder)).wasm)).toEqual(['Note(2,0)']);
  });

  test('files may lie in several folders and include each other by relative paths and include folders', async () => {
    const folder = folderWith({
      'inc/types.h': types,
      'a/main.c': driver('extern int other(int); return other(VALUE);').replace('types.h', '../inc/types.h'),
      'b/other.c': '#include <types.h>\n#include "deep\\more.h"\nint other(int x) { Note(x, MORE); return 0; }',
      'inc/deep/more.h': '#define MORE 9',
    });
    const { wasm } = await compiled(folder, {
      inputs: [join(folder, 'a/main.c'), join(folder, 'b')],
      includeDirs: [join(folder, 'inc')],
      defines: ['VALUE=4'],
    });
    expect(calls(wasm)).toEqual(['Note(4,9)']);
  });

  test('names of headers match in any case, with either slash', async () => {
    const folder = folderWith({
      'Types.H': types,
      'Sub/Inner.h': '#pragma once\n#include "..\\TYPES.h"\n#define INNER 5\n',
      'main.c': `#include "SUB\\inner.h"\n#include "sub/INNER.H"\n${driver('Note(INNER, 0); return 0;')}`,
    });
    expect(calls((await compiled(folder)).wasm)).toEqual(['Note(5,0)']);
  });

  test("a .vcxproj's list, folders and definitions are taken", async () => {
    const folder = folderWith({
      'headers/types.h': types,
      'main.c': driver('TraceIt(X, "%d", FROM_PROJECT); return 0;').replace('\n', '\n#include "main.tmh"\n'),
      'unused.c': '#error not in the project',
      'driver.vcxproj': `<Project><ItemDefinitionGroup><ClCompile>
        <AdditionalIncludeDirectories>$(DDK_INC_PATH);$(ProjectDir)headers;%(AdditionalIncludeDirectories)</AdditionalIncludeDirectories>
        <PreprocessorDefinitions>FROM_PROJECT=6;$(Other);%(PreprocessorDefinitions)</PreprocessorDefinitions>
        <WppAdditionalOptions>-func:TraceIt(FLAGS,MSG,...) %(WppAdditionalOptions)</WppAdditionalOptions>
        </ClCompile></ItemDefinitionGroup><ItemGroup><ClCompile Include="main.c" /></ItemGroup></Project>`,
    });
    expect(calls((await compiled(folder)).wasm)).toHaveLength(1);
  });

  test('the sources file of older kits is taken', async () => {
    const folder = folderWith({
      'inc/types.h': types,
      'main.c': driver('Note(OLD, 0); return 0;'),
      'unused.c': '#error not in the list',
      SOURCES: 'TARGETNAME=old\nINCLUDES=$(DDK_INC_PATH);inc\nC_DEFINES=-DOLD=3\nSOURCES=main.c \\\n  driver.rc\n',
    });
    expect(calls((await compiled(folder)).wasm)).toEqual(['Note(3,0)']);
  });

  test('wide characters have two bytes, in macros too', async () => {
    const source = `#define W2(x) L##x\n#define W(x) W2(x)\n${driver(
      'const unsigned short *w = W("xyz"); /* L"in a comment" */ Note(sizeof(L"a\\"b"), w[1]); return L\'q\' + "L\'"[0];',
    )}`;
    const folder = folderWith({ 'types.h': types, 'main.c': source });
    const host = new MiniHost((await compiled(folder)).wasm);
    expect(host.run()).toMatchObject({ status: 0x71 + 0x4c, calls: ['Note(8,121)'] });
  });
});

test("the kit's headers are found in any case, and its runtime is linked with every driver, unchecked", async () => {
  const kit = folderWith({
    'include/ntddk.h': `${types}int FromRuntime(int *values, int index);\n`,
    'runtime/inner.h': '#define OFFSET 1\n',
    'runtime/runtime.c':
      '#include "inner.h"\nint FromRuntime(int *values, int index) { return values[index] + OFFSET; }\n',
  });
  const source = `#include <NTDDK.H>\n${entry} { int x[2] = {7, 8}; (void)DriverObject; (void)RegistryPath; Note(FromRuntime(x, 1), 0); return 0; }`;
  const { wasm } = await compiled(folderWith({ 'a.c': source }), { kit, kasan: true });
  expect(calls(wasm).filter((call) => !call.startsWith('__asan'))).toEqual(['Note(9,0)']);
  expect(new MiniHost(wasm).module.facts.files).toContain('runtime/runtime.c');
});

describe('what does not make a driver is an error that says what to do:', () => {
  const failure = async (files: Record<string, string>, more = {}): Promise<CompileError> => {
    const folder = folderWith({ 'types.h': types, ...files });
    const error = await compiled(folder, more).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CompileError);
    return error as CompileError;
  };

  test.each([
    ['no such file', { inputs: ['no/such.c'] }, 'no/such.c: there is no such file or folder'],
    ['no such folder of headers', { includeDirs: ['no/such'] }, 'no/such: there is no such folder (-I)'],
    ['nothing named', { inputs: [] }, 'there is nothing to compile: name C or C++ files, or a folder of them'],
  ])('%s', async (_what, more, message) => {
    expect((await failure({}, more)).message).toBe(message);
  });

  test('a folder without sources', async () => {
    expect((await failure({})).message).toContain('there is nothing to compile directly in this folder');
  });

  test('a file that is neither C nor C++', async () => {
    const folder = folderWith({ 'a.txt': '' });
    expect((await failure({}, { inputs: [join(folder, 'a.txt')] })).message).toContain('neither C nor C++');
  });

  test('no DriverEntry', async () => {
    expect((await failure({ 'a.c': 'int x;' })).message).toMatch(/^no DriverEntry: .* name the source that has it$/);
  });

  test('C with errors, each at its place in the file as the user named it', async () => {
    const error = await failure({ 'a.c': '#include "types.h"\n\nint f(void) { return zz; }\n#include "gone.h"\n' });
    expect(error.message).toBe('the driver does not compile: 2 errors');
    expect(error.diagnostics).toEqual([
      {
        severity: 'error',
        line: 3,
        column: 22,
        message: "use of undeclared identifier 'zz'",
        from: 'compile',
        file: expect.stringMatching(/\/a\.c$/),
      },
      {
        severity: 'error',
        line: 4,
        column: 10,
        message: "'gone.h' file not found",
        from: 'compile',
        file: expect.any(String),
      },
    ]);
  });

  test('two definitions of one function, with both sources', async () => {
    const error = await failure({ 'a.c': driver('return 0;'), 'b.c': driver('return 1;') });
    expect(error.message).toMatch(/does not link: duplicate symbol: DriverEntry.*a\.c.*b\.c/);
    expect(error.diagnostics).toMatchObject([{ severity: 'error', from: 'link' }]);
  });

  test('a guest memory that cannot be', async () => {
    const folder = folderWith({ 'a.c': 'int x;' });
    for (const guestMemory of [0, 1000, 2 * 1024 * 1024 + 1, 1.5, Number.NaN, 2 ** 40]) {
      await expect(compiled(folder, { guestMemory })).rejects.toMatchObject({ code: 'OWSK_INVALID_ARGUMENT' });
    }
  });
});

test('the 64-bit check speaks of the driver alone, and only of what is cut off', async () => {
  const folder = folderWith({
    'types.h': types,
    'a.c': driver(
      'unsigned long long big = (unsigned long long)(void *)DriverObject; unsigned long cut = sizeof(int) + big; return (long)cut; int unused = 1;',
    ),
  });
  const { diagnostics } = await compiled(folder, { check64: true, inputs: [join(folder, 'a.c')] });
  expect(diagnostics).toMatchObject([{ from: 'check64', line: 2, flag: 'shorten-64-to-32', severity: 'warning' }]);
  expect((await compiled(folder)).diagnostics).toEqual([]);
});

describe('the cache', () => {
  const fresh = () => folderWith({});
  const plain = (wasm: Uint8Array) =>
    withoutSections(wasm, (name) => Object.values<string>(DRIVER_SECTIONS).includes(name));

  test('answers what was compiled before, even from another folder, and names the files that are there', async () => {
    const [cacheDir, folder] = [
      fresh(),
      folderWith({ 'types.h': types, 'a.c': driver('int unused; return wrong(1);') }),
    ];
    const first = await compiled(folder, { cacheDir });
    const again = await compiled(folder, { cacheDir });
    expect([first.cached, again.cached]).toEqual([false, true]);
    expect(again).toEqual({ ...first, cached: true });
    const other = `${folder}-moved`;
    renameSync(folder, other);
    const moved = await compiled(other, { cacheDir });
    expect(moved.cached).toBe(true);
    expect(moved.diagnostics).toMatchObject([{ file: join(other, 'a.c'), flag: 'implicit-function-declaration' }]);
    expect(readDriverModule(moved.wasm, 'x').facts.files).toEqual([join(other, 'a.c')]);
    expect(plain(moved.wasm)).toEqual(plain(first.wasm));
    rmSync(other, { recursive: true });
  });

  test('sees every change that matters', async () => {
    const cacheDir = fresh();
    const folder = folderWith({
      'types.h': types,
      'value.h': '#define VALUE 1\n',
      'a.c': `#include "value.h"\n${driver('Note(VALUE, 0); return 0;')}`,
    });
    const build = async (more = {}) => (await compiled(folder, { cacheDir, ...more })).cached;
    expect(await build()).toBe(false);
    expect(await build()).toBe(true);
    put(folder, 'value.h', '#define VALUE 2\n');
    expect(await build()).toBe(false);
    expect(calls((await compiled(folder, { cacheDir })).wasm)).toEqual(['Note(2,0)']);
    for (const more of [
      { kasan: true },
      { suspending: ['Note'] },
      { defines: ['X'] },
      { guestMemory: 32 * 1024 * 1024 },
      { check64: true },
    ]) {
      expect(await build(more)).toBe(false);
      expect(await build(more)).toBe(true);
    }
  });

  test('survives damage, and a folder that cannot be used', async () => {
    const cacheDir = fresh();
    const folder = folderWith({ 'types.h': types, 'a.c': driver('Note(7, 0); return 0;') });
    const first = await compiled(folder, { cacheDir });
    for (const name of readdirSync(cacheDir)) {
      const path = join(cacheDir, name);
      writeFileSync(path, readFileSync(path).subarray(0, -1));
    }
    expect(await compiled(folder, { cacheDir })).toEqual(first);
    const blocked = folderWith({ file: '' });
    expect((await compiled(folder, { cacheDir: join(blocked, 'file', 'below') })).cached).toBe(false);
  });

  test('may be used by several at once', async () => {
    const cacheDir = fresh();
    const folder = folderWith({ 'types.h': types, 'a.c': driver('Note(8, 0); return 0;') });
    const all = await Promise.all([1, 2, 3].map(() => compiled(folder, { cacheDir })));
    expect(new Set(all.map(({ wasm }) => Buffer.from(wasm).toString('hex'))).size).toBe(1);
    expect(readdirSync(cacheDir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('a module tells what a host has to know, and other bytes are refused', async () => {
  const folder = folderWith({ 'types.h': types, 'a.c': driver('return 0;') });
  const guestMemory = 4 * 1024 * 1024;
  const shown: string[] = [];
  const { wasm, compiler } = await compiled(join(relative('.', folder), 'a.c'), {
    inputs: [join(relative('.', folder), 'a.c')],
    guestMemory,
    kasan: true,
    suspending: ['Wait', 'KeWaitForSingleObject', 'Wait'],
    progress: (what, done, of) => shown.push(`${done}/${of} ${what}`),
  });
  expect(readDriverModule(wasm, 'a.wasm').facts).toEqual({
    ...{
      schema: 2,
      guestMemory,
      kasan: true,
      suspending: ['KeWaitForSingleObject', 'Wait'],
      compiler,
      diagnostics: [],
    },
    files: [join(relative('.', folder), 'a.c')],
  });
  expect(shown[0]).toMatch(/^0\/\d+ compiling a\.c$/);
  for (const bytes of [
    new Uint8Array(),
    Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0),
    wasm.subarray(0, wasm.length - 2000),
  ]) {
    expect(() => readDriverModule(bytes, 'b.wasm')).toThrow(
      /^b\.wasm .* make it from the driver's sources with openwsk build$/,
    );
  }
});
