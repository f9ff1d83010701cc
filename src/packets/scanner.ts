import { type PacketScriptError, syntaxError } from './script-error.ts';

/** Reads a script from front to back; between tokens it skips white space and comments. */
export class Scanner {
  readonly text: string;
  at = 0;
  private countedTo = 0;
  private counted = 1;

  constructor(text: string) {
    this.text = text;
  }

  /** The line of the next token. */
  get line(): number {
    this.skip();
    return this.lineHere();
  }

  get isAtEnd(): boolean {
    this.skip();
    return this.at >= this.text.length;
  }

  /** Takes what a sticky expression matches here, or null. */
  match(pattern: RegExp): RegExpExecArray | null {
    this.skip();
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at += found[0].length;
    return found;
  }

  /** True, and past it, when the text goes on with `token`. */
  take(token: string): boolean {
    this.skip();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  /** True when the text goes on with `token`, which stays. */
  sees(token: string): boolean {
    this.skip();
    return this.text.startsWith(token, this.at);
  }

  expect(token: string): void {
    if (!this.take(token)) throw this.wrong(`'${token}'`);
  }

  word(): string | null {
    return this.match(/[A-Za-z_]\w*/y)?.[0] ?? null;
  }

  /** A whole number, decimal or hexadecimal, perhaps with a sign. */
  integer(what = 'a number'): number {
    const found = this.match(/-?(?:0[xX][\da-fA-F]+|\d+)/y);
    if (found === null) throw this.wrong(what);
    const digits = found[0];
    return digits.startsWith('-') ? -Number(digits.slice(1)) : Number(digits);
  }

  /** Everything up to and past `end`. */
  until(end: string, what: string): string {
    const stop = this.text.indexOf(end, this.at);
    if (stop < 0) throw syntaxError(this.lineHere(), `${what} has no end: ${end} is missing`);
    const inside = this.text.slice(this.at, stop);
    this.at = stop + end.length;
    return inside;
  }

  /** The error that something else was expected here. */
  wrong(wanted: string): PacketScriptError {
    this.skip();
    const rest = this.text.slice(this.at, this.at + 24).split('\n')[0];
    return syntaxError(this.lineHere(), `expected ${wanted}, found ${rest === '' ? 'the end' : `'${rest}'`}`);
  }

  private lineHere(): number {
    if (this.at < this.countedTo) {
      this.countedTo = 0;
      this.counted = 1;
    }
    for (; this.countedTo < this.at; this.countedTo++) if (this.text[this.countedTo] === '\n') this.counted++;
    return this.counted;
  }

  private skip(): void {
    for (;;) {
      const blank = /\s*(?:\/\/[^\n]*)?/y;
      blank.lastIndex = this.at;
      blank.test(this.text);
      const next = blank.lastIndex;
      if (this.text.startsWith('/*', next)) {
        const end = this.text.indexOf('*/', next + 2);
        this.at = end < 0 ? this.text.length : end + 2;
      } else if (next > this.at) this.at = next;
      else return;
    }
  }
}
