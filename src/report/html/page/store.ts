import { PAIR_CHANGED } from '../../diff.ts';
import { type Layout, layOut, layOutPairs, rowsOf } from './layout.ts';
import type { Loaded } from './load.ts';
import { type Group, groups, Model } from './model.ts';
import { recordWords } from './words.ts';

/** A record of one of the runs. */
export interface Place {
  readonly run: number;
  readonly record: number;
}

export type Theme = 'light' | 'dark';

/** Groups that are shown at first: the rest is there when asked for. */
const shownFirst: readonly Group[] = ['calls', 'packets', 'prints', 'callbacks', 'findings'];

/** How long a piece of the search may hold the page up, milliseconds. */
const SEARCH_SLICE = 8;

/** All that the page knows, and what may be done to it. Whoever changes something has the page drawn anew. */
export class Store {
  readonly models: readonly Model[];
  readonly loaded: Loaded;
  /** For two runs: records that the other run does not have like that. */
  readonly onlyHere: readonly Set<number>[];
  layouts: readonly Layout[] = [];
  /** For two runs: the tops of their pairs. */
  pairTops: Float64Array | null = null;
  groups = new Set<Group>(shownFirst);
  column = -1;
  connection = -1;
  scaled = false;
  zoom = 1;
  selected: Place | null = null;
  theme: Theme;
  helpIsOpen = false;
  /** Every row is drawn, for paper. */
  printing = false;
  query = '';
  found: Place[] = [];
  searching = false;
  scrollTop = 0;
  viewHeight = 800;
  viewWidth = 1200;
  private readonly differences: readonly Place[];
  /** Draws the page. */
  draw: () => void = () => {};
  /** Moves the picture. */
  scrollTo: (top: number) => void = () => {};
  private drawn = true;

  constructor(loaded: Loaded, theme: Theme) {
    this.loaded = loaded;
    this.models = loaded.runs.map((run) => new Model(run));
    this.theme = theme;
    this.onlyHere = onlyHere(loaded, this.models);
    this.differences = this.onlyHere.flatMap((own, run) => [...own].map((record) => ({ run, record })));
    this.layOut();
  }

  /** Draws before the next frame, once. */
  changed(): void {
    if (!this.drawn) return;
    this.drawn = false;
    requestAnimationFrame(() => {
      this.drawn = true;
      this.draw();
    });
  }

  setFilter(change: Partial<Pick<Store, 'column' | 'connection' | 'scaled' | 'zoom'>>): void {
    const anchor = this.anchor();
    Object.assign(this, change);
    this.layOut();
    this.restore(anchor);
  }

  toggle(group: Group): void {
    const anchor = this.anchor();
    const next = new Set(this.groups);
    if (!next.delete(group)) next.add(group);
    this.groups = next;
    this.layOut();
    this.restore(anchor);
  }

  /** @param follow scrolls to it */
  select(place: Place | null, follow = true): void {
    this.selected = place;
    if (place !== null) {
      this.reveal(place);
      const { run, record } = place;
      const time = this.models[run].run.time[record];
      history.replaceState(null, '', `#t=${time / 1e6}ms&e=${record}${run === 0 ? '' : `&run=${run}`}`);
      if (follow) this.scrollToRecord(place);
      // The details may cover it once they are there.
      else requestAnimationFrame(() => requestAnimationFrame(() => this.scrollToRecord(place)));
    } else history.replaceState(null, '', location.pathname + location.search);
    this.changed();
  }

  /** Shows what a record needs to be seen. */
  private reveal({ run, record }: Place): void {
    if (this.layouts[run].rowOf(record) >= 0) return;
    const group = this.models[run].groupOf(record);
    this.groups = new Set([...this.groups, group]);
    this.column = this.connection = -1;
    this.layOut();
  }

  /** To the next row, or the one before. */
  step(by: number): void {
    const run = this.selected?.run ?? 0;
    const layout = this.layouts[run];
    const now = this.selected === null ? -1 : layout.rowOf(this.selected.record);
    const first = layout.between(this.scrollTop, this.scrollTop + 1)[0];
    const row = now < 0 ? first : Math.min(Math.max(now + by, 0), layout.rows.length - 1);
    if (layout.rows.length > 0) this.select({ run, record: layout.rows[row] });
  }

