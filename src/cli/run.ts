import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import pc from 'picocolors';
import { type DriverEntry, fixOf } from '../public/kernel.ts';
import {
  type DriverOutcome,
  type DriverScenario,
  divergence,
  type LoadableDriver,
  type Nt,
  parsePeer,
  parseRequest,
  RecordKind,
  runDriver,
} from '../public/sim.ts';
import { captureOf, JSON_SCHEMA, jsonFinding, jsonRecord, ladder, ladderText, recordLine } from '../report/index.ts';
import { allowedRules } from './allowed-rules.ts';
import { type CompileOptions, withCompileOptions } from './compile-options.ts';
import { UsageError } from './failure.ts';
import { loadDriver } from './load-driver.ts';
import { collect, integerOption, numberOption, sizeOption } from './options.ts';
import { commandLine, writeReport } from './report-file.ts';
import { runOnHost } from './run-on-host.ts';
import { statistics } from './statistics.ts';

interface Options extends CompileOptions {
  readonly peer?: string[];
  readonly ioctl?: string[];
  readonly rtt: number;
  readonly loss: number;
  readonly seed?: number;
  readonly net: string;
  readonly pcap?: string;
  readonly report?: string;
  readonly fullBytes?: boolean;
  readonly ladder?: boolean;
  readonly json?: boolean;
  readonly stats?: boolean;
  readonly checkDeterminism?: boolean;
  readonly timeLimit: number;
  readonly eventLimit: number;
  readonly outputLimit: number;
  readonly allow?: string[];
}

export const runCommand = (): Command =>
  withCompileOptions(
    new Command('run')
      .description('run a driver on the simulated network and tell what happened')
      .argument('<driver...>', 'C or C++ sources or their folder, a module of build, or a TypeScript file'),
  )
    .option(
      '--peer <KIND[@HOST:PORT]>',
      'echo, discard, http, refuse, silent or client@PORT; may be given again',
      collect,
    )
    .option(
      '--ioctl <DEVICE:CODE[:HEX][@MS]>',
      "ask the driver's device for something, and cancel it after MS; may be given again",
      collect,
    )
    .option('--rtt <MS>', 'round-trip time of the link, milliseconds', numberOption('--rtt', 0, 3_600_000), 40)
    .option('--loss <P>', 'probability that a packet is lost', numberOption('--loss', 0, 1), 0)
    .option(
      '--seed <N>',
      'decides everything left to chance, the order of threads and inline completions too',
      integerOption('--seed', 0, 0xffff_ffff),
    )
    .option('--stubs <FILE.ts>', 'take kernel functions that are not here from its exports: (guest, ...parameters)')
    .option('--net <sim|host>', "the simulated network, or the system's own", 'sim')
    .option('--pcap <FILE>', 'write the packets as pcapng')
    .option('--report <FILE>', 'write the run as one HTML page: packets, calls and IRPs side by side')
    .option('--full-bytes', 'keep every payload in the report in full, not only its first 64 bytes')
    .option('--ladder', 'print calls and packets with their times')
    .option('--json', 'print every trace record as a line of JSON')
    .option('--stats', "print the machines' counters, as netstat does")
    .option('--check-determinism', 'run twice and compare every call and packet')
    .option(
      '--time-limit <MS>',
      'virtual milliseconds until the driver is unloaded',
      numberOption('--time-limit', 1, 1e12),
      600_000,
    )
    .option(
      '--event-limit <N>',
      'events (packets, timers, threads that run) until the run is cut',
      integerOption('--event-limit', 1, 1e12),
      20_000_000,
    )
    .option(
      '--fuel <N>',
      'branches that a driver in C may take without returning or waiting, a call counting as 500; 50 times as many in all (200000000)',
      integerOption('--fuel', 1, 1e12),
    )
    .option('--output-limit <SIZE>', 'what is kept of what the driver prints', sizeOption('--output-limit'), 1 << 24)
    .option('--allow <RULE=REASON>', 'count what breaks this rule instead of telling it; may be given again', collect)
    .addHelpText('after', '\nExample:\n  openwsk run driver.c --peer echo --ladder')
    .action(run);

