import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { check64, compileWasm, link, root } from './compiler.ts';

const units = ['strings.c', 'rtl.c', 'collections.c', 'exceptions.c', 'cxx.cpp'];
const tests =
  'testMemory testNarrow testNumbers testSorting testFormat testUnicodeStrings testConversions testGuidsAndTime ' +
  'testSafeIntegers testIpStrings testAvl testLists testBitmap testInterlocked testLookaside testExceptions testCxx testVersion';
const guests = [...tests.split(' '), 'testPrint', 'removeTwice', 'raiseUnhandled'];

/** What is used of WebAssembly: its types come with the DOM library only, which this project does without. */
interface Wasm {
  readonly Module: { new (bytes: Uint8Array): object; imports(module: object): { name: string }[] };
  readonly Instance: new (module: object, imports: object) => { exports: Record<string, unknown> };
}
const { Module, Instance } = (globalThis as unknown as { WebAssembly: Wasm }).WebAssembly;

interface Guest {
  readonly call: (name: string) => number;
  readonly printed: string[];
  readonly checked: { address: number; size: number; isWrite: number }[];
  readonly blocks: Set<number>;
}

/** Pool that only moves up, and memory checks that are only counted. */
const start = (module: object): Guest => {
  let next = 1 << 20;
  const blocks = new Set<number>();
  const printed: string[] = [];
  const checked: { address: number; size: number; isWrite: number }[] = [];
  const allocate = (_type: number, size: number): number => {
    const at = next;
    next += (size + 15) & ~15;
    blocks.add(at);
    return at;
  };
  const release = (at: number): void => {
    if (!blocks.delete(at)) throw new Error('freed twice');
  };
  const host: Record<string, (...args: number[]) => number | undefined> = {
    ExAllocatePoolWithTag: allocate as never,
    ExFreePoolWithTag: release as never,
    ExFreePool: release as never,
    OwskCheckMemory: (address, size, isWrite) =>
      void checked.push({ address: address!, size: size!, isWrite: isWrite! }),
    OwskProbeAndLockPages: (mdl) => (mdl === 0 ? 0xc0000005 | 0 : 0),
    OwskDbgPrint: (component, level, text, length) => {
      const bytes = new Uint8Array(memory.buffer, text, length);
      printed.push(`${component} ${level} ${new TextDecoder().decode(bytes)}`);
      return undefined;
    },
    KeBugCheckEx: (...args) => {
      throw new Error(`bug check ${args.map((value) => (value >>> 0).toString(16)).join(' ')}`);
    },
  };
  const env: Record<string, unknown> = {};
  for (const { name } of Module.imports(module))
    env[name] =
      host[name] ??
      (() => {
        throw new Error(`${name} was called`);
      });
  const { exports } = new Instance(module, { env });
  const memory = exports.memory as { buffer: ArrayBuffer; grow(pages: number): number };
  memory.grow(64);
  (exports.__wasm_call_ctors as () => void)();
  return { call: (name) => (exports[name] as () => number)(), printed, checked, blocks };
};

let module: object;
beforeAll(async () => {
  const objects: Record<string, Uint8Array> = {};
  const sources = readdirSync(join(root, 'runtime')).filter((name) => name.endsWith('.c'));
  const compile = async (path: string, flags: string[]): Promise<void> => {
    const language = path.endsWith('.cpp') ? ['-fno-rtti', '-std=c++20'] : [];
    const { output, diagnostics } = await compileWasm(path, ['-Wall', '-Wno-unused-function', ...language, ...flags]);
    expect(diagnostics, path).toBe('');
    objects[path.replaceAll('/', '_')] = output!;
  };
  for (const name of sources) await compile(`runtime/${name}`, ['-O1']);
  for (const name of units) await compile(`test/guest-tests/${name}`, ['-O0', '-Wno-invalid-noreturn']);
  const linked = await link(objects, [...guests, '__wasm_call_ctors']);
  expect(linked.diagnostics).toBe('');
  module = new Module(linked.output!);
}, 240_000);

test.each(tests.split(' '))('%s finds the runtime as documented (0, or the line that failed)', (name) => {
  const guest = start(module);
  expect(guest.call(name)).toBe(0);
});

test('a failed check is its line: the tests in C can fail', () => {
  expect(() => start(module).call('removeTwice')).toThrow(/^bug check 139 3 /);
});

test('an exception that no __try wants is bug check 0x1E with its code', () => {
  expect(() => start(module).call('raiseUnhandled')).toThrow(/^bug check 1e c0000017 /);
});

test('DbgPrintEx hands over formatted text with component and level', () => {
  const guest = start(module);
  guest.call('testPrint');
  expect(guest.printed).toEqual(['81 1 status 00000103 of bind\n']);
});

test('memory functions say which range they are about to read and to write', () => {
  const guest = start(module);
  guest.call('testMemory');
  expect(guest.checked).toContainEqual({ address: expect.any(Number), size: 5, isWrite: 1 });
  expect(guest.checked.filter(({ size, isWrite }) => size === 6 && !isWrite)).toHaveLength(2);
});

test('blocks of lookaside lists and of tables go back to the pool one by one', () => {
  const guest = start(module);
  guest.call('testLookaside');
  guest.call('testAvl');
  expect(guest.blocks.size).toBe(0);
});

test('layouts are those of 32-bit Windows compiled for WebAssembly, of 64-bit Windows compiled for it', async () => {
  const guest = await compileWasm('test/guest-tests/layout.c', ['-Wall']);
  expect(guest.diagnostics).toBe('');
  expect((await check64('test/guest-tests/layout.c', ['-Wall'])).diagnostics).toBe('');
}, 60_000);
