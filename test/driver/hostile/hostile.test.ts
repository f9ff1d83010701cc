import { expect, test } from 'vitest';
import { OpenWskError } from '../../../src/base/index.ts';
import { type Guest, loadDriverImage } from '../../../src/driver/index.ts';
import { MemoryStock } from '../../../src/driver/memory-stock.ts';
import { ThreadExit } from '../../../src/driver/thread-exit.ts';
import { engine } from '../../../src/driver/webassembly.ts';
import { BugCheck, type DRIVER_OBJECT, type KernelRoutine } from '../../../src/kernel/index.ts';
import { leftOpen } from '../../../src/sim/left-open.ts';
import { World } from '../../support/world.ts';
import { hostileModule, targets } from './module.ts';
import { Script } from './script.ts';

/** `npm run fuzz` makes 1,000,000 calls. */
const CALLS = Number(process.env.OWSK_HOSTILE ?? 20_000);
const ONLY = process.env.OWSK_SEED;
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

const play = async (seed: number): Promise<{ readonly script: Script; readonly bad: string[] }> => {
  const script = new Script(seed);
  const stubs = {
    Next: (guest: Guest) => script.next(guest),
    Word: () => script.word(),
    Result: (_guest: unknown, value: number) => script.result(value),
  };
  const image = { module, memories: new MemoryStock(1 << 20), stubs };
  const world = new World();
  const machine = world.machine(leftOpen(seed));
  const { kernel, wsk } = machine;
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\hostile' };
  const bad: string[] = [];
  try {
    const { entry, leftBehind } = loadDriverImage(image, kernel, wsk);
    machine
      .run(function* main() {
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
  return { script, bad };
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
  const called = new Set<string>();
  let [calls, callbacks] = [0, 0];
  for (let seed = ONLY === undefined ? 1 : Number(ONLY); calls < CALLS && bad.length < 20; seed++) {
    const run = await play(seed);
    calls += run.script.made + 1;
    callbacks += run.script.callbacks;
    for (const name of run.script.called.keys()) called.add(name);
    bad.push(...run.bad.map((text) => `seed ${seed}: ${text}`));
    if (ONLY !== undefined) break;
  }
  expect(bad).toEqual([]);
  if (ONLY !== undefined) return;
  expect(targets.filter((name) => !called.has(name))).toEqual([]);
  // Calls that routines make which the driver was called back with: completion routines, DPCs, threads, WSK's callbacks.
  expect(callbacks).toBeGreaterThan(calls / 50);
});
