import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../time/index.ts';
import { Cubic } from './cubic.ts';
import { HyStart, hystartStep } from './hystart.ts';
import { Reno } from './reno.ts';

const MSS = 1000;
const FULL = 1 << 30;
const SEGMENTS = 10;

/** A sender with ten segments in flight, each acknowledged by itself; its numbers wrap on the way. */
class Sender {
  readonly hystart = new HyStart();
  private una = 0x7fff_f000;

  /** One round. @param rtts in ms, the last for all further segments  @returns slow start is over */
  round(...rtts: number[]): boolean {
    const end = (this.una + SEGMENTS * MSS) | 0;
    let isOver = false;
    for (let i = 0; i < SEGMENTS; i++) {
      this.una = (this.una + MSS) | 0;
      isOver = this.hystart.onAck(this.una, end, rtts[Math.min(i, rtts.length - 1)] * MILLISECOND);
    }
    return isOver;
  }
  /** Whether it is in CSS after each of these rounds. */
  after(...rounds: number[]): boolean[] {
    return rounds.map((rtt) => {
      this.round(rtt);
      return this.hystart.isConservative;
    });
  }
}

describe('HyStart++', () => {
  it('is conservative when a round takes clearly longer than the one before: an eighth, from 4 to 16 ms', () => {
    for (const [last, least] of [
      [10, 14],
      [80, 90],
      [400, 416],
    ]) {
      expect(new Sender().after(last, least - 0.01)).toEqual([false, false]);
      expect(new Sender().after(last, least)).toEqual([false, true]);
    }
  });

  it('compares with the round before, not with the first', () => {
    expect(new Sender().after(80, 89, 99, 110)).toEqual([false, false, false, false]);
  });

  it('needs eight samples, and looks at the shortest', () => {
    const sender = new Sender();
    sender.round(40);
    sender.round(50, 50, 50, 50, 50, 50, 50, -1); // seven are known
    expect(sender.hystart.isConservative).toBe(false);
    sender.round(40);
    sender.round(40, 90);
    expect(sender.hystart.isConservative).toBe(false);
    sender.round(50, 50, 50, 50, 50, 50, 50, 50, -1);
    expect(sender.hystart.isConservative).toBe(true);
  });

  it('goes back when the delay falls below what it was when CSS began', () => {
    const sender = new Sender();
    expect(sender.after(40, 50, 50, 49)).toEqual([false, true, true, false]);
    // All that was counted before does not count: five more rounds from the next time on.
    sender.round(60);
    expect([60, 60, 60].map((rtt) => sender.round(rtt))).toEqual([false, false, false]);
    expect(sender.round(60)).toBe(true);
  });

  it('ends slow start after five rounds, that in which CSS began among them', () => {
    const sender = new Sender();
    expect([40, 50, 50, 51, 50].map((rtt) => sender.round(rtt))).toEqual([false, false, false, false, false]);
    expect(sender.round(50)).toBe(true);
  });

  it('counts up to eight segments of an acknowledgment, and a quarter of that in CSS', () => {
    expect([MSS, 9 * MSS].map((acked) => hystartStep(acked, MSS, false))).toEqual([MSS, 8 * MSS]);
    expect([MSS, 9 * MSS].map((acked) => hystartStep(acked, MSS, true))).toEqual([MSS / 4, 2 * MSS]);
  });
});

describe.each([
  ['Reno', Reno],
  ['CUBIC', Cubic],
])('%s with HyStart++', (_name, Control) => {
  const RTT = 100 * MILLISECOND;
  const start = () => {
    const control = new Control(2, true);
    control.start(MSS, 10);
    return control;
  };
  /** Rounds of ten segments, from SND.UNA 0 on. */
  const rounds = (control: Reno | Cubic, ...rtts: number[]): void => {
    rtts.forEach((rtt, round) => {
      for (let i = 1; i <= SEGMENTS; i++) {
        control.onAck(MSS, FULL, round * RTT, RTT);
        if (!control.watchesDelay) return;
        control.onRoundTrip(rtt * MILLISECOND, (round * SEGMENTS + i) * MSS, (round + 1) * SEGMENTS * MSS);
      }
    });
  };

  it('goes on in congestion avoidance from where CSS has led, without a loss', () => {
    const control = start();
    rounds(control, 40, 50, 50, 50, 50, 50);
    const { threshold, window } = control;
    // Twenty segments, two more in the round that CSS began in, behind its eighth sample, and ten in four others.
    expect(threshold).toBe((10 + 10 + 8 + 2 / 4 + 40 / 4) * MSS);
    expect([window, control.watchesDelay]).toEqual([threshold, false]);
    for (let i = 0; i < 400; i++) control.onAck(MSS, FULL, SECOND + i * 5 * MILLISECOND, RTT); // ten round trips
    expect(control.window - window).toBeGreaterThan(8 * MSS);
    expect(control.window - window).toBeLessThan(15 * MSS);
  });

  it('has none of it behind a loss, and L is what RFC 3465 says; a loss taken back brings it back', () => {
    const control = start();
    control.onTimeout(FULL, true);
    expect(control.watchesDelay).toBe(false);
    control.onAck(8 * MSS, FULL, 0, RTT);
    expect(control.window).toBe(3 * MSS);
    control.undo();
    expect(control.watchesDelay).toBe(true);
    control.onAck(8 * MSS, FULL, 0, RTT);
    expect(control.window).toBe(18 * MSS);
  });
});
