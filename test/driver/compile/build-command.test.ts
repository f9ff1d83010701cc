import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readDriverModule } from '../../../src/driver/driver-module.ts';
import { openwskWith } from '../../support/cli.ts';
import { cacheDir, folderWith, types } from './support/sources.ts';

const entry = 'NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath)';
const good = `#include "types.h"\n${entry}\n{\n\tint cut = (int)DriverObject;\n  (void)RegistryPath;\n  return cut + VALUE;\n}\n`;
const build = (...parameters: string[]) => openwskWith({ OWSK_CACHE: cacheDir }, 'build', ...parameters);

test('build writes a module, and shows warnings with the line and a caret', async () => {
  const folder = folderWith({ 'inc/types.h': types, 'driver.c': good });
  const [out, source] = [join(folder, 'out.wasm'), join(folder, 'driver.c')];
  const { code, stdout, stderr } = await build(
    source,
    '-o',
    out,
    '-I',
    join(folder, 'inc'),
    '-D',
    'VALUE=1',
    '--guest-memory',
    '32M',
  );
  expect(stderr).toBe(
    `${source}:4:12: warning: cast to smaller integer type 'int' from 'PDRIVER_OBJECT' (aka 'struct _DRIVER_OBJECT *') (in 64-bit code) [-Wpointer-to-int-cast]\n` +
      '    4 | \tint cut = (int)DriverObject;\n      | \t          ^\n',
  );
  expect(stdout).toMatch(/out\.wasm: \d+ KiB, 1 warning\n$/);
  expect(code).toBe(0);
  const { facts, lines } = readDriverModule(readFileSync(out), out);
  expect(facts).toMatchObject({ kasan: true, guestMemory: 32 * 1024 * 1024 });
  expect(facts.files[0]).toBe(source);
  // The rest is the runtime's.
  expect(facts.files.slice(1).every((file) => file.startsWith('runtime/'))).toBe(true);
  expect(facts.suspending).toContain('KeWaitForSingleObject');
  expect(lines).not.toBeNull();
});

test('build takes --no-kasan', async () => {
  const folder = folderWith({ 'types.h': types, 'driver.c': good });
  const out = join(folder, 'out.wasm');
  expect((await build(folder, '-o', out, '-D', 'VALUE=2', '--no-kasan')).code).toBe(0);
  expect(readDriverModule(readFileSync(out), out).facts.kasan).toBe(false);
});

test.each([
  ['no sources', ['-o', 'x.wasm'], /missing required argument/],
  ['no -o', ['x.c'], /required option '-o, --output <out\.wasm>' not specified/],
  ['a file that is not there', ['no.c', '-o', 'x.wasm'], /^openwsk: no\.c: there is no such file or folder\n$/],
  [
    'a compiler that is none',
    ['x.c', '-o', 'x.wasm', '--compiler', 'gcc'],
    /Allowed choices are auto, native, bundled/,
  ],
  [
    'a size that is none',
    ['x.c', '-o', 'x.wasm', '--guest-memory', 'much'],
    /--guest-memory takes a size: 16M, 512K, or bytes/,
  ],
  [
    'a size that cannot be',
    ['.', '-o', 'x.wasm', '--guest-memory', '17'],
    /guest memory of 17 bytes: take 1 MiB to 2 GiB/,
  ],
])('build with %s is wrong use', async (_what, parameters, message) => {
  const { code, stdout, stderr } = await build(...parameters);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(message);
});

test('C that does not compile is shown as clang shows it, and nothing is written', async () => {
  const folder = folderWith({ 'driver.c': 'int x = ;\n' });
  const { code, stdout, stderr } = await build(join(folder, 'driver.c'), '-o', join(folder, 'out.wasm'));
  expect(stderr).toBe(
    `${folder}/driver.c:1:9: error: expected expression\n    1 | int x = ;\n      |         ^\nopenwsk: the driver does not compile: 1 error\n`,
  );
  expect([code, stdout]).toEqual([2, '']);
});

test('without any compiler the message says how to get one', async () => {
  const folder = folderWith({ 'driver.c': 'int x;\n' });
  const { code, stderr } = await openwskWith(
    { OWSK_CACHE: folder, PATH: '' },
    ...['build', join(folder, 'driver.c'), '-o', join(folder, 'out.wasm'), '--compiler', 'native'],
  );
  expect(stderr).toMatch(/^openwsk: no clang on PATH makes WebAssembly: .* or use --compiler bundled\n$/);
  expect(code).toBe(2);
});
