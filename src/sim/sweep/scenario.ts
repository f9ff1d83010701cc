import type { DriverEntry } from '../../kernel/index.ts';
import type { DriverOutcome } from '../driver-outcome.ts';
import type { DriverScenario } from '../driver-scenario.ts';
import type { Aspect } from '../vary/aspects.ts';

/** Looks at a run that has ended. @returns whether it is as it should be */
export type Check = (outcome: DriverOutcome) => boolean;

/** What a sweep runs under each of its seeds, and what it expects. */
export interface Scenario extends Omit<DriverScenario, 'seed' | 'vary' | 'faults' | 'manners' | 'mtu'> {
  /** The driver, where the scenario stands in a file: paths of sources from that file's folder, or its DriverEntry. */
  readonly driver?: string | readonly string[] | DriverEntry;
  /** What seeds may vary; everything unless given. */
  readonly aspects?: readonly Aspect[];
  /** What must be so in every run, by what it says. */
  readonly always?: Readonly<Record<string, Check>>;
  /** What must be so in at least one run of a sweep: that the sweep reached what it is about. */
  readonly sometimes?: Readonly<Record<string, Check>>;
}
