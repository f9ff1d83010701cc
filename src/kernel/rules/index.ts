import type { RuleId } from '../bug-check.ts';
import { irpRules } from './irp-rules.ts';
import { irqlRules } from './irql-rules.ts';
import { memoryRules } from './memory-rules.ts';
import type { Rule } from './rule.ts';
import { wskRules } from './wsk-rules.ts';

export type { Rule } from './rule.ts';

const numberOf = ({ id }: Rule): number => Number(id.slice(1));

/** Every rule that is known here, in the order of their numbers. */
export const rules: readonly Rule[] = [...irpRules, ...irqlRules, ...memoryRules, ...wskRules].sort(
  (a, b) => numberOf(a) - numberOf(b),
);

const byId = new Map<string, Rule>(rules.map((rule) => [rule.id, rule]));

/** The rule of this id, R1 to R46; undefined when there is none. */
export const ruleOf = (id: RuleId | string): Rule | undefined => byId.get(id);
