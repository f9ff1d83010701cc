import { beforeAll, describe, expect, test } from 'vitest';
import {
  choiceName,
  divergence,
  type LoadableDriver,
  parsePeer,
  resultOf,
  runSeed,
  type Scenario,
  SweepSummary,
  shrink,
} from '../../src/public/sim.ts';
import { cDriver } from '../support/c-driver.ts';

/** `npm run soak` takes 1,000 of each. */
const SEEDS = Number(process.env.OWSK_SWEEP ?? 25);

const good: Record<string, Scenario> = {
  'fast-open': { peers: [parsePeer('echo')] },
  'echo-server': { peers: [parsePeer('client@7')] },
  'udp-echo': { peers: [parsePeer('udp-client@7')] },
  'udp-ping': { peers: [parsePeer('echo')] },
  'http-client': { peers: [parsePeer('http')] },
  'ioctl-receive': { peers: [parsePeer('echo')] },
};
const drivers = new Map<string, LoadableDriver>();
let broken: LoadableDriver;

beforeAll(async () => {
  for (const name of Object.keys(good)) drivers.set(name, await cDriver(`drivers/${name}/${name}.c`));
  broken = await cDriver('drivers/broken/list-without-lock/list-without-lock.c');
}, 180_000);

const sweep = async (driver: LoadableDriver, scenario: Scenario, seeds: number): Promise<SweepSummary> => {
  const summary = new SweepSummary(scenario);
  for (let seed = 1; seed <= seeds; seed++) {
    const run = await runSeed(driver, scenario, seed);
    summary.add(resultOf(run));
    run.outcome.release();
  }
  return summary;
};

describe('a sweep', () => {
  test.each(Object.keys(good))(
    `finds nothing wrong with %s under ${SEEDS} seeds`,
    { timeout: 60_000 + 100 * SEEDS },
    async (name) => {
      const { mistakes } = (await sweep(drivers.get(name)!, good[name], SEEDS)).report();
      expect(mistakes.map(({ text, firstSeed }) => `${firstSeed}: ${text}`)).toEqual([]);
    },
  );

  test('finds a race that a plain run does not show, by its line', async () => {
    const { mistakes } = (await sweep(broken, { aspects: ['order', 'switch'] }, 60)).report();
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0].key).toMatch(/^bug check R45 .*list-without-lock\.c:24$/);
    const straight = await runSeed(broken, {}, mistakes[0].firstSeed, { only: new Set() });
    expect([straight.wrong, straight.choices.made]).toEqual([[], []]);
  });

  test('makes every place that allocates fail', async () => {
    const { places } = (
      await sweep(drivers.get('echo-server')!, { ...good['echo-server'], aspects: ['memory'] }, 60)
    ).report();
    expect(Object.keys(places).length).toBeGreaterThanOrEqual(5);
    expect(Object.entries(places).filter(([, failed]) => !failed)).toEqual([]);
  });
});

describe('a seed', () => {
  test.each([3, 8, 21])(
    '%i gives the same calls, packets and times again, also by the names of its choices',
    async (seed) => {
      const driver = drivers.get('echo-server')!;
      const once = (only?: ReadonlySet<string>) =>
        runSeed(driver, good['echo-server'], seed, { trace: true, ...(only === undefined ? {} : { only }) });
      const first = await once();
      expect(first.choices.made.length).toBeGreaterThan(0);
      for (const again of [await once(), await once(new Set(first.choices.made.map(choiceName)))]) {
        expect(again.choices.made).toEqual(first.choices.made);
        expect(divergence(first.outcome.simulation.trace!, again.outcome.simulation.trace!)).toBeNull();
      }
    },
  );

  test('finds nothing of another run in the memory that it has left', async () => {
    const driver = await cDriver('test/driver/guests/leftovers.c');
    const found = new Set<string>();
    for (let seed = 1; seed <= 3; seed++) {
      const { outcome } = await runSeed(driver, {}, seed, { only: new Set() });
      for (const text of outcome.prints) found.add(text);
      outcome.release();
    }
    expect(found.size).toBe(1);
  });

  test('shrinks to the few choices that make it go wrong', async () => {
    const scenario: Scenario = { aspects: ['order', 'switch', 'lose', 'late'] };
    let seed = 1;
    let whole = await runSeed(broken, scenario, seed);
    while (whole.wrong.length === 0) whole = await runSeed(broken, scenario, ++seed);
    const [{ key }] = whole.wrong;
    const fails = async (names: readonly string[]): Promise<boolean> =>
      (await runSeed(broken, scenario, seed, { only: new Set(names) })).wrong.some((it) => it.key === key);
    const kept = await shrink(whole.choices.made.map(choiceName), fails);
    expect(kept.length).toBeLessThanOrEqual(2);
    expect(kept.every((name) => /^(order|switch):\d+$/.test(name))).toBe(true);
    expect(await fails(kept)).toBe(true);
  });
});
