import { NT_SUCCESS, ntStatusName, STATUS_PENDING } from '../base/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';
import type { CallRow } from './calls.ts';
import { packetText } from './packet-text.ts';

/** Milliseconds with three digits, right-aligned. */
export const milliseconds = (nanoseconds: number): string => (nanoseconds / 1e6).toFixed(3).padStart(9);

/** A table of calls: when called, what returned, when completed and how. Times count from the first call. */
export const callTable = (rows: readonly CallRow[]): string[] => {
  if (rows.length === 0) return [];
  const origin = rows[0].called;
  const width = Math.max(...rows.map((row) => row.name.length));
  return rows.map((row) => {
    const call = `${milliseconds(row.called - origin)} ms  ${row.name.padEnd(width)}  ${ntStatusName(row.returned).padEnd(14)}`;
    return `${call}  ${outcome(row, origin)}`.trimEnd();
  });
};

const outcome = (row: CallRow, origin: number): string => {
  if (row.completed === null) return 'still pending';
  if (row.returned !== STATUS_PENDING) return details(row);
  return `${milliseconds(row.completed - origin)} ms  ${[ntStatusName(row.status), details(row)].filter(Boolean).join('  ')}`;
};

const details = (row: CallRow): string => {
  if (!NT_SUCCESS(row.status)) return '';
  const bytes = row.information > 0 ? `${row.information} bytes` : '';
  if (row.bytesInSyn === null || row.information === 0) return bytes;
  if (row.bytesInSyn < 0) return bytes;
  const acked = row.bytesInSyn > 0 && row.acked === 0 ? ', not acknowledged' : '';
  return `${bytes}, ${row.bytesInSyn} of them in the SYN${acked}`;
};

/** One record as a line, for people. Times count from the clock's origin. */
export const recordLine = (trace: Recorder, record: TraceRecord): string => {
  const { time, machine, a, b, c, d } = record;
  const head = `${milliseconds(time)} ms  ${machine}  `;
  switch (record.kind) {
    case RecordKind.Call:
      return `${head}${trace.nameOf(a)} called (request ${c}, socket ${b}, IRQL ${d})`;
    case RecordKind.Return:
      return `${head}${trace.nameOf(a)} returned ${ntStatusName(d)} (request ${c})`;
    case RecordKind.Complete:
      return `${head}request ${c} completed ${ntStatusName(a)}, Information ${b}, IRQL ${d}`;
    case RecordKind.Callback:
      return `${head}${trace.nameOf(a)} on socket ${b} returned ${ntStatusName(c)} (${d} bytes)`;
    case RecordKind.EarlyData:
      return `${head}socket ${a} connected, ${b < 0 ? 'unknown' : b} bytes in the SYN${c === 1 ? ', acknowledged' : ''}`;
    case RecordKind.Thread:
      return `${head}thread ${b} ${trace.nameOf(a)} ${c === 1 ? 'begins' : 'ends'}`;
    case RecordKind.Print:
      return `${head}DbgPrint: ${trace.nameOf(a).trimEnd()}`;
    case RecordKind.Packet:
      return `${head}${trace.nameOf(a)} sends ${packetText(trace.packet(d)).text}${fateOf(trace, b)}`;
    case RecordKind.Finding:
      return `${head}${a === 1 ? 'advice' : 'error'} ${trace.nameOf(b)}: ${trace.nameOf(c)}`;
    case RecordKind.BugCheck:
      return `${head}bug check 0x${a.toString(16).toUpperCase()} ${trace.nameOf(b)}: ${trace.nameOf(c)}`;
    case RecordKind.TcpState:
      return `${head}${trace.nameOf(a)} is ${trace.nameOf(b)}`;
    case RecordKind.TcpWindow:
      return `${head}${trace.nameOf(a)} congestion window ${b}, threshold ${c < 0 ? 'none' : c}, in flight ${d}`;
    case RecordKind.Frame:
      return `${head}  at ${trace.nameOf(a)} (${trace.nameOf(b)}:${c})`;
    case RecordKind.Detail:
      return `${head}  ${trace.nameOf(a)}`;
    case RecordKind.Problem:
      return `${head}problem: ${trace.nameOf(a)}`;
  }
};

/** What became of a packet, unless it was just sent. */
export const fateOf = (trace: Recorder, fate: number): string =>
  trace.nameOf(fate) === 'sent' ? '' : `  ${trace.nameOf(fate)}`;

/** All records, a line each. */
export const traceText = (trace: Recorder): string =>
  [...trace.records()].map((record) => `${recordLine(trace, record)}\n`).join('');
