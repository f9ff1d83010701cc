import { RecordKind } from '../../../trace/index.ts';
import type { Group, Model } from './model.ts';

export const ROW = 22;
/** Between moments when time is compressed. */
const PAUSE = 26;
/** What a picture to scale may add to the height of its rows, pixels; browsers end at some 16 million. */
const MOST_PAUSES = 6_000_000;
const BLOCK = 256;
export const TOP = 8;

export interface Filter {
  readonly groups: ReadonlySet<Group>;
  /** A column of the picture; -1 for all. */
  readonly column: number;
  /** A connection; -1 for all. */
  readonly connection: number;
}

/** The records that a filter lets through and that are rows of their own, in order. */
export const rowsOf = (model: Model, { groups, column, connection }: Filter): Int32Array => {
  const { head } = model.run;
  const rows = new Int32Array(head.count);
  let count = 0;
  for (let i = 0; i < head.count; i++) {
    if (model.shownBy[i] !== i || !groups.has(model.groupOf(i))) continue;
    if (column >= 0 && !model.columnsOf(i).includes(column)) continue;
    if (connection >= 0 && model.connectionOf(i) !== connection && model.groupOf(i) !== 'findings') continue;
    rows[count++] = i;
  }
  return rows.slice(0, count);
};

/** Where rows stand: tops in pixels, beside the records that they show. */
export class Layout {
  readonly model: Model;
  readonly rows: Int32Array;
  readonly tops: Float64Array;
  readonly height: number;
  /** Where the arrow of a row ends; its own middle for what is no packet, or never arrives. */
  private readonly ends: Float64Array;
  private readonly lowest: Float64Array;

  constructor(model: Model, rows: Int32Array, tops: Float64Array, height: number) {
    this.model = model;
    this.rows = rows;
    this.tops = tops;
    this.height = height;
    this.ends = new Float64Array(rows.length);
    this.lowest = new Float64Array(Math.ceil(rows.length / BLOCK));
    for (let i = 0; i < rows.length; i++) {
      const arrival = model.run.kind[rows[i]] === RecordKind.Packet ? model.arrival(rows[i]) : null;
      this.ends[i] = arrival === null ? this.start(i) : Math.max(this.yOf(arrival), this.start(i) + 4);
      const block = Math.floor(i / BLOCK);
      this.lowest[block] = Math.max(this.lowest[block], this.ends[i]);
    }
  }

  /** Where an arrow leaves: below its label. */
  start(row: number): number {
    return this.tops[row] + ROW;
  }

  middle(row: number): number {
    return this.tops[row] + ROW / 2;
  }

  end(row: number): number {
    return this.ends[row];
  }

  /** The first row whose record is not before another; the number of rows for none. */
  rowFrom(record: number): number {
    return search(this.rows.length, (i) => this.rows[i] >= record);
  }

  /** The row that shows a record, or -1. */
  rowOf(record: number): number {
    const shown = this.model.shownBy[record] ?? -1;
    const row = this.rowFrom(shown);
    return this.rows[row] === shown ? row : -1;
  }

  /** Where a moment stands: at the top of its first row, or between the rows around it. */
  yOf(time: number): number {
    const { rows, model, tops } = this;
    const times = model.run.time;
    const after = search(rows.length, (i) => times[rows[i]] >= time);
    if (rows.length === 0) return 0;
    if (after === rows.length) return this.start(after - 1) + PAUSE / 2;
    if (times[rows[after]] === time || after === 0) return tops[after] + 2;
    const [t0, t1] = [times[rows[after - 1]], times[rows[after]]];
    const [y0, y1] = [this.start(after - 1), tops[after]];
    return y0 + ((time - t0) / (t1 - t0)) * (y1 - y0);
  }

  /** Rows between two heights. */
  between(top: number, bottom: number): readonly [from: number, to: number] {
    const from = search(this.rows.length, (i) => this.tops[i] + ROW >= top);
    return [from, search(this.rows.length, (i) => this.tops[i] > bottom)];
  }

  /** Rows above a height whose arrows reach below it. */
  reaching(top: number, before: number): number[] {
    const found: number[] = [];
    for (let block = 0; block * BLOCK < before; block++) {
      if (this.lowest[block] < top) continue;
      for (let i = block * BLOCK; i < Math.min((block + 1) * BLOCK, before); i++)
        if (this.ends[i] >= top) found.push(i);
    }
    return found;
  }
}

const search = (count: number, holds: (i: number) => boolean): number => {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};

/** @param scaled as much room as time passes  @param zoom of that */
export const layOut = (model: Model, rows: Int32Array, scaled: boolean, zoom: number): Layout => {
  const { time } = model.run;
  const tops = new Float64Array(rows.length);
  const span = rows.length === 0 ? 0 : time[rows[rows.length - 1]] - time[rows[0]];
  const room = Math.min(Math.max(600, rows.length * 12) * zoom, MOST_PAUSES);
  let y = TOP;
  for (let i = 0; i < rows.length; i++) {
    if (i > 0) {
      const passed = time[rows[i]] - time[rows[i - 1]];
      y += ROW + (scaled ? (span === 0 ? 0 : (passed / span) * room) : passed > 0 ? PAUSE : 0);
    }
    tops[i] = y;
  }
  return new Layout(model, rows, tops, y + ROW + PAUSE + TOP);
};

/** Two runs beside each other: records that match stand at the same height. */
export const layOutPairs = (
  models: readonly Model[],
  rows: readonly Int32Array[],
  pairs: Int32Array,
): { readonly layouts: readonly Layout[]; readonly pairTops: Float64Array } => {
  const shown = rows.map((own) => new Set(own));
  const kept = [0, 1].map(() => ({ rows: [] as number[], tops: [] as number[] }));
  const pairTops = new Float64Array(pairs.length / 2);
  let y = TOP;
  const before = [-1, -1];
  for (let i = 0; i < pairs.length; i += 2) {
    const own = [pairs[i], pairs[i + 1]];
    const has = own.map((record, side) => record >= 0 && shown[side].has(record));
    const passes = own.some(
      (record, side) => has[side] && before[side] >= 0 && models[side].run.time[record] > before[side],
    );
    if (passes) y += PAUSE;
    pairTops[i / 2] = y;
    if (!has[0] && !has[1]) continue;
    own.forEach((record, side) => {
      if (!has[side]) return;
      kept[side].rows.push(record);
      kept[side].tops.push(y);
      before[side] = models[side].run.time[record];
    });
    y += ROW;
  }
  const layouts = kept.map(
    (one, side) => new Layout(models[side], Int32Array.from(one.rows), Float64Array.from(one.tops), y + TOP),
  );
  return { layouts, pairTops };
};
