import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../time/index.ts';
import { linuxProfile, windowsProfile } from '../profile.ts';
import { makeCongestionControl } from './congestion-choice.ts';
import { cubeRoot } from './cube-root.ts';
import { Cubic } from './cubic.ts';
import { Prr } from './prr.ts';
import { Reno } from './reno.ts';

const MSS = 1000;
const RTT = 100 * MILLISECOND;
const FULL = 1 << 30;

describe('the cube root', () => {
  it('is that of cubes, and of everything between, to the last digits', () => {
    for (const n of [0, 1, 2, 3, 10, 1000]) expect(cubeRoot(n * n * n)).toBeCloseTo(n, 10);
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 1e12, noNaN: true }), (value) => {
        const root = cubeRoot(value);
        return Math.abs(root * root * root - value) <= value * 1e-12;
      }),
    );
  });
});

describe('the profile', () => {
  it('chooses between CUBIC and NewReno', () => {
    expect(makeCongestionControl(windowsProfile)).toBeInstanceOf(Cubic);
    expect(makeCongestionControl(linuxProfile)).toBeInstanceOf(Cubic);
    expect(makeCongestionControl({ ...linuxProfile, congestionControl: 'reno' })).toBeInstanceOf(Reno);
  });
});

describe('CUBIC', () => {
  /** In congestion avoidance behind one loss at `segments`; @returns the windows after each round trip, in segments. */
  const afterLoss = (segments: number, rtt: number, rounds: number): number[] => {
    const cubic = new Cubic();
    cubic.start(MSS, segments);
    cubic.onCongestion(FULL);
    cubic.window = cubic.threshold;
    const seen: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      for (let acked = Math.floor(cubic.window / MSS); acked > 0; acked--) cubic.onAck(MSS, FULL, round * rtt, rtt);
      seen.push(cubic.window / MSS);
    }
    return seen;
  };

  it('falls to seven tenths, is back where it was after K = cbrt(wMax × 0.3 / 0.4), and goes beyond', () => {
    const seen = afterLoss(1000, RTT, 200);
    expect(seen[0]).toBeGreaterThan(700);
    const k = Math.round((cubeRoot((1000 * 0.3) / 0.4) * SECOND) / RTT); // 9.1 s
    expect(Math.abs(seen[k] - 1000)).toBeLessThan(15);
    expect(seen[k + 20] - seen[k]).toBeLessThan(15); // flat where the loss was
    expect(seen[199]).toBeGreaterThan(1300);
  });

  it('is not slower than Reno where round trips are short', () => {
    const seen = afterLoss(20, 10 * MILLISECOND, 100);
    // 0.53 segments per round trip at first (RFC 9438, section 4.3), then one.
    expect(seen[99] - seen[0]).toBeGreaterThan(50);
  });

  it('starts lower when it lost before it was where it had been (fast convergence)', () => {
    const cubic = new Cubic();
    cubic.start(MSS, 100);
    cubic.onCongestion(FULL);
    cubic.window = cubic.threshold; // 70
    cubic.onCongestion(FULL);
    cubic.window = cubic.threshold; // 49, and the plateau lies at 59.5
    let now = 0;
    for (; now < 3 * SECOND; now += RTT) for (let i = 0; i < 50; i++) cubic.onAck(MSS, FULL, now, RTT);
    expect(cubic.window / MSS).toBeGreaterThan(55);
    expect(cubic.window / MSS).toBeLessThan(66);
  });

  it('waits while the application is the limit', () => {
    const cubic = new Cubic();
    cubic.start(MSS, 100);
    cubic.onCongestion(FULL);
    cubic.window = cubic.threshold;
    cubic.onAck(MSS, FULL, 0, RTT);
    for (let now = 0; now < 60 * SECOND; now += RTT) cubic.onAck(MSS, 10 * MSS, now, RTT);
    cubic.onAck(MSS, FULL, 60 * SECOND, RTT);
    expect(cubic.window / MSS).toBeLessThan(72);
  });

  it('takes a reduction back', () => {
    const cubic = new Cubic();
    cubic.start(MSS, 100);
    cubic.onTimeout(FULL, true);
    expect([cubic.window, cubic.threshold]).toEqual([MSS, 70 * MSS]);
    cubic.undo();
    expect([cubic.window, cubic.threshold]).toEqual([100 * MSS, FULL]);
  });

  it('never shrinks by an acknowledgment, and never grows by more than what was acknowledged', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 2000 }),
        fc.array(fc.tuple(fc.integer({ min: 1, max: 4 * MSS }), fc.integer({ min: 0, max: SECOND })), {
          maxLength: 50,
        }),
        (segments, steps) => {
          const cubic = new Cubic();
          cubic.start(MSS, segments);
          cubic.onCongestion(FULL);
          cubic.window = cubic.threshold;
          let now = 0;
          return steps.every(([acked, wait]) => {
            const before = cubic.window;
            now += wait;
            cubic.onAck(acked, FULL, now, RTT);
            return cubic.window >= before && cubic.window <= before + acked + 1;
          });
        },
      ),
    );
  });
});

describe('PRR', () => {
  /** One segment lost out of `flight`: an acknowledgment for each other one. @returns segments sent meanwhile */
  const mendOne = (flight: number, threshold: number): number => {
    const prr = new Prr();
    prr.start(flight * MSS);
    let pipe = (flight - 1) * MSS;
    let sent = 0;
    for (let i = 0; i < flight - 1; i++) {
      pipe -= MSS;
      let window = prr.onAck(MSS, pipe, threshold * MSS, MSS, i === 0 ? MSS : 0);
      for (; window - pipe >= MSS; window = Math.max(window, pipe)) {
        pipe += MSS;
        sent++;
        prr.sent(MSS);
      }
    }
    expect(Math.abs(pipe - threshold * MSS)).toBeLessThanOrEqual(MSS);
    return sent;
  };

  it('brings the window down to the threshold over the round trip (RFC 6937, section 4)', () => {
    expect(mendOne(20, 10)).toBeGreaterThanOrEqual(9);
    expect(mendOne(20, 10)).toBeLessThanOrEqual(11);
    expect(mendOne(20, 14)).toBeGreaterThanOrEqual(13);
  });

  it('lets no more out than arrives and one segment when much was lost (SSRB)', () => {
    const prr = new Prr();
    prr.start(20 * MSS);
    expect(prr.onAck(MSS, 2 * MSS, 10 * MSS, MSS, MSS, true)).toBe(4 * MSS);
  });

  it('lets no more out than arrives when more turned out to be lost', () => {
    const prr = new Prr();
    prr.start(20 * MSS);
    expect(prr.onAck(2 * MSS, 2 * MSS, 10 * MSS, MSS, MSS)).toBe(4 * MSS);
    prr.sent(2 * MSS);
    expect(prr.onAck(MSS, 3 * MSS, 10 * MSS, MSS, 0)).toBe(4 * MSS);
  });
});
