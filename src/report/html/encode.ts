import { type Recorder, RecordKind, type TraceRecord } from '../../trace/index.ts';
import { connectStories } from '../connects.ts';
import { type PacketFacts, packetFacts } from '../packet-facts.ts';
import { ColumnWriter, packColumns } from './columns.ts';
import { PacketColumns } from './packet-columns.ts';
import { DATA_VERSION, PAYLOAD_BYTES, type RunHead } from './run-data.ts';

export interface EncodeOptions {
  readonly title: string;
  readonly machines: Readonly<Record<number, string>>;
  readonly seed?: number | null;
  readonly command?: string | null;
  /** Keeps payloads in full, not only their first 64 bytes. */
  readonly fullBytes?: boolean;
}

/** Which of a record's fields hold ids of names. */
const nameFields: Readonly<Record<number, readonly ('a' | 'b' | 'c')[]>> = {
  [RecordKind.Call]: ['a'],
  [RecordKind.Return]: ['a'],
  [RecordKind.Callback]: ['a'],
  [RecordKind.Thread]: ['a'],
  [RecordKind.Print]: ['a'],
  [RecordKind.Packet]: ['a', 'b'],
  [RecordKind.BugCheck]: ['b', 'c'],
  [RecordKind.TcpState]: ['a', 'b'],
  [RecordKind.TcpWindow]: ['a'],
  [RecordKind.Frame]: ['a', 'b'],
  [RecordKind.Detail]: ['a'],
  [RecordKind.Problem]: ['a'],
  [RecordKind.Finding]: ['b', 'c'],
};

/** Numbers texts in the order in which they are asked for. */
class Texts {
  readonly list: string[] = [];
  private readonly numbers = new Map<string, number>();

  number(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) this.numbers.set(text, (number = this.list.push(text) - 1));
    return number;
  }
}

/** A trace in the form that the page reads, before it is deflated. `html/decode.ts` reads it. */
export const encodeRun = (trace: Recorder, options: EncodeOptions): Uint8Array => {
  const facts = packetFacts(trace);
  const names = new Texts();
  const connections = new Texts();
  const streams = new Texts();
  const keep = options.fullBytes ? Number.POSITIVE_INFINITY : PAYLOAD_BYTES;
  const [times, kinds, machines] = [new ColumnWriter(), new ColumnWriter(), new ColumnWriter()];
  const fields = new Map<RecordKind, FieldWriter>();
  const packets = new PacketColumns();
  let [count, packetCount, last] = [0, 0, 0];
  for (const record of trace.records()) {
    times.unsigned(record.time - last);
    last = record.time;
    kinds.unsigned(record.kind);
    machines.unsigned(record.machine);
    let writer = fields.get(record.kind);
    if (writer === undefined) fields.set(record.kind, (writer = new FieldWriter()));
    const named = withNames(trace, names, record);
    if (record.kind === RecordKind.Packet) {
      const { d } = record;
      const fact = facts[d];
      const arrival = trace.arrival(d);
      const connection = connections.number(fact.connection);
      packets.add({
        bytes: trace.packet(d),
        facts: fact,
        delay: arrival === null ? null : arrival - record.time,
        to: names.number(trace.nameOf(trace.destination(d))),
        connection,
        keep,
        stream: streams.number(`${named.a}/${connection}/${fact.head?.source}`),
      });
      named.d = packetCount++;
    }
    writer.add(named);
    count++;
  }
  const first = firstPacket(trace);
  const head: RunHead = {
    version: DATA_VERSION,
    title: options.title,
    command: options.command ?? null,
    seed: options.seed ?? null,
    machines: options.machines,
    dropped: trace.dropped,
    count,
    packets: packetCount,
    fullBytes: options.fullBytes ?? false,
    names: names.list,
    connections: connections.list,
    connects: connectsOf(trace, facts, first),
  };
  const columns: Record<string, Uint8Array> = { times: times.take(), kinds: kinds.take(), machines: machines.take() };
  for (const [kind, writer] of fields) Object.assign(columns, writer.take(kind));
  return packColumns(head, { ...columns, ...packets.take() });
};

/** Packets are numbered from 0 in a report, whatever made room in the trace before. */
const firstPacket = (trace: Recorder): number => {
  for (const { kind, d } of trace.records()) if (kind === RecordKind.Packet) return d;
  return 0;
};

const connectsOf = (trace: Recorder, facts: readonly PacketFacts[], first: number): RunHead['connects'] =>
  connectStories(trace, facts).map((story) => ({
    ...story,
    syn: story.syn < 0 ? -1 : story.syn - first,
    synAck: story.synAck < 0 ? -1 : story.synAck - first,
  }));

type Fields = { a: number; b: number; c: number; d: number };

const withNames = (trace: Recorder, names: Texts, { kind, a, b, c, d }: TraceRecord): Fields => {
  const fields: Fields = { a, b, c, d };
  for (const field of nameFields[kind] ?? []) fields[field] = names.number(trace.nameOf(fields[field]));
  return fields;
};

/** The fields of all records of one kind, each as the difference from the record before. */
class FieldWriter {
  private readonly columns = [new ColumnWriter(), new ColumnWriter(), new ColumnWriter(), new ColumnWriter()];
  private before = [0, 0, 0, 0];

  add({ a, b, c, d }: Fields): void {
    const now = [a, b, c, d];
    for (let i = 0; i < 4; i++) this.columns[i].signed(now[i] - this.before[i]);
    this.before = now;
  }

  take(kind: RecordKind): Record<string, Uint8Array> {
    return Object.fromEntries(this.columns.map((column, i) => [`${kind}${'abcd'[i]}`, column.take()]));
  }
}
