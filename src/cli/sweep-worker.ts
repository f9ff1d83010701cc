import { resultOf, runSeed, type SeedResult } from '../public/sim.ts';
import { type Loaded, loadScenario, type ScenarioOptions } from './scenario-options.ts';

/** Seeds for a worker of a sweep. It loads the driver once, with the first of them. */
export interface SweepTask {
  readonly inputs: readonly string[];
  readonly options: ScenarioOptions;
  readonly seeds: readonly number[];
}

let loading: Promise<Loaded> | null = null;

export default async ({ inputs, options, seeds }: SweepTask): Promise<SeedResult[]> => {
  loading ??= loadScenario(inputs, options);
  const { program, scenario } = await loading;
  const results: SeedResult[] = [];
  for (const seed of seeds) {
    const run = await runSeed(program, scenario, seed);
    results.push(resultOf(run));
    run.outcome.release();
  }
  return results;
};
