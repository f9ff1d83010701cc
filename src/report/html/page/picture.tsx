import type { JSX } from 'preact';
import { Arrows } from './arrows.tsx';
import { Bars } from './bars.tsx';
import { type Layout, ROW } from './layout.ts';
import { type Places, placesOf } from './places.ts';
import { px } from './px.ts';
import { Row } from './row.tsx';
import type { Store } from './store.ts';
import { Trips } from './trips.tsx';

/** Beyond the window, pixels: a little scrolling shows nothing blank. */
const MARGIN = 200;
/** On paper everything is drawn, up to here. */
const MOST_ON_PAPER = 2000;

/** The ladder: drawn as far as the window shows it. */
export const Picture = ({ store }: { store: Store }): JSX.Element => {
  const places = pictures(store);
  const width = places.reduce((sum, one) => sum + one.width, 0);
  const height = Math.max(...store.layouts.map((layout) => layout.height));
  const onPaper = store.printing ? paperHeight(store) : height;
  return (
    <div
      class="scroller"
      ref={(element) => attach(store, element)}
      role="listbox"
      aria-label="Events"
      tabIndex={0}
      aria-activedescendant={
        store.selected === null ? undefined : `event-${store.selected.run}-${store.selected.record}`
      }
    >
      <div class="heads" role="presentation" style={px({ width })}>
        {places.map((one, run) => (
          <Heads key={run} store={store} places={one} run={run} />
        ))}
      </div>
      <div class="canvas" role="presentation" style={px({ width, height: store.printing ? onPaper : height })}>
        {places.map((one, run) => (
          <Run key={run} store={store} places={one} run={run} height={store.printing ? onPaper : height} />
        ))}
        <Difference store={store} width={width} />
      </div>
      {store.printing && onPaper < height && <p class="cut">Only the first {MOST_ON_PAPER} events are printed.</p>}
    </div>
  );
};

const pictures = (store: Store): Places[] =>
  store.models.map((model) => placesOf(store, model, (store.viewWidth - 20) / store.models.length));

const paperHeight = (store: Store): number =>
  Math.max(
    ...store.layouts.map(({ rows, tops, height }) =>
      rows.length <= MOST_ON_PAPER ? height : tops[MOST_ON_PAPER - 1] + ROW,
    ),
  );

const Heads = ({ store, places, run }: { store: Store; places: Places; run: number }): JSX.Element => (
  <div class="side" style={px({ width: places.width })}>
    <span class="name time-head" style={px({ left: 0, width: places.timeWidth })}>
      {store.models.length > 1 ? (run === 0 ? 'A, ms' : 'B, ms') : 'time, ms'}
    </span>
    {places.lines.map((x, i) => (
      <span class="name machine" style={px({ left: x })} key={store.models[run].columns[i].name}>
        {store.models[run].columns[i].name}
      </span>
    ))}
  </div>
);

const Run = ({
  store,
  places,
  run,
  height,
}: {
  store: Store;
  places: Places;
  run: number;
  height: number;
}): JSX.Element => {
  const layout = store.layouts[run];
  const [top, bottom] = windowOf(store, height);
  const [from, to] = layout.between(top, bottom);
  const rows: JSX.Element[] = [];
  for (let i = from; i < to; i++)
    rows.push(<Row key={layout.rows[i]} store={store} places={places} run={run} row={i} />);
  return (
    <div class="side" role="presentation" style={px({ width: places.width, height })}>
      {run === 0 && <Trips store={store} places={places} layout={layout} top={top} bottom={bottom} />}
      <svg
        class="lines"
        aria-hidden="true"
        width={places.width}
        height={bottom - top}
        style={px({ top })}
        viewBox={`0 ${top} ${places.width} ${bottom - top}`}
      >
        {places.lines.map((x) => (
          <line key={x} class="life" x1={x} x2={x} y1={top} y2={bottom} />
        ))}
        <Bars store={store} places={places} run={run} top={top} bottom={bottom} />
        <Arrows store={store} places={places} run={run} rows={arrowRows(layout, top, from, to)} />
      </svg>
      {rows}
    </div>
  );
};

const windowOf = ({ printing, scrollTop, viewHeight }: Store, height: number): readonly [number, number] =>
  printing ? [0, height] : [Math.max(0, scrollTop - MARGIN), Math.min(height, scrollTop + viewHeight + MARGIN)];

const arrowRows = (layout: Layout, top: number, from: number, to: number): number[] => {
  const rows = layout.reaching(top, from);
  for (let i = from; i < to; i++) rows.push(i);
  return rows;
};

const Difference = ({ store, width }: { store: Store; width: number }): JSX.Element | null => {
  const { firstDifference } = store.loaded;
  if (firstDifference < 0 || store.pairTops === null) return null;
  return (
    <div
      class="difference"
      role="presentation"
      style={px({ top: store.pairTops[firstDifference], width, height: ROW })}
    >
      <span>first difference</span>
    </div>
  );
};

let attached: HTMLElement | null = null;

/** Tells the store what part is to be seen, once per frame at most. */
const attach = (store: Store, element: HTMLElement | null): void => {
  if (element === null || element === attached) return;
  attached = element;
  const look = (): void => {
    store.scrollTop = element.scrollTop;
    store.viewHeight = element.clientHeight;
    store.viewWidth = element.clientWidth;
    store.changed();
  };
  element.addEventListener('scroll', look, { passive: true });
  new ResizeObserver(look).observe(element);
  store.scrollTo = (top) => {
    element.scrollTop = top;
    look();
  };
  element.addEventListener('click', (event) => {
    const row = (event.target as Element).closest<HTMLElement>('[data-record]');
    if (row === null) return;
    element.focus({ preventScroll: true });
    store.select({ run: Number(row.dataset.run), record: Number(row.dataset.record) }, false);
  });
};
