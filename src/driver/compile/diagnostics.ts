import type { Diagnostic } from '../driver-module.ts';

const LINE = /^(.+?):(\d+):(\d+): (fatal error|error|warning|note): (.*?)(?: \[-W([^\]]+)\])?$/;
const WITHOUT_PLACE = /^(?:\S*(?:clang|wasm-ld)\S*: )?(fatal error|error|warning): (.*?)(?: \[-W([^\]]+)\])?$/;

/** What clang or wasm-ld said, line by line; what is no diagnostic is left out. */
export const parseDiagnostics = (text: string, from: Diagnostic['from']): Diagnostic[] => {
  const found: Diagnostic[] = [];
  for (const line of text.split(/\r?\n/)) {
    const placed = LINE.exec(line);
    const loose = placed === null ? WITHOUT_PLACE.exec(line) : null;
    if (placed !== null) {
      const [, file, row, column, kind, message, flag] = placed;
      found.push(made(file.replace(/^\.?\//, ''), Number(row), Number(column), kind, message, flag, from));
    } else if (loose !== null) found.push(made('', 0, 0, loose[1], loose[2], loose[3], from));
  }
  return found;
};

const made = (
  file: string,
  line: number,
  column: number,
  kind: string,
  message: string,
  flag: string | undefined,
  from: Diagnostic['from'],
): Diagnostic => ({
  severity: kind.endsWith('error') ? 'error' : (kind as 'warning' | 'note'),
  file,
  line,
  column,
  message,
  // -Werror,-Wname, or -Wname
  ...(flag === undefined ? {} : { flag: flag.replace(/^.*-W/, '') }),
  from,
});

/** Diagnostics with the notes that belong to them, for those that a predicate takes. */
export const withTheirNotes = (all: readonly Diagnostic[], wanted: (it: Diagnostic) => boolean): Diagnostic[] => {
  let taken = false;
  return all.filter((it) => {
    if (it.severity !== 'note') taken = wanted(it);
    return taken;
  });
};

/** The same thing said by several units (a header's warning) is said once. */
export const distinct = (all: readonly Diagnostic[]): Diagnostic[] => [
  ...new Map(all.map((it) => [JSON.stringify(it), it])).values(),
];
