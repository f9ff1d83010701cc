import type { NTSTATUS } from '../base/index.ts';
import type { Finding, RuleId } from '../kernel/index.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import type { Simulation } from './simulation.ts';

/** A way in which a run went wrong. */
export interface Failure {
  /**
   * The driver misused something; it or its unload waits for ever; it threw; it went on until the limit of events cut
   * it; DriverEntry failed; a client peer did not get what it wanted.
   */
  readonly kind: 'finding' | 'stalled' | 'thrown' | 'cut' | 'entry' | 'client';
  /** For people, a line or more. */
  readonly text: string;
  /** The misuse, of a finding. */
  readonly finding: Finding | null;
}

export interface DriverOutcome {
  readonly simulation: Simulation;
  readonly driver: SimulatedMachine;
  /** What DriverEntry returned; null when it never did. */
  readonly status: NTSTATUS | null;
  readonly failures: readonly Failure[];
  /** The failures' texts. */
  readonly problems: readonly string[];
  /** Misuses that were seen, on any machine: bug checks, errors and advice. */
  readonly findings: readonly Finding[];
  /** What it printed, a call of DbgPrint each, up to the machine's limit. */
  readonly prints: readonly string[];
  /** What client peers and advice have to tell. */
  readonly tidings: readonly string[];
  /** How often findings of an allowed rule were passed over. */
  readonly silenced: ReadonlyMap<RuleId, number>;
  /**
   * Gives the memory of a driver in C to its next run, which is a third of the work of a short one. Nothing of this
   * outcome but texts and numbers may be used afterwards. To call it is optional.
   */
  release(): void;
}
