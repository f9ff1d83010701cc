import {
  BinaryReader,
  customSection,
  SECTION_CODE,
  SECTION_FUNCTION,
  SECTION_IMPORT,
  SECTION_TYPE,
  sectionsOf,
} from './wasm-sections.ts';

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
  const first = importedFunctions(wasm).length;
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

/** The names of the functions that a module imports, in order: they come first among its functions. */
export const importedFunctions = (wasm: Uint8Array): string[] => {
  const reader = sectionReader(wasm, SECTION_IMPORT);
  const functions: string[] = [];
  for (let left = reader.uleb(); left > 0 && !reader.failed; left--) {
    reader.name();
    const name = reader.name();
    const kind = reader.u8();
    if (kind === 0) functions.push(name);
    skipImportType(reader, kind);
  }
  return functions;
};

/** How many parameters each function that a module defines has. */
export const parametersOf = (wasm: Uint8Array): number[] => {
  const types = sectionReader(wasm, SECTION_TYPE);
  const parameters: number[] = [];
  for (let left = types.uleb(); left > 0 && !types.failed; left--) {
    types.skip(1); // that it is a function's
    const count = types.uleb();
    parameters.push(count);
    types.skip(count);
    types.skip(types.uleb());
  }
  const functions = sectionReader(wasm, SECTION_FUNCTION);
  return Array.from({ length: functions.uleb() }, () => parameters[functions.uleb()] ?? 0);
};

/** Reads a section's content; nothing when there is none. */
const sectionReader = (wasm: Uint8Array, id: number): BinaryReader => {
  const { start, end } = sectionsOf(wasm).find((section) => section.id === id) ?? { start: 0, end: 0 };
  return new BinaryReader(wasm, start, end);
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
