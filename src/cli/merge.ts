import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { SweepSummary } from '../public/sim.ts';
import { UsageError } from './failure.ts';
import { type StoredSweep, SWEEP_SCHEMA, showSweep } from './sweep-report.ts';

export const mergeCommand = (): Command =>
  new Command('merge')
    .description('join what the parts of a sweep have found')
    .argument('<FILE.json...>', 'what sweep --json printed, a file for each part')
    .option('--json', 'print the whole as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  openwsk sweep driver.c --shard 1/2 --json > 1.json   # on one machine' +
        '\n  openwsk sweep driver.c --shard 2/2 --json > 2.json   # on another\n  openwsk merge 1.json 2.json',
    )
    .action((files: string[], { json = false }: { json?: boolean }) => {
      const sweeps = files.map(read);
      const [first] = sweeps;
      const other = sweeps.findIndex((sweep) => sweep.arguments !== first.arguments);
      if (other > 0)
        throw new UsageError(`${files[other]} is of "${sweeps[other].arguments}", ${files[0]} of "${first.arguments}"`);
      const summary = new SweepSummary();
      for (const sweep of sweeps) summary.join(sweep);
      const { kind, schema } = first;
      showSweep({ kind, schema, arguments: first.arguments, ...summary.report() }, { json, isWhole: true });
    });

const read = (file: string): StoredSweep => {
  let sweep: Partial<StoredSweep>;
  try {
    sweep = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const absent = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new UsageError(`${file}: ${absent ? 'there is no such file' : 'this is no output of sweep --json'}`);
  }
  if (sweep?.kind !== 'sweep') throw new UsageError(`${file}: this is no output of sweep --json`);
  if (sweep.schema !== SWEEP_SCHEMA)
    throw new UsageError(`${file}: schema ${sweep.schema}; this version reads ${SWEEP_SCHEMA}: sweep again with it`);
  return sweep as StoredSweep;
};
