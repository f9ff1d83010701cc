import { Command } from 'commander';
import { type Choice, choiceName, runSeed, shrink } from '../public/sim.ts';
import { UsageError } from './failure.ts';
import { integerOption } from './options.ts';
import { progressLine } from './progress.ts';
import { sameArguments } from './same-arguments.ts';
import { loadScenario, type ScenarioOptions, withSweepOptions } from './scenario-options.ts';

interface Options extends ScenarioOptions {
  readonly seed: number;
}

export const shrinkCommand = (): Command =>
  withSweepOptions(
    new Command('shrink').description('find the fewest choices of a seed that still go wrong in the same way'),
  )
    .requiredOption('--seed <N>', 'the seed', integerOption('--seed', 0, 0xffff_ffff))
    .addHelpText('after', '\nExample:\n  openwsk shrink driver.c --seed 214')
    .action(shrinkSeed);

const shrinkSeed = async (inputs: string[], options: Options): Promise<void> => {
  const { program, scenario } = await loadScenario(inputs, options);
  const { seed } = options;
  const whole = await runSeed(program, scenario, seed);
  const [mistake] = whole.wrong;
  if (mistake === undefined) throw new UsageError(`seed ${seed} goes wrong in no way: there is nothing to shrink`);
  const line = progressLine();
  const { made } = whole.choices;
  const stillFails = async (part: readonly Choice[]): Promise<boolean> => {
    const { wrong, outcome } = await runSeed(program, scenario, seed, { only: new Set(part.map(choiceName)) });
    outcome.release();
    return wrong.some(({ key }) => key === mistake.key);
  };
  const kept = await shrink(made, stillFails, (runs, left) =>
    line.show(`${runs} runs, ${left} of ${made.length} choices left`, made.length - left, made.length),
  );
  line.clear();
  const small = await runSeed(program, scenario, seed, { only: new Set(kept.map(choiceName)) });
  const width = Math.max(0, ...kept.map((choice) => choiceName(choice).length));
  const lines = [
    mistake.text,
    '',
    kept.length === 0
      ? `It needs none of the ${made.length} choices of seed ${seed}: every run goes wrong.`
      : `Of the ${made.length} choices of seed ${seed} these are enough:`,
    ...small.choices.made.map((choice) => `  ${choiceName(choice).padEnd(width)}  ${choice.what}`),
    '',
    `openwsk replay ${sameArguments(process.argv.slice(3))} --seed ${seed} --only ${kept.map(choiceName).join() || "''"} --ladder`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
};
