import { DRIVER_SECTIONS, readDriverModule, writeDriverModule } from '../driver-module.ts';
import { decodeLines } from '../line-table.ts';
import { customSection, withoutSections } from '../wasm-sections.ts';
import type { CompiledDriver } from './types.ts';

/** A kept module with the names that this user has for its files: the same sources may lie elsewhere. */
export const renamedModule = (kept: Uint8Array, rename: (file: string) => string): Omit<CompiledDriver, 'cached'> => {
  const { facts } = readDriverModule(kept, 'the kept module');
  const bytes = customSection(kept, DRIVER_SECTIONS.lines)!;
  const entries = decodeLines(bytes, facts.files.length) ?? [];
  const diagnostics = facts.diagnostics.map((it) => ({ ...it, file: rename(it.file) }));
  const renamed = { ...facts, diagnostics, files: facts.files.map(rename) };
  const plain = withoutSections(kept, (name) => Object.values<string>(DRIVER_SECTIONS).includes(name));
  const wasm = writeDriverModule(plain, renamed, entries);
  return { wasm, lines: readDriverModule(wasm, 'the module').lines, diagnostics, compiler: facts.compiler };
};
