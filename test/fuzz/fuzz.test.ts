import { afterAll, expect, test } from 'vitest';
import { FuzzWorld } from './fuzz-world.ts';

/**
 * Forged packets in connections that are up: OWSK_FUZZ packets (60,000 unless given), over several seeds, OWSK_SEED
 * for one alone. The same seed throws the same packets.
 */
const TOTAL = Number(process.env.OWSK_FUZZ ?? 60_000);
const ONLY = process.env.OWSK_SEED;
const SEEDS =
  ONLY === undefined
    ? Array.from({ length: Math.max(6, Math.round(TOTAL / 500_000)) }, (_, i) => i + 1)
    : [Number(ONLY)];

const figures = { packets: 0, completed: 0, killed: 0, mostPackets: 0, mostConnections: 0, mostPending: 0 };
afterAll(() => {
  if (process.env.OWSK_FUZZ !== undefined) console.log(JSON.stringify(figures));
});

test.each(SEEDS)(
  'seed %i: nothing throws, nothing grows, what must not matter does not',
  (seed) => {
    const world = new FuzzWorld(seed);
    world.run(Math.ceil(TOTAL / SEEDS.length));
    expect(world.finish()).toEqual({ heap: 0, packets: 0, ports: 0, connections: 0, timeWaits: 0, paths: 0 });
    figures.packets += world.injected;
    figures.completed += world.completed;
    figures.killed += world.killed;
    figures.mostPackets = Math.max(figures.mostPackets, world.mostPackets);
    figures.mostConnections = Math.max(figures.mostConnections, world.mostConnections);
    figures.mostPending = Math.max(figures.mostPending, world.mostPending);
    expect(world.completed).toBeGreaterThan(0);
    expect(world.killed).toBeGreaterThan(0);
    expect(world.mostConnections).toBeLessThan(2000);
    const { sent, arrived, forged } = world.post;
    expect(arrived).toBeGreaterThan(sent * 0.8);
    expect(forged).toBeGreaterThan(0);
  },
  600_000,
);
