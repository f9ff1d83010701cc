import type { LineEntry } from '../line-table.ts';
import type { DwarfLine } from './dwarf-lines.ts';

/** Source maps (ECMA-426) as binaryen reads and writes them: one line, whose columns are offsets of the module. */
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

export interface SourceMapLines {
  readonly files: readonly string[];
  readonly entries: readonly LineEntry[];
}

export const toSourceMap = (lines: readonly DwarfLine[]): string => {
  const files = new Map<string, number>();
  const before = { offset: 0, file: 0, line: 0, column: 0 };
  const segments: string[] = [];
  for (const [index, at] of lines.entries()) {
    // Of several lines for one offset the last counts.
    if (lines[index + 1]?.offset === at.offset) continue;
    let segment = vlq(at.offset - before.offset);
    before.offset = at.offset;
    if (at.file !== null) {
      if (!files.has(at.file)) files.set(at.file, files.size);
      const next = { file: files.get(at.file)!, line: at.line - 1, column: Math.max(at.column - 1, 0) };
      segment += vlq(next.file - before.file) + vlq(next.line - before.line) + vlq(next.column - before.column);
      Object.assign(before, next);
    }
    segments.push(segment);
  }
  return JSON.stringify({ version: 3, sources: [...files.keys()], names: [], mappings: segments.join(',') });
};

export const fromSourceMap = (json: string): SourceMapLines => {
  const { sources, mappings } = JSON.parse(json) as { sources: string[]; mappings: string };
  const entries: LineEntry[] = [];
  const at = { offset: 0, file: 0, line: 0, column: 0 };
  for (const segment of mappings.split(',')) {
    const [offset, file, line, column] = unVlq(segment);
    if (offset === undefined) continue;
    at.offset += offset;
    if (file === undefined) {
      entries.push({ offset: at.offset, file: -1, line: 0, column: 0 });
      continue;
    }
    at.file += file;
    at.line += line;
    at.column += column;
    entries.push({ offset: at.offset, file: at.file, line: at.line + 1, column: at.column + 1 });
  }
  return { files: sources, entries };
};

const vlq = (value: number): string => {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let out = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    out += DIGITS[rest > 0 ? digit | 32 : digit];
  } while (rest > 0);
  return out;
};

const unVlq = (segment: string): number[] => {
  const numbers: number[] = [];
  let value = 0;
  let shift = 0;
  for (const digit of segment) {
    const bits = VALUES.get(digit) ?? 0;
    value |= (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >>> 1) : value >>> 1);
    value = 0;
    shift = 0;
  }
  return numbers;
};
