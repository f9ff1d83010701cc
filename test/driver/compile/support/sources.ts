import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, vi } from 'vitest';
import { type CompiledDriver, type CompileRequest, compileDriver } from '../../../../src/driver/compile/index.ts';

// Where there is no native clang, the first compilation of a test file takes many seconds.
vi.setConfig({ testTimeout: 120_000 });

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, with a space in its name, that holds these files; gone after the test file. */
export const folderWith = (files: Readonly<Record<string, string>>): string => {
  const folder = mkdtempSync(join(tmpdir(), 'openwsk test '));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) put(folder, name, text);
  return folder;
};

export const put = (folder: string, name: string, text: string): void => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};

/** A cache of this test file's own: its results are made by the code as it is now. */
export const cacheDir = folderWith({});

/** Neither headers nor a runtime: what these tests run is theirs alone. */
const kit = folderWith({});

/** Compiles a folder's sources (all of them unless named). */
export const compiled = (folder: string, more: Partial<CompileRequest> = {}): Promise<CompiledDriver> =>
  compileDriver({
    inputs: [folder],
    includeDirs: [],
    defines: [],
    kasan: false,
    suspending: ['Wait'],
    check64: false,
    cacheDir,
    kit,
    ...more,
  });

/** What a driver of these tests needs of the kit's headers. */
export const types = `
#pragma once
typedef long NTSTATUS;
typedef struct _DRIVER_OBJECT { int Type; } DRIVER_OBJECT, *PDRIVER_OBJECT;
typedef struct _UNICODE_STRING { unsigned short Length; } UNICODE_STRING, *PUNICODE_STRING;
#ifdef __cplusplus
extern "C" {
#endif
int Wait(int value);
int Site(int line, const int *trail, int depth);
void Note(int a, int b);
#ifdef __cplusplus
}
#endif
`;
