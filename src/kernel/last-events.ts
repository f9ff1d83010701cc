import { ntStatusName } from '../base/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';

/** What is told: not packets and the state of TCP. */
const TOLD: ReadonlySet<number> = new Set([
  RecordKind.Call,
  RecordKind.Return,
  RecordKind.Complete,
  RecordKind.Callback,
  RecordKind.EarlyData,
  RecordKind.Thread,
  RecordKind.Print,
  RecordKind.Finding,
]);

/** How many are told. */
const EVENTS = 8;

/** What happened last on a machine, a line each, the oldest first: calls, completions, callbacks, threads, prints. */
export const lastEvents = (trace: Recorder, machine: number): string[] => {
  const last: TraceRecord[] = [];
  for (const record of trace.records()) {
    if (record.machine !== machine || !TOLD.has(record.kind)) continue;
    last.push(record);
    if (last.length > EVENTS) last.shift();
  }
  return last.map((record) => `${(record.time / 1e6).toFixed(3)} ms  ${eventText(trace, record)}`);
};

const eventText = (trace: Recorder, { kind, a, b, c, d }: TraceRecord): string => {
  switch (kind) {
    case RecordKind.Call:
      return `${trace.nameOf(a)} called at IRQL ${d} (request ${c}${b === 0 ? '' : `, socket ${b}`})`;
    case RecordKind.Return:
      return `${trace.nameOf(a)} returned ${ntStatusName(d)} (request ${c})`;
    case RecordKind.Complete:
      return `request ${c} completed with ${ntStatusName(a)}, Information ${b}`;
    case RecordKind.Callback:
      return `${trace.nameOf(a)} on socket ${b} returned ${ntStatusName(c)}`;
    case RecordKind.EarlyData:
      return `socket ${a} connected with early data`;
    case RecordKind.Thread:
      return `thread ${b} (${trace.nameOf(a)}) ${c === 1 ? 'begins' : 'ends'}`;
    case RecordKind.Print:
      return `DbgPrint: ${trace.nameOf(a).trimEnd()}`;
    default:
      return trace.nameOf(c);
  }
};
