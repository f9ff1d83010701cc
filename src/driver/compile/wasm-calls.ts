import { OpenWskError } from '../../base/index.ts';
import type { BinaryReader } from '../wasm-sections.ts';

const CALL = 0x10;
const CALL_INDIRECT = 0x11;
/** The prefix of conversions that saturate, and of memory.copy, memory.fill and their like. */
const MORE = 0xfc;

const isIn = (opcode: number, first: number, last: number): boolean => opcode >= first && opcode <= last;

/** What follows an opcode: LEB128 numbers, or else (negative) bytes. Source: WebAssembly 2.0, binary format, 5.4. */
const immediates = (opcode: number): number => {
  if (opcode === CALL_INDIRECT || isIn(opcode, 0x28, 0x3e)) return 2; // … loads and stores
  if (opcode === 0x43) return -4; // f32.const
  if (opcode === 0x44) return -8; // f64.const
  const blocksAndBranches = isIn(opcode, 0x02, 0x04) || isIn(opcode, 0x0c, 0x0d);
  const variablesAndTables = isIn(opcode, 0x20, 0x26) || opcode === 0xd0 || opcode === 0xd2;
  const memoryAndConstants = isIn(opcode, 0x3f, 0x42);
  return opcode === CALL || blocksAndBranches || variablesAndTables || memoryAndConstants ? 1 : 0;
};

/** What follows 0xfc and this number. */
const moreImmediates = (which: number): number => {
  if (which < 8) return 0;
  return which === 8 || which === 10 || which === 12 || which === 14 ? 2 : 1;
};

const skip = (reader: BinaryReader, count: number): void => {
  if (count < 0) reader.skip(-count);
  for (let left = count; left > 0; left--) reader.uleb();
};

/**
 * Where the instructions that call are, by the offset of their opcodes.
 * @param reader stands at the first instruction of a function; read to its end
 * @param isWanted told the index of the function that is called, null for one behind a pointer
 * @throws OpenWskError OWSK_COMPILE for vector and atomic instructions, which no driver is compiled to
 */
export const callsIn = (reader: BinaryReader, isWanted: (callee: number | null) => boolean): number[] => {
  const found: number[] = [];
  while (!reader.done) {
    const { at } = reader;
    const opcode = reader.u8();
    if (opcode === CALL) {
      if (isWanted(reader.uleb())) found.push(at);
      continue;
    }
    if (opcode === CALL_INDIRECT && isWanted(null)) found.push(at);
    if (opcode === 0x0e)
      skip(reader, reader.uleb() + 1); // br_table
    else if (opcode === 0x1c)
      skip(reader, reader.uleb()); // select of a type
    else if (opcode === MORE) skip(reader, moreImmediates(reader.uleb()));
    else if (isIn(opcode, 0xc5, 0xff) && !isIn(opcode, 0xd0, 0xd2)) throw unknown(opcode);
    else skip(reader, immediates(opcode));
  }
  return found;
};

const unknown = (opcode: number): OpenWskError =>
  new OpenWskError(
    'OWSK_COMPILE',
    `the driver has instructions of WebAssembly (0x${opcode.toString(16)}) that are not supported: vectors or atomics`,
  );
