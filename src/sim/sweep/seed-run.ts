import type { DriverEntry } from '../../kernel/index.ts';
import type { DriverOutcome } from '../driver-outcome.ts';
import { runDriver } from '../driver-run.ts';
import type { DriverScenario, LoadableDriver } from '../driver-scenario.ts';
import { Choices } from '../vary/choices.ts';
import { steadfast } from '../vary/steadfast.ts';
import { variedMachine, variedMemory } from '../vary/varied-machine.ts';
import { variedFaults, variedMtu, variedRoundTrip } from '../vary/varied-network.ts';
import { variedPeers } from '../vary/varied-peers.ts';
import type { Scenario } from './scenario.ts';
import { verdictOf, type Wrong } from './verdict.ts';

export type Program = DriverEntry | LoadableDriver;

/** A run under one seed. */
export interface SeedRun {
  readonly seed: number;
  readonly outcome: DriverOutcome;
  readonly choices: Choices;
  /** Places of the driver that allocated while memory could run out, and whether one of their allocations failed. */
  readonly places: ReadonlyMap<string, boolean>;
  readonly wrong: readonly Wrong[];
  /** The `sometimes` checks that held. */
  readonly reached: readonly string[];
}

export interface SeedRunOptions {
  /** The choices that are made, by name; all that the seed says unless given. */
  readonly only?: ReadonlySet<string>;
  /** Records calls and packets; false unless given. */
  readonly trace?: boolean;
}

/** Runs a driver as a seed says: a pure function of driver, scenario, seed and, where given, the choices allowed. */
export const runSeed = async (
  program: Program,
  scenario: Scenario,
  seed: number,
  { only, trace = false }: SeedRunOptions = {},
): Promise<SeedRun> => {
  const aspects = scenario.aspects === undefined ? {} : { aspects: new Set(scenario.aspects) };
  const choices = new Choices({ seed, ...aspects, ...(only === undefined ? {} : { only }) });
  const places = new Map<string, boolean>();
  const outcome = await runDriver(program, { ...varied(scenario, choices, places), seed, trace });
  const wrong = verdictOf(outcome, scenario, [...places.values()].includes(true));
  const reached = Object.entries(scenario.sometimes ?? {}).flatMap(([name, holds]) => (holds(outcome) ? [name] : []));
  return { seed, outcome, choices, places, wrong, reached };
};

const varied = (scenario: Scenario, choices: Choices, places: Map<string, boolean>): DriverScenario => ({
  ...scenario,
  rtt: variedRoundTrip(choices, scenario.rtt ?? 40),
  mtu: variedMtu(choices),
  faults: variedFaults(choices),
  manners: variedPeers(choices),
  machine: {
    ...variedMachine(choices),
    ...(choices.isLively('memory') ? { mayAllocate: variedMemory(choices, places) } : {}),
    ...steadfast(scenario.machine),
  },
  peerMachine: steadfast(scenario.peerMachine),
});
