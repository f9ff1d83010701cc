import type { Nanoseconds } from '../time/index.ts';
import { parseCall } from './parse-call.ts';
import { parsePacket } from './parse-packet.ts';
import { Scanner } from './scanner.ts';
import type { Action, EventTime, Script, ScriptEvent, ScriptOption } from './script.ts';
import { syntaxError } from './script-error.ts';

/** Longer scripts are surely wrong, and nanoseconds stay whole numbers. */
const MOST_SECONDS = 1_000_000;
const NOW: EventTime = { kind: 'after', from: 0, to: 0, isRange: false };

/**
 * Parses a script in packetdrill's format.
 * @param defines words that are replaced wherever they stand by themselves (`-D NAME=VALUE`)
 * @throws PacketScriptError of kind `syntax` or `unsupported`, with the line
 */
export const parseScript = (text: string, defines: ReadonlyMap<string, string> = new Map()): Script => {
  const head = new Scanner(text);
  const options: ScriptOption[] = [];
  for (let line = head.line; head.take('--'); line = head.line) options.push(parseOption(head, line));
  const own = options.filter(({ name }) => name === 'define').map(({ value }) => splitDefine(value));
  const scanner = new Scanner(
    text.slice(0, head.at) + replaceWords(text.slice(head.at), new Map([...own, ...defines])),
  );
  scanner.at = head.at;
  const events: ScriptEvent[] = [];
  while (!scanner.isAtEnd) events.push(parseEvent(scanner));
  return { options, events };
};

/** `NAME=VALUE` in two. */
export const splitDefine = (text: string): [string, string] => {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, '1'] : [text.slice(0, equals), text.slice(equals + 1)];
};

const replaceWords = (text: string, defines: ReadonlyMap<string, string>): string =>
  defines.size === 0 ? text : text.replace(/[A-Za-z_]\w*/g, (word) => defines.get(word) ?? word);

const parseOption = (scanner: Scanner, line: number): ScriptOption => {
  const name = scanner.match(/[a-zA-Z_]\w*/y)?.[0];
  if (name === undefined) throw scanner.wrong("the name of an option after '--'");
  if (scanner.text[scanner.at] !== '=') return { line, name, value: '' };
  scanner.at++;
  const value = scanner.match(/"[^"\n]*"|(?:(?!\/\/)\S)+/y)?.[0];
  if (value === undefined) throw scanner.wrong(`a value for --${name}`);
  return { line, name, value: value.replace(/^"|"$/g, '') };
};

const parseEvent = (scanner: Scanner): ScriptEvent => {
  const { line } = scanner;
  if (scanner.take('`')) return { line, time: NOW, action: { kind: 'shell', text: scanner.until('`', 'the command') } };
  const time = parseTime(scanner);
  return { line, time, action: parseAction(scanner) };
};

const parseTime = (scanner: Scanner): EventTime => {
  const { line } = scanner;
  if (scanner.take('*')) return { kind: 'any', from: 0, to: 0, isRange: true };
  const isAfter = scanner.take('+');
  const from = parseSeconds(scanner);
  let to = from;
  const isRange = scanner.take('~');
  if (isRange) {
    if (scanner.take('+') !== isAfter) throw syntaxError(line, 'a range of times is a~b or +a~+b');
    to = parseSeconds(scanner);
    if (to < from) throw syntaxError(line, 'the range of times ends before it starts');
  }
  return { kind: isAfter ? 'after' : 'at', from, to, isRange };
};

export const parseSeconds = (scanner: Scanner): Nanoseconds => {
  const found = scanner.match(/(\d*)(?:\.(\d+))?/y);
  if (found === null || found[0] === '') throw scanner.wrong('a time in seconds');
  const seconds = Number(found[1] === '' ? 0 : found[1]);
  const { line } = scanner;
  if (seconds > MOST_SECONDS) throw syntaxError(line, `a time beyond ${MOST_SECONDS} s`);
  const fraction = (found[2] ?? '').padEnd(9, '0').slice(0, 9);
  return seconds * 1_000_000_000 + Number(fraction);
};

const parseAction = (scanner: Scanner): Action => {
  if (scanner.take('`')) return { kind: 'shell', text: scanner.until('`', 'the command') };
  if (scanner.take('%{')) return { kind: 'code', text: scanner.until('}%', 'the code') };
  if (scanner.sees('<') || scanner.sees('>')) return parsePacket(scanner);
  let end: Nanoseconds | null = null;
  if (scanner.take('...')) {
    scanner.take('+');
    end = parseSeconds(scanner);
  }
  return { kind: 'call', call: parseCall(scanner, end) };
};
