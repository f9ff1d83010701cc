import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openwsk } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'openwsk run c '));
afterAll(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

const source = file(
  'stubbed.c',
  `#include <ntddk.h>
ULONG Twice(ULONG Value);
NTSTATUS DriverEntry(PDRIVER_OBJECT DriverObject, PUNICODE_STRING RegistryPath) {
  UNREFERENCED_PARAMETER(DriverObject);
  UNREFERENCED_PARAMETER(RegistryPath);
  DbgPrint("twice %lu\\n", Twice(21));
  return STATUS_SUCCESS;
}
`,
);
const stubs = file('stubs.ts', 'export const Twice = (_guest: unknown, value: number): number => value * 2;\n');
const wasm = join(folder, 'stubbed.wasm');

beforeAll(async () => {
  expect((await openwsk('build', source, '-o', wasm)).code).toBe(0);
}, 120_000);

test('a function that is not here is named with its first use, and can be given in TypeScript', async () => {
  const missing = await openwsk('run', source);
  expect(missing.stderr).toContain('a kernel function that is not here: Twice; give it in TypeScript: --stubs FILE.ts');
  expect(missing.stderr).toContain(`Twice, first used at ${source}:6`);
  expect(missing.code).toBe(2);
  for (const driver of [source, wasm]) {
    const given = await openwsk('run', driver, '--stubs', stubs);
    expect(given).toMatchObject({ code: 0, stdout: 'twice 42\n' });
  }
});

test.each([
  ['stubs that are not there', ['run', source, '--stubs', 'nothing.ts'], /--stubs nothing\.ts: there is no such file/],
  ['a driver that is not there', ['run', 'nothing.c'], /nothing\.c: there is no such file/],
  ['a request that is none', ['run', source, '--ioctl', 'x'], /"x" is not a request; write DEVICE:CODE/],
  ['a size that is none', ['run', source, '--guest-memory', 'much'], /--guest-memory takes a size: 16M/],
])('%s: exit code 2', async (_what, parameters, message) => {
  const { code, stderr } = await openwsk(...parameters);
  expect(stderr).toMatch(message);
  expect(code).toBe(2);
});

test('C that does not compile: the line with a caret, exit code 2', async () => {
  const bad = file(
    'bad.c',
    '#include <ntddk.h>\nNTSTATUS DriverEntry(PDRIVER_OBJECT D, PUNICODE_STRING R) { return x; }\n',
  );
  const { code, stderr } = await openwsk('run', bad);
  expect(stderr).toContain(`${bad}:2:`);
  expect(stderr).toMatch(/\^\n/);
  expect(code).toBe(2);
}, 60_000);

test('what would crash Windows: exit code 1, with the lines of the driver', async () => {
  const text = `#include <ntddk.h>
static ULONG Read(PULONG P) { return P[3]; }
NTSTATUS DriverEntry(PDRIVER_OBJECT D, PUNICODE_STRING R) {
  PULONG P = ExAllocatePool2(POOL_FLAG_NON_PAGED, 16, 'tseT');
  UNREFERENCED_PARAMETER(D);
  UNREFERENCED_PARAMETER(R);
  ExFreePoolWithTag(P, 'tseT');
  return (NTSTATUS)Read(P);
}
`;
  const late = file('late.c', text);
  const { code, stderr } = await openwsk('run', late);
  expect(stderr).toContain('DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL');
  for (const line of ['at Read', 'at DriverEntry', 'allocated at DriverEntry', 'freed at DriverEntry']) {
    expect(stderr).toContain(line);
  }
  expect(stderr).toMatch(/late\.c:2\).*late\.c:8\).*late\.c:4\).*late\.c:7\)/s);
  expect(code).toBe(1);
}, 60_000);
