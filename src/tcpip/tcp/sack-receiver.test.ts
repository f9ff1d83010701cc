import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SackReceiver } from './sack-receiver.ts';

const view = new DataView(new ArrayBuffer(40));

/** The blocks as they would be sent. */
const told = (receiver: SackReceiver, room = 40): [number, number][] => {
  const bytes = receiver.bytes(room);
  if (bytes === 0) return [];
  receiver.write(view, 0, bytes);
  expect([view.getUint16(0), view.getUint8(2), view.getUint8(3)]).toEqual([0x0101, 5, bytes - 2]);
  return Array.from({ length: (bytes - 4) / 8 }, (_, i) => [view.getInt32(4 + 8 * i), view.getInt32(8 + 8 * i)]);
};

describe('what the receiver tells (RFC 2018, section 4)', () => {
  it('is the range that changed last, then those before it, joined where they touch', () => {
    const receiver = new SackReceiver();
    for (const [left, right] of [
      [100, 200],
      [300, 400],
      [500, 600],
    ])
      receiver.add(left, right);
    expect(told(receiver)).toEqual([
      [500, 600],
      [300, 400],
      [100, 200],
    ]);
    receiver.add(200, 300);
    expect(told(receiver)).toEqual([
      [100, 400],
      [500, 600],
    ]);
    receiver.advance(400);
    expect(told(receiver)).toEqual([[500, 600]]);
  });

  it('starts with what came twice, once (RFC 2883)', () => {
    const receiver = new SackReceiver();
    receiver.add(500, 600);
    receiver.duplicate(100, 200);
    expect(told(receiver)).toEqual([
      [100, 200],
      [500, 600],
    ]);
    expect(told(receiver)).toEqual([[500, 600]]);
  });

  it('takes the room that it is given: three blocks beside timestamps, four alone', () => {
    const receiver = new SackReceiver();
    for (let i = 0; i < 20; i++) receiver.add(i * 100, i * 100 + 50);
    expect([40, 28, 12, 11].map((room) => told(receiver, room).length)).toEqual([4, 3, 1, 0]);
  });

  it('never tells what did not come, and always what came last', () => {
    const range = fc.tuple(fc.integer({ min: 0, max: 200 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(fc.integer(), fc.array(range, { minLength: 1, maxLength: 100 }), (base, ranges) => {
        const receiver = new SackReceiver();
        const came = new Set<number>();
        for (const [at, length] of ranges) {
          for (let i = at; i < at + length; i++) came.add(i);
          receiver.add((base + at) | 0, (base + at + length) | 0);
          const blocks = told(receiver).map(([left, right]) => [(left - base) | 0, (right - base) | 0]);
          for (const [left, right] of blocks) for (let i = left; i < right; i++) if (!came.has(i)) return false;
          if (blocks[0][0] > at || blocks[0][1] < at + length) return false;
        }
        return true;
      }),
    );
  });
});
