import type { JSX } from 'preact';
import type { Group, Model } from './model.ts';
import type { Store } from './store.ts';
import { allGroups } from './store.ts';
import { shortMs } from './words.ts';

const groupNames: Readonly<Record<Group, string>> = {
  calls: 'Calls',
  packets: 'Packets',
  prints: 'DbgPrint',
  callbacks: 'Callbacks',
  tcp: 'TCP states',
  window: 'Congestion window',
  threads: 'Threads',
  findings: 'Findings',
};

export const Toolbar = ({ store }: { store: Store }): JSX.Element => {
  const { head } = store.models[0].run;
  const other = store.models[1]?.run.head;
  return (
    <header class="toolbar">
      <div class="title">
        <h1>{other === undefined ? head.title : `A: ${head.title}, B: ${other.title}`}</h1>
        <p class="facts" title={factsOf(store)}>
          {factsOf(store)}
        </p>
      </div>
      <div class="controls">
        <SearchBox store={store} />
        <Chooser
          label="Machine"
          value={store.column}
          all="all machines"
          options={store.models[0].columns.map(({ name }) => name)}
          onChange={(column) => store.setFilter({ column })}
        />
        <Chooser
          label="Connection"
          value={store.connection}
          all="all connections"
          options={head.connections}
          onChange={(connection) => store.setFilter({ connection })}
        />
        {store.loaded.pairs === null && <TimeButtons store={store} />}
        <button type="button" onClick={() => setTheme(store)} title="light or dark">
          {store.theme === 'dark' ? 'Light' : 'Dark'}
        </button>
        <button type="button" onClick={() => openHelp(store)} aria-label="Help" title="keys and what is what (?)">
          ?
        </button>
      </div>
      <fieldset class="chips">
        <legend class="unseen">What is shown</legend>
        {allGroups.map((group) => (
          <label key={group} class={`chip${store.groups.has(group) ? ' on' : ''}`}>
            <input type="checkbox" checked={store.groups.has(group)} onChange={() => store.toggle(group)} />
            {groupNames[group]}
          </label>
        ))}
      </fieldset>
    </header>
  );
};

const factsOf = (store: Store): string =>
  store.models.map((model, run) => `${store.models.length > 1 ? `${'AB'[run]}: ` : ''}${factsOfRun(model)}`).join('; ');

const factsOfRun = ({ run: { head, time } }: Model): string => {
  const facts = [`${head.count.toLocaleString('en')} events`];
  if (head.count > 0) facts.push(shortMs(time[head.count - 1]));
  if (head.seed !== null) facts.push(`seed ${head.seed}`);
  if (head.dropped > 0) facts.push(`the first ${head.dropped.toLocaleString('en')} events are gone`);
  if (head.command !== null) facts.push(head.command);
  return facts.join(' · ');
};

const setTheme = (store: Store): void => {
  store.theme = store.theme === 'dark' ? 'light' : 'dark';
  store.changed();
};

const openHelp = (store: Store): void => {
  store.helpIsOpen = true;
  store.changed();
};

const SearchBox = ({ store }: { store: Store }): JSX.Element => {
  const count = store.found.length.toLocaleString('en');
  return (
    <span class="search">
      <input
        id="search"
        type="search"
        placeholder="Search (/)"
        aria-label="Search"
        onInput={(event) => store.search(event.currentTarget.value)}
      />
      {store.query !== '' && (
        <span class="count" role="status">
          {store.searching ? `${count}…` : `${count} found`}
        </span>
      )}
    </span>
  );
};

interface ChooserProps {
  readonly label: string;
  readonly value: number;
  readonly all: string;
  readonly options: readonly string[];
  readonly onChange: (value: number) => void;
}

/** More options than that would make the page slow; the rest is found by search. */
const MOST_OPTIONS = 1000;

const Chooser = ({ label, value, all, options, onChange }: ChooserProps): JSX.Element => (
  <select aria-label={label} value={String(value)} onChange={(event) => onChange(Number(event.currentTarget.value))}>
    <option value="-1">{all}</option>
    {options.slice(0, MOST_OPTIONS).map((name, i) => (
      <option key={name} value={String(i)}>
        {name === '' ? 'no connection' : name}
      </option>
    ))}
  </select>
);

const TimeButtons = ({ store }: { store: Store }): JSX.Element => (
  <fieldset class="together" aria-label="Time">
    <button type="button" aria-pressed={!store.scaled} onClick={() => store.setFilter({ scaled: false })}>
      Compressed
    </button>
    <button type="button" aria-pressed={store.scaled} onClick={() => store.setFilter({ scaled: true })}>
      To scale
    </button>
    {store.scaled && (
      <>
        <button type="button" aria-label="Shorter" onClick={() => store.setFilter({ zoom: store.zoom / 2 })}>
          −
        </button>
        <button type="button" aria-label="Longer" onClick={() => store.setFilter({ zoom: store.zoom * 2 })}>
          +
        </button>
      </>
    )}
  </fieldset>
);
