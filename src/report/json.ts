import { ntStatusName } from '../base/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';
import { packetText } from './packet-text.ts';

/** The version of the lines below; it changes when a field changes its meaning or goes. */
export const JSON_SCHEMA = 1;

/** One record as an object to be written as a line of JSON. Times in nanoseconds, packets in hexadecimal. */
export const jsonRecord = (trace: Recorder, record: TraceRecord): Record<string, unknown> => {
  const { time, kind, machine, a, b, c, d } = record;
  const head = { t: time, machine };
  switch (kind) {
    case RecordKind.Call:
      return { ...head, kind: 'call', call: trace.nameOf(a), socket: b, request: c, irql: d };
    case RecordKind.Return:
      return { ...head, kind: 'return', call: trace.nameOf(a), socket: b, request: c, status: ntStatusName(d) };
    case RecordKind.Complete:
      return { ...head, kind: 'complete', status: ntStatusName(a), information: b, request: c, irql: d };
    case RecordKind.Callback:
      return { ...head, kind: 'callback', callback: trace.nameOf(a), socket: b, status: ntStatusName(c), bytes: d };
    case RecordKind.EarlyData:
      return { ...head, kind: 'earlyData', socket: a, bytesInSyn: b < 0 ? null : b, acked: c < 0 ? null : c === 1 };
    case RecordKind.Thread:
      return { ...head, kind: 'thread', thread: b, name: trace.nameOf(a), begins: c === 1 };
    case RecordKind.Print:
      return { ...head, kind: 'print', text: trace.nameOf(a) };
    case RecordKind.Packet: {
      const bytes = trace.packet(d);
      const { source, destination, text } = packetText(bytes);
      const way = { from: trace.nameOf(a), to: trace.nameOf(trace.destination(d)), arrives: trace.arrival(d) };
      const packet = { ...way, source, destination, text, fate: trace.nameOf(b) };
      return { t: time, kind: 'packet', ...packet, request: c === 0 ? null : c, bytes: hex(bytes) };
    }
    case RecordKind.Finding: {
      const severity = a === 1 ? 'advice' : 'error';
      return { ...head, kind: 'finding', severity, rule: trace.nameOf(b), message: trace.nameOf(c) };
    }
    case RecordKind.BugCheck:
      return { ...head, kind: 'bugCheck', code: a, rule: trace.nameOf(b), message: trace.nameOf(c) };
    case RecordKind.TcpState:
      return { ...head, kind: 'tcpState', connection: trace.nameOf(a), state: trace.nameOf(b) };
    case RecordKind.TcpWindow: {
      const window = { window: b, threshold: c < 0 ? null : c, inFlight: d };
      return { ...head, kind: 'tcpWindow', connection: trace.nameOf(a), ...window };
    }
    case RecordKind.Frame:
      return { ...head, kind: 'frame', function: trace.nameOf(a), file: trace.nameOf(b), line: c, column: d };
    case RecordKind.Detail:
      return { ...head, kind: 'detail', text: trace.nameOf(a) };
    case RecordKind.Problem:
      return { ...head, kind: 'problem', text: trace.nameOf(a) };
  }
};

/** A misuse that was seen, as the kernel tells it. */
interface FindingFacts {
  readonly severity: string;
  readonly rule: string | null;
  readonly message: string;
  readonly time: number;
  readonly frames: readonly { readonly file: string; readonly line: number; readonly function: string }[];
  readonly details: readonly string[];
  readonly code: { readonly value: number; readonly name: string; readonly parameters: readonly number[] } | null;
  readonly events: readonly string[];
}

/** A finding as an object to be written as a line of JSON. */
export const jsonFinding = (finding: FindingFacts, fix: string | null): Record<string, unknown> => {
  const { severity, rule, message, time, frames, details, code, events } = finding;
  const bugCheck = { code: code?.value ?? null, codeName: code?.name ?? null, parameters: code?.parameters ?? null };
  const places = frames.map((frame) => ({ function: frame.function, file: frame.file, line: frame.line }));
  return { t: time, kind: 'finding', severity, rule, ...bugCheck, message, frames: places, details, events, fix };
};

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
