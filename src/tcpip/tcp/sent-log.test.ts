import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND } from '../../time/index.ts';
import { Rack } from './rack.ts';
import { LOST, RESENT, SACKED, SentLog } from './sent-log.ts';

const MSS = 1000;
const MS = MILLISECOND;

/** `count` segments from `from` on, one per millisecond. */
const filled = (count: number, from = 0): SentLog => {
  const log = new SentLog();
  for (let i = 0; i < count; i++) log.push((from + i * MSS) | 0, (from + (i + 1) * MSS) | 0, i * MS);
  return log;
};
const lost = (log: SentLog): number[] =>
  Array.from({ length: log.count }, (_, i) => i).filter((i) => (log.flagsOf(i) & LOST) !== 0);

describe('the log of what is in flight', () => {
  it('counts what left the network: RFC 6675’s pipe is the rest', () => {
    const log = filled(10);
    log.beginAck(0);
    log.sack(3 * MSS, 5 * MSS);
    log.sack(7 * MSS + 1, 9 * MSS); // half a segment does not count
    expect([log.sackedBytes, log.delivered, log.away]).toEqual([3 * MSS, 3 * MSS, 3 * MSS]);
    log.markLost(0);
    log.markLost(0);
    expect(log.away).toBe(4 * MSS);
    log.resent(0, 50 * MS);
    expect([log.away, log.flagsOf(0)]).toEqual([3 * MSS, RESENT]);
    log.acknowledge(4 * MSS + 500);
    expect([log.sackedBytes, log.count, log.startOf(0)]).toEqual([1500, 6, 4 * MSS + 500]);
  });

  it('finds what is to be sent next: the lowest that is lost (RFC 6675, NextSeg 1)', () => {
    const log = filled(200);
    for (const i of [150, 20, 90]) log.markLost(i);
    const order: number[] = [];
    for (let i = log.nextLost(); i >= 0; i = log.nextLost()) {
      order.push(i);
      log.resent(i, 0);
      if (i === 90) log.markLost(20);
    }
    expect(order).toEqual([20, 90, 20, 150]);
  });

  it('forgets what a peer had and dropped (RFC 2018, section 8)', () => {
    const log = filled(4);
    log.sack(2 * MSS, 3 * MSS);
    log.forgetRenegedSacks();
    expect(log.sackedBytes).toBe(MSS); // nothing wrong so far
    log.acknowledge(2 * MSS);
    log.forgetRenegedSacks();
    expect([log.sackedBytes, log.count]).toEqual([0, 2]);
  });

  it('splits a record, and crosses the wrap of sequence numbers', () => {
    const log = filled(3, -1500);
    log.markLost(1);
    log.split(1, 0);
    expect([0, 1, 2, 3].map((i) => [log.startOf(i), log.endOf(i)])).toEqual([
      [-1500, -500],
      [-500, 0],
      [0, 500],
      [500, 1500],
    ]);
    expect([log.lostBytes, lost(log)]).toEqual([MSS, [1, 2]]);
  });

  it('agrees with a plain list, whatever is acknowledged, sacked, lost and sent again', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push'), n: fc.integer({ min: 1, max: 3000 }) }),
      fc.record({ kind: fc.constant('ack'), n: fc.integer({ min: 0, max: 5000 }) }),
      fc.record({ kind: fc.constant('sack'), n: fc.integer({ min: 0, max: 20_000 }) }),
      fc.record({ kind: fc.constant('lose'), n: fc.integer({ min: 0, max: 50 }) }),
      fc.record({ kind: fc.constant('resend'), n: fc.constant(0) }),
      fc.record({ kind: fc.constant('timeout'), n: fc.constant(0) }),
    );
    fc.assert(
      fc.property(fc.integer(), fc.array(step, { maxLength: 200 }), (start, steps) => {
        const log = new SentLog();
        let una = start;
        let nxt = start;
        let plain: { from: number; to: number; flags: number }[] = [];
        for (const { kind, n } of steps) {
          if (kind === 'push') {
            log.push(nxt, (nxt + n) | 0, 0);
            plain.push({ from: nxt, to: (nxt + n) | 0, flags: 0 });
            nxt = (nxt + n) | 0;
          } else if (kind === 'ack') {
            una = (una + Math.min(n, (nxt - una) | 0)) | 0;
            log.acknowledge(una);
            plain = plain.filter(({ to }) => ((to - una) | 0) > 0);
            for (const one of plain) if (((one.from - una) | 0) < 0) one.from = una;
          } else if (kind === 'sack') {
            const [left, right] = [(una + n) | 0, (una + n + 4000) | 0];
            log.sack(left, right);
            for (const one of plain) {
              if (((one.from - left) | 0) >= 0 && ((right - one.to) | 0) >= 0 && !(one.flags & SACKED))
                one.flags = (one.flags & RESENT) | SACKED;
            }
          } else if (kind === 'lose') {
            if (n < plain.length) {
              log.markLost(n);
              if ((plain[n].flags & SACKED) === 0) plain[n].flags |= LOST;
            }
          } else if (kind === 'timeout') {
            log.markAllLost();
            for (const one of plain) if ((one.flags & SACKED) === 0) one.flags |= LOST;
          } else {
            const i = log.nextLost();
            expect(i).toBe(plain.findIndex(({ flags }) => (flags & LOST) !== 0));
            if (i >= 0) {
              log.resent(i, 0);
              plain[i].flags = RESENT;
            }
          }
          const bytes = (flag: number) =>
            plain.reduce((sum, { from, to, flags }) => sum + (flags & flag ? (to - from) | 0 : 0), 0);
          expect([log.count, log.sackedBytes, log.lostBytes]).toEqual([plain.length, bytes(SACKED), bytes(LOST)]);
          plain.forEach(({ from, to, flags }, i) => {
            expect([log.startOf(i), log.endOf(i), log.flagsOf(i)]).toEqual([from, to, flags]);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('RACK', () => {
  const RTT = 40 * MS;
  const detect = (rack: Rack, log: SentLog, now: number, inRecovery = false): number => {
    rack.onDelivered(log, now);
    return rack.detect(log, now, RTT, RTT, MSS, inRecovery);
  };

  it('waits a quarter of a round trip for one that is late', () => {
    const [rack, log] = [new Rack(), filled(5)];
    log.beginAck(0);
    log.sack(MSS, 2 * MSS);
    expect(detect(rack, log, 41 * MS)).toBe(9 * MS); // sent at 0; 40 ms of round trip and 10 more
    expect(lost(log)).toEqual([]);
    expect(rack.detect(log, 50 * MS, RTT, RTT, MSS, false)).toBe(0);
    expect(lost(log)).toEqual([0]);
  });

  it('does not wait once three have overtaken it (RFC 6675, IsLost), unless it has seen reordering', () => {
    const [rack, log] = [new Rack(), filled(6)];
    log.beginAck(0);
    log.sack(MSS, 4 * MSS);
    detect(rack, log, 43 * MS);
    expect(lost(log)).toEqual([0]);

    const [wary, other] = [new Rack(), filled(12)];
    other.beginAck(0);
    other.sack(2 * MSS, 3 * MSS);
    other.acknowledge(MSS);
    detect(wary, other, 42 * MS);
    expect(other.reordered).toBe(true);
    other.beginAck(0);
    other.sack(2 * MSS, 6 * MSS);
    expect(detect(wary, other, 45 * MS)).toBeGreaterThan(0);
    expect(lost(other)).toEqual([]);
  });

  it('finds a retransmission that was lost again', () => {
    const [rack, log] = [new Rack(), filled(6)];
    log.beginAck(0);
    log.sack(MSS, 4 * MSS);
    detect(rack, log, 43 * MS);
    log.resent(0, 44 * MS);
    log.push(6 * MSS, 7 * MSS, 45 * MS);
    log.beginAck(50 * MS);
    log.sack(6 * MSS, 7 * MSS);
    detect(rack, log, 85 * MS, true);
    expect(lost(log)).toContain(0);
  });

  it('does not trust an answer that came too soon to be to the retransmission', () => {
    const [rack, log] = [new Rack(), filled(4)];
    log.markLost(0);
    log.resent(0, 40 * MS);
    log.beginAck(45 * MS - RTT);
    log.acknowledge(MSS);
    expect([log.deliveredResent, log.newestAt]).toEqual([true, -1]);
    detect(rack, log, 45 * MS, true);
    expect(lost(log)).toEqual([]);
  });

  it('waits longer when duplicates say that it was too hasty, and forgets that after 16 recoveries', () => {
    const windowOf = (rack: Rack): number => {
      const log = filled(3);
      log.beginAck(0);
      log.sack(MSS, 2 * MSS);
      return detect(rack, log, 41 * MS);
    };
    const rack = new Rack();
    expect(windowOf(rack)).toBe(9 * MS);
    rack.onDsack(0, 10 * MSS);
    rack.onDsack(5 * MSS, 12 * MSS); // the same round trip
    expect(windowOf(rack)).toBe(19 * MS);
    for (let i = 0; i < 16; i++) rack.onRecoveryEnd();
    expect(windowOf(rack)).toBe(9 * MS);
  });
});
