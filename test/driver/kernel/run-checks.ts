import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type CompilerChoice, compileDriver } from '../../../src/driver/compile/index.ts';
import {
  driverImage,
  type GuestOptions,
  type HostFunction,
  loadDriverImage,
  suspendingImports,
} from '../../../src/driver/index.ts';
import { type DriverOutcome, type DriverScenario, RecordKind, runDriver } from '../../../src/public/sim.ts';

const folder = fileURLToPath(new URL('./drivers/', import.meta.url));

/** A native clang is quicker by far; the bundled one is always there. */
const compiler = (): CompilerChoice => {
  try {
    execFileSync('clang', ['--version'], { stdio: 'ignore' });
    return 'native';
  } catch {
    return 'bundled';
  }
};

export interface Checked {
  readonly outcome: DriverOutcome;
  /** What it printed. */
  readonly lines: string[];
}

export interface CheckOptions {
  readonly guest?: GuestOptions;
  readonly scenario?: DriverScenario;
  /** What its import TestCase() gives. */
  readonly testCase?: number;
  /** Other imports that only this driver has. */
  readonly stubs?: Record<string, HostFunction>;
}

/** Compiles a driver of the folder `drivers` and runs it to its unload. */
export const runChecks = async (file: string, options: CheckOptions = {}): Promise<Checked> => {
  const { wasm } = await compileDriver({
    inputs: [`${folder}${file}`],
    compiler: compiler(),
    kasan: true,
    suspending: suspendingImports,
    includeDirs: [],
    defines: [],
    check64: false,
  });
  const stubs: Record<string, HostFunction> = { TestCase: () => options.testCase ?? 0, ...options.stubs };
  const image = {
    ...driverImage(wasm, file),
    stubs,
    ...(options.guest === undefined ? {} : { options: options.guest }),
  };
  const outcome = await runDriver(
    { load: (kernel, wsk, seed) => loadDriverImage(image, kernel, wsk, seed ?? 0) },
    options.scenario,
  );
  const trace = outcome.simulation.trace!;
  const lines: string[] = [];
  for (const record of trace.records()) if (record.kind === RecordKind.Print) lines.push(trace.nameOf(record.a));
  return { outcome, lines };
};

/** The checks that did not hold, and whatever else went wrong: nothing, for a driver that is well served. */
export const failures = ({ outcome, lines }: Checked): string[] => [
  ...lines.filter((line) => !line.startsWith('PASS ')),
  ...outcome.problems,
];

/** How many checks a driver of the folder makes, each of which it runs once. */
export const checksIn = (file: string): number =>
  readFileSync(`${folder}${file}`, 'utf8').match(/^ +CHECK\(/gm)?.length ?? 0;
