import type { Nanoseconds } from '../time/index.ts';
import type { Scanner } from './scanner.ts';
import type { Field, ScriptCall, Value } from './script.ts';
import { syntaxError } from './script-error.ts';

const MOST_DEPTH = 32;

/** `connect(3, ..., ...) = -1 EINPROGRESS (note)`. */
export const parseCall = (scanner: Scanner, end: Nanoseconds | null): ScriptCall => {
  const name = scanner.word();
  if (name === null) throw scanner.wrong('a packet, a call, a command or code');
  scanner.expect('(');
  const args = parseList(scanner, ')', 0);
  scanner.expect('=');
  const result = parseValue(scanner, 0);
  const errno = scanner.match(/E[A-Z\d]+\b/y)?.[0] ?? null;
  if (scanner.take('(')) {
    let depth = 1;
    while (depth > 0) {
      const piece = scanner.match(/[^()\n]*([()])/y);
      if (piece === null) throw scanner.wrong("')' behind the note");
      depth += piece[1] === '(' ? 1 : -1;
    }
  }
  return { name, args, end, result, errno };
};

const parseList = (scanner: Scanner, close: string, depth: number): Value[] => {
  const values: Value[] = [];
  if (scanner.take(close)) return values;
  do values.push(parseValue(scanner, depth + 1));
  while (scanner.take(','));
  scanner.expect(close);
  return values;
};

const parseValue = (scanner: Scanner, depth: number): Value => {
  if (depth > MOST_DEPTH) throw syntaxError(scanner.line, 'brackets nested too deeply');
  const first = parseOne(scanner, depth);
  if (!scanner.sees('|')) return first;
  const parts = [first];
  while (scanner.take('|')) parts.push(parseOne(scanner, depth));
  return { kind: 'or', parts };
};

const parseOne = (scanner: Scanner, depth: number): Value => {
  if (scanner.take('...')) return { kind: 'any' };
  if (scanner.take('[')) return { kind: 'list', items: parseList(scanner, ']', depth) };
  if (scanner.take('{')) return { kind: 'struct', fields: parseFields(scanner, depth) };
  if (scanner.sees('"')) return parseText(scanner);
  const name = scanner.word();
  if (name === null) return { kind: 'number', value: scanner.integer('a value') };
  if (scanner.take('(')) return { kind: 'apply', name, args: parseList(scanner, ')', depth) };
  return { kind: 'word', name };
};

/** `{events=POLLIN, fd=4}`, `{..., 1000}`, `{msg_name(...)=..., msg_iov(1)=[{..., 5}]}`. */
const parseFields = (scanner: Scanner, depth: number): Field[] => {
  const fields: Field[] = [];
  if (scanner.take('}')) return fields;
  do {
    const named = scanner.match(/([A-Za-z_]\w*)\s*(?:\([^()\n]*\)\s*)?=/y);
    fields.push({ name: named?.[1] ?? '', value: parseValue(scanner, depth + 1) });
  } while (scanner.take(','));
  scanner.expect('}');
  return fields;
};

const ESCAPES: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, '0': 0 };

const parseText = (scanner: Scanner): Value => {
  const quoted = scanner.match(/"((?:[^"\\\n]|\\.)*)"/y);
  if (quoted === null) throw scanner.wrong("a text that ends with '\"'");
  const bytes: number[] = [];
  for (const [, hex, escaped, plain] of quoted[1].matchAll(/\\x([\da-fA-F]{2})|\\(.)|([^\\])/gu)) {
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (escaped !== undefined) bytes.push(ESCAPES[escaped] ?? escaped.charCodeAt(0) & 0xff);
    else bytes.push(...new TextEncoder().encode(plain));
  }
  scanner.take('...');
  return { kind: 'text', bytes: Uint8Array.from(bytes) };
};
