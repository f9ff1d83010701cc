import { describe, expect, test } from 'vitest';
import { isEdge, isPage, runningCode, type SourceFile, sourceFiles } from './source-files.ts';

const files = sourceFiles();

/** Time and randomness that nobody handed in. */
const clocks = /\bDate\b|\bMath\.random\b|\bperformance\b|\bset(?:Timeout|Interval)\b|\bqueueMicrotask\b|\bhrtime\b/g;
/** Turns of the platform's event loop: an edge may take them, to hand in what the platform has for it. */
const turns = /\bsetImmediate\b|\bnextTick\b/g;
const hasClock = (path: string): boolean => path === 'time/real-clock.ts' || path.startsWith('cli/') || isPage(path);

/** Exact on every machine by ECMAScript; all others (pow, exp, cbrt, hypot, …) are implementation-approximated. */
const exactMath = new Set(
  'sqrt floor ceil round trunc min max abs sign imul clz32 fround'.split(' ').map((name) => `Math.${name}`),
);
const mathUses = /\bMath\b(?:\.\w+)?|\*\*/g;

const ambientIn = (file: SourceFile): string[] => {
  const code = runningCode(file);
  const found = [...(hasClock(file.path) ? [] : (code.match(clocks) ?? []))];
  if (!isEdge(file.path)) found.push(...(code.match(turns) ?? []));
  return found.map((what) => `${file.path}: ${what}`);
};

const inexactIn = (file: SourceFile): string[] =>
  isEdge(file.path)
    ? []
    : (runningCode(file).match(mathUses) ?? [])
        .filter((what) => !exactMath.has(what))
        .map((what) => `${file.path}: ${what}`);

const whereabouts = (file: SourceFile): string[] =>
  file.path.startsWith('package/') || !/\bimport\.meta\b|\b__(?:dir|file)name\b/.test(runningCode(file))
    ? []
    : [`${file.path}: import.meta`];

const enums = ({ path, text }: SourceFile): string[] =>
  /^\s*(?:export\s+)?(?:declare\s+)?(?:const\s+)?enum\s/m.test(text) ? [`${path}: enum`] : [];

test('time and randomness are handed in, never taken: only the real clock and the command line have them', () => {
  expect(files.flatMap(ambientIn)).toEqual([]);
});

test('the core computes the same bits everywhere: no function of Math that engines may round as they like', () => {
  expect(files.flatMap(inexactIn)).toEqual([]);
});

test('only src/package asks where it lies: bundled, a module lies in a chunk, wherever that is', () => {
  expect(files.flatMap(whereabouts)).toEqual([]);
});

test('there is no enum', () => {
  expect(files.flatMap(enums)).toEqual([]);
});

test('files and folders have kebab-case names', () => {
  const odd = files.filter(({ path }) => !/^(?:[a-z0-9]+(?:-[a-z0-9]+)*\/)*[a-z0-9]+(?:-[a-z0-9]+)*\.tsx?$/.test(path));
  expect(odd.map(({ path }) => path)).toEqual([]);
});

test('no file is longer than 500 lines', () => {
  const long = files.map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }));
  expect(long.filter(({ lines }) => lines > 500)).toEqual([]);
});

describe('these checks see', () => {
  const at = (path: string, text: string): SourceFile => ({ path, text });

  test.each([
    'export const x = Date.now();',
    'export const x = new Date();',
    'export const x = Math.random();',
    'export const x = performance.now();',
    'setTimeout(() => {}, 1);',
    'globalThis.setInterval(() => {}, 1);',
    'const { setTimeout: later } = globalThis; later();',
    'queueMicrotask(() => {});',
  ])('the clock in %s', (text) => {
    for (const path of ['kernel/x.ts', 'transport/host/x.ts']) expect(ambientIn(at(path, text))).toHaveLength(1);
    for (const path of ['time/real-clock.ts', 'cli/x.ts']) expect(ambientIn(at(path, text))).toEqual([]);
  });

  test.each(['setImmediate(() => {});', 'process.nextTick(() => {});'])('the turn that %s takes', (text) => {
    for (const path of ['kernel/x.ts', 'time/real-clock.ts']) expect(ambientIn(at(path, text))).toHaveLength(1);
    expect(ambientIn(at('transport/host/x.ts', text))).toEqual([]);
  });

  test.each(['Math.pow(2, 3)', '2 ** x()', 'Math.cbrt(8)', '(({ exp }) => exp(1))(Math)', "Math['log'](2)"])(
    'the rounding of %s',
    (text) => {
      expect(inexactIn(at('kernel/x.ts', `export const y = ${text};`))).toHaveLength(1);
      expect(inexactIn(at('cli/x.ts', `export const y = ${text};`))).toEqual([]);
    },
  );

  test('not comments and types', () => {
    const text = '/** Math.pow, Date.now() ** */\nexport type T = ReturnType<typeof setTimeout>; // Math.exp\n';
    expect([...ambientIn(at('kernel/x.ts', text)), ...inexactIn(at('kernel/x.ts', text))]).toEqual([]);
  });

  test('the module that asks where it lies', () => {
    const text = "export const x = new URL('../page.js', import.meta.url);";
    expect(whereabouts(at('cli/x.ts', text))).toHaveLength(1);
    expect(whereabouts(at('package/x.ts', text))).toEqual([]);
    expect(whereabouts(at('cli/x.ts', '// import.meta'))).toEqual([]);
  });

  test.each(['enum A { B }', 'export const enum A { B }', 'export enum A { B }'])('%s', (text) => {
    expect(enums(at('kernel/x.ts', text))).toHaveLength(1);
    expect(enums(at('kernel/x.ts', `// ${text}`))).toEqual([]);
  });
});
