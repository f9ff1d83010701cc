import { NT_SUCCESS, type NTSTATUS, ntStatusName } from '../base/index.ts';
import { type Finding, findingText, type RuleId } from '../kernel/index.ts';
import { RecordKind } from '../trace/index.ts';
import type { RequestOutcome } from './applications.ts';
import type { DriverNetwork } from './driver-network.ts';
import { pendingCalls } from './pending-calls.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import type { Simulation } from './simulation.ts';

export interface DriverOutcome {
  readonly simulation: Simulation;
  readonly driver: SimulatedMachine;
  /** What DriverEntry returned; null when it never did. */
  readonly status: NTSTATUS | null;
  /** What went wrong, a line each: the driver's failure, its bug check, what it left behind, what a client peer missed. */
  readonly problems: readonly string[];
  /** Misuses that were seen, on any machine: bug checks, errors and advice. */
  readonly findings: readonly Finding[];
  /** What client peers and advice have to tell. */
  readonly tidings: readonly string[];
  /** How often findings of an allowed rule were passed over. */
  readonly silenced: ReadonlyMap<RuleId, number>;
}

/** How far a run came. */
export interface Ends {
  /** What DriverEntry returned. */
  status: NTSTATUS | null;
  unloaded: boolean;
  /** What is no bug check, and was thrown nevertheless. */
  thrown: unknown;
  /** It was stopped by the limit of events. */
  isCut: boolean;
}

export const succeeded = ({ status }: Ends): boolean => status !== null && NT_SUCCESS(status);

/** Puts together what is to be told of a run. @param problems those that were noted on the way */
export const outcomeOf = (
  { simulation, driver, clients }: DriverNetwork,
  ends: Ends,
  problems: Problems,
  answers: readonly RequestOutcome[],
): DriverOutcome => {
  const texts = (advice: boolean): string[] =>
    simulation.machines.flatMap(({ name, findings }) =>
      findings
        .filter(({ severity }) => (severity === 'advice') === advice)
        .map((finding) => findingText(finding, name)),
    );
  problems.list.push(...texts(false));
  if (ends.thrown !== null && simulation.crashes.length === 0) problems.add(String(ends.thrown));
  for (const { outcome } of clients) {
    if (outcome === null) problems.add('a client peer got no answer');
    else if (!outcome.ok) problems.add(outcome.text);
  }
  const told = answers.map((answer) => answer.text ?? 'a request to a device was never completed');
  return {
    simulation,
    driver,
    status: ends.status,
    problems: problems.list,
    findings: simulation.machines.flatMap(({ findings }) => findings),
    silenced: driver.silenced,
    tidings: [
      ...told,
      ...texts(true),
      ...clients.flatMap(({ outcome }) => (outcome?.ok ? [outcome.text] : [])),
      ...driver.limitTexts,
    ],
  };
};

/** What went wrong, also in the trace. */
export class Problems {
  readonly list: string[] = [];
  private readonly network: DriverNetwork;

  constructor(network: DriverNetwork) {
    this.network = network;
  }

  add(text: string): void {
    const { simulation, driver } = this.network;
    this.list.push(text);
    simulation.trace?.record(RecordKind.Problem, driver.number, simulation.trace.intern(text), 0, 0, 0);
  }

  /** DriverEntry did not succeed. */
  ofEntry({ status, thrown, isCut }: Ends): void {
    if (status !== null && !NT_SUCCESS(status)) this.add(`DriverEntry returned ${ntStatusName(status)}`);
    if (status === null && this.network.driver.isRunning && thrown === null && !isCut) this.stalled('DriverEntry');
  }

  stalled(routine: string): void {
    const calls = pendingCalls('driver', this.network.driver.wsk);
    this.add(`OWSK_STALLED: ${routine} waits for ever${calls.length === 0 ? '' : `: ${calls.join(', ')}`}`);
  }
}
