import { type NTSTATUS, STATUS_PENDING } from '../base/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';

/** One WSK call of a trace, from the call to the completion of its IRP. Times in nanoseconds. */
export interface CallRow {
  readonly name: string;
  readonly machine: number;
  readonly socket: number;
  readonly request: number;
  readonly called: number;
  returned: NTSTATUS;
  /** Null while the IRP is pending. */
  completed: number | null;
  status: NTSTATUS;
  information: number;
  /** For a connect: bytes in the SYN (-1 unknown) and whether the peer took them (1, 0, -1 unknown). */
  bytesInSyn: number | null;
  acked: number | null;
}

/** The calls of one machine from a record on, in the order in which they were made. */
export const callsOf = (trace: Recorder, machine: number, from = 0): CallRow[] => {
  const rows = new Map<number, CallRow>();
  const connects = new Map<number, CallRow>();
  let index = 0;
  for (const { time, kind, machine: where, a, b, c, d } of trace.records()) {
    if (index++ < from || where !== machine) continue;
    if (kind === RecordKind.Call) {
      const row: CallRow = {
        name: trace.nameOf(a),
        machine,
        socket: b,
        request: c,
        called: time,
        returned: STATUS_PENDING,
        completed: null,
        status: STATUS_PENDING,
        information: 0,
        bytesInSyn: null,
        acked: null,
      };
      rows.set(c, row);
      if (row.name.startsWith('WskConnect')) connects.set(b, row);
    } else if (kind === RecordKind.Return) {
      const row = rows.get(c);
      if (row !== undefined) row.returned = d;
    } else if (kind === RecordKind.Complete) {
      const row = rows.get(c);
      if (row !== undefined) Object.assign(row, { completed: time, status: a, information: b });
    } else if (kind === RecordKind.EarlyData) {
      const row = connects.get(a);
      if (row !== undefined) Object.assign(row, { bytesInSyn: b, acked: c });
    }
  }
  return [...rows.values()];
};
