import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventHandle, EventQueue } from './event-queue.ts';

const collector = () => {
  const fired: number[] = [];
  return { fired, target: { onEvent: (_kind: number, arg: number): void => void fired.push(arg) } };
};

const drain = (queue: EventQueue): void => {
  while (queue.size > 0) queue.fireNext();
};

/** The queue as one would write it without thinking of speed: an array that is sorted whenever somebody looks. */
class Model {
  events: { id: number; time: number; order: number }[] = [];
  order = 0;

  schedule(id: number, time: number): void {
    this.events.push({ id, time, order: this.order++ });
  }

  cancel(id: number): boolean {
    const before = this.events.length;
    this.events = this.events.filter((event) => event.id !== id);
    return this.events.length < before;
  }

  reschedule(id: number, time: number): boolean {
    const was = this.cancel(id);
    if (was) this.schedule(id, time);
    return was;
  }

  fireNext(): number {
    this.events.sort((a, b) => a.time - b.time || a.order - b.order);
    return this.events.shift()!.id;
  }

  get nextTime(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.events.map((event) => event.time));
  }
}

type Step = { do: 'schedule' | 'cancel' | 'reschedule' | 'fire'; which: number; time: number };
// Few different times, so that many are equal; handles are taken from all ever given, the stale ones included.
const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom('schedule', 'schedule', 'cancel', 'reschedule', 'fire'),
  which: fc.nat(),
  time: fc.integer({ min: 0, max: 5 }),
});

describe('an EventQueue', () => {
  test('does what a sorted array does, for any order of calls', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
        const queue = new EventQueue();
        const model = new Model();
        const { fired, target } = collector();
        const handles: EventHandle[] = [];
        for (const { do: what, which, time } of steps) {
          if (what === 'schedule') {
            model.schedule(handles.length, time);
            handles.push(queue.schedule(time, target, 0, handles.length));
          } else if (what === 'fire') {
            if (queue.size === 0) continue;
            queue.fireNext();
            expect(fired.at(-1)).toBe(model.fireNext());
          } else if (handles.length > 0) {
            const id = which % handles.length;
            const was = what === 'cancel' ? queue.cancel(handles[id]) : queue.reschedule(handles[id], time);
            expect(was).toBe(what === 'cancel' ? model.cancel(id) : model.reschedule(id, time));
          }
          expect(queue.size).toBe(model.events.length);
          expect(queue.nextTime).toBe(model.nextTime);
        }
      }),
    );
  });

  test('fires events of one time in the order in which they were scheduled', () => {
    const queue = new EventQueue();
    const { fired, target } = collector();
    for (let i = 0; i < 200; i++) queue.schedule(7, target, 0, i);
    drain(queue);
    expect(fired).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  test('puts a moved event behind those of the same time, also when it is moved to its own time', () => {
    const queue = new EventQueue();
    const { fired, target } = collector();
    const first = queue.schedule(7, target, 0, 1);
    queue.schedule(7, target, 0, 2);
    expect(queue.reschedule(first, 7)).toBe(true);
    drain(queue);
    expect(fired).toEqual([2, 1]);
  });

  test('hands the target the kind and argument it asked for, negative ones too', () => {
    const queue = new EventQueue();
    const seen: number[][] = [];
    queue.schedule(0, { onEvent: (kind, arg) => void seen.push([kind, arg]) }, 3, -5);
    drain(queue);
    expect(seen).toEqual([[3, -5]]);
  });

  test('has forgotten an event before it runs: its handle is stale and its place free', () => {
    const queue = new EventQueue();
    let handle: EventHandle = 0;
    const seen: unknown[] = [];
    handle = queue.schedule(
      1,
      { onEvent: () => void seen.push(queue.size, queue.cancel(handle), queue.reschedule(handle, 9)) },
      0,
      0,
    );
    queue.fireNext();
    expect(seen).toEqual([0, false, false]);
  });

  test('never takes a stale handle for the event that got its place', () => {
    const queue = new EventQueue();
    const { fired, target } = collector();
    const stale = queue.schedule(1, target, 0, 1);
    queue.cancel(stale);
    const fresh = queue.schedule(1, target, 0, 2);
    expect(fresh).not.toBe(stale);
    expect(queue.cancel(stale)).toBe(false);
    expect(queue.reschedule(stale, 5)).toBe(false);
    drain(queue);
    expect(fired).toEqual([2]);
  });

  test.each([0, -1, 12_345, Number.NaN])('knows no handle %d', (handle) => {
    const queue = new EventQueue();
    queue.schedule(1, collector().target, 0, 0);
    expect(queue.cancel(handle)).toBe(false);
    expect(queue.reschedule(handle, 1)).toBe(false);
    expect(queue.size).toBe(1);
  });

  test('never gives 0 as a handle', () => {
    const queue = new EventQueue();
    for (let i = 0; i < 200; i++) expect(queue.schedule(i, collector().target, 0, i)).not.toBe(0);
  });

  test('has no next time while it is empty', () => {
    const queue = new EventQueue();
    expect([queue.size, queue.nextTime]).toEqual([0, Number.POSITIVE_INFINITY]);
  });

  test('goes on after an event that throws', () => {
    const queue = new EventQueue();
    const { fired, target } = collector();
    queue.schedule(1, { onEvent: () => raise('one') }, 0, 0);
    queue.schedule(2, target, 0, 2);
    expect(() => queue.fireNext()).toThrow('one');
    drain(queue);
    expect(fired).toEqual([2]);
  });
});

const raise = (message: string): never => {
  throw new TypeError(message);
};