const kebab = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

const run = async (inputs: string[], options: Options): Promise<void> => {
  if (options.net !== 'sim' && options.net !== 'host') throw new UsageError(`--net ${options.net}: take sim or host`);
  const entry = await loadDriver(inputs, options);
  if (options.net === 'host') {
    const simulated = (['peer', 'pcap', 'stats', 'checkDeterminism', 'allow'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (simulated !== undefined)
      throw new UsageError(`--${kebab(simulated)} is for the simulated network: leave --net host out`);
    await runOnHost(entry, options);
    return;
  }
  const peers = (options.peer ?? ['echo']).map(parsePeer);
  const scenario: DriverScenario = {
    seed: options.seed ?? 1,
    vary: options.seed !== undefined,
    rtt: options.rtt,
    loss: options.loss,
    timeLimit: options.timeLimit,
    eventLimit: options.eventLimit,
    machine: { outputLimit: options.outputLimit },
    peers,
    requests: (options.ioctl ?? []).map(parseRequest),
    allow: allowedRules(options.allow ?? []),
  };
  const outcome = await runDriver(entry, scenario);
  show(outcome, options);
  if (options.checkDeterminism) await again(entry, scenario, outcome);
  if (options.pcap !== undefined) write(options.pcap, captureOf(outcome.simulation.trace!));
  for (const [rule, count] of outcome.silenced)
    process.stderr.write(
      `openwsk: ${count} ${count === 1 ? 'finding' : 'findings'} of ${rule} allowed: ${scenario.allow!.get(rule)}\n`,
    );
  if (options.report !== undefined) reportOf(options.report, inputs, outcome, options);
  for (const problem of outcome.problems) process.stderr.write(`${pc.red('openwsk:')} ${problem}\n`);
  if (outcome.problems.length > 0) process.exitCode = 1;
};

const show = (outcome: DriverOutcome, { json, ladder: asLadder, stats }: Options): void => {
  const { simulation, tidings } = outcome;
  const trace = simulation.trace!;
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  if (json) {
    say(JSON.stringify({ kind: 'trace', schema: JSON_SCHEMA, seed: simulation.seed, machines: machineNames(outcome) }));
    // Findings come last, with everything that is known of them.
    for (const record of trace.records())
      if (record.kind !== RecordKind.Finding) say(JSON.stringify(jsonRecord(trace, record)));
    for (const finding of outcome.findings) say(JSON.stringify(jsonFinding(finding, fixOf(finding))));
  } else if (asLadder) {
    for (const line of ladder(trace, { machine: outcome.driver.number, left: outcome.driver.name }))
      say(ladderText(line));
  } else {
    for (const record of trace.records()) {
      if (record.kind === RecordKind.Print) say(trace.nameOf(record.a).trimEnd());
    }
  }
  if (!json) for (const text of tidings) say(text);
  if (stats) process.stderr.write(statistics(simulation.machines));
};

const reportOf = (file: string, inputs: string[], outcome: DriverOutcome, options: Options): void => {
  const { simulation } = outcome;
  const title = inputs.map((input) => basename(input)).join(', ');
  const machines = machineNames(outcome);
  const { seed } = simulation;
  writeReport(file, simulation.trace!, {
    title,
    command: commandLine(),
    machines,
    seed,
    fullBytes: options.fullBytes ?? false,
  });
};

const machineNames = ({ simulation }: DriverOutcome): Record<number, string> =>
  Object.fromEntries(simulation.machines.map(({ number, name }) => [number, name]));

/** The determinism check: a second run, and the first difference if there is one. */
const again = async (
  entry: DriverEntry<Nt> | LoadableDriver,
  scenario: DriverScenario,
  { simulation }: DriverOutcome,
): Promise<void> => {
  const second = (await runDriver(entry, scenario)).simulation;
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

const write = (file: string, pieces: Uint8Array[]): void => {
  try {
    writeFileSync(file, Buffer.concat(pieces));
  } catch (error) {
    throw new UsageError(`--pcap ${file}: ${(error as Error).message}`);
  }
};
