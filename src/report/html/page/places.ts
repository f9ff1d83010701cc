import { MOST_SLOTS, type Model } from './model.ts';
import type { Store } from './store.ts';

/** Where the columns of one run stand, pixels from the left of its picture. */
export interface Places {
  /** The vertical line of each column. */
  readonly lines: readonly number[];
  /** The lane of each column: where its texts are, and on which side of the line. */
  readonly lanes: readonly { readonly left: number; readonly width: number; readonly side: 'left' | 'right' }[];
  readonly timeWidth: number;
  /** Where the round trips are told; 0 for nowhere. */
  readonly tripsLeft: number;
  readonly tripsWidth: number;
  readonly width: number;
}

export const SLOT = 9;
export const SLOTS_WIDTH = MOST_SLOTS * SLOT + 10;
const TIME = 92;
const TRIPS = 140;
const LANE = 400;
const WIDE_LANE = 520;
const PAIRED_LANE = 490;
const NARROW = 150;
const EMPTY = 60;
const LEAST_GAP = 430;
const PAIRED_GAP = 330;
const MOST_GAP = 820;

export const placesOf = (store: Store, model: Model, available: number): Places => {
  const { columns } = model;
  const showsTcp = store.groups.has('tcp') || store.groups.has('window');
  const lane = available >= 1250 || columns.length === 1 ? WIDE_LANE : store.models.length > 1 ? PAIRED_LANE : LANE;
  const widths = columns.map(({ hasCalls }) => (hasCalls ? lane : showsTcp ? NARROW * 1.7 : EMPTY));
  const tripsWidth = store.models.length === 1 && hasTrips(model) ? TRIPS : 0;
  const fixed = TIME + tripsWidth + widths.reduce((sum, width) => sum + width, 0);
  const gaps = Math.max(columns.length - 1, 0);
  const share = gaps === 0 ? 0 : (available - fixed) / gaps;
  const gap = Math.min(Math.max(share, store.models.length > 1 ? PAIRED_GAP : LEAST_GAP), MOST_GAP);
  const lines: number[] = [];
  const lanes: Places['lanes'][number][] = [];
  let x = TIME + tripsWidth;
  columns.forEach((_, i) => {
    // The first machine's lane lies left of its line, all others' right of theirs.
    if (i === 0) {
      lanes.push({ left: x, width: widths[0], side: 'left' });
      x += widths[0];
      lines.push(x);
    } else {
      x += gap;
      lines.push(x);
      lanes.push({ left: x, width: widths[i], side: 'right' });
      if (i < columns.length - 1) x += widths[i];
    }
  });
  const last = columns.length > 1 ? widths[columns.length - 1] : 20;
  return { lines, lanes, timeWidth: TIME, tripsLeft: TIME, tripsWidth, width: x + last };
};

/** Connects whose round trips can be told, as long as they do not stand in each other's way. */
export const hasTrips = (model: Model): boolean =>
  model.run.head.connects.some(({ roundTrip, firstByte }) => roundTrip !== null && firstByte !== null);
