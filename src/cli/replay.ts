import { Command } from 'commander';
import { choiceName, parseChoices, runSeed } from '../public/sim.ts';
import { integerOption } from './options.ts';
import { loadScenario, type ScenarioOptions, withSweepOptions } from './scenario-options.ts';
import { type ShowOptions, showRun, withShowOptions } from './show-run.ts';

interface Options extends ScenarioOptions, ShowOptions {
  readonly seed: number;
  readonly only?: ReadonlySet<string>;
}

export const replayCommand = (): Command =>
  withShowOptions(
    withSweepOptions(new Command('replay').description('run one seed of a sweep again, and show it'))
      .requiredOption('--seed <N>', 'the seed', integerOption('--seed', 0, 0xffff_ffff))
      .option('--only <CHOICES>', 'of what the seed decides only these choices, as shrink prints them', parseChoices),
  )
    .addHelpText('after', '\nExample:\n  openwsk replay driver.c --seed 214 --ladder')
    .action(replay);

const replay = async (inputs: string[], options: Options): Promise<void> => {
  const { program, scenario } = await loadScenario(inputs, options);
  const { only, seed } = options;
  const run = await runSeed(program, scenario, seed, { trace: true, ...(only === undefined ? {} : { only }) });
  const { made } = run.choices;
  const width = Math.max(0, ...made.map((choice) => choiceName(choice).length));
  process.stderr.write(`seed ${seed} chooses:${made.length === 0 ? ' nothing' : ''}\n`);
  for (const choice of made) process.stderr.write(`  ${choiceName(choice).padEnd(width)}  ${choice.what}\n`);
  showRun(
    inputs,
    run.outcome,
    run.wrong.map(({ text }) => text),
    options,
  );
};
