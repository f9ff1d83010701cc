import type { JSX } from 'preact';
import type { ConnectStory } from '../../connects.ts';
import type { Layout } from './layout.ts';
import type { Places } from './places.ts';
import { px } from './px.ts';
import type { Store } from './store.ts';
import { MOST_TRIPS, roundTrips } from './stories.tsx';

interface TripsProps {
  readonly store: Store;
  readonly places: Places;
  readonly layout: Layout;
  readonly top: number;
  readonly bottom: number;
}

/** Beside the time: each round trip between a connect and its first byte, as a bracket that says what it was for. */
export const Trips = ({ store, places, layout, top, bottom }: TripsProps): JSX.Element | null => {
  if (places.tripsWidth === 0 || store.models.length > 1) return null;
  const brackets: JSX.Element[] = [];
  let [free, number] = [0, 0];
  for (const story of store.models[0].run.head.connects) {
    number++;
    if (story.called < free || story.firstByte === null) continue;
    free = story.firstByte;
    const [begin, end] = [callTop(store, layout, story), layout.yOf(story.firstByte)];
    if (end < top || begin > bottom) continue;
    for (const trip of tripsOf(story)) {
      const y = trip.number === 1 ? begin : layout.yOf(trip.from);
      const height = layout.yOf(trip.to) - y;
      if (height < 12) continue;
      brackets.push(
        <div
          key={`${story.request}/${trip.from}`}
          class={`trip${trip.carriesData ? ' data' : ''}`}
          style={px({ top: y, height, left: places.tripsLeft, width: places.tripsWidth - 16 })}
        >
          <span>
            connect {number}
            <br />
            <b>round trip {trip.number}</b>
            <br />
            {trip.what}
          </span>
        </div>,
      );
    }
  }
  return <div role="presentation">{brackets}</div>;
};

const callTop = (store: Store, layout: Layout, { request, called }: ConnectStory): number => {
  const call = store.models[0].calls.get(request);
  const row = call === undefined ? -1 : layout.rowOf(call.called);
  return row < 0 ? layout.yOf(called) : layout.tops[row] + 2;
};

interface Trip {
  readonly number: number;
  readonly from: number;
  readonly to: number;
  readonly what: string;
  readonly carriesData: boolean;
}

const tripsOf = (story: ConnectStory): Trip[] => {
  const count = roundTrips(story);
  if (count === null || count > MOST_TRIPS) return [];
  const inSyn = story.bytesInSyn > 0 && story.taken !== false;
  const trips: Trip[] = [];
  for (let number = 1; number - 1 < count - 0.01; number++) {
    const from = story.called + (number - 1) * story.roundTrip!;
    const to = Math.min(from + story.roundTrip!, story.firstByte!);
    const isLast = number >= count - 0.01;
    const what = number === 1 ? (inSyn ? 'handshake and data' : 'handshake only') : isLast ? 'data' : 'waiting';
    trips.push({ number, from, to, what, carriesData: isLast });
  }
  return trips;
};
