import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { Piscina } from 'piscina';
import { packageFile } from '../package/package-files.ts';
import { type SeedResult, SweepSummary } from '../public/sim.ts';
import { integerOption } from './options.ts';
import { progressLine } from './progress.ts';
import { sameArguments } from './same-arguments.ts';
import { loadScenario, type ScenarioOptions, withSweepOptions } from './scenario-options.ts';
import { batchesOf, parseSeeds, parseShard } from './seeds.ts';
import { SWEEP_SCHEMA, showSweep } from './sweep-report.ts';
import type { SweepTask } from './sweep-worker.ts';

interface Options extends ScenarioOptions {
  readonly seeds: string;
  readonly jobs: number;
  readonly shard: string;
  readonly json?: boolean;
}

/** Seeds that a worker gets at once. */
const BATCH = 10;

export const sweepCommand = (): Command =>
  withSweepOptions(
    new Command('sweep').description('run a driver, or a scenario, under many seeds and tell what went wrong in which'),
  )
    .option('--seeds <A..B>', 'the seeds, both included', '1..1000')
    .option('--jobs <N>', 'processes at work', integerOption('--jobs', 1, 1024), availableParallelism())
    .option('--shard <I/N>', 'only the I-th of N parts of the seeds; merge joins what the parts found', '1/1')
    .option('--json', 'print the result as JSON, for merge')
    .addHelpText('after', '\nExample:\n  openwsk sweep driver.c --seeds 1..1000')
    .action(sweep);

const sweep = async (inputs: string[], options: Options): Promise<void> => {
  const seeds = parseSeeds(options.seeds);
  const shard = parseShard(options.shard);
  // Once here, so that errors and the compiler's words come once, and the workers find the driver compiled.
  const { scenario } = await loadScenario(inputs, options);
  const pool = new Piscina<SweepTask, SeedResult[]>({
    filename: packageFile('dist/cli/sweep-worker.js'),
    minThreads: options.jobs,
    maxThreads: options.jobs,
    maxQueue: 'auto',
  });
  const summary = new SweepSummary(scenario);
  const total = Math.ceil((seeds.last - seeds.first + 2 - shard.index) / shard.of);
  const line = progressLine();
  const started = performance.now();
  let done = 0;
  const batches = batchesOf(seeds, shard, BATCH);
  const work = async (): Promise<void> => {
    for (const batch of batches) {
      const results = await pool.run({ inputs, options: { ...options, quiet: true }, seeds: batch });
      for (const result of results) summary.add(result);
      done += results.length;
      line.show(`${done} of ${total} seeds, ${summary.mistakeCount} mistakes`, done, total);
    }
  };
  try {
    await Promise.all(Array.from({ length: options.jobs }, work));
  } finally {
    line.clear();
    await pool.destroy();
  }
  const given = sameArguments(process.argv.slice(3));
  showSweep(
    { kind: 'sweep', schema: SWEEP_SCHEMA, arguments: given, ...summary.report() },
    { json: options.json ?? false, isWhole: shard.of === 1 },
  );
  const seconds = (performance.now() - started) / 1000;
  process.stderr.write(`${seconds.toFixed(1)} s, ${Math.round(done / seconds)} seeds a second\n`);
};
