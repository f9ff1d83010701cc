import type { JSX } from 'preact';
import { NT_SUCCESS, ntStatusName } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import type { Call, Model } from './model.ts';
import { Stack } from './stack.tsx';
import type { Place, Store } from './store.ts';
import { irqlName, ms, recordWords, shortMs } from './words.ts';

/** More of a call's packets than that are not listed. */
const MOST_PACKETS = 12;

/** One IRP from the call to its completion, and what it waited for. */
export const CallLife = ({ store, place, call }: { store: Store; place: Place; call: Call }): JSX.Element => {
  const model = store.models[place.run];
  const { time, b, d, a } = model.run;
  const { called, returned, completed } = call;
  const go = (record: number) => () => store.select({ run: place.run, record });
  const packets = packetsOf(model, call);
  const cause = completed < 0 ? -1 : arrivalBefore(model, call);
  return (
    <>
      <h2>{call.name}</h2>
      <p class="facts">
        IRP of request {call.request}
        {call.socket > 0 && `, socket ${call.socket}`}
        {call.connection >= 0 && `, ${model.run.head.connections[call.connection]}`}
      </p>
      <ol class="life-steps">
        <Step when={ms(time[called])} go={go(called)}>
          called at {irqlName(d[called])}
        </Step>
        {returned >= 0 && (
          <Step when={ms(time[returned])} go={go(called)}>
            returned <code>{ntStatusName(d[returned])}</code>
            {model.hasPended(call) ? ': the IRP is pending' : ''}
          </Step>
        )}
        {completed >= 0 ? (
          <Step when={ms(time[completed])} go={go(completed)}>
            completed <code class={NT_SUCCESS(a[completed]) ? '' : 'bad'}>{ntStatusName(a[completed])}</code>,
            Information {b[completed]}, at {irqlName(d[completed])}
          </Step>
        ) : (
          <Step when="" go={go(called)}>
            <b class="bad">never completed</b>
          </Step>
        )}
      </ol>
      {completed >= 0 && time[completed] > time[called] && (
        <p>
          Pending for <b>{shortMs(time[completed] - time[called])}</b>
          {cause >= 0 && (
            <>
              ; it completed when this arrived:{' '}
              <button type="button" class="link" onClick={go(cause)}>
                {recordWords(model, cause)}
              </button>
            </>
          )}
        </p>
      )}
      {packets.length > 0 && <h3>Packets that it caused</h3>}
      <ul class="packets">
        {packets.slice(0, MOST_PACKETS).map((record) => (
          <li key={record}>
            <button type="button" class="link" onClick={go(record)}>
              {ms(time[record])} {recordWords(model, record)}
            </button>
          </li>
        ))}
      </ul>
      {packets.length > MOST_PACKETS && <p>and {packets.length - MOST_PACKETS} more</p>}
      <Stack model={model} record={called} />
    </>
  );
};

const Step = ({ when, go, children }: { when: string; go: () => void; children: unknown }): JSX.Element => (
  <li>
    <button type="button" class="link when" onClick={go}>
      {when}
    </button>
    <span>{children as JSX.Element}</span>
  </li>
);

const packetsOf = ({ run }: Model, call: Call): number[] => {
  const found: number[] = [];
  for (let i = call.called; i < run.head.count; i++) {
    if (run.kind[i] === RecordKind.Packet && run.c[i] === call.request) found.push(i);
  }
  return found;
};

/** The packet for which a call waited: it arrived on the call's connection at the moment of completion; -1 for none. */
const arrivalBefore = (model: Model, call: Call): number => {
  const { run } = model;
  // What the handshake waits for is known, whatever came with it.
  const story = run.head.connects.find(({ request }) => request === call.request);
  if (story !== undefined && story.synAck >= 0) return model.packetRecord[story.synAck];
  const name = run.head.machines[call.machine];
  const at = run.time[call.completed];
  if (at === run.time[call.called]) return -1;
  for (let i = call.completed - 1; i >= 0; i--) {
    if (run.kind[i] !== RecordKind.Packet || model.arrival(i) !== at) continue;
    const isHere = model.name(run.packets.to[run.d[i]]) === name;
    if (isHere && (call.connection < 0 || run.packets.connection[run.d[i]] === call.connection)) return i;
  }
  return -1;
};
