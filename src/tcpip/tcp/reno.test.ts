import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../time/index.ts';
import { linuxProfile, windowsProfile } from '../profile.ts';
import { Reno } from './reno.ts';
import { RtoEstimator } from './rto.ts';

const MSS = 1000;

describe('Reno', () => {
  const start = () => {
    const reno = new Reno();
    reno.start(MSS, 10);
    return reno;
  };

  it('doubles per round trip in slow start and adds a segment per round trip behind it', () => {
    const reno = start();
    for (let i = 0; i < 10; i++) reno.onAck(MSS, 0, 0);
    expect(reno.window).toBe(20 * MSS);
    reno.onTimeout(20 * MSS, 20 * MSS);
    expect(reno.window).toBe(MSS);
    for (let i = 0; i < 9; i++) reno.onAck(MSS, 0, 0);
    expect(reno.window).toBe(10 * MSS);
    for (let i = 0; i < 10; i++) reno.onAck(MSS, 0, 0);
    expect(reno.window).toBe(11 * MSS);
  });

  it('retransmits at the third duplicate, lets one out per further one, and ends at recover', () => {
    const reno = start();
    expect([1, 2, 3, 4].map(() => reno.onDuplicateAck(0, 10 * MSS))).toEqual([false, false, true, false]);
    expect([reno.inRecovery, reno.window]).toEqual([true, 9 * MSS]); // half of 10, three and one
    expect(reno.onAck(2 * MSS, 2 * MSS, 8 * MSS)).toBe(true); // a partial one uncovers the next hole
    expect(reno.onAck(8 * MSS, 10 * MSS, 0)).toBe(false);
    expect([reno.inRecovery, reno.window]).toEqual([false, 2 * MSS]);
  });

  it('lets a segment out for each of the first two duplicates (RFC 3042)', () => {
    const reno = start();
    reno.onDuplicateAck(0, 10 * MSS);
    expect(reno.window).toBe(11 * MSS);
    reno.onDuplicateAck(0, 10 * MSS);
    expect(reno.window).toBe(12 * MSS);
    reno.onAck(MSS, MSS, 9 * MSS);
    expect(reno.window).toBe(11 * MSS);
  });

  it('does not enter recovery twice for one window', () => {
    const reno = start();
    reno.onTimeout(10 * MSS, 10 * MSS);
    expect([1, 2, 3].map(() => reno.onDuplicateAck(5 * MSS, 10 * MSS))).toEqual([false, false, false]);
  });
});

describe('RtoEstimator', () => {
  it('starts at the profile, follows RFC 6298, and keeps its bounds', () => {
    expect(new RtoEstimator(windowsProfile).rto).toBe(3 * SECOND);
    const rto = new RtoEstimator(linuxProfile);
    rto.sample(400 * MILLISECOND);
    expect(rto.rto).toBe(1200 * MILLISECOND); // SRTT + 4 × RTTVAR, RTTVAR = R / 2
    rto.sample(400 * MILLISECOND);
    expect(rto.rto).toBe(1000 * MILLISECOND);
    for (let i = 0; i < 50; i++) rto.sample(MILLISECOND);
    expect(rto.rto).toBe(linuxProfile.minRto);
  });

  it('doubles up to the largest, and forgets that when data gets through', () => {
    const rto = new RtoEstimator(linuxProfile);
    const seen = Array.from({ length: 9 }, () => {
      rto.doubleAfterTimeout();
      return rto.rto / SECOND;
    });
    expect(seen).toEqual([2, 4, 8, 16, 32, 64, 120, 120, 120]);
    rto.forgiveTimeouts();
    expect(rto.rto).toBe(SECOND);
  });

  it('starts data at 3 s when the SYN was lost', () => {
    const rto = new RtoEstimator(linuxProfile);
    rto.doubleAfterTimeout();
    rto.afterSynTimeout();
    expect(rto.rto).toBe(3 * SECOND);
  });
});
