import { type Recorder, RecordKind, type TraceRecord } from '../trace/index.ts';

/** Where two runs first differ. */
export interface Divergence {
  /** Number of the record, from 0. */
  readonly index: number;
  /** Nanoseconds; of the first run, or of the second when the first has ended. */
  readonly time: number;
  readonly first: TraceRecord | null;
  readonly second: TraceRecord | null;
}

/** Compares two traces record by record, packets byte by byte. @returns null when they are the same */
export const divergence = (first: Recorder, second: Recorder): Divergence | null => {
  const [one, two] = [first.records(), second.records()];
  for (let index = 0; ; index++) {
    const [a, b] = [one.next().value ?? null, two.next().value ?? null];
    if (a === null && b === null) return null;
    if (a === null || b === null || !same(first, a, second, b))
      return { index, time: (a ?? b)!.time, first: a, second: b };
  }
};

const same = (first: Recorder, a: TraceRecord, second: Recorder, b: TraceRecord): boolean => {
  if (a.time !== b.time || a.kind !== b.kind || a.machine !== b.machine) return false;
  if (a.a !== b.a || a.b !== b.b || a.c !== b.c || a.d !== b.d) return false;
  if (a.kind !== RecordKind.Packet) return first.nameOf(a.a) === second.nameOf(b.a);
  const [p, q] = [first.packet(a.d), second.packet(b.d)];
  return p.length === q.length && p.every((byte, i) => byte === q[i]);
};
