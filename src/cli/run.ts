import { Command } from 'commander';
import {
  checksThatFail,
  type DriverOutcome,
  type DriverScenario,
  divergence,
  type Program,
  runDriver,
} from '../public/sim.ts';
import { recordLine } from '../report/index.ts';
import { UsageError } from './failure.ts';
import { integerOption } from './options.ts';
import { runOnHost } from './run-on-host.ts';
import { asDriverScenario, loadScenario, type ScenarioOptions, withScenarioOptions } from './scenario-options.ts';
import { type ShowOptions, showRun, withShowOptions } from './show-run.ts';

interface Options extends ScenarioOptions, ShowOptions {
  readonly seed?: number;
  readonly net: string;
  readonly checkDeterminism?: boolean;
}

export const runCommand = (): Command =>
  withShowOptions(
    withScenarioOptions(
      new Command('run').description('run a driver on the simulated network and tell what happened'),
    ).option(
      '--seed <N>',
      'decides everything left to chance, the order of threads and inline completions too',
      integerOption('--seed', 0, 0xffff_ffff),
    ),
  )
    .option('--net <sim|host>', "the simulated network, or the system's own", 'sim')
    .option('--check-determinism', 'run twice and compare every call and packet')
    .addHelpText('after', '\nExample:\n  openwsk run driver.c --peer echo --ladder')
    .action(run);

/** Options that mean nothing on the system's own network. */
const simulatedOnly = ['scenario', 'peer', 'pcap', 'stats', 'checkDeterminism', 'allow'] as const;

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const run = async (inputs: string[], options: Options): Promise<void> => {
  if (options.net !== 'sim' && options.net !== 'host') throw new UsageError(`--net ${options.net}: take sim or host`);
  const wrong = options.net === 'host' && simulatedOnly.find((name) => options[name] !== undefined);
  if (wrong) throw new UsageError(`--${kebab(wrong)} is for the simulated network: leave --net host out`);
  const { program, scenario } = await loadScenario(inputs, options);
  if (options.net === 'host') return runOnHost(program, options);
  const whole = asDriverScenario(scenario, options.seed);
  const outcome = await runDriver(program, whole);
  const problems = [...outcome.problems, ...checksThatFail(scenario, outcome)];
  showRun(inputs, outcome, problems, options);
  if (options.checkDeterminism) await again(program, whole, outcome);
  for (const [rule, count] of outcome.silenced)
    process.stderr.write(
      `openwsk: ${count} ${count === 1 ? 'finding' : 'findings'} of ${rule} allowed: ${scenario.allow!.get(rule)}\n`,
    );
};

/** The determinism check: a second run, and the first difference if there is one. */
const again = async (program: Program, scenario: DriverScenario, { simulation }: DriverOutcome): Promise<void> => {
  const second = (await runDriver(program, scenario)).simulation;
  const found = divergence(simulation.trace!, second.trace!);
  if (found === null) {
    process.stderr.write(`deterministic: ${simulation.trace!.length} records, twice the same\n`);
    return;
  }
  const { index, time, first } = found;
  process.stderr.write(`not deterministic: record ${index} differs, at ${time / 1e6} ms of virtual time\n`);
  if (first !== null) process.stderr.write(`  first run:  ${recordLine(simulation.trace!, first)}\n`);
  if (found.second !== null) process.stderr.write(`  second run: ${recordLine(second.trace!, found.second)}\n`);
  process.exitCode = 1;
};
