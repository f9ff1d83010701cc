import { MiniHost } from './mini-host.ts';

/** HERE calls Site; CALL notes the line of a call around it, whose result goes through `r`. */
const PROLOGUE = [
  '#include "types.h"',
  'static int trail[64];',
  'static int depth;',
  '#define HERE Site(__LINE__, trail, depth)',
  '#define CALL(e) (trail[depth++] = __LINE__, r = (e), depth--, r)',
  'typedef int FUNCTION(int);',
];

/** A driver that comes to the same places by many ways, in other orders and deeper each time. */
export const pathDriver = [
  ...PROLOGUE,
  'static int leaf(int n) { HERE; return n; }',
  'static int wait(int n) { int r = CALL(Wait(n)); HERE; return r; }',
  'static FUNCTION *const table[] = { leaf, wait };',
  'static int walk(int n) {',
  '  int r = 0;',
  '  CALL(table[n & 1](n));',
  '  if (n > 0) {',
  '    CALL(walk(n - 1));',
  '    HERE;',
  '    CALL(walk(n - 1));',
  '  }',
  '  return CALL(leaf(n));',
  '}',
  'NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path) {',
  '  int r = 0;',
  '  (void)driver; (void)path;',
  '  CALL(walk(3));',
  '  return CALL(walk(4));',
  '}',
].join('\n');

/**
 * A driver with many places that call Site: each tells its own line, and the lines of the calls that led there. Some are
 * alike but for the line, which optimisers like to merge; some come after the driver was suspended.
 */
export const lineDriver = (functions: number): string => {
  const lines = [...PROLOGUE];
  for (let i = 0; i < functions; i++) lines.push(`FUNCTION f${i};`);
  lines.push(
    `static FUNCTION *const table[] = { ${Array.from({ length: functions }, (_, i) => `f${i}`).join(', ')} };`,
  );
  for (let i = 0; i < functions; i++) {
    lines.push(
      `int f${i}(int n)`,
      '{',
      '  int r = 0, sum = n;',
      '  HERE;',
      '  if (n & 1)',
      '    sum += HERE;',
      '  else',
      '    sum += HERE;',
      '  for (int i = 0; i < 2; i++) {',
      '    sum += i * n;',
      '    HERE;',
      '  }',
      ...(i % 3 === 0 ? ['  sum += CALL(Wait(n));', '  HERE;'] : []),
      ...(i + 1 < functions
        ? [
            '  switch (n % 3) {',
            `  case 0: sum += CALL(f${i + 1}(n + 1)); break;`,
            `  case 1: sum += CALL(table[${i + 1}](n + 2)); break;`,
            `  default: sum += CALL(f${i + 1}(n + 3));`,
            '  }',
          ]
        : []),
      '  HERE;',
      '  return sum;',
      '}',
    );
  }
  lines.push(
    'NTSTATUS DriverEntry(PDRIVER_OBJECT driver, PUNICODE_STRING path)',
    '{',
    '  int r;',
    '  (void)driver; (void)path;',
    '  return CALL(f0(3));',
    '}',
  );
  return lines.join('\n');
};

/** The lines of a stack, innermost first: as the driver told them, and as the line table has them. */
export interface Sampled {
  readonly real: number[];
  readonly found: number[];
  /** What the driver's code says of the calls that led there. */
  readonly context: bigint;
}

/** Runs it and compares at every call of Site. */
export const sample = (wasm: Uint8Array): { sites: Sampled[]; host: MiniHost } => {
  const sites: Sampled[] = [];
  const host: MiniHost = new MiniHost(wasm, {
    Site: (line, trail, depth) => {
      const before = new Int32Array(host.memory.buffer, trail, depth);
      sites.push({
        real: [line, ...[...before].reverse()],
        found: host.frames().map((frame) => frame.line),
        context: host.context[0],
      });
      return 1;
    },
  });
  host.run();
  return { sites, host };
};
