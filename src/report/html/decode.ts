import { RecordKind } from '../../trace/index.ts';
import { ColumnReader, unpackColumns } from './columns.ts';
import { type PacketTable, readPackets } from './packet-columns.ts';
import { DATA_VERSION, type RunHead } from './run-data.ts';

/** A run as the page has it: the trace's records in columns. Field d of a packet's record is its number in `packets`. */
export interface Run {
  readonly head: RunHead;
  /** Nanoseconds. */
  readonly time: Float64Array;
  readonly kind: Uint8Array;
  readonly machine: Int32Array;
  readonly a: Int32Array;
  readonly b: Int32Array;
  readonly c: Int32Array;
  readonly d: Int32Array;
  readonly packets: PacketTable;
}

/** Reads what `encodeRun` wrote; null for data of another version. */
export const decodeRun = (bytes: Uint8Array): Run | null => {
  const { head, column } = unpackColumns<RunHead>(bytes);
  if (head.version !== DATA_VERSION) return null;
  const { count } = head;
  const [times, kinds, machines] = ['times', 'kinds', 'machines'].map((name) => new ColumnReader(column(name)));
  const time = new Float64Array(count);
  const kind = new Uint8Array(count);
  const machine = new Int32Array(count);
  for (let i = 0, now = 0; i < count; i++) {
    time[i] = now += times.unsigned();
    kind[i] = kinds.unsigned();
    machine[i] = machines.unsigned();
  }
  const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((field) => {
    const values = new Int32Array(count);
    const readers = Object.values(RecordKind).map((one) => [one, new ColumnReader(column(`${one}${field}`))] as const);
    const readerOf = new Map(readers);
    const before = new Int32Array(256);
    for (let i = 0; i < count; i++) {
      values[i] = before[kind[i]] += readerOf.get(kind[i] as RecordKind)?.signed() ?? 0;
    }
    return values;
  });
  return { head, time, kind, machine, a, b, c, d, packets: readPackets(head.packets, column) };
};
