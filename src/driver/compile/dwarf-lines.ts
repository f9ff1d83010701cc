import { BinaryReader, customSection, SECTION_CODE, sectionsOf } from '../wasm-sections.ts';

/** From this offset of the module on, code belongs to this place of the source; file null: to none. */
export interface DwarfLine {
  readonly offset: number;
  readonly file: string | null;
  readonly line: number;
  readonly column: number;
}

/**
 * Reads .debug_line (DWARF 4, the version the compilers are asked for) of a linked module: DWARF standard, section 6.2.
 * Units of other versions are left out, as are functions that the linker dropped.
 */
export const dwarfLines = (wasm: Uint8Array): DwarfLine[] => {
  const section = customSection(wasm, '.debug_line');
  const code = sectionsOf(wasm).find(({ id }) => id === SECTION_CODE);
  if (section === null || code === undefined) return [];
  const reader = new BinaryReader(section);
  const lines: DwarfLine[] = [];
  while (!reader.done) {
    const length = reader.u32();
    const end = Math.min(reader.at + length, section.length);
    const unit = new BinaryReader(section, reader.at, end);
    if (unit.u16() === 4) new LineProgram(unit, code.start, code.end, lines).run();
    reader.at = end;
  }
  return lines.sort((a, b) => a.offset - b.offset);
};

const DW_LNS = {
  copy: 1,
  advancePc: 2,
  advanceLine: 3,
  setFile: 4,
  setColumn: 5,
  constAddPc: 8,
  fixedAdvancePc: 9,
} as const;
const DW_LNE = { endSequence: 1, setAddress: 2 } as const;

/** The line-number program of a unit. Addresses in it count from the content of the code section. */
class LineProgram {
  readonly #reader: BinaryReader;
  readonly #start: number;
  readonly #end: number;
  readonly #lines: DwarfLine[];
  readonly #files: string[] = [];
  #lineBase = 0;
  #lineRange = 1;
  #opcodeBase = 13;
  #operands: number[] = [];
  #sequence: DwarfLine[] = [];
  #address = 0;
  #file = 1;
  #line = 1;
  #column = 0;

  constructor(reader: BinaryReader, start: number, end: number, lines: DwarfLine[]) {
    this.#reader = reader;
    this.#start = start;
    this.#end = end;
    this.#lines = lines;
  }

  run(): void {
    this.#header();
    while (!this.#reader.done && !this.#reader.failed) {
      const opcode = this.#reader.u8();
      if (opcode >= this.#opcodeBase) this.#special(opcode);
      else if (opcode === 0) this.#extended();
      else this.#standard(opcode);
    }
  }

  #header(): void {
    const reader = this.#reader;
    const program = reader.u32() + reader.at;
    reader.skip(4); // minimum_instruction_length 1, maximum_operations 1, default_is_stmt, line_base
    this.#lineBase = (reader.bytes[reader.at - 1] << 24) >> 24;
    this.#lineRange = reader.u8() || 1;
    this.#opcodeBase = reader.u8();
    this.#operands = Array.from({ length: Math.max(this.#opcodeBase - 1, 0) }, () => reader.u8());
    const folders = [''];
    for (let folder = reader.cString(); folder !== ''; folder = reader.cString()) folders.push(folder);
    for (let name = reader.cString(); name !== ''; name = reader.cString()) {
      const folder = folders[reader.uleb()] ?? '';
      reader.uleb();
      reader.uleb();
      this.#files.push(folder === '' || name.startsWith('/') ? name : `${folder}/${name}`);
    }
    reader.at = program;
  }

  #row(end: boolean): void {
    const file = end || this.#line === 0 ? null : (this.#files[this.#file - 1] ?? null);
    const offset = this.#address + this.#start;
    this.#sequence.push({ offset, file, line: this.#line, column: this.#column });
  }

  #special(opcode: number): void {
    const adjusted = opcode - this.#opcodeBase;
    this.#address += Math.floor(adjusted / this.#lineRange);
    this.#line += this.#lineBase + (adjusted % this.#lineRange);
    this.#row(false);
  }

  #standard(opcode: number): void {
    const reader = this.#reader;
    if (opcode === DW_LNS.copy) this.#row(false);
    else if (opcode === DW_LNS.advancePc) this.#address += reader.uleb();
    else if (opcode === DW_LNS.advanceLine) this.#line += reader.sleb();
    else if (opcode === DW_LNS.setFile) this.#file = reader.uleb();
    else if (opcode === DW_LNS.setColumn) this.#column = reader.uleb();
    else if (opcode === DW_LNS.constAddPc) this.#address += Math.floor((255 - this.#opcodeBase) / this.#lineRange);
    else if (opcode === DW_LNS.fixedAdvancePc) this.#address += reader.u16();
    else for (let left = this.#operands[opcode - 1] ?? 0; left > 0; left--) reader.uleb();
  }

  #extended(): void {
    const reader = this.#reader;
    const length = reader.uleb();
    const end = reader.at + length;
    const opcode = reader.u8();
    if (opcode === DW_LNE.endSequence) this.#endSequence();
    else if (opcode === DW_LNE.setAddress) this.#address = reader.u32();
    reader.at = end;
  }

  #endSequence(): void {
    this.#row(true);
    // A function that the linker dropped has an address that no code has.
    const first = this.#sequence[0].offset;
    if (first > this.#start && first < this.#end) this.#lines.push(...this.#sequence);
    this.#sequence = [];
    this.#address = 0;
    this.#file = 1;
    this.#line = 1;
    this.#column = 0;
  }
}