  /** To the next thing found, or finding, or difference. */
  stepFound(by: 1 | -1): void {
    const places = this.stops();
    if (places.length === 0) return;
    const now = this.selected;
    const at = now === null ? -1 : places.findIndex((one) => one.run === now.run && one.record === now.record);
    const following = now === null ? 0 : places.findIndex((one) => one.record > now.record);
    const next = at >= 0 ? at + by : by > 0 ? following : following - 1;
    this.select(places[(next + places.length) % places.length]);
  }

  /** What n and p go through. */
  stops(): readonly Place[] {
    if (this.query !== '') return this.found;
    if (this.loaded.pairs !== null) return this.differences;
    return this.models.flatMap(({ findings }, run) => findings.map((record) => ({ run, record })));
  }

  scrollToRecord({ run, record }: Place): void {
    const layout = this.layouts[run];
    const row = layout.rowOf(record);
    if (row < 0) return;
    const top = layout.tops[row];
    if (top < this.scrollTop + 60 || top > this.scrollTop + this.viewHeight - 80) {
      this.scrollTo(Math.max(0, top - this.viewHeight / 3));
    }
  }

  /** To a moment, nanoseconds, and the record there. */
  goTo(time: number, record: number | null, run: number): void {
    if (this.models[run] === undefined) return;
    const { time: times } = this.models[run].run;
    if (record !== null && record >= 0 && record < times.length) this.select({ run, record });
    else {
      this.scrollTo(Math.max(0, this.layouts[run].yOf(time) - 60));
      const row = this.layouts[run].between(this.layouts[run].yOf(time) - 1, Number.POSITIVE_INFINITY)[0];
      const there = this.layouts[run].rows[row];
      if (there !== undefined) this.selected = { run, record: there };
    }
    this.changed();
  }

  /** Looks through all rows, in slices, so that the page stays alive. */
  search(query: string): void {
    this.query = query.trim().toLowerCase();
    this.found = [];
    this.searching = this.query !== '';
    if (this.searching) this.searchFrom(this.query, 0, 0);
    this.changed();
  }

  private searchFrom(query: string, run: number, from: number): void {
    if (this.query !== query) return;
    const until = performance.now() + SEARCH_SLICE;
    while (run < this.models.length) {
      const model = this.models[run];
      const { length } = model.shownBy;
      for (; from < length; from++) {
        if ((from & 63) === 0 && performance.now() > until) {
          setTimeout(() => this.searchFrom(query, run, from), 0);
          this.changed();
          return;
        }
        if (model.shownBy[from] === from && recordWords(model, from).toLowerCase().includes(query)) {
          this.found.push({ run, record: from });
        }
      }
      run++;
      from = 0;
    }
    this.searching = false;
    this.changed();
  }

  private layOut(): void {
    const { groups: shown, column, connection, scaled, zoom, models, loaded } = this;
    const rows = models.map((model) => rowsOf(model, { groups: shown, column, connection }));
    if (loaded.pairs === null) this.layouts = [layOut(models[0], rows[0], scaled, zoom)];
    else ({ layouts: this.layouts, pairTops: this.pairTops } = layOutPairs(models, rows, loaded.pairs));
  }

  /** What stands at the top, to stand there again when the picture has changed. */
  private anchor(): { readonly record: number; readonly offset: number } | null {
    const layout = this.layouts[0];
    const [row] = layout.between(this.scrollTop, this.scrollTop);
    if (row >= layout.rows.length) return null;
    return { record: layout.rows[row], offset: layout.tops[row] - this.scrollTop };
  }

  private restore(anchor: { readonly record: number; readonly offset: number } | null): void {
    this.changed();
    if (anchor === null || this.scrollTop === 0) return;
    const layout = this.layouts[0];
    const row = Math.min(layout.rowFrom(anchor.record), layout.rows.length - 1);
    if (row < 0) return;
    const top = layout.tops[row] - anchor.offset;
    requestAnimationFrame(() => this.scrollTo(Math.max(0, top)));
  }
}

/** Rows whose pair differs, by run. */
const onlyHere = ({ pairs, marks }: Loaded, models: readonly Model[]): Set<number>[] => {
  const found = models.map(() => new Set<number>());
  if (pairs === null) return found;
  for (let i = 0; i < pairs.length; i++) {
    const side = i % 2;
    if (pairs[i] >= 0 && marks[i >> 1] === PAIR_CHANGED) found[side].add(models[side].shownBy[pairs[i]]);
  }
  return found;
};

export const allGroups = groups;
