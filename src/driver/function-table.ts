import type { LineTable } from './line-table.ts';
import type { WasmTable } from './webassembly.ts';

/** A function of the module's as JavaScript sees it: an exported function is named after its index. */
type Exported = CallableFunction & { readonly name: string };

/** What a driver's function pointers point to. */
export class FunctionTable {
  private readonly table: WasmTable;
  private readonly imports: readonly string[];
  private readonly lines: LineTable | null;
  /** Those that were asked for: the table itself is slow, and never changes. */
  private readonly known = new Map<number, Exported>();

  /** @param imports the functions that the module imports, in its order */
  constructor(table: WasmTable, imports: readonly string[], lines: LineTable | null) {
    this.table = table;
    this.imports = imports;
    this.lines = lines;
  }

  /** The function behind a pointer; null when there is none. */
  at(fn: number): Exported | null {
    const known = this.known.get(fn);
    if (known !== undefined) return known;
    const found = fn > 0 && fn < this.table.length ? (this.table.get(fn) as Exported | null) : null;
    if (found !== null) this.known.set(fn, found);
    return found;
  }

  /** The driver's name for a function pointer, from the module's name section. */
  nameOf(fn: number): string {
    const routine = this.at(fn);
    if (routine === null) return `0x${fn.toString(16)}`;
    return this.lines?.nameOf(Number(routine.name)) ?? routine.name;
  }

  /** The function pointer of an import, which it has when its address is used somewhere; else 0. */
  pointerTo(name: string): number {
    // Imports come first among the functions.
    const index = String(this.imports.indexOf(name));
    for (let fn = 1; fn < this.table.length; fn++) if (this.table.get(fn)?.name === index) return fn;
    return 0;
  }
}
