import type { JSX } from 'preact';
import { ntStatusName } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import { CallLife } from './call-life.tsx';
import type { Model } from './model.ts';
import { PacketDetails } from './packet-details.tsx';
import { Stack } from './stack.tsx';
import type { Place, Store } from './store.ts';
import { ms, recordWords } from './words.ts';

/** Everything about one event, beside the picture. */
export const Details = ({ store, place }: { store: Store; place: Place }): JSX.Element => {
  const model = store.models[place.run];
  const { kind, time, machine, head } = model.run;
  const { record } = place;
  const call = model.callOf(record);
  const where = kind[record] === RecordKind.Packet ? '' : (head.machines[machine[record]] ?? '');
  return (
    <aside class="details" aria-label="Details">
      <button type="button" class="close" aria-label="Close" onClick={() => store.select(null)}>
        ×
      </button>
      <p class="moment">
        {ms(time[record])} ms{where === '' ? '' : ` · ${where}`}
      </p>
      {kind[record] === RecordKind.Packet ? (
        <PacketDetails store={store} place={place} />
      ) : call !== undefined ? (
        <CallLife store={store} place={place} call={call} />
      ) : (
        <Other model={model} record={record} />
      )}
    </aside>
  );
};

const Other = ({ model, record }: { model: Model; record: number }): JSX.Element => {
  const { kind, a, b, c, d } = model.run;
  const isBugCheck = kind[record] === RecordKind.BugCheck;
  const isFinding = isBugCheck || kind[record] === RecordKind.Finding;
  return (
    <>
      <h2 class={model.groupOf(record) === 'findings' ? 'alarm' : ''}>
        {isBugCheck ? `Bug check 0x${a[record].toString(16).toUpperCase()}` : titleOf(kind[record])}
      </h2>
      <p class="words">{isFinding ? model.name(c[record]) : recordWords(model, record)}</p>
      {isFinding && model.name(b[record]) !== '' && (
        <p>
          Rule {model.name(b[record])}: <code>openwsk explain {model.name(b[record])}</code>
        </p>
      )}
      {kind[record] === RecordKind.Callback && (
        <p>
          socket {b[record]}, returned {ntStatusName(c[record])}, {d[record]} bytes
        </p>
      )}
      {isFinding && <Stack model={model} record={record} />}
    </>
  );
};

const titleOf = (kind: number): string =>
  ({
    [RecordKind.Print]: 'DbgPrint',
    [RecordKind.Thread]: 'Thread',
    [RecordKind.Callback]: 'Event callback',
    [RecordKind.EarlyData]: 'Data in the SYN',
    [RecordKind.TcpState]: 'TCP state',
    [RecordKind.TcpWindow]: 'Congestion window',
    [RecordKind.Problem]: 'Problem',
    [RecordKind.Finding]: 'Finding',
  })[kind] ?? 'Event';
