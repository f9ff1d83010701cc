import { BinaryReader, customSection, SECTION_CODE, SECTION_IMPORT, sectionsOf } from './wasm-sections.ts';

/** A function of a module: its body's bytes, from the start of the module, and its name. */
export interface WasmFunction {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly name: string;
}

/** The functions that a module defines (not those it imports), in order. Damaged modules give fewer. */
export const functionsOf = (wasm: Uint8Array): WasmFunction[] => {
  const code = sectionsOf(wasm).find(({ id }) => id === SECTION_CODE);
  if (code === undefined) return [];
  const first = importedFunctions(wasm);
  const names = functionNames(wasm);
  const reader = new BinaryReader(wasm, code.start, code.end);
  const count = reader.uleb();
  const found: WasmFunction[] = [];
  for (let index = first; index < first + count && !reader.failed; index++) {
    const size = reader.uleb();
    const start = reader.at;
    reader.skip(size);
    found.push({ index, start, end: reader.at, name: names.get(index) ?? `function ${index}` });
  }
  return found;
};

const importedFunctions = (wasm: Uint8Array): number => {
  const section = sectionsOf(wasm).find(({ id }) => id === SECTION_IMPORT);
  if (section === undefined) return 0;
  const reader = new BinaryReader(wasm, section.start, section.end);
  let functions = 0;
  for (let left = reader.uleb(); left > 0 && !reader.failed; left--) {
    reader.name();
    reader.name();
    const kind = reader.u8();
    if (kind === 0) functions++;
    skipImportType(reader, kind);
  }
  return functions;
};

const skipImportType = (reader: BinaryReader, kind: number): void => {
  if (kind === 1) reader.u8();
  if (kind === 1 || kind === 2) {
    const hasMaximum = (reader.uleb() & 1) === 1;
    reader.uleb();
    if (hasMaximum) reader.uleb();
  } else if (kind === 3) reader.u16();
  else {
    if (kind === 4) reader.u8();
    reader.uleb();
  }
};

/** The names in the name section, by index. */
const functionNames = (wasm: Uint8Array): Map<number, string> => {
  const names = new Map<number, string>();
  const reader = new BinaryReader(customSection(wasm, 'name') ?? new Uint8Array());
  while (!reader.done) {
    const kind = reader.u8();
    const size = reader.uleb();
    const end = reader.at + size;
    if (kind === 1) {
      for (let left = reader.uleb(); left > 0 && !reader.failed; left--) names.set(reader.uleb(), reader.name());
    }
    reader.at = end;
  }
  return names;
};
