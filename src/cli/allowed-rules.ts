import { type RuleId, ruleOf } from '../public/kernel.ts';
import { UsageError } from './failure.ts';

/**
 * Reads RULE=REASON texts: rules that a driver may break, each with the reason in words.
 * @throws UsageError for an id that is none, and without a reason
 */
export const allowedRules = (texts: readonly string[]): ReadonlyMap<RuleId, string> =>
  new Map(
    texts.map((text) => {
      const [, id = '', reason = ''] = /^([^=]*)=?(.*)$/s.exec(text) ?? [];
      const rule = ruleOf(id.trim().toUpperCase());
      if (rule === undefined) throw new UsageError(`--allow ${text}: "${id}" is no rule; docs/rules.md lists them`);
      if (reason.trim() === '')
        throw new UsageError(`--allow ${id}: say why, --allow ${id}="the reason", so that others can judge it`);
      return [rule.id, reason.trim()];
    }),
  );
