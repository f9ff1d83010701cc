import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { fixOf } from '../public/kernel.ts';
import { type DriverOutcome, RecordKind } from '../public/sim.ts';
import { captureOf, JSON_SCHEMA, jsonFinding, jsonRecord, ladder, ladderText } from '../report/index.ts';
import { UsageError } from './failure.ts';
import { commandLine, writeReport } from './report-file.ts';
import { statistics } from './statistics.ts';

/** How a run is shown. */
export interface ShowOptions {
  readonly pcap?: string;
  readonly report?: string;
  readonly fullBytes?: boolean;
  readonly ladder?: boolean;
  readonly json?: boolean;
  readonly stats?: boolean;
}

export const withShowOptions = (command: Command): Command =>
  command
    .option('--pcap <FILE>', 'write the packets as pcapng')
    .option('--report <FILE>', 'write the run as one HTML page: packets, calls and IRPs side by side')
    .option('--full-bytes', 'keep every payload in the report in full, not only its first 64 bytes')
    .option('--ladder', 'print calls and packets with their times')
    .option('--json', 'print every trace record as a line of JSON')
    .option('--stats', "print the machines' counters, as netstat does");

/** Shows a run that was traced. Exit code 1 when there are problems. @param problems texts */
export const showRun = (
  inputs: readonly string[],
  outcome: DriverOutcome,
  problems: readonly string[],
  options: ShowOptions,
): void => {
  const { simulation, tidings } = outcome;
  const trace = simulation.trace!;
  if (options.json) sayJson(outcome);
  else {
    if (options.ladder) sayLadder(outcome);
    else sayPrints(outcome);
    for (const text of tidings) say(text);
  }
  if (options.stats) process.stderr.write(statistics(simulation.machines));
  if (options.pcap !== undefined) write(options.pcap, captureOf(trace));
  if (options.report !== undefined) {
    const title = inputs.map((input) => basename(input)).join(', ');
    const { fullBytes = false } = options;
    const { seed } = simulation;
    writeReport(options.report, trace, {
      title,
      command: commandLine(),
      machines: machinesOf(outcome),
      seed,
      fullBytes,
    });
  }
  for (const problem of problems) process.stderr.write(`${pc.red('openwsk:')} ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
};

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const sayJson = (outcome: DriverOutcome): void => {
  const { simulation, findings } = outcome;
  const trace = simulation.trace!;
  say(JSON.stringify({ kind: 'trace', schema: JSON_SCHEMA, seed: simulation.seed, machines: machinesOf(outcome) }));
  // Findings come last, with everything that is known of them.
  for (const record of trace.records())
    if (record.kind !== RecordKind.Finding) say(JSON.stringify(jsonRecord(trace, record)));
  for (const finding of findings) say(JSON.stringify(jsonFinding(finding, fixOf(finding))));
};

const sayLadder = ({ simulation, driver }: DriverOutcome): void => {
  for (const line of ladder(simulation.trace!, { machine: driver.number, left: driver.name })) say(ladderText(line));
};

const sayPrints = ({ simulation }: DriverOutcome): void => {
  const trace = simulation.trace!;
  for (const { kind, a } of trace.records()) if (kind === RecordKind.Print) say(trace.nameOf(a).trimEnd());
};

const machinesOf = ({ simulation }: DriverOutcome): Record<number, string> =>
  Object.fromEntries(simulation.machines.map(({ number, name }) => [number, name]));

const write = (file: string, pieces: Uint8Array[]): void => {
  try {
    writeFileSync(file, Buffer.concat(pieces));
  } catch (error) {
    throw new UsageError(`--pcap ${file}: ${(error as Error).message}`);
  }
};
