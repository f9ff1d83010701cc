import { OpenWskError } from '../../base/index.ts';
import type { BinaryReader } from '../wasm-sections.ts';

const CALL = 0x10;
const CALL_INDIRECT = 0x11;
const BRANCH_TABLE = 0x0e;
const SELECT_OF_TYPE = 0x1c;
/** The prefix of conversions that saturate, and of memory.copy, memory.fill and their like. */
const MORE = 0xfc;

/**
 * How many LEB128 numbers follow the opcodes from one to another: all that a driver can be compiled to, which has
 * neither vectors nor atomics. Source: WebAssembly 2.0, binary format, 5.4; exception handling as of 2022.
 */
const IMMEDIATES: readonly (readonly [first: number, last: number, count: number])[] = [
  [0x00, 0x01, 0], // unreachable, nop
  [0x02, 0x04, 1], // block, loop, if
  [0x05, 0x05, 0], // else
  [0x06, 0x09, 1], // try, catch, throw, rethrow
  [0x0b, 0x0b, 0], // end
  [0x0c, 0x0d, 1], // br, br_if
  [0x0f, 0x0f, 0], // return
  [CALL, CALL, 1],
  [CALL_INDIRECT, CALL_INDIRECT, 2],
  [0x18, 0x18, 1], // delegate
  [0x19, 0x1b, 0], // catch_all, drop, select
  [0x20, 0x26, 1], // local.…, global.…, table.get and set
  [0x28, 0x3e, 2], // loads and stores
  [0x3f, 0x42, 1], // memory.size and grow, i32.const, i64.const
  [0x45, 0xc4, 0], // arithmetic
  [0xd0, 0xd0, 1], // ref.null
  [0xd1, 0xd1, 0], // ref.is_null
  [0xd2, 0xd2, 1], // ref.func
];
const UNKNOWN = -1;
const COUNTS = new Int8Array(256).fill(UNKNOWN);
for (const [first, last, count] of IMMEDIATES) COUNTS.fill(count, first, last + 1);

/** The bytes of f32.const and f64.const. */
const CONSTANTS: Readonly<Record<number, number>> = { 67: 4, 68: 8 };

/** What follows 0xfc and this number: the conversions are the first eight. */
const moreImmediates = (which: number): number => (which < 8 ? 0 : which <= 14 && which % 2 === 0 ? 2 : 1);

const skipNumbers = (reader: BinaryReader, count: number): void => {
  for (let left = count; left > 0 && !reader.failed; left--) reader.uleb();
};

const skipImmediates = (reader: BinaryReader, opcode: number): void => {
  if (opcode === BRANCH_TABLE) skipNumbers(reader, reader.uleb() + 1);
  else if (opcode === SELECT_OF_TYPE) skipNumbers(reader, reader.uleb());
  else if (opcode === MORE) skipNumbers(reader, moreImmediates(reader.uleb()));
  else if (CONSTANTS[opcode] !== undefined) reader.skip(CONSTANTS[opcode]);
  else if (COUNTS[opcode] === UNKNOWN) throw unknown(opcode);
  else skipNumbers(reader, COUNTS[opcode]);
};

/**
 * Where the instructions that call are, by the offset of their opcodes.
 * @param reader stands at the first instruction of a function, and is read to its end
 * @param isWanted told the index of the function that is called, null for one behind a pointer
 * @throws OpenWskError OWSK_COMPILE for instructions that no driver is compiled to
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
    skipImmediates(reader, opcode);
  }
  return found;
};

const unknown = (opcode: number): OpenWskError =>
  new OpenWskError(
    'OWSK_COMPILE',
    `the driver has WebAssembly instructions that are not supported (0x${opcode.toString(16)}): vectors or atomics`,
  );
