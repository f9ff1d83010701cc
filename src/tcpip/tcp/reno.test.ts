import { describe, expect, it } from 'vitest';
import { MILLISECOND, SECOND } from '../../time/index.ts';
import { linuxProfile, windowsProfile } from '../profile.ts';
import { Reno } from './reno.ts';
import { RtoEstimator } from './rto.ts';

const MSS = 1000;
const FULL = 1 << 30;

describe('Reno', () => {
  const start = () => {
    const reno = new Reno();
    reno.start(MSS, 10);
    return reno;
  };

  it('doubles per round trip in slow start and adds a segment per round trip behind it', () => {
    const reno = start();
    for (let i = 0; i < 10; i++) reno.onAck(MSS, FULL);
    expect(reno.window).toBe(20 * MSS);
    reno.onTimeout(20 * MSS, true);
    expect([reno.window, reno.threshold]).toEqual([MSS, 10 * MSS]);
    for (let i = 0; i < 9; i++) reno.onAck(MSS, FULL);
    expect(reno.window).toBe(10 * MSS);
    for (let i = 0; i < 10; i++) reno.onAck(MSS, FULL);
    expect(reno.window).toBe(11 * MSS);
  });

  it('does not grow while it is not what holds the sender back', () => {
    const reno = start();
    for (let i = 0; i < 10; i++) reno.onAck(MSS, 4 * MSS);
    expect(reno.window).toBe(10 * MSS);
  });

  it('takes half of what is in flight as its threshold, once per loss, and gives it back when that was wrong', () => {
    const reno = start();
    reno.onCongestion(8 * MSS);
    expect([reno.window, reno.threshold]).toEqual([10 * MSS, 4 * MSS]);
    reno.undo();
    expect([reno.window, reno.threshold]).toEqual([10 * MSS, FULL]);
    reno.onTimeout(8 * MSS, true);
    reno.onTimeout(MSS, false);
    expect([reno.window, reno.threshold]).toEqual([MSS, 4 * MSS]);
    reno.onCongestion(MSS);
    expect(reno.threshold).toBe(2 * MSS);
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
