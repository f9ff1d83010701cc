import { expect, test } from 'vitest';
import { OpenWskError, Random } from '../../../src/base/index.ts';
import { loadDriverImage } from '../../../src/driver/index.ts';
import { ThreadExit } from '../../../src/driver/thread-exit.ts';
import { engine } from '../../../src/driver/webassembly.ts';
import { BugCheck, type DRIVER_OBJECT, type KernelRoutine } from '../../../src/kernel/index.ts';
import { leftOpen } from '../../../src/sim/left-open.ts';
import { World } from '../../support/world.ts';
import { hostileModule, targets } from './module.ts';

/** `npm run fuzz` makes 1,000,000 calls. */
const CALLS = Number(process.env.OWSK_HOSTILE ?? 20_000);
const ONLY = process.env.OWSK_SEED;
/** Calls of one run: most end sooner, in a bug check. */
const CALLS_A_RUN = 40;

const WIDE = {
  parameters: { ExAllocatePool2: [0], ExSetTimer: [1, 2] },
  results: [
    'KeQueryInterruptTime',
    'KeQueryUnbiasedInterruptTime',
    'KeQueryInterruptTimePrecise',
    'KeQueryUnbiasedInterruptTimePrecise',
  ],
};

const module = new engine.Module(hostileModule(WIDE));

/** Numbers that mean something to somebody: flags, sizes, statuses, places of memory, functions. */
const INTERESTING = [
  0, 1, 2, 3, 4, 6, 7, 16, 17, 0x40, 0x103, 0x200, 0xffff, 0x10000, 0x10010, 0x18000, 0x1fff8, 0x20000,
];

/** What one run's module is told, by seed. */
class Script {
  made = 0;
  private readonly random: Random;
  private readonly results: number[] = [];

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  next(): number {
    if (this.made >= CALLS_A_RUN || this.random.chance(0.02)) return -1;
    this.made++;
    return this.random.below(targets.length);
  }

  word(): number {
    const { random, results } = this;
    const dice = random.below(10);
    if (dice < 4 && results.length > 0) return results[random.below(results.length)] | 0;
    if (dice < 6) return INTERESTING[random.below(INTERESTING.length)];
    return dice < 9 ? 0x10000 + 8 * random.below(0x2000) : random.below(0x1_0000_0000) | 0;
  }

  result(value: number): void {
    if (value !== 0) this.results.push(value);
  }
}

const play = async (seed: number): Promise<{ readonly calls: number; readonly bad: string[] }> => {
  const script = new Script(seed);
  const stubs = {
    Next: () => script.next(),
    Word: () => script.word(),
    Result: (_guest: unknown, value: number) => script.result(value),
  };
  const image = { module, guestMemory: 1 << 20, stubs };
  const world = new World();
  const machine = world.machine(leftOpen(seed));
  const { kernel, wsk } = machine;
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\hostile' };
  const bad: string[] = [];
  try {
    const { entry, leftBehind } = loadDriverImage(image, kernel, wsk);
    machine
      .run(function* () {
        yield* entry(object, '', machine.nt) as KernelRoutine<number>;
      })
      .catch((error: unknown) => void (isExpected(error) || bad.push(told(error))));
    for (let events = 0; events < MOST_EVENTS && world.executor.step(); events++);
    if (kernel.crash === null) leftBehind();
  } catch (error) {
    bad.push(told(error));
  }
  // An exception of the host's own becomes the bug check for one that nobody handles.
  if (kernel.crash?.cause !== undefined && !isExpected(kernel.crash.cause)) bad.push(told(kernel.crash.cause));
  await null;
  return { calls: script.made, bad };
};

/** Timers that go on for ever end there. */
const MOST_EVENTS = 2000;

const told = (error: unknown): string => String(error instanceof Error ? error.stack : error);

/** A bug check, an error of ours, or a trap or stack overflow of the module. */
const isExpected = (error: unknown): boolean =>
  error instanceof BugCheck ||
  error instanceof OpenWskError ||
  error instanceof ThreadExit ||
  (error instanceof Error && (error.name === 'RuntimeError' || /call stack/.test(error.message)));

test(`a module that calls ${targets.length} kernel functions with any numbers ends in a bug check or goes on: ${CALLS} calls`, {
  timeout: 600_000 + CALLS,
}, async () => {
  const bad: string[] = [];
  let calls = 0;
  for (let seed = ONLY === undefined ? 1 : Number(ONLY); calls < CALLS && bad.length < 20; seed++) {
    const run = await play(seed);
    calls += run.calls + 1;
    bad.push(...run.bad.map((text) => `seed ${seed}: ${text}`));
    if (ONLY !== undefined) break;
  }
  expect(bad).toEqual([]);
});
