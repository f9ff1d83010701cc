import type { JSX } from 'preact';
import { type Places, SLOT } from './places.ts';
import type { Store } from './store.ts';

interface BarsProps {
  readonly store: Store;
  readonly places: Places;
  readonly run: number;
  readonly top: number;
  readonly bottom: number;
}

/** A bar for each IRP that is pending in the window, from the line of its call to that of its completion. */
export const Bars = ({ store, places, run, top, bottom }: BarsProps): JSX.Element => {
  const model = store.models[run];
  const layout = store.layouts[run];
  const selected = store.selected?.run === run ? model.callOf(store.selected.record) : undefined;
  const bars: JSX.Element[] = [];
  if (store.groups.has('calls')) {
    for (const call of barsNear(store, run, top, bottom)) {
      const row = layout.rowOf(call.called);
      if (row < 0) continue;
      const end = call.completed < 0 ? layout.height : layout.middle(Math.max(layout.rowOf(call.completed), row));
      if (end < top || layout.middle(row) > bottom) continue;
      const column = model.columns.findIndex(({ machine }) => machine === call.machine);
      const x = slotX(places, column, call.slot);
      const names = `bar${call.completed < 0 ? ' open' : ''}${call === selected ? ' related' : ''}`;
      const [y1, y2] = [Math.max(layout.middle(row), top - 10), Math.min(end, bottom + 10)];
      bars.push(<line key={call.request} class={names} x1={x} x2={x} y1={y1} y2={y2} />);
    }
  }
  return <g>{bars}</g>;
};

/** The middle of a bar. */
export const slotX = (places: Places, column: number, slot: number): number => {
  const away = 12 + slot * SLOT;
  return places.lanes[column].side === 'left' ? places.lines[column] - away : places.lines[column] + away;
};

/** Calls whose bars may cross the window: `Model.barCalls` is ordered, and knows how far back it has to look. */
const barsNear = (store: Store, run: number, top: number, bottom: number) => {
  const layout = store.layouts[run];
  const [from, to] = layout.between(top, bottom);
  if (layout.rows.length === 0) return [];
  const first = layout.rows[Math.min(from, layout.rows.length - 1)];
  const last = layout.rows[Math.max(Math.min(to, layout.rows.length) - 1, 0)];
  return store.models[run].pendingBetween(first, last);
};
