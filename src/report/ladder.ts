import { ntStatusName, STATUS_PENDING } from '../base/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';
import { MARK_AGAIN, PacketReader } from './packet-facts.ts';
import { packetText } from './packet-text.ts';
import { fateOf, milliseconds } from './text.ts';

export interface LadderOptions {
  /** The machine whose calls are shown, by its number in the trace; all unless given. */
  readonly machine?: number;
  /** The end of the link that stands at the left when there are two; the first to send unless given. */
  readonly left?: string;
  /** Names of machines by number, for when several machines' calls are shown. */
  readonly names?: ReadonlyMap<number, string>;
}

export interface LadderLine {
  /** Nanoseconds. */
  readonly time: number;
  readonly text: string;
  /** The call that the line is about, if it is about one. */
  readonly call: string | null;
}

/**
 * Calls and packets in the order of their times: what a machine asked for, indented beneath it what then went over the
 * link, as arrows between the two ends. Sequence numbers count from each side's SYN. A call that completes at the
 * time of its return stands on one line.
 */
export const ladder = (trace: Recorder, { machine, left, names = new Map() }: LadderOptions = {}): LadderLine[] => {
  const records = [...trace.records()];
  const senders = new Set(records.filter(({ kind }) => kind === RecordKind.Packet).map(({ a }) => trace.nameOf(a)));
  const ends = [...senders].sort((a, b) => Number(b === left) - Number(a === left));
  const calls = new Map<number, string>();
  const reader = new PacketReader(trace);
  const merged = new Set<TraceRecord>();
  const lines: LadderLine[] = [];
  records.forEach((record, index) => {
    const { time, kind, machine: where, a, b, c, d } = record;
    if (kind === RecordKind.Call) calls.set(c, trace.nameOf(a));
    if (merged.has(record) || (machine !== undefined && where !== machine && kind !== RecordKind.Packet)) return;
    const who = machine === undefined && names.has(where) ? `${names.get(where)}: ` : '';
    const say = (text: string, call: string | null = null): void => {
      lines.push({ time, text, call });
    };
    if (kind === RecordKind.Return) {
      const end = d === STATUS_PENDING ? completionAtOnce(records, index) : null;
      if (end !== null) merged.add(end);
      const then = end === null ? '' : `, then ${outcome(end.a, end.b)}`;
      say(`${who}${trace.nameOf(a).padEnd(NAME_WIDTH)}  ${ntStatusName(d)}${then}`, trace.nameOf(a));
    } else if (kind === RecordKind.Complete && records[index + 1]?.kind !== RecordKind.Return) {
      say(`${who}${(calls.get(c) ?? '?').padEnd(NAME_WIDTH)}  completes: ${outcome(a, b)}`, calls.get(c) ?? null);
    } else if (kind === RecordKind.Callback) {
      say(`${who}${trace.nameOf(a).padEnd(NAME_WIDTH)}  ${ntStatusName(c)}${d > 0 ? `, ${d} bytes` : ''}`);
    } else if (kind === RecordKind.Print) {
      say(`${who}DbgPrint: ${trace.nameOf(a).trimEnd()}`);
    } else if (kind === RecordKind.Finding) {
      say(`${who}${a === 1 ? 'advice' : 'ERROR'} ${trace.nameOf(b)} ${trace.nameOf(c)}`);
    } else if (kind === RecordKind.BugCheck) {
      say(`${who}BUG CHECK ${trace.nameOf(b)} ${trace.nameOf(c)}`);
    } else if (kind === RecordKind.Frame) {
      say(`    at ${trace.nameOf(a)} (${trace.nameOf(b)}:${c})`);
    } else if (kind === RecordKind.Detail) {
      say(`    ${trace.nameOf(a)}`);
    } else if (kind === RecordKind.Problem) {
      say(`${who}PROBLEM ${trace.nameOf(a)}`);
    } else if (kind === RecordKind.Packet) {
      const { marks, sequenceFrom, acknowledgmentFrom } = reader.read(record);
      const origin = { sequence: sequenceFrom, acknowledgment: acknowledgmentFrom };
      const { text } = packetText(trace.packet(d), () => origin);
      const again = marks & MARK_AGAIN ? '  sent again' : '';
      say(`  ${arrow(ends, trace.nameOf(a))}  ${text}${again}${fateOf(trace, b)}`);
    }
  });
  return lines;
};

/** A line for the terminal. @param origin subtracted from its time, nanoseconds */
export const ladderText = ({ time, text }: LadderLine, origin = 0): string =>
  `${milliseconds(time - origin)} ms  ${text}`;

const NAME_WIDTH = 16;

/** Records that tell of the connection, not of what the driver does. */
const aside: ReadonlySet<number> = new Set([RecordKind.EarlyData, RecordKind.TcpState, RecordKind.TcpWindow]);

/** The completion of a call that comes at the same time, before anything else of its machine does. */
const completionAtOnce = (records: readonly TraceRecord[], index: number): TraceRecord | null => {
  const { time, c, machine } = records[index];
  for (let i = index + 1; i < records.length && records[i].time === time; i++) {
    const next = records[i];
    if (next.kind === RecordKind.Complete && next.c === c) return next;
    if (next.machine === machine && !aside.has(next.kind)) return null;
    if (next.kind === RecordKind.Packet) return null;
  }
  return null;
};

const outcome = (status: number, information: number): string =>
  `${ntStatusName(status)}${information > 0 ? `, ${information} bytes` : ''}`;

/** With two ends the first stands at the left, always; with more the sender stands first. */
const arrow = (ends: readonly string[], from: string): string => {
  if (ends.length !== 2) return `${from} ──▶`;
  return from === ends[0] ? `${ends[0]} ──▶ ${ends[1]}` : `${ends[0]} ◀── ${ends[1]}`;
};
