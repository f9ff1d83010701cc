import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileDriver } from '../../../src/driver/compile/index.ts';
import { driverImage, loadDriverImage, suspendingImports } from '../../../src/driver/index.ts';
import {
  type DriverOutcome,
  type DriverScenario,
  type LoadableDriver,
  parsePeer,
  parseRequest,
  runDriver,
} from '../../../src/sim/index.ts';

export const root = new URL('../../../', import.meta.url).pathname;

/** Compiles a driver, or takes it from the cache. */
export const compiledDriver = async (source: string): Promise<LoadableDriver> => {
  const { wasm } = await compileDriver({
    inputs: [source],
    includeDirs: [],
    defines: [],
    kasan: true,
    suspending: suspendingImports,
    check64: false,
    compiler: process.env.OWSK_COMPILER === 'bundled' ? 'bundled' : 'auto',
  });
  const image = driverImage(wasm, source);
  return { load: (kernel, wsk) => loadDriverImage(image, kernel, wsk) };
};

/** What stands in the head of a broken driver: how it is run. */
export interface Setting {
  readonly name: string;
  readonly source: string;
  /** The line with the mark. */
  readonly line: number;
  readonly scenario: DriverScenario;
}

/** The folder's driver, with the line that is marked and the scenario that its comment `Run with:` asks for. */
export const setting = (name: string): Setting => {
  const source = join('drivers', 'broken', name, `${name}.c`);
  const lines = readFileSync(join(root, source), 'utf8').split('\n');
  const marked = lines.flatMap((text, index) => (text.includes('/* BUG') ? [index + 1] : []));
  if (marked.length !== 1) throw new Error(`${source}: ${marked.length} lines are marked with /* BUG */`);
  const options =
    /Run with: (.*)/
      .exec(lines.join('\n'))?.[1]
      .replace(/ \*\/$/, '')
      .split(' ') ?? [];
  const values = (option: string): string[] =>
    options.flatMap((text, index) => (text === option ? [options[index + 1]] : []));
  const peers = values('--peer').map(parsePeer);
  return {
    name,
    source,
    line: marked[0],
    scenario: {
      peers: peers.length === 0 ? [parsePeer('echo')] : peers,
      requests: values('--ioctl').map(parseRequest),
    },
  };
};

export const run = (driver: LoadableDriver, scenario: DriverScenario, seed: number | null): Promise<DriverOutcome> =>
  runDriver(driver, seed === null ? scenario : { ...scenario, seed, vary: true });
