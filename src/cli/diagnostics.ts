import { readFileSync } from 'node:fs';
import pc from 'picocolors';
import type { Diagnostic } from '../driver/compile/index.ts';

/** So many errors are shown, and so many warnings of a kind; a line tells of the rest. */
const MOST_ERRORS = 30;
const MOST_OF_A_KIND = 2;

/** Diagnostics as clang shows them, with the line and a caret below it; errors come first. */
export const diagnosticsText = (all: readonly Diagnostic[]): string => {
  const groups = grouped(all).sort((a, b) => rank(a[0]) - rank(b[0]));
  const source = new Map<string, string[]>();
  const counts = new Map<string, number>();
  let text = '';
  for (const group of groups) {
    const kind = kindOf(group[0]);
    const count = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, count);
    if (count <= mostOf(group[0])) text += group.map((it) => one(it, linesOf(it.file, source))).join('');
  }
  for (const [kind, count] of counts) {
    const most = kind === 'error' ? MOST_ERRORS : MOST_OF_A_KIND;
    if (count > most) text += `and ${count - most} more: ${kind}\n`;
  }
  return text;
};

const kindOf = ({ severity, flag, message }: Diagnostic): string =>
  severity === 'error' ? 'error' : flag === undefined ? message : `-W${flag}`;

const mostOf = ({ severity }: Diagnostic): number => (severity === 'error' ? MOST_ERRORS : MOST_OF_A_KIND);

const rank = ({ severity }: Diagnostic): number => (severity === 'error' ? 0 : 1);

/** Each error or warning with the notes that follow it. */
const grouped = (all: readonly Diagnostic[]): Diagnostic[][] => {
  const groups: Diagnostic[][] = [];
  for (const it of all) {
    if (it.severity === 'note' && groups.length > 0) groups[groups.length - 1].push(it);
    else groups.push([it]);
  }
  return groups;
};

const linesOf = (file: string, known: Map<string, string[]>): string[] => {
  const read = known.get(file);
  if (read !== undefined) return read;
  let lines: string[] = [];
  try {
    lines = readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    // A header of the package, or a file that is gone: its name and line must do.
  }
  known.set(file, lines);
  return lines;
};

const colours = { error: pc.red, warning: pc.magenta, note: pc.cyan };

const one = ({ severity, file, line, column, message, flag, from }: Diagnostic, source: readonly string[]): string => {
  const place = file === '' ? '' : line === 0 ? `${file}: ` : `${file}:${line}:${column}: `;
  const which = from === 'check64' ? ' (in 64-bit code)' : '';
  const option = flag === undefined ? '' : ` [-W${flag}]`;
  const head = `${pc.bold(place)}${pc.bold(colours[severity](`${severity}: `))}${message}${which}${option}\n`;
  const text = source[line - 1];
  if (text === undefined || column === 0) return head;
  // Columns count bytes; tabs stay tabs so that the caret stands where the column is.
  const before = Buffer.from(text)
    .subarray(0, column - 1)
    .toString()
    .replace(/[^\t]/g, ' ');
  const number = String(line).padStart(5);
  return `${head}${number} | ${text}\n      | ${before}${pc.green('^')}\n`;
};
