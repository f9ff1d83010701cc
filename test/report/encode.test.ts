import { array, assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ColumnReader, ColumnWriter, packColumns, unpackColumns } from '../../src/report/html/columns.ts';
import { decodeRun, type EncodeOptions, encodeRun } from '../../src/report/html/index.ts';
import { packetHead } from '../../src/report/index.ts';
import { type Recorder, RecordKind } from '../../src/trace/index.ts';
import { badDriver, everyKind, machines, traceOf } from './runs.ts';

describe('columns', () => {
  test('numbers come back as they were', () => {
    const numbers = array(integer({ min: -(2 ** 51), max: 2 ** 51 }));
    assert(
      property(numbers, (values) => {
        const writer = new ColumnWriter();
        for (const value of values) {
          writer.signed(value);
          writer.unsigned(Math.abs(value));
        }
        const reader = new ColumnReader(writer.take());
        for (const value of values) expect([reader.signed() + 0, reader.unsigned()]).toEqual([value, Math.abs(value)]);
      }),
    );
  });

  test('columns come back by their names', () => {
    const packed = unpackColumns<{ x: string }>(
      packColumns({ x: 'ö' }, { a: Uint8Array.of(1, 2), b: Uint8Array.of(3) }),
    );
    expect([packed.head, packed.column('a'), packed.column('b'), packed.column('c')]).toEqual([
      { x: 'ö' },
      Uint8Array.of(1, 2),
      Uint8Array.of(3),
      new Uint8Array(0),
    ]);
  });
});

describe('what a report holds is what the trace holds', () => {
  const decoded = (trace: Recorder, options: Partial<EncodeOptions> = {}) =>
    decodeRun(encodeRun(trace, { title: 'x', machines, ...options }))!;
  const named: Record<number, readonly string[]> = { [RecordKind.Complete]: [], [RecordKind.EarlyData]: [] };

  test.each([
    ['a record of every kind', async () => everyKind()],
    ['the sample', () => traceOf()],
    ['a run with losses', () => traceOf({ loss: 0.3, seed: 3, vary: true })],
    ['a bug check', () => traceOf({}, badDriver)],
  ])('%s', async (_what, make) => {
    const trace = await make();
    const run = decoded(trace);
    expect(run.head.count).toBe(trace.length);
    const name = (id: number): string => run.head.names[id];
    let i = 0;
    for (const { time, kind, machine, a, b, c, d } of trace.records()) {
      expect([run.time[i], run.kind[i], run.machine[i]]).toEqual([time, kind, machine]);
      if (kind === RecordKind.Packet) {
        const packet = run.d[i];
        const { packets } = run;
        const bytes = trace.packet(d);
        const header = packetHead(bytes)?.payload ?? Math.min(40, bytes.length);
        const kept = packets.bytes.subarray(packets.start[packet], packets.start[packet] + packets.kept[packet]);
        expect([...kept]).toEqual([...bytes.subarray(0, header + 64)]);
        expect([packets.length[packet], name(packets.to[packet])]).toEqual([
          bytes.length,
          trace.nameOf(trace.destination(d)),
        ]);
        expect(packets.delay[packet]).toBe((trace.arrival(d) ?? time - 1) - time);
        expect([name(run.a[i]), name(run.b[i]), run.c[i]]).toEqual([trace.nameOf(a), trace.nameOf(b), c]);
      } else if (named[kind] !== undefined) expect([run.a[i], run.b[i], run.c[i], run.d[i]]).toEqual([a, b, c, d]);
      else if (kind === RecordKind.BugCheck || kind === RecordKind.Finding)
        expect([run.a[i], name(run.b[i]), name(run.c[i])]).toEqual([a, trace.nameOf(b), trace.nameOf(c)]);
      else expect([name(run.a[i]), run.c[i], run.d[i]]).toEqual([trace.nameOf(a), c, d]);
      i++;
    }
  });

  test('whole payloads are there when asked for', async () => {
    const trace = await traceOf();
    const { packets, kind, d } = decoded(trace, { fullBytes: true });
    expect([...packets.kept]).toEqual([...packets.length]);
    const longest = Math.max(...packets.length);
    const at = [...packets.length].indexOf(longest);
    const record = [...kind].findIndex((one, i) => one === RecordKind.Packet && d[i] === at);
    const bytes = trace.packet([...trace.records()][record].d);
    expect([...packets.bytes.subarray(packets.start[at], packets.start[at] + longest)]).toEqual([...bytes]);
    expect(longest).toBe(164);
  });

  test('each connect has its story: two round trips without a cookie, one with', async () => {
    const { connects } = decoded(await traceOf()).head;
    const told = connects.map(({ cookie, bytesInSyn, taken, called, firstByte, roundTrip }) => [
      ...[cookie, bytesInSyn, taken, roundTrip! / 1e6, (firstByte! - called) / 1e6],
    ]);
    expect(told).toEqual([
      ['asked', 0, null, 40, 80],
      ['sent', 100, true, 40, 40],
    ]);
  });

  test('a packet that left before is marked, whatever became of it', async () => {
    const trace = await traceOf({ loss: 0.2, seed: 7, vary: true });
    const { packets, kind, d, b, head } = decoded(trace);
    const marks = [...kind].flatMap((one, i) =>
      one === RecordKind.Packet ? [`${head.names[b[i]]} ${packets.marks[d[i]]}`] : [],
    );
    expect(marks.filter((mark) => mark.startsWith('lost')).every((mark) => /1$|3$/.test(mark))).toBe(true);
    expect(marks.slice(0, 2)).toEqual(['lost on the link 1', 'sent 2']);
  });

  test('data of another version are refused', () => {
    const bytes = encodeRun(everyKind(), { title: 'x', machines });
    const text = new TextDecoder('latin1').decode(bytes).replace('"version":1', '"version":9');
    expect(decodeRun(Uint8Array.from(text, (letter) => letter.charCodeAt(0)))).toBeNull();
  });
});
