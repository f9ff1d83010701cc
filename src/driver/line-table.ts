import { functionsOf, type WasmFunction } from './wasm-functions.ts';
import { BinaryReader, pushUleb } from './wasm-sections.ts';

/** A place in the driver's source. Lines and columns count from 1; column 0 is unknown. */
export interface SourceLine {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** The C or C++ function, as its name section has it. */
  readonly function: string;
}

/** From this offset of the module on (to the next entry), code belongs to this place; file -1: to none. */
export interface LineEntry {
  readonly offset: number;
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

/**
 * Tells which line of source an instruction of a module belongs to. Offsets are bytes from the start of the module, as
 * in the `wasm://…:wasm-function[12]:0x3f4` of Error.stack.
 */
export class LineTable {
  readonly files: readonly string[];
  readonly #columns: Record<'offset' | 'file' | 'line' | 'column', Int32Array>;
  readonly #functions: readonly WasmFunction[];

  /** @param entries sorted by offset @param wasm the module, for the names of its functions */
  constructor(files: readonly string[], entries: readonly LineEntry[], wasm: Uint8Array) {
    this.files = files;
    this.#columns = {
      offset: Int32Array.from(entries, ({ offset }) => offset),
      file: Int32Array.from(entries, ({ file }) => file),
      line: Int32Array.from(entries, ({ line }) => line),
      column: Int32Array.from(entries, ({ column }) => column),
    };
    this.#functions = functionsOf(wasm);
  }

  /** Where a function begins; null when it is not known. */
  startOf(name: string): SourceLine | null {
    const found = this.#functions.find((it) => it.name === name);
    if (found === undefined) return null;
    const index = firstAtLeast(this.#columns.offset, found.start);
    return index < this.#columns.offset.length ? this.find(this.#columns.offset[index]) : null;
  }

  /** The name of the function with this index in the module. */
  nameOf(index: number): string | null {
    return this.#functions.find((it) => it.index === index)?.name ?? null;
  }

  /** The line of the instruction at an offset; null where no source is known (code that was generated). */
  find(offset: number): SourceLine | null {
    const within = lastAtMost(this.#functions.length, (index) => this.#functions[index].start, offset);
    const owner = this.#functions[within];
    if (owner === undefined || offset >= owner.end) return null;
    const { offset: offsets, file, line, column } = this.#columns;
    let index = lastAtMost(offsets.length, (at) => offsets[at], offset);
    // Code that the compiler has moved has lost its line: the code before it tells best where it belongs.
    while (index >= 0 && offsets[index] >= owner.start && file[index] < 0) index--;
    if (index < 0 || offsets[index] < owner.start) return null;
    return { file: this.files[file[index]], line: line[index], column: column[index], function: owner.name };
  }
}

/** The entries as the bytes of a custom section: count, then offset (from the one before), file + 1, line, column. */
export const encodeLines = (entries: readonly LineEntry[]): Uint8Array => {
  const out: number[] = [];
  pushUleb(out, entries.length);
  let before = 0;
  for (const { offset, file, line, column } of entries) {
    pushUleb(out, offset - before);
    before = offset;
    pushUleb(out, file + 1);
    if (file < 0) continue;
    pushUleb(out, line);
    pushUleb(out, column);
  }
  return Uint8Array.from(out);
};

/** Reads what encodeLines wrote; null when the bytes are damaged. */
export const decodeLines = (bytes: Uint8Array, files: number): LineEntry[] | null => {
  const reader = new BinaryReader(bytes);
  const count = reader.uleb();
  if (count > bytes.length) return null;
  const entries: LineEntry[] = [];
  let offset = 0;
  for (let index = 0; index < count; index++) {
    offset += reader.uleb();
    const file = reader.uleb() - 1;
    if (file >= files) return null;
    entries.push({ offset, file, line: file < 0 ? 0 : reader.uleb(), column: file < 0 ? 0 : reader.uleb() });
  }
  return reader.failed ? null : entries;
};

/** The first index whose offset is at least `offset`. */
const firstAtLeast = (offsets: Int32Array, offset: number): number =>
  lastAtMost(offsets.length, (at) => offsets[at], offset - 1) + 1;

/** The last index whose key is at most `key`, -1 when there is none. */
const lastAtMost = (count: number, keyAt: (index: number) => number, key: number): number => {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (keyAt(middle) <= key) low = middle + 1;
    else high = middle;
  }
  return low - 1;
};
