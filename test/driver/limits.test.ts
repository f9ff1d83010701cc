import { beforeAll, describe, expect, test } from 'vitest';
import { type DriverOutcome, type DriverScenario, RecordKind, runDriver } from '../../src/public/sim.ts';
import { cDriver, compileSources } from '../support/c-driver.ts';

const SOURCE = 'test/driver/guests/greedy.c';

beforeAll(async () => {
  await compileSources([SOURCE]);
}, 120_000);

/** Less fuel than usual, so that what never stops by itself stops soon. */
const run = async (testCase: number, scenario: DriverScenario = {}, fuel = 5_000_000): Promise<DriverOutcome> =>
  runDriver(await cDriver(SOURCE, { stubs: { TestCase: () => testCase }, fuel }), scenario);

const printed = ({ simulation: { trace } }: DriverOutcome): string[] =>
  [...trace!.records()].filter(({ kind }) => kind === RecordKind.Print).map(({ a }) => trace!.nameOf(a).trimEnd());

const REFUSED = 'DriverEntry returned STATUS_INSUFFICIENT_RESOURCES';
const ENDLESS = /0x133 DPC_WATCHDOG_VIOLATION \(R30\): a loop does not end.*\n\s+at \w+ \([^\n]*greedy\.c:\d+\)/;
const WHOLE_RUN = /0x133\/0x1 DPC_WATCHDOG_VIOLATION: limit: the driver has done more than a run may take.*--fuel/;
const PLENTY = 200_000_000;

/** These take ten seconds each: `npm run soak` has them. */
const LONG: [what: string, testCase: number, said: string][] =
  process.env.OWSK_SOAK === undefined
    ? []
    : [
        ['IRPs', 11, '75690 IRPs'],
        ['blocks of pool', 12, '302762 blocks'],
        ['sockets', 40, '32768 sockets'],
      ];

describe('a driver that takes one thing after the other is told that there is no more', () => {
  test.each([
    ['handles to events', 5, '65536 events'],
    ['handles to one key', 6, '65535 keys'],
    ['keys of the registry', 7, '14349 keys'],
    ['small values of the registry', 8, '16093 values'],
    ['large values of the registry', 9, '251 values'],
    ['symbolic links', 10, '1000 links'],
    ['registrations', 24, '1000 registrations'],
    ...LONG,
  ] as [string, number, string][])('%s', { timeout: 60_000 }, async (_what, testCase, said) => {
    const outcome = await run(testCase, {}, PLENTY);
    expect(printed(outcome).at(-1)).toBe(said);
    expect(outcome.problems[0]).toBe(REFUSED);
  });

  test('threads: then it has no memory for their stacks, and what to do is said', async () => {
    const outcome = await run(3, {}, PLENTY);
    expect(printed(outcome)).toEqual(['1000 threads']);
    expect(outcome.problems.join('\n')).toMatch(/the guest memory is full: give the driver more with --guest-memory/);
  });
});

describe('a driver that does not stop is stopped', () => {
  test.each([
    ['prints', 1, ENDLESS],
    ['calls the kernel', 19, ENDLESS],
    ['allocates and frees', 13, ENDLESS],
    ['starts threads that end', 4, WHOLE_RUN],
    ['waits for no time', 16, WHOLE_RUN],
    ['waits for very short times', 17, WHOLE_RUN],
    ['has a DPC that queues itself', 18, WHOLE_RUN],
  ])('%s', { timeout: 60_000 }, async (_what, testCase, said) => {
    expect((await run(testCase)).problems.join('\n')).toMatch(said);
  });

  test('covers its memory with events or locks', { timeout: 60_000 }, async () => {
    for (const testCase of [14, 20])
      expect((await run(testCase, {}, PLENTY)).problems.join('\n')).toMatch(/limit: too many .*--guest-memory/);
  });

  test('has timers that fire all the time: events have a limit, after which nothing is unloaded', async () => {
    const { problems } = await run(21, { eventLimit: 10_000 });
    expect(problems).toEqual(['limit: the run was cut after 10000 events: give it more with --event-limit']);
  });

  test('waits longer than the limit of virtual time', async () => {
    const { simulation, problems } = await run(22, { timeLimit: 1000 });
    expect(problems).toEqual(['OWSK_STALLED: DriverEntry waits for ever']);
    expect(simulation.now()).toBeLessThanOrEqual(1000 * 1e6);
    expect((await run(22)).problems).toEqual([]);
  });
});

test('what it prints is kept up to a limit; a line says so, and the run goes on', async () => {
  const outcome = await run(23, { machine: { outputLimit: 10_000 } });
  const lines = printed(outcome);
  const characters = lines.slice(0, -1).reduce((sum, line) => sum + line.length, 0);
  expect(characters).toBeGreaterThan(5_000);
  expect(characters).toBeLessThanOrEqual(10_000);
  expect(lines.at(-1)).toBe(
    'limit: the driver printed more than 10000 characters: give it more with --output-limit; the rest is dropped',
  );
  expect(outcome.problems).toEqual([]);
  expect(outcome.tidings).toEqual([
    `limit: the driver printed more than 10000 characters: give it more with --output-limit; prints dropped: ${1000 - (lines.length - 1)}`,
  ]);
  const all = await run(23);
  expect([printed(all).length, all.tidings]).toEqual([1000, []]);
});
