import type { JSX } from 'preact';
import { ntStatusName } from '../../../base/index.ts';
import { RecordKind } from '../../../trace/index.ts';
import { MARK_AGAIN, MARK_DROPPED } from '../../packet-facts.ts';
import { isRelated } from './arrows.tsx';
import { slotX } from './bars.tsx';
import { ROW } from './layout.ts';
import type { Call, Model } from './model.ts';
import { type Places, SLOTS_WIDTH } from './places.ts';
import { px } from './px.ts';
import type { Store } from './store.ts';
import { callWords, irqlName, ms, outcomeWords, packetWords, recordWords } from './words.ts';

interface RowProps {
  readonly store: Store;
  readonly places: Places;
  readonly run: number;
  readonly row: number;
}

/** One event, on its own line. */
export const Row = ({ store, places, run, row }: RowProps): JSX.Element => {
  const layout = store.layouts[run];
  const model = store.models[run];
  const record = layout.rows[row];
  const { time, kind } = model.run;
  const isNew = row === 0 || time[layout.rows[row - 1]] !== time[record];
  const isSelected = store.selected?.run === run && model.shownBy[store.selected.record] === record;
  const differs = store.onlyHere[run].has(record);
  const names = `row${differs ? ' differs' : ''}${isSelected ? ' selected' : ''}${isNew ? ' new' : ''}${isRelated(store, run, record) ? ' related' : ''}`;
  return (
    <div
      class={names}
      id={`event-${run}-${record}`}
      role="option"
      aria-selected={isSelected}
      aria-posinset={row + 1}
      aria-setsize={layout.rows.length}
      aria-label={`${ms(time[record])} milliseconds, ${recordWords(model, record)}`}
      tabIndex={-1}
      data-record={record}
      data-run={run}
      style={px({ top: layout.tops[row], width: places.width, height: ROW })}
    >
      <span class="time" style={px({ width: places.timeWidth - 14 })}>
        {isNew ? ms(time[record]) : ''}
      </span>
      {kind[record] === RecordKind.Packet ? (
        <PacketLabel store={store} places={places} run={run} record={record} />
      ) : (
        <LaneText model={model} places={places} record={record} />
      )}
    </div>
  );
};

interface PacketLabelProps extends Omit<RowProps, 'row'> {
  readonly record: number;
}

const PacketLabel = ({ store, places, run, record }: PacketLabelProps): JSX.Element => {
  const model = store.models[run];
  const words = packetWords(model, record);
  const [from, to] = model.columnsOf(record);
  const [x, other] = [places.lines[from] ?? places.timeWidth, places.lines[to] ?? places.timeWidth];
  const goesRight = other >= x;
  const room = Math.max(Math.abs(other - x) - 40, 260);
  const style = goesRight ? { left: x + 14, maxWidth: room } : { right: places.width - x + 14, maxWidth: room };
  const marks = `${words.marks & MARK_DROPPED ? ' lost' : ''}${words.marks & MARK_AGAIN ? ' again' : ''}`;
  return (
    <span class={`packet ${words.tone}${marks}`} style={px(style)}>
      <b>{words.flags}</b>
      {words.payload !== '' && <b class="payload">{words.payload}</b>}
      {words.fastOpen !== '' && <span class="fast-open">{words.fastOpen}</span>}
      {words.fate !== '' && <span class="fate">{words.fate}</span>}
      <span class="numbers">{words.numbers}</span>
      {words.options !== '' && <span class="options">{words.options}</span>}
    </span>
  );
};

const LaneText = ({ model, places, record }: { model: Model; places: Places; record: number }): JSX.Element => {
  const { machine } = model.run;
  const found = model.columns.findIndex((column) => column.machine === machine[record]);
  const column = Math.max(found, 0);
  const { left, width, side } = places.lanes[column];
  const call = model.callOf(record);
  const clear = SLOTS_WIDTH;
  const style =
    side === 'left'
      ? { left, width: width - clear, justifyContent: 'flex-end' }
      : { left: left + clear, width: Math.max(width - clear, 200) };
  return (
    <>
      <span class="lane" style={px(style)}>
        {laneContent(model, record, call)}
      </span>
      {call !== undefined && call.slot >= 0 && <Knob places={places} column={column} call={call} record={record} />}
    </>
  );
};

/** Where a bar begins or ends. */
const Knob = ({
  places,
  column,
  call,
  record,
}: {
  places: Places;
  column: number;
  call: Call;
  record: number;
}): JSX.Element => {
  const x = slotX(places, column, call.slot);
  const right = places.lanes[column].side === 'left';
  const text = right ? places.lanes[column].left + places.lanes[column].width - SLOTS_WIDTH : x;
  return (
    <>
      <span class={`knob${record === call.called ? '' : ' end'}`} style={px({ left: x - 4 })} />
      {right && <span class="leader" style={px({ left: text + 4, width: Math.max(x - text - 10, 0) })} />}
    </>
  );
};

const laneContent = (model: Model, record: number, call: Call | undefined): JSX.Element => {
  const { kind, a, b, c, d } = model.run;
  switch (kind[record]) {
    case RecordKind.Call:
      return (
        <>
          <b class="call">{model.name(a[record])}</b>
          {call !== undefined && <Status text={callWords(model, call)} />}
        </>
      );
    case RecordKind.Return:
      return (
        <>
          <b class="call">{model.name(a[record])}</b> returns <Status text={ntStatusName(d[record])} />
        </>
      );
    case RecordKind.Complete:
      return (
        <>
          <b class="call">{call?.name ?? '?'}</b>
          <span class="does">completes</span> <Status text={outcomeWords(a[record], b[record])} />
          {d[record] > 0 && <span class="irql">{irqlName(d[record]).replace('_LEVEL', '')}</span>}
        </>
      );
    case RecordKind.Callback:
      return (
        <>
          <b class="call callback">{model.name(a[record])}</b> <Status text={ntStatusName(c[record])} />
        </>
      );
    case RecordKind.Print:
      return <span class="print">{model.name(a[record]).trimEnd()}</span>;
    case RecordKind.BugCheck:
    case RecordKind.Problem:
    case RecordKind.Finding:
      return <b class="alarm">{recordWords(model, record)}</b>;
    case RecordKind.TcpState:
      return (
        <>
          <b class="state">{model.name(b[record])}</b>
          <span class="quiet">{model.name(a[record]).replace('>', ' to ')}</span>
        </>
      );
    default:
      return <span class="quiet">{recordWords(model, record)}</span>;
  }
};

const Status = ({ text }: { text: string }): JSX.Element => {
  const tone = /0x|STATUS_(?!SUCCESS|PENDING)/.test(text) ? ' bad' : text === 'STATUS_PENDING' ? ' pending' : '';
  return <span class={`status${tone}`}>{text}</span>;
};
