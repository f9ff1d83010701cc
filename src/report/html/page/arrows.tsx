import type { JSX } from 'preact';
import { RecordKind } from '../../../trace/index.ts';
import { MARK_AGAIN, MARK_DROPPED } from '../../packet-facts.ts';
import type { Places } from './places.ts';
import type { Store } from './store.ts';
import { packetWords } from './words.ts';

interface ArrowsProps {
  readonly store: Store;
  readonly places: Places;
  readonly run: number;
  readonly rows: readonly number[];
}

export const Arrows = ({ store, places, run, rows }: ArrowsProps): JSX.Element => (
  <g class="arrows">
    {rows.map((row) => {
      const record = store.layouts[run].rows[row];
      if (store.models[run].run.kind[record] !== RecordKind.Packet) return null;
      return <Arrow key={record} store={store} places={places} run={run} row={row} record={record} />;
    })}
  </g>
);

interface ArrowProps extends Omit<ArrowsProps, 'rows'> {
  readonly row: number;
  readonly record: number;
}

/** How far a packet gets that is lost. */
const LOST_AT = 0.62;

const Arrow = ({ store, places, run, row, record }: ArrowProps): JSX.Element | null => {
  const model = store.models[run];
  const layout = store.layouts[run];
  const { a, d, packets } = model.run;
  const [from, to] = [places.lines[model.columnOf(a[record])], places.lines[model.columnOf(packets.to[d[record]])]];
  if (from === undefined || to === undefined) return null;
  const { tone, marks } = packetWords(model, record);
  const [y, end] = [layout.start(row), layout.end(row)];
  const names = `arrow ${tone}${marks & MARK_AGAIN ? ' again' : ''}${isRelated(store, run, record) ? ' related' : ''}`;
  if (from === to) return <path class={names} d={`M${from} ${y} h26 v${Math.max(end - y, 8)} h-20`} />;
  if (marks & MARK_DROPPED) {
    const [x, fall] = [from + (to - from) * LOST_AT, y + 9];
    return (
      <g class={`${names} lost`}>
        <line x1={from} y1={y} x2={x} y2={fall} />
        <path d={`M${x - 5} ${fall - 5} l10 10 m0 -10 l-10 10`} />
      </g>
    );
  }
  return (
    <g class={names}>
      <line x1={from} y1={y} x2={to} y2={end} />
      <path class="tip" d={tip(from, y, to, end)} />
    </g>
  );
};

/** A triangle at the end, in the direction of the arrow. */
const tip = (x1: number, y1: number, x2: number, y2: number): string => {
  const length = Math.sqrt((x2 - x1) * (x2 - x1) + (y2 - y1) * (y2 - y1));
  const [ux, uy] = [(x2 - x1) / length, (y2 - y1) / length];
  const [bx, by] = [x2 - 9 * ux, y2 - 9 * uy];
  return `M${x2} ${y2} L${bx - 4 * uy} ${by + 4 * ux} L${bx + 4 * uy} ${by - 4 * ux} Z`;
};

/** The packet is the selected one, or one that the selected call caused. */
export const isRelated = (store: Store, run: number, record: number): boolean => {
  const { selected } = store;
  if (selected === null || selected.run !== run) return false;
  if (selected.record === record) return true;
  const { kind } = store.models[run].run;
  const call = store.models[run].callOf(selected.record);
  if (call === undefined) return false;
  return kind[selected.record] !== RecordKind.Packet
    ? store.models[run].callOf(record) === call
    : kind[record] !== RecordKind.Packet && store.models[run].callOf(record) === call;
};
