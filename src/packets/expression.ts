import { Scanner } from './scanner.ts';
import { type PacketScriptError, syntaxError, unsupported } from './script-error.ts';

/**
 * The code between `%{` and `}%`: lines of a small part of Python, `assert CONDITION, MESSAGE` and `name = VALUE`, over
 * the fields of tcp_info. Read and computed here; nothing is ever handed to an interpreter.
 */
export type Scope = (name: string) => number | string | null;
type Operand = number | string | readonly Operand[];

const MOST_DEPTH = 64;

/** @returns what an assertion that does not hold says, or null when all hold */
export const runCode = (code: string, line: number, scope: Scope): { line: number; message: string } | null => {
  const variables = new Map<string, Operand>();
  const names = (name: string): Operand | null => variables.get(name) ?? scope(name);
  let at = line;
  for (const row of code.split('\n')) {
    for (const statement of splitStatements(withoutComment(row))) {
      const message = runStatement(statement.trim(), at, names, variables);
      if (message !== null) return { line: at, message };
    }
    at++;
  }
  return null;
};

const withoutComment = (row: string): string => /^(?:"[^"]*"|'[^']*'|[^#"'])*/.exec(row)![0];
const splitStatements = (row: string): string[] =>
  Array.from(row.matchAll(/(?:"[^"]*"|'[^']*'|[^;"'])+/g), ([statement]) => statement);

const runStatement = (
  text: string,
  line: number,
  names: (name: string) => Operand | null,
  variables: Map<string, Operand>,
): string | null => {
  if (text === '' || /^(?:print\b|pass$|import\b)/.test(text)) return null;
  const assigned = /^([A-Za-z_]\w*)\s*=(?!=)/.exec(text);
  if (assigned !== null) {
    const reader = new ExpressionReader(text.slice(assigned[0].length), line, names);
    variables.set(assigned[1], reader.readAll());
    return null;
  }
  if (!/^assert\b/.test(text)) throw unsupported(line, `code '${text}'`);
  const reader = new ExpressionReader(text.slice('assert'.length), line, names);
  const condition = reader.read();
  const message = reader.takeComma() ? reader.read() : null;
  reader.finish();
  return truth(condition)
    ? null
    : `assert${text.slice('assert'.length)} does not hold${message === null ? '' : `: ${show(message)}`}`;
};

const truth = (value: Operand): boolean => (typeof value === 'number' ? value !== 0 : value.length > 0);
const show = (value: Operand): string => (typeof value === 'object' ? `(${value.map(show).join(', ')})` : `${value}`);

/** Precedence climbing; the looser operators first. */
const LEVELS: readonly RegExp[] = [/\|(?!\|)/y, /\^/y, /&(?!&)/y, /<<|>>/y, /\+|-/y, /\/\/|\*(?!\*)|\/|%(?!\})/y];
const COMPARISON = /==|!=|<=|>=|<(?!<)|>(?!>)/y;

class ExpressionReader {
  private readonly scanner: Scanner;
  private readonly line: number;
  private readonly names: (name: string) => Operand | null;
  private depth = 0;

  constructor(text: string, line: number, names: (name: string) => Operand | null) {
    // The scanner takes // for a comment, which Python takes for a division: never seen in scripts.
    this.scanner = new Scanner(text);
    this.line = line;
    this.names = names;
  }

  readAll(): Operand {
    const value = this.read();
    this.finish();
    return value;
  }

  takeComma(): boolean {
    return this.scanner.take(',');
  }

  finish(): void {
    if (!this.scanner.isAtEnd) throw this.wrong('the end of the statement');
  }

  read(): Operand {
    if (++this.depth > MOST_DEPTH) throw syntaxError(this.line, 'an expression nested too deeply');
    let value = this.readAnd();
    while (this.scanner.match(/or\b/y) !== null) {
      const right = this.readAnd();
      value = truth(value) ? value : right;
    }
    this.depth--;
    return value;
  }

  private readAnd(): Operand {
    let value = this.readNot();
    while (this.scanner.match(/and\b/y) !== null) {
      const right = this.readNot();
      value = truth(value) ? right : value;
    }
    return value;
  }

  private readNot(): Operand {
    let negations = 0;
    while (this.scanner.match(/not\b/y) !== null) negations++;
    const value = this.readComparison();
    return negations === 0 ? value : Number(truth(value) === (negations % 2 === 0));
  }

  /** `a < b < c` holds when both do. */
  private readComparison(): Operand {
    let left = this.readBinary(0);
    let holds: boolean | null = null;
    for (let found = this.scanner.match(COMPARISON); found !== null; found = this.scanner.match(COMPARISON)) {
      const right = this.readBinary(0);
      holds = (holds ?? true) && compare(found[0], left, right, this.line);
      left = right;
    }
    return holds === null ? left : Number(holds);
  }

  private readBinary(level: number): Operand {
    if (level === LEVELS.length) return this.readUnary();
    let left = this.readBinary(level + 1);
    for (let found = this.scanner.match(LEVELS[level]); found !== null; found = this.scanner.match(LEVELS[level])) {
      left = this.compute(found[0], left, this.readBinary(level + 1));
    }
    return left;
  }

  private readUnary(): Operand {
    if (this.scanner.take('-')) return -this.asNumber(this.nested());
    if (this.scanner.take('~')) return ~this.asNumber(this.nested());
    if (this.scanner.take('+')) return this.asNumber(this.nested());
    return this.readAtom();
  }

  private nested(): Operand {
    if (++this.depth > MOST_DEPTH) throw syntaxError(this.line, 'an expression nested too deeply');
    const value = this.readUnary();
    this.depth--;
    return value;
  }

  private readAtom(): Operand {
    const { scanner } = this;
    const number = scanner.match(/0[xX][\da-fA-F]+|\d+(?:\.\d+)?/y);
    if (number !== null) return Number(number[0]);
    const text = scanner.match(/"([^"]*)"|'([^']*)'/y);
    if (text !== null) return text[1] ?? text[2];
    if (scanner.take('(')) {
      const items = [this.read()];
      let isTuple = false;
      while (scanner.take(',')) {
        isTuple = true;
        if (scanner.sees(')')) break;
        items.push(this.read());
      }
      if (!scanner.take(')')) throw this.wrong("')'");
      return isTuple ? items : items[0];
    }
    const name = scanner.word();
    if (name === null) throw this.wrong('a value');
    if (scanner.take('(')) return this.callFunction(name);
    if (name === 'True' || name === 'False') return Number(name === 'True');
    const value = this.names(name);
    if (value === null) throw unsupported(this.line, `${name} in code`);
    return value;
  }

  private callFunction(name: string): Operand {
    const args: number[] = [];
    if (!this.scanner.take(')')) {
      do args.push(this.asNumber(this.read()));
      while (this.scanner.take(','));
      if (!this.scanner.take(')')) throw this.wrong("')'");
    }
    if (args.length > 0 && name === 'abs') return Math.abs(args[0]);
    if (args.length > 0 && name === 'int') return Math.trunc(args[0]);
    if (args.length > 0 && name === 'min') return args.reduce((a, b) => Math.min(a, b));
    if (args.length > 0 && name === 'max') return args.reduce((a, b) => Math.max(a, b));
    throw unsupported(this.line, `${name}() in code`);
  }

  private compute(operator: string, left: Operand, right: Operand): Operand {
    if (operator === '%' && typeof left === 'string') {
      const values = typeof right === 'object' ? right : [right];
      let next = 0;
      return left.replace(/%[-\d.]*[a-z]/g, () => (next < values.length ? show(values[next++]) : ''));
    }
    if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
    const a = this.asNumber(left);
    const b = this.asNumber(right);
    switch (operator) {
      case '|':
        return bits(a, b, (x, y) => x | y);
      case '^':
        return bits(a, b, (x, y) => x ^ y);
      case '&':
        return bits(a, b, (x, y) => x & y);
      case '<<':
        return a << b;
      case '>>':
        return a >> b;
      case '+':
        return a + b;
      case '-':
        return a - b;
      case '*':
        return a * b;
      default: {
        if (b === 0) throw syntaxError(this.line, 'a division by zero');
        if (operator === '%') return a - b * Math.floor(a / b);
        return operator === '//' ? Math.floor(a / b) : a / b;
      }
    }
  }

  private asNumber(value: Operand): number {
    if (typeof value !== 'number') throw syntaxError(this.line, `${show(value)} is not a number`);
    return value;
  }

  private wrong(wanted: string): PacketScriptError {
    return syntaxError(this.line, `in code: ${this.scanner.wrong(wanted).message}`);
  }
}

const bits = (a: number, b: number, act: (a: number, b: number) => number): number => {
  const found = act(a | 0, b | 0);
  return a >= 0 && b >= 0 ? found >>> 0 : found;
};

const compare = (operator: string, left: Operand, right: Operand, line: number): boolean => {
  if (typeof left !== typeof right || typeof left === 'object') {
    throw syntaxError(line, `cannot compare ${show(left)} with ${show(right)}`);
  }
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
};
