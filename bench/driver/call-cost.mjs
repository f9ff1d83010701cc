// What a call costs that pends, completes and lets its thread go on: from C with the checks and without, from TypeScript.

import { loadableDriver } from 'openwsk/driver';
import { runDriver } from 'openwsk/sim';
import { typescriptCalls } from './typescript-calls.mjs';

const CALLS = 100_000;

/** Microseconds of processor time so far. */
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

/**
 * @param modules compiled calls.c, by name
 * @param rounds in each of which all take their turn
 * @returns for each of them, and `TypeScript`, the microseconds of processor time that a call took in each round
 */
export const callCosts = async (modules, rounds) => {
  let [start, end] = [0, 0];
  const started = () => void (start = processorTime());
  const ended = () => void (end = processorTime());
  const stubs = { BenchCalls: () => CALLS, BenchStart: started, BenchEnd: ended };
  const drivers = { TypeScript: () => typescriptCalls(CALLS, started, ended) };
  for (const [name, wasm] of Object.entries(modules))
    drivers[name] = () => loadableDriver(wasm, 'calls', { stubs, fuel: 2_000_000_000 });
  const costs = Object.fromEntries(Object.keys(drivers).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, driver] of Object.entries(drivers)) {
      await runDriver(driver(), { trace: false });
      costs[name].push((end - start) / CALLS);
    }
  }
  return costs;
};
