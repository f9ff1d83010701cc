import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { jsonRecord, readJsonRun } from '../../src/report/index.ts';
import { divergence } from '../../src/sim/index.ts';
import { type Recorder, RecordKind } from '../../src/trace/index.ts';
import { badDriver, everyKind, machines, traceOf } from './runs.ts';

const page = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8');

/** The tables of docs/json.md: fields and their types by kind. */
const documented = new Map(
  page
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const rows = [...section.matchAll(/^\| (\w+) \| ([\w ]+) \|/gm)].filter(([, field]) => field !== 'field');
      return [section.split('\n')[0], new Map(rows.map(([, field, type]) => [field, type]))] as const;
    }),
);

const isOf: Record<string, (value: unknown) => boolean> = {
  integer: Number.isSafeInteger,
  text: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  object: (value) => typeof value === 'object' && value !== null,
  NTSTATUS: (value) => /^(STATUS_\w+|0x[0-9A-F]{8})$/.test(String(value)),
  hex: (value) => /^([0-9a-f]{2})*$/.test(String(value)),
};

/** What is wrong with a line, by the tables. */
const objections = (line: Record<string, unknown>): string[] => {
  const { kind, t, ...rest } = line;
  const fields = documented.get(String(kind));
  if (fields === undefined) return [`${kind} is not in docs/json.md`];
  const all = new Map(fields);
  if (kind !== 'trace' && kind !== 'packet') all.set('machine', 'integer');
  const wrong = [...all].filter(([name, type]) => {
    const [want, orNull] = type.split(' or ');
    return !(rest[name] === null && orNull === 'null') && !isOf[want](rest[name]);
  });
  const extra = Object.keys(rest).filter((name) => !all.has(name));
  if (kind !== 'trace' && !Number.isSafeInteger(t)) extra.push('t');
  return [...wrong.map(([name, type]) => `${kind}.${name} is no ${type}`), ...extra.map((name) => `${kind}.${name}`)];
};

const head = JSON.stringify({ kind: 'trace', schema: 1, seed: 1, machines });
const linesOf = (trace: Recorder): Record<string, unknown>[] =>
  [...trace.records()].map((record) => JSON.parse(JSON.stringify(jsonRecord(trace, record))));
const textOf = (trace: Recorder): string => [head, ...linesOf(trace).map((line) => JSON.stringify(line))].join('\n');

describe('every line is as docs/json.md says', () => {
  test.each([
    ['of a record of every kind', async () => everyKind()],
    ['of the Fast Open sample', () => traceOf()],
    ['of a run with losses', () => traceOf({ loss: 0.3, seed: 3, vary: true })],
    ['of a bug check', () => traceOf({}, badDriver)],
  ])('%s', async (_what, trace) => {
    expect(linesOf(await trace()).flatMap(objections)).toEqual([]);
    expect(objections(JSON.parse(head))).toEqual([]);
  });

  test('and each documented kind is a kind of record, and the other way round', () => {
    const kinds = new Set(linesOf(everyKind()).map(({ kind }) => kind));
    expect([...documented.keys()].filter((kind) => kind !== 'trace').sort()).toEqual([...kinds].sort());
    const made = new Set([...everyKind().records()].map(({ kind }) => kind));
    expect(Object.values(RecordKind).filter((kind) => !made.has(kind))).toEqual([]);
  });
});

describe('lines that are read again', () => {
  test.each([
    ['of every kind', async () => everyKind()],
    ['of the sample', () => traceOf()],
    ['with losses', () => traceOf({ loss: 0.3, seed: 3, vary: true })],
  ])('give the trace that they came of: %s', async (_what, trace) => {
    const first = await trace();
    const { trace: second, seed, machines: names } = readJsonRun(textOf(first));
    expect(linesOf(second)).toEqual(linesOf(first));
    const numbers = (trace: Recorder) => [...trace.records()].filter(({ kind }) => kind === RecordKind.EarlyData);
    expect(numbers(second)).toEqual(numbers(first));
    expect([seed, names]).toEqual([1, machines]);
    if (first.length > 40) expect(divergence(readJsonRun(textOf(first)).trace, second)).toBeNull();
  });

  test.each([
    ['nothing', '', /line 1: it is no JSON object/],
    ['no trace', '{"kind":"print"}', /line 1: it is no trace/],
    ['another schema', '{"kind":"trace","schema":2}', /schema is 2; this version reads 1/],
    ['a broken line', `${head}\n{"kind":`, /line 2: it is no JSON object/],
    ['an unknown kind', `${head}\n{"kind":"x","t":1}`, /line 2: kind is no kind of record/],
    ['a kind that objects have', `${head}\n{"kind":"constructor","t":1}`, /line 2: kind is no kind of record/],
    ['a time that is none', `${head}\n{"kind":"print","t":"now"}`, /line 2: t is no whole number/],
    ['a status that is none', `${head}\n{"kind":"complete","t":1,"status":"FINE"}`, /status is no NTSTATUS/],
    ['odd bytes', `${head}\n{"kind":"packet","t":1,"bytes":"abc"}`, /bytes is no bytes in hexadecimal/],
  ])('%s: a clear error with its line', (_what, text, message) => {
    expect(() => readJsonRun(text)).toThrow(message);
    expect(() => readJsonRun(text)).toThrow(expect.objectContaining({ code: 'OWSK_INVALID_TRACE' }));
  });
});
