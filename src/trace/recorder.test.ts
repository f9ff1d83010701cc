import { expect, test } from 'vitest';
import { RecordKind } from './record.ts';
import { Recorder } from './recorder.ts';

const CHUNK = 4096;

const recorder = (limit?: number) => {
  const clock = { time: 0, now: () => clock.time };
  return { clock, recorder: new Recorder(clock, limit) };
};

const fill = (into: Recorder, from: number, to: number): void => {
  for (let i = from; i < to; i++) into.record(RecordKind.Print, 0, i, 0, 0, 0);
};

test('a record keeps its time and all its fields, signed', () => {
  const { clock, recorder: trace } = recorder();
  clock.time = 123_456_789_012;
  trace.record(RecordKind.Return, 2, 7, -1, 3, 0xc0000120 | 0);
  expect([...trace.records()]).toEqual([
    { time: 123_456_789_012, kind: RecordKind.Return, machine: 2, a: 7, b: -1, c: 3, d: 0xc0000120 | 0 },
  ]);
});

test('a new recorder holds nothing', () => {
  const { recorder: trace } = recorder();
  expect([trace.length, trace.dropped, [...trace.records()]]).toEqual([0, 0, []]);
});

test.each([1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK])('%d records come back in their order', (count) => {
  const { recorder: trace } = recorder();
  fill(trace, 0, count);
  expect(trace.length).toBe(count);
  expect([...trace.records()].map(({ a }) => a)).toEqual(Array.from({ length: count }, (_, i) => i));
});

test('at its limit the oldest records make room, and are counted', () => {
  const { recorder: trace } = recorder(2 * CHUNK);
  fill(trace, 0, 2 * CHUNK);
  expect([trace.length, trace.dropped]).toEqual([2 * CHUNK, 0]);
  fill(trace, 2 * CHUNK, 2 * CHUNK + 5);
  expect([trace.length, trace.dropped]).toEqual([CHUNK + 5, CHUNK]);
  const kept = [...trace.records()].map(({ a }) => a);
  expect([kept[0], kept.at(-1), kept.length]).toEqual([CHUNK, 2 * CHUNK + 4, CHUNK + 5]);
});

test.each([1, 0, CHUNK])('a limit of %d keeps one chunk', (limit) => {
  const { recorder: trace } = recorder(limit);
  fill(trace, 0, CHUNK + 1);
  expect([trace.length, trace.dropped]).toEqual([1, CHUNK]);
});

test('the bytes of packets have a limit of their own: the oldest packets make room, with what was recorded beside them', () => {
  const trace = new Recorder({ now: () => 0 }, undefined, 8 * 1024 * 1024);
  const bytes = new Uint8Array(1500);
  for (let i = 0; i < 5 * CHUNK; i++) {
    bytes[0] = i >> 12;
    trace.recordPacket(0, 0, i, bytes, 0, bytes.length, i);
  }
  const kept = [...trace.records()];
  expect(trace.dropped).toBeGreaterThanOrEqual(3 * CHUNK);
  expect(trace.dropped + kept.length).toBe(5 * CHUNK);
  for (const { c, d } of kept) {
    expect([trace.packet(d).length, trace.packet(d)[0], trace.arrival(d)]).toEqual([1500, c >> 12, c]);
  }
});

test('a text has one number, however often it is asked for', () => {
  const { recorder: trace } = recorder();
  const ids = ['WskSend', '', 'WskSend', 'WskReceive', ''].map((name) => trace.intern(name));
  expect(ids).toEqual([0, 1, 0, 2, 1]);
  expect(ids.map((id) => trace.nameOf(id))).toEqual(['WskSend', '', 'WskSend', 'WskReceive', '']);
});

test('a number that stands for no text is shown as one', () => {
  expect(recorder().recorder.nameOf(5)).toBe('#5');
});
