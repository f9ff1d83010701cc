import { expect, test } from 'vitest';
import { parseDiagnostics, withTheirNotes } from './diagnostics.ts';

test('diagnostics with and without a place and a flag are read; other text is not', () => {
  const text = [
    'src/a b.c:3:14: warning: x: y [z] [-Wsome-flag]',
    'src/a b.c:4:1: note: it is here',
    'src/c:\\d.c:5:6: fatal error: gone',
    "clang: error: unknown argument: '-x'",
    'wasm-ld-14: warning: odd',
    '2 warnings generated.',
    'src/e.c:9:9: error: strict [-Werror,-Wother]',
    '',
  ].join('\r\n');
  expect(parseDiagnostics(text, 'compile')).toEqual([
    {
      severity: 'warning',
      file: 'src/a b.c',
      line: 3,
      column: 14,
      message: 'x: y [z]',
      flag: 'some-flag',
      from: 'compile',
    },
    { severity: 'note', file: 'src/a b.c', line: 4, column: 1, message: 'it is here', from: 'compile' },
    { severity: 'error', file: 'src/c:\\d.c', line: 5, column: 6, message: 'gone', from: 'compile' },
    { severity: 'error', file: '', line: 0, column: 0, message: "unknown argument: '-x'", from: 'compile' },
    { severity: 'warning', file: '', line: 0, column: 0, message: 'odd', from: 'compile' },
    { severity: 'error', file: 'src/e.c', line: 9, column: 9, message: 'strict', flag: 'other', from: 'compile' },
  ]);
});

test('a note goes with what it belongs to', () => {
  const all = parseDiagnostics(
    'a.c:1:1: warning: w [-Wa]\na.c:2:1: note: n\na.c:3:1: error: e\na.c:4:1: note: m\n',
    'compile',
  );
  expect(withTheirNotes(all, ({ severity }) => severity === 'error').map(({ message }) => message)).toEqual(['e', 'm']);
});
