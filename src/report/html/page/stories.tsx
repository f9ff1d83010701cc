import type { JSX } from 'preact';
import { NT_SUCCESS, ntStatusName, STATUS_PENDING } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import type { ConnectStory } from '../../connects.ts';
import type { Model } from './model.ts';
import type { Store } from './store.ts';
import { recordWords, shortMs } from './words.ts';

const MOST_CARDS = 4;
/** More round trips than that are no measure any more. */
export const MOST_TRIPS = 6;

/** What went wrong, first of all. */
export const Findings = ({ store }: { store: Store }): JSX.Element | null => {
  const found = store.models.flatMap((model, run) => model.findings.map((record) => ({ model, run, record })));
  if (found.length === 0) return null;
  return (
    <section class="findings" aria-label="Findings">
      {found.map(({ model, run, record }) => (
        <button type="button" class="finding" key={`${run}/${record}`} onClick={() => store.select({ run, record })}>
          <b>{findingName(model, record)}</b>
          <span>{recordWords(model, record).replace(/^(BUG CHECK|advice|error) /, '')}</span>
          <span class="when">{shortMs(model.run.time[record])}</span>
        </button>
      ))}
    </section>
  );
};

const findingName = ({ run }: Model, record: number): string => {
  if (run.kind[record] === RecordKind.BugCheck) return 'Bug check';
  if (run.kind[record] === RecordKind.Problem) return 'Problem';
  return run.a[record] === 1 ? 'Advice' : 'Error';
};

/** Each connect in a few words: how many round trips passed before the first byte came, and why. */
export const Stories = ({ store }: { store: Store }): JSX.Element | null => {
  const all = store.models.flatMap((model, run) =>
    model.run.head.connects.filter(({ syn }) => syn >= 0).map((story, i) => ({ model, run, story, number: i + 1 })),
  );
  if (all.length === 0) return null;
  return (
    <section class="stories" aria-label="Connects">
      {all.slice(0, MOST_CARDS).map(({ model, run, story, number }) => (
        <Card key={`${run}/${story.request}`} store={store} model={model} run={run} story={story} number={number} />
      ))}
      {all.length > MOST_CARDS && (
        <p class="more">and {(all.length - MOST_CARDS).toLocaleString('en')} connects more</p>
      )}
    </section>
  );
};

interface CardProps {
  readonly store: Store;
  readonly model: Model;
  readonly run: number;
  readonly story: ConnectStory;
  readonly number: number;
}

const Card = ({ store, model, run, story, number }: CardProps): JSX.Element => {
  const trips = roundTrips(story);
  const server = story.connection.split(' - ')[1] ?? '';
  const which = store.models.length > 1 ? `${run === 0 ? 'A' : 'B'}, ` : '';
  const call = model.calls.get(story.request);
  const tone = story.bytesInSyn > 0 && story.taken !== false ? ' saved' : '';
  return (
    <button
      type="button"
      class={`story${tone}`}
      onClick={() => call !== undefined && store.select({ run, record: call.called })}
    >
      <span class="head">
        {which}
        {number}. {story.call} to {server}
      </span>
      <span class="measure">
        {story.firstByte === null ? (
          <b>{story.completed === null ? 'still pending' : ntStatusName(story.status)}</b>
        ) : (
          <>
            <b>{trips === null || trips > MOST_TRIPS ? shortMs(story.firstByte - story.called) : tripsWords(trips)}</b>
            {trips !== null && trips <= MOST_TRIPS && ` (${shortMs(story.firstByte - story.called)})`} until the first
            byte came back
          </>
        )}
      </span>
      <span class="why">{why(story)}</span>
    </button>
  );
};

/** From the call to the first byte, in round trips; null where that cannot be said. */
export const roundTrips = ({ called, firstByte, roundTrip }: ConnectStory): number | null =>
  firstByte === null || roundTrip === null || roundTrip === 0 ? null : (firstByte - called) / roundTrip;

export const tripsWords = (trips: number): string => {
  const rounded = Number(trips.toFixed(2));
  return `${rounded} round trip${rounded === 1 ? '' : 's'}`;
};

/** How long it took until the SYN left that was answered, when it was not the first; 0 otherwise. */
const wait = ({ asked, called, roundTrip }: ConnectStory): number =>
  asked === null || roundTrip === null || asked - called < roundTrip ? 0 : asked - called;

const why = (story: ConnectStory): string => {
  const waited = wait(story);
  const reason = reasonOf(story);
  return waited === 0
    ? reason
    : `Its SYN had to be sent again: ${shortMs(waited)} passed before the one that was answered. ${reason}`;
};

const reasonOf = ({ bytesInSyn, cookie, taken, status }: ConnectStory): string => {
  if (status !== STATUS_PENDING && !NT_SUCCESS(status)) return 'The connection did not come about.';
  if (bytesInSyn > 0 && taken === false)
    return `${bytesInSyn} bytes rode in the SYN, but the peer did not take them: they were sent again.`;
  if (bytesInSyn > 0) return `Its ${bytesInSyn} bytes rode in the SYN (Fast Open, cookie known): one round trip saved.`;
  if (cookie === 'asked') return 'No Fast Open cookie yet: the SYN asks for one, and the data wait for the handshake.';
  if (cookie === 'sent') return 'The SYN shows a Fast Open cookie, but carries no data.';
  return 'Without Fast Open: the data wait for the handshake.';
};
