import { type Recorder, RecordKind } from '../trace/index.ts';
import { align } from './align.ts';
import { type EventText, eventTexts } from './event-text.ts';
import { milliseconds } from './text.ts';

/** One of two runs. */
export interface DiffSide {
  readonly trace: Recorder;
  /** Names by number. */
  readonly machines: Readonly<Record<number, string>>;
}

/** What a pair of events is to each other. */
export const PAIR_SAME = 0;
/** The same event at another time, or a packet with other bytes. */
export const PAIR_MOVED = 1;
/** Another event, or none. */
export const PAIR_CHANGED = 2;

/** Two runs, event by event. */
export interface RunDiff {
  readonly events: readonly [readonly EventText[], readonly EventText[]];
  /** Numbers of records of both in turn, -1 where one has nothing of the kind. */
  readonly pairs: Int32Array;
  /** One of the values above for each pair. */
  readonly marks: Uint8Array;
  /** The first pair that differs, in what happened or in when; -1 for none. */
  readonly firstDifference: number;
}

/** Pairs what happened in two runs, and finds where they first differ. */
export const diffRuns = (first: DiffSide, second: DiffSide): RunDiff => {
  const sides = [first, second].map(({ trace, machines }) => eventTexts(trace, machines));
  const events: RunDiff['events'] = [sides[0], sides[1]];
  const numbers = new Map<string, number>();
  const numbered = events.map((side) =>
    Int32Array.from(side, ({ likeness }) => {
      const known = numbers.get(likeness);
      if (known === undefined) numbers.set(likeness, numbers.size);
      return known ?? numbers.size - 1;
    }),
  );
  const pairs = pairAlone(events, align(numbered[0], numbered[1]));
  const marks = new Uint8Array(pairs.length / 2);
  for (let i = 0; i < marks.length; i++) {
    const [a, b] = [pairs[2 * i], pairs[2 * i + 1]];
    if (a < 0 || b < 0 || events[0][a].likeness !== events[1][b].likeness) marks[i] = PAIR_CHANGED;
    else if (!isSame(first.trace, second.trace, events, a, b)) marks[i] = PAIR_MOVED;
  }
  return { events, pairs, marks, firstDifference: marks.findIndex((mark) => mark !== PAIR_SAME) };
};

/** Between two matches: events that stand alone on both sides and are of a kind become pairs, in their order. */
const pairAlone = ([first, second]: RunDiff['events'], pairs: Int32Array): Int32Array => {
  const out: number[] = [];
  let [ones, others]: [number[], number[]] = [[], []];
  const flush = (): void => {
    let next = 0;
    for (const a of ones) {
      const match = others.findIndex((b, at) => at >= next && isOfAKind(first[a], second[b]));
      if (match >= 0) for (; next < match; next++) out.push(-1, others[next]);
      out.push(a, match < 0 ? -1 : others[next++]);
    }
    for (; next < others.length; next++) out.push(-1, others[next]);
    [ones, others] = [[], []];
  };
  for (let i = 0; i < pairs.length; i += 2) {
    const [a, b] = [pairs[i], pairs[i + 1]];
    if (b < 0) ones.push(a);
    else if (a < 0) others.push(b);
    else {
      flush();
      out.push(a, b);
    }
  }
  flush();
  return Int32Array.from(out);
};

const isOfAKind = (a: EventText, b: EventText): boolean =>
  a.record.kind === b.record.kind && a.way === b.way && a.record.time === b.record.time;

/** The same event at the same time, a packet byte for byte. Numbers of requests and sockets do not count. */
const isSame = (one: Recorder, two: Recorder, [a, b]: RunDiff['events'], i: number, j: number): boolean => {
  const [first, second] = [a[i], b[j]];
  if (first.record.time !== second.record.time || first.text !== second.text) return false;
  if (first.record.kind !== RecordKind.Packet) return true;
  const [p, q] = [one.packet(first.record.d), two.packet(second.record.d)];
  const sameArrival = one.arrival(first.record.d) === two.arrival(second.record.d);
  return sameArrival && p.length === q.length && p.every((byte, at) => byte === q[at]);
};

/** Lines around a difference that are shown with it. */
const CONTEXT = 2;

/**
 * The differences for a terminal: `-` for what only the first run has, `+` for what only the second has, `~` for what
 * came at another time or with other bytes; both times in milliseconds.
 */
export const diffText = ({ events, pairs, marks }: RunDiff): string[] => {
  const lines: string[] = [];
  let last = -1;
  marks.forEach((mark, i) => {
    const near = marks.subarray(Math.max(i - CONTEXT, 0), i + CONTEXT + 1);
    if (near.every((one) => one === PAIR_SAME)) return;
    if (i > last + 1) lines.push('...');
    last = i;
    const [a, b] = [events[0][pairs[2 * i]], events[1][pairs[2 * i + 1]]];
    if (mark !== PAIR_CHANGED) lines.push(`${mark === PAIR_SAME ? ' ' : '~'} ${timeOf(a)}  ${timeOf(b)}  ${a.text}`);
    else {
      if (a !== undefined) lines.push(`- ${timeOf(a)}  ${timeOf(undefined)}  ${a.text}`);
      if (b !== undefined) lines.push(`+ ${timeOf(undefined)}  ${timeOf(b)}  ${b.text}`);
    }
  });
  if (last >= 0 && last < marks.length - 1) lines.push('...');
  return lines;
};

const timeOf = (event: EventText | undefined): string =>
  event === undefined ? ''.padStart(9) : milliseconds(event.record.time);
