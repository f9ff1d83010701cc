import { type NtStatusName, ntStatus, OpenWskError } from '../base/index.ts';
import { Recorder, RecordKind } from '../trace/index.ts';
import { JSON_SCHEMA } from './json.ts';

/** A run as its JSON lines tell it. */
export interface JsonRun {
  readonly trace: Recorder;
  /** Names by number. */
  readonly machines: Readonly<Record<number, string>>;
  readonly seed: number | null;
}

/**
 * Reads what `openwsk run --json` writes (docs/json.md).
 * @throws OpenWskError OWSK_INVALID_TRACE, with the line
 */
export const readJsonRun = (text: string): JsonRun => {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const head = parsed(lines[0] ?? '', 1);
  if (head.kind !== 'trace') throw invalid(1, 'it is no trace: take the output of openwsk run --json');
  if (head.schema !== JSON_SCHEMA) throw invalid(1, `its schema is ${head.schema}; this version reads ${JSON_SCHEMA}`);
  const clock = { time: 0, now: () => clock.time };
  const trace = new Recorder(clock, Number.POSITIVE_INFINITY);
  for (let i = 1; i < lines.length; i++) {
    const line = new Line(parsed(lines[i], i + 1), i + 1);
    clock.time = line.integer('t');
    record(trace, line);
  }
  const machines = typeof head.machines === 'object' && head.machines !== null ? head.machines : {};
  return {
    trace,
    machines: machines as Record<number, string>,
    seed: typeof head.seed === 'number' ? head.seed : null,
  };
};

const invalid = (line: number, what: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_TRACE', `line ${line}: ${what}`);

const parsed = (text: string, line: number): Record<string, unknown> => {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw invalid(line, 'it is no JSON object');
};

/** Fields of a line, by name and checked. */
class Line {
  private readonly fields: Record<string, unknown>;
  private readonly number: number;

  constructor(fields: Record<string, unknown>, number: number) {
    this.fields = fields;
    this.number = number;
  }

  get kind(): string {
    return this.text('kind');
  }

  text(name: string): string {
    const value = this.fields[name];
    return typeof value === 'string' ? value : this.wrong(name, 'a text');
  }

  integer(name: string): number {
    const value = this.fields[name];
    return Number.isSafeInteger(value) ? (value as number) : this.wrong(name, 'a whole number');
  }

  /** @param none what stands for null */
  integerOr(name: string, none: number): number {
    return this.fields[name] === null ? none : this.integer(name);
  }

  truth(name: string): boolean {
    const value = this.fields[name];
    return typeof value === 'boolean' ? value : this.wrong(name, 'true or false');
  }

  truthOrNull(name: string): boolean | null {
    return this.fields[name] === null ? null : this.truth(name);
  }

  status(name: string): number {
    const text = this.text(name);
    const value = ntStatus[text as NtStatusName] as number | undefined;
    if (value !== undefined) return value;
    return /^0x[0-9A-F]{8}$/.test(text) ? Number(text) | 0 : this.wrong(name, 'an NTSTATUS');
  }

  bytes(name: string): Uint8Array {
    const text = this.text(name);
    if (text.length % 2 !== 0 || !/^[0-9a-f]*$/.test(text)) this.wrong(name, 'bytes in hexadecimal');
    return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
  }

  wrong(name: string, want: string): never {
    throw invalid(this.number, `${name} is no ${want.replace(/^an? /, '')}`);
  }
}

type Name = (field: string) => number;
type Fields = readonly [a: number, b?: number, c?: number, d?: number];

/** What becomes of each kind of line but packets: the kind of record, and its fields a to d. */
const readers: Readonly<Record<string, readonly [RecordKind, (line: Line, name: Name) => Fields]>> = {
  call: [RecordKind.Call, (l, name) => [name('call'), l.integer('socket'), l.integer('request'), l.integer('irql')]],
  return: [
    RecordKind.Return,
    (l, name) => [name('call'), l.integer('socket'), l.integer('request'), l.status('status')],
  ],
  complete: [
    RecordKind.Complete,
    (l) => [l.status('status'), l.integer('information'), l.integer('request'), l.integer('irql')],
  ],
  callback: [
    RecordKind.Callback,
    (l, name) => [name('callback'), l.integer('socket'), l.status('status'), l.integer('bytes')],
  ],
  earlyData: [
    RecordKind.EarlyData,
    (l) => [l.integer('socket'), l.integerOr('bytesInSyn', -1), Number(l.truthOrNull('acked') ?? -1)],
  ],
  thread: [RecordKind.Thread, (l, name) => [name('name'), l.integer('thread'), Number(l.truth('begins'))]],
  print: [RecordKind.Print, (_, name) => [name('text')]],
  bugCheck: [RecordKind.BugCheck, (l, name) => [l.integer('code'), name('rule'), name('message')]],
  finding: [RecordKind.Finding, (l, name) => [l.text('severity') === 'advice' ? 1 : 2, name('rule'), name('message')]],
  tcpState: [RecordKind.TcpState, (_, name) => [name('connection'), name('state')]],
  tcpWindow: [
    RecordKind.TcpWindow,
    (l, name) => [name('connection'), l.integer('window'), l.integerOr('threshold', -1), l.integer('inFlight')],
  ],
  frame: [RecordKind.Frame, (l, name) => [name('function'), name('file'), l.integer('line'), l.integer('column')]],
  detail: [RecordKind.Detail, (_, name) => [name('text')]],
  problem: [RecordKind.Problem, (_, name) => [name('text')]],
};

const record = (trace: Recorder, line: Line): void => {
  const name: Name = (field) => trace.intern(line.text(field));
  if (line.kind === 'packet') {
    const bytes = line.bytes('bytes');
    const [from, fate, to] = [name('from'), name('fate'), name('to')];
    const [cause, arrival] = [line.integerOr('request', 0), line.integerOr('arrives', Number.NaN)];
    trace.recordPacket(from, fate, cause, bytes, 0, bytes.length, arrival, to);
    return;
  }
  const reader = Object.hasOwn(readers, line.kind) ? readers[line.kind] : line.wrong('kind', 'kind of record');
  const [a, b = 0, c = 0, d = 0] = reader[1](line, name);
  trace.record(reader[0], line.integer('machine'), a, b, c, d);
};
