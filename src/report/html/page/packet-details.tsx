import type { JSX } from 'preact';
import { packetFields } from '../../packet-fields.ts';
import type { Place, Store } from './store.ts';
import { ms, packetWords, recordWords } from './words.ts';

/** A packet: its way, its fields, its bytes. */
export const PacketDetails = ({ store, place }: { store: Store; place: Place }): JSX.Element => {
  const model = store.models[place.run];
  const { record } = place;
  const { a, d, packets, head } = model.run;
  const packet = d[record];
  const words = packetWords(model, record);
  const bytes = model.packetBytes(packet);
  const arrival = model.arrival(record);
  const call = model.callOf(record);
  return (
    <>
      <h2>{[words.flags, words.payload].filter(Boolean).join(', ')}</h2>
      <p class="facts">
        {model.name(a[record])} to {model.name(packets.to[packet])}
        {arrival === null ? `, ${words.fate}` : `, arrives at ${ms(arrival)} ms`}
        {arrival !== null && words.fate !== '' && `, ${words.fate}`}
      </p>
      {call !== undefined && (
        <p>
          Caused by{' '}
          <button type="button" class="link" onClick={() => store.select({ run: place.run, record: call.called })}>
            {recordWords(model, call.called)}
          </button>
        </p>
      )}
      {packetFields(bytes, packets.length[packet], {
        sequence: packets.sequenceFrom[packet],
        acknowledgment: packets.acknowledgmentFrom[packet],
      }).map(({ layer, fields }) => (
        <section key={layer}>
          <h3>{layer}</h3>
          <dl class="fields">
            {fields.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      ))}
      <section>
        <h3>Bytes</h3>
        <pre class="bytes">{dump(bytes)}</pre>
      </section>
      {bytes.length < packets.length[packet] && (
        <p class="facts">
          {packets.length[packet] - bytes.length} bytes more are not in this file
          {head.fullBytes ? '' : ' (--full-bytes keeps them)'}.
        </p>
      )}
    </>
  );
};

const BYTES_PER_LINE = 8;

const dump = (bytes: Uint8Array): string => {
  const lines: string[] = [];
  for (let at = 0; at < bytes.length; at += BYTES_PER_LINE) {
    const some = [...bytes.subarray(at, at + BYTES_PER_LINE)];
    const hex = some.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const text = some.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(3 * BYTES_PER_LINE - 1)}  ${text}`);
  }
  return lines.join('\n');
};
