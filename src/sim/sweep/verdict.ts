import { findingKey } from '../../kernel/index.ts';
import type { DriverOutcome, Failure } from '../driver-outcome.ts';
import type { Scenario } from './scenario.ts';

/** Something that must not be, whatever the seed. */
export interface Wrong {
  /** The same for the same mistake under other seeds. */
  readonly key: string;
  /** For people, a line or more. */
  readonly text: string;
}

/**
 * What is wrong with a run. A driver may fail when the network, its peer or the memory does: then DriverEntry's failing
 * status, and a client that was not served for want of memory, are as they should be.
 *
 * @param memoryFailed an allocation was made to fail
 */
export const verdictOf = (outcome: DriverOutcome, scenario: Scenario, memoryFailed: boolean): Wrong[] => {
  const hasFindings = outcome.failures.some(({ kind }) => kind === 'finding');
  const isWrong = ({ kind }: Failure): boolean => {
    if (kind === 'stalled') return !hasFindings; // they say why
    return kind !== 'entry' && !(kind === 'client' && memoryFailed);
  };
  const failures = outcome.failures.filter(isWrong);
  return [
    ...failures.map((failure) => ({ key: keyOf(failure), text: failure.text })),
    ...checksThatFail(scenario, outcome).map((text) => ({ key: text, text })),
  ];
};

/** The `always` checks that do not hold, a line each. */
export const checksThatFail = ({ always = {} }: Scenario, outcome: DriverOutcome): string[] =>
  Object.entries(always).flatMap(([name, holds]) => (holds(outcome) ? [] : [`does not hold: ${name}`]));

const keyOf = ({ kind, text, finding }: Failure): string => {
  if (finding !== null) return findingKey(finding);
  // Numbers are ports, sockets, counts: those of one seed.
  return `${kind} ${text.split('\n')[0].replace(/\d+/g, 'N')}`;
};
