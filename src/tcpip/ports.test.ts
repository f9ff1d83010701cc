import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { PortTable, WILDCARD_V4 } from './ports.ts';

const table = (first = 100, last = 109, seed = 1) => new PortTable(first, last, new Random(seed));

describe('PortTable', () => {
  it('hands out every ephemeral port once, starting at a random one, the same for the same seed', () => {
    const take = (seed: number) => {
      const ports = table(100, 109, seed);
      return Array.from({ length: 11 }, () => ports.bindEphemeral(2)?.port ?? 0);
    };
    const first = take(1);
    expect([...first].sort()).toEqual([0, 100, 101, 102, 103, 104, 105, 106, 107, 108, 109].sort());
    expect(first[10]).toBe(0);
    expect(take(1)).toEqual(first);
    expect([0x12345678, 0x7654321f].map(take).some((other) => other[0] !== first[0])).toBe(true);
  });

  it('starts at a random place for every port when it is to scatter them, and still finds the last that is free', () => {
    const ports = new PortTable(100, 199, new Random(1), true);
    const taken = Array.from({ length: 100 }, () => ports.bindEphemeral(2)!.port);
    expect(new Set(taken).size).toBe(100);
    expect(taken.filter((port, i) => i > 0 && port === taken[i - 1] + 1).length).toBeLessThan(20);
    expect(ports.bindEphemeral(2)).toBeNull();
  });

  it('keeps a port until its last holder lets go', () => {
    const ports = table();
    const lease = ports.bind(2, 80, false, false)!;
    ports.retain(lease);
    ports.release(lease);
    expect(ports.bind(2, 80, false, false)).toBe(null);
    ports.release(lease);
    expect(ports.size).toBe(0);
    expect(ports.bind(2, 80, false, false)).not.toBe(null);
  });

  it('lets one port serve different addresses, and a wildcard beside them unless one is exclusive', () => {
    const ports = table();
    expect(ports.bind(2, 80, false, false)).not.toBe(null);
    expect(ports.bind(3, 80, false, false)).not.toBe(null);
    expect(ports.bind(WILDCARD_V4, 80, false, true)).toBe(null);
    expect(ports.bind(WILDCARD_V4, 80, false, false)).not.toBe(null);
    expect(ports.bind(WILDCARD_V4, 80, false, false)).toBe(null);
    expect(ports.bind(2, 81, false, true)).not.toBe(null);
    expect(ports.bind(WILDCARD_V4, 81, false, false)).toBe(null);
  });

  it('keeps ephemeral ports clear of listeners', () => {
    const ports = table(100, 101);
    ports.bind(WILDCARD_V4, 100, false, false);
    expect([ports.bindEphemeral(2)?.port, ports.bindEphemeral(2)]).toEqual([101, null]);
  });
});
