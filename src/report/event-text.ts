import { ntStatusName } from '../base/index.ts';
import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';
import { MARK_AGAIN, PacketReader } from './packet-facts.ts';
import { type PacketHead, packetHead } from './packet-head.ts';
import { type Origin, optionText, packetText, tcpText } from './packet-text.ts';

/** An event of a run, in words that two runs share where the same happened: no time, no numbers of requests and sockets. */
export interface EventText {
  readonly record: TraceRecord;
  /** For people. */
  readonly text: string;
  /** Equal for events that stand for each other in two runs. */
  readonly likeness: string;
  /** Where: the machine, or the way of a packet. */
  readonly way: string;
}

/** All events of a trace in words. @param machines names by number */
export const eventTexts = (trace: Recorder, machines: Readonly<Record<number, string>>): EventText[] => {
  const reader = new PacketReader(trace);
  const calls = new Map<number, string>();
  const events: EventText[] = [];
  for (const record of trace.records()) {
    const { kind, machine, a, c } = record;
    if (kind === RecordKind.Call) calls.set(c, trace.nameOf(a));
    if (kind === RecordKind.Packet) events.push(packetEvent(trace, reader, record));
    else {
      const way = machines[machine] ?? `${machine}`;
      const said = `${way}: ${wordsOf(trace, calls, record)}`;
      events.push({ record, text: said, likeness: said, way });
    }
  }
  return events;
};

const wordsOf = (trace: Recorder, calls: ReadonlyMap<number, string>, { kind, a, b, c, d }: TraceRecord): string => {
  const name = (id: number): string => trace.nameOf(id).trimEnd();
  switch (kind) {
    case RecordKind.Call:
      return `${name(a)} called`;
    case RecordKind.Return:
      return `${name(a)} returns ${ntStatusName(d)}`;
    case RecordKind.Complete:
      return `${calls.get(c) ?? '?'} completes: ${ntStatusName(a)}${b > 0 ? `, ${b} bytes` : ''}`;
    case RecordKind.Callback:
      return `${name(a)} returned ${ntStatusName(c)}${d > 0 ? `, ${d} bytes` : ''}`;
    case RecordKind.EarlyData:
      return `connected, ${b < 0 ? 'unknown' : b} bytes in the SYN${c === 1 ? ', acknowledged' : ''}`;
    case RecordKind.Thread:
      return `thread ${name(a)} ${c === 1 ? 'begins' : 'ends'}`;
    case RecordKind.Print:
      return `DbgPrint: ${name(a)}`;
    case RecordKind.BugCheck:
      return `BUG CHECK 0x${a.toString(16).toUpperCase()} ${name(b)} ${name(c)}`;
    case RecordKind.Finding:
      return `${a === 1 ? 'advice' : 'error'} ${name(b)} ${name(c)}`;
    case RecordKind.TcpState:
      return `TCP ${name(b)}`;
    case RecordKind.TcpWindow:
      return `congestion window ${b}`;
    case RecordKind.Frame:
      return `  at ${name(a)} (${name(b)}:${c})`;
    default:
      return name(a);
  }
};

const packetEvent = (trace: Recorder, reader: PacketReader, record: TraceRecord): EventText => {
  const { a, b, d } = record;
  const bytes = trace.packet(d);
  const head = packetHead(bytes);
  const { sequenceFrom, acknowledgmentFrom, marks } = reader.read(record, head);
  const origin = { sequence: sequenceFrom, acknowledgment: acknowledgmentFrom };
  const way = `${trace.nameOf(a)} ──▶ ${trace.nameOf(trace.destination(d))}`;
  const said = head?.tcp == null ? packetText(bytes).text : tcpText(head.tcp, head.payloadLength, origin);
  const fate = trace.nameOf(b) === 'sent' ? '' : `  ${trace.nameOf(b)}`;
  const again = marks & MARK_AGAIN ? '  sent again' : '';
  const likeness = `${way} ${shape(head, said, origin)}${again}${fate}`;
  return { record, text: `${way}  ${said}${again}${fate}`, likeness, way };
};

/** A packet without what chance decides: numbers and cookies. */
const shape = (head: PacketHead | null, said: string, origin: Origin): string => {
  if (head?.tcp == null) return said;
  const options = head.tcp.options.map((option) =>
    option.kind === 'fastOpen'
      ? `fastOpen ${option.cookie.length}`
      : option.kind === 'sack'
        ? 'sack'
        : optionText(option, origin),
  );
  return `${head.tcp.flags} ${head.payloadLength} ${options}`;
};
