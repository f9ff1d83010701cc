import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import {
  aspectNames,
  type DriverScenario,
  type Program,
  parsePeer,
  parseRequest,
  type Scenario,
} from '../public/sim.ts';
import { allowedRules } from './allowed-rules.ts';
import { type AspectOptions, aspectsOf } from './aspect-options.ts';
import { type CompileOptions, withCompileOptions } from './compile-options.ts';
import { UsageError } from './failure.ts';
import { importTypeScript } from './import-typescript.ts';
import { checkInputs, driverEntryOf, isTypeScript, loadDriver } from './load-driver.ts';
import { collect, integerOption, numberOption, sizeOption } from './options.ts';

/** What a driver is made of and what it meets: the options that run, sweep, replay and shrink share. */
export interface ScenarioOptions extends CompileOptions, AspectOptions {
  readonly scenario?: string;
  readonly peer?: string[];
  readonly ioctl?: string[];
  readonly rtt?: number;
  readonly loss?: number;
  readonly timeLimit?: number;
  readonly eventLimit?: number;
  readonly outputLimit?: number;
  readonly allow?: string[];
}

export const withScenarioOptions = (command: Command): Command =>
  withCompileOptions(
    command.argument('<driver...>', 'C or C++ sources or their folder, a module of build, or a TypeScript file'),
  )
    .option('--stubs <FILE.ts>', 'take kernel functions that are not here from its exports: (guest, ...parameters)')
    .option('--scenario <FILE.ts>', 'take peers, network, requests and checks from its export scenario')
    .option(
      '--peer <KIND[@HOST:PORT]>',
      'echo, discard, http, refuse, silent, client@PORT or udp-client@PORT; may be given again',
      collect,
    )
    .option(
      '--ioctl <DEVICE:CODE[:HEX][@MS]>',
      "ask the driver's device for something, and cancel it after MS; may be given again",
      collect,
    )
    .option('--rtt <MS>', 'round-trip time of the link, milliseconds (40)', numberOption('--rtt', 0, 3_600_000))
    .option('--loss <P>', 'probability that a packet is lost (0)', numberOption('--loss', 0, 1))
    .option(
      '--time-limit <MS>',
      'virtual milliseconds until the driver is unloaded (600000)',
      numberOption('--time-limit', 1, 1e12),
    )
    .option(
      '--event-limit <N>',
      'events (packets, timers, threads that run) until the run is cut (20000000)',
      integerOption('--event-limit', 1, 1e12),
    )
    .option('--output-limit <SIZE>', 'what is kept of what the driver prints (16M)', sizeOption('--output-limit'))
    .option(
      '--fuel <N>',
      'branches that a driver in C may take without returning or waiting, a call counting as 500; 50 times as many in all (200000000)',
      integerOption('--fuel', 1, 1e12),
    )
    .option('--allow <RULE=REASON>', 'count what breaks this rule instead of telling it; may be given again', collect);

/** What a sweep varies; the same is said again to replay and shrink. */
export const withSweepOptions = (command: Command): Command =>
  withScenarioOptions(command)
    .option('--vary <ASPECTS>', `vary these alone, of ${aspectNames.join(', ')}`)
    .option('--keep <ASPECTS>', 'vary everything but these');

/** The scenario of a file, as the options change it. */
const scenarioOf = (file: Scenario | null, options: ScenarioOptions): Scenario => {
  const { rtt, loss, timeLimit, eventLimit, outputLimit } = options;
  const peers = (options.peer ?? (file?.peers === undefined ? ['echo'] : [])).map(parsePeer);
  return {
    ...file,
    aspects: aspectsOf(options, file?.aspects),
    ...(peers.length > 0 ? { peers } : {}),
    ...(options.ioctl === undefined ? {} : { requests: options.ioctl.map(parseRequest) }),
    ...(options.allow === undefined ? {} : { allow: allowedRules(options.allow) }),
    ...(rtt === undefined ? {} : { rtt }),
    ...(loss === undefined ? {} : { loss }),
    ...(timeLimit === undefined ? {} : { timeLimit }),
    ...(eventLimit === undefined ? {} : { eventLimit }),
    ...(outputLimit === undefined ? {} : { machine: { ...file?.machine, outputLimit } }),
  };
};

/** A driver and what it meets. */
export interface Loaded {
  readonly program: Program;
  readonly scenario: Scenario;
}

/**
 * Loads a driver with its scenario, or the driver that a scenario names.
 * @throws UsageError for files that are neither; what compiling a driver throws
 */
export const loadScenario = async (inputs: readonly string[], options: ScenarioOptions): Promise<Loaded> => {
  checkInputs(inputs);
  const [file] = inputs;
  if (options.scenario !== undefined) {
    const scenario = scenarioIn(await importTypeScript(options.scenario));
    if (scenario === null) throw new UsageError(`--scenario ${options.scenario}: it exports no scenario`);
    return { program: await loadDriver(inputs, options), scenario: scenarioOf(scenario, options) };
  }
  if (!isTypeScript(file)) return { program: await loadDriver(inputs, options), scenario: scenarioOf(null, options) };
  const module = await importTypeScript(file);
  const scenario = scenarioIn(module);
  if (scenario === null) return { program: driverEntryOf(module, file), scenario: scenarioOf(null, options) };
  const { driver } = scenario;
  if (driver === undefined) throw new UsageError(`${file}: its scenario names no driver; add driver: 'driver.c'`);
  const paths = typeof driver === 'function' ? [] : [driver].flat().map((path) => resolve(dirname(file), path));
  const program = typeof driver === 'function' ? driver : await loadDriver(paths, options);
  return { program, scenario: scenarioOf(scenario, options) };
};

const scenarioIn = ({ scenario }: Readonly<Record<string, unknown>>): Scenario | null =>
  typeof scenario === 'object' && scenario !== null ? (scenario as Scenario) : null;

/** The scenario for a run that leaves nothing to a seed but the order of things. */
export const asDriverScenario = (scenario: Scenario, seed: number | undefined): DriverScenario => ({
  ...scenario,
  seed: seed ?? 1,
  vary: seed !== undefined,
});
