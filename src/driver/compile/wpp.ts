/**
 * WPP, the kit's trace preprocessor, makes a header for every source (`#include "driver.tmh"`) from the trace functions
 * that comments or the command line configure. Here every trace function becomes a macro on one variadic function, whose
 * formatter is in the runtime:
 *
 *     OwskTrace(file, line, "FLAGS or LEVEL as written", "message", arguments…)
 */

interface TraceFunction {
  readonly name: string;
  /** What is fixed: `LEVEL=TRACE_LEVEL_ERROR`. */
  readonly fixed: readonly string[];
  /** Parameters in order; one is MSG, the last may be `...`. */
  readonly parameters: readonly string[];
}

interface Affix {
  readonly kind: 'PREFIX' | 'SUFFIX';
  readonly name: string;
  /** A string literal. */
  readonly text: string;
  /** Arguments that the text formats, with a comma before each. */
  readonly rest: string;
}

const CONFIG = /begin_wpp\s+config([\s\S]*?)end_wpp/g;
const FUNC = /\bFUNC\s+(\w+)\s*(?:\{([^}]*)\})?\s*\(([^)]*)\)/g;
const OPTION = /^(\w+)\s*(?:\{([^}]*)\})?\s*\(([^)]*)\)/;
const AFFIX = /\bUSE(PREFIX|SUFFIX)\s*\(\s*(\w+)\s*,\s*("(?:[^"\\]|\\.)*")\s*((?:,[^()]*(?:\([^()]*\)[^()]*)*)?)\)/g;

/** The content of a trace header, from all sources of the driver. @param options as `-func:NAME(LEVEL,MSG,...)` has them */
export const traceHeader = (sources: readonly string[], options: readonly string[]): Uint8Array => {
  const functions = new Map<string, TraceFunction>();
  const affixes: Affix[] = [];
  const add = (name: string, fixed: string | undefined, parameters: string): void => {
    functions.set(name, { name, fixed: list(fixed ?? ''), parameters: list(parameters) });
  };
  add('DoTraceMessage', undefined, 'FLAG,MSG,...');
  for (const option of options) {
    const match = OPTION.exec(option);
    if (match !== null) add(match[1], match[2], match[3]);
  }
  for (const source of sources) {
    for (const [, block] of source.matchAll(CONFIG)) {
      for (const [, name, fixed, parameters] of block.matchAll(FUNC)) add(name, fixed, parameters);
      for (const [, kind, name, text, rest] of block.matchAll(AFFIX))
        affixes.push({ kind: kind as Affix['kind'], name, text, rest });
    }
  }
  const macros = [...functions.values()].map((it) =>
    macroOf(
      it,
      affixes.filter(({ name }) => name === it.name),
    ),
  );
  return new TextEncoder().encode(PRELUDE + macros.join(''));
};

const PRELUDE = `/* Generated: what WPP would make. */
#ifdef __cplusplus
extern "C"
#endif
void OwskTrace(const char *file, int line, const char *flags, const char *format, ...);
#undef WPP_INIT_TRACING
#define WPP_INIT_TRACING(...) ((void)0)
#undef WPP_CLEANUP
#define WPP_CLEANUP(...) ((void)0)
`;

const list = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const macroOf = ({ name, fixed, parameters }: TraceFunction, affixes: readonly Affix[]): string => {
  const named = parameters.filter((parameter) => parameter !== '...');
  const flags = [
    ...fixed.map((pair) => JSON.stringify(pair.slice(pair.indexOf('=') + 1).trim())),
    ...named.filter((parameter) => /^(LEVEL|FLAGS?)$/i.test(parameter)).map((parameter) => `#${parameter}`),
  ];
  const message = named.find((parameter) => /^MSG$/i.test(parameter));
  const of = (kind: Affix['kind']): Affix[] => affixes.filter((affix) => affix.kind === kind);
  const format = [...of('PREFIX').map(({ text }) => text), message ?? '""', ...of('SUFFIX').map(({ text }) => text)];
  const before = of('PREFIX').map(({ rest }) => rest);
  const after = of('SUFFIX').map(({ rest }) => rest);
  const rest = parameters.includes('...') ? ', ##__VA_ARGS__' : '';
  const flagText = flags.length === 0 ? '""' : flags.join(' "," ');
  const call = `OwskTrace(__FILE__, __LINE__, ${flagText}, ${format.join(' ')}${before.join('')}${rest}${after.join('')})`;
  return `#undef ${name}\n#define ${name}(${parameters.join(', ')}) ${call}\n`;
};
