import type { Random } from '../base/index.ts';
import { MILLISECOND, type Nanoseconds } from '../time/index.ts';
import type { PacketPeek } from './packet-peek.ts';
import { requireInteger, requireProbability, wrong } from './validate.ts';

/**
 * Faults as an ordered list of rules. Each packet walks the list: a rule that matches (its predicate, its count, its
 * dice) acts. `pass` and `drop` end the walk; the others add their effect and let the walk go on, so that a packet
 * may be delayed, duplicated and corrupted at once.
 */
export type FaultAction = 'pass' | 'delay' | 'drop' | 'duplicate' | 'corrupt' | 'reorder';

export interface FaultRule {
  readonly action: FaultAction;
  /** Which packets; all unless given. The object handed in is good during the call only. */
  readonly match?: (packet: PacketPeek) => boolean;
  /** The probability that the rule acts on a matching packet; 1 unless given. */
  readonly probability?: number;
  /** Leaves the first so many matching packets alone. */
  readonly skip?: number;
  /** Acts at most so often. */
  readonly limit?: number;
  /** `delay`: added to the packet's way; `reorder`: the most that is added, drawn evenly (10 ms unless given). */
  readonly delay?: Nanoseconds;
}

/** What the rules decided for one packet; one object, used again and again. */
export interface Verdict {
  drop: boolean;
  corrupt: boolean;
  copies: number;
  extraDelay: Nanoseconds;
  /** The packet leaves the first-in-first-out order. */
  reorder: boolean;
}

const actions: ReadonlySet<string> = new Set(['pass', 'delay', 'drop', 'duplicate', 'corrupt', 'reorder']);
const fields: ReadonlySet<string> = new Set(['action', 'match', 'probability', 'skip', 'limit', 'delay']);
const DEFAULT_REORDER: Nanoseconds = 10 * MILLISECOND;

/** @throws OpenWskError OWSK_INVALID_SETTING, its field like `rules[2].probability` */
export const checkFaultRules = (rules: readonly FaultRule[]): void => {
  if (!Array.isArray(rules)) throw wrong('rules', rules, 'a list of fault rules');
  rules.forEach((rule: FaultRule, index) => {
    const at = `rules[${index}]`;
    if (typeof rule !== 'object' || rule === null) throw wrong(at, rule, 'an object with an action');
    for (const name of Object.keys(rule)) {
      if (!fields.has(name)) throw wrong(`${at}.${name}`, 'unknown', `one of ${[...fields].join(', ')}`);
    }
    if (!actions.has(rule.action)) throw wrong(`${at}.action`, rule.action, `one of ${[...actions].join(', ')}`);
    if (rule.match !== undefined && typeof rule.match !== 'function')
      throw wrong(`${at}.match`, rule.match, 'a function');
    if (rule.probability !== undefined) requireProbability(`${at}.probability`, rule.probability);
    if (rule.skip !== undefined) requireInteger(`${at}.skip`, rule.skip, 0, Number.MAX_SAFE_INTEGER, 'packets');
    if (rule.limit !== undefined) requireInteger(`${at}.limit`, rule.limit, 0, Number.MAX_SAFE_INTEGER, 'packets');
    if (rule.delay !== undefined) requireInteger(`${at}.delay`, rule.delay, 0, 4_294_967_295, 'nanoseconds');
    if (rule.action === 'delay' && rule.delay === undefined) throw wrong(`${at}.delay`, undefined, 'the time to add');
  });
};

/** A list of rules at work on one direction, with its counts. */
export class FaultRules {
  private readonly rules: readonly FaultRule[];
  private readonly seen: Int32Array;
  private readonly acted: Int32Array;
  private readonly random: Random;
  readonly verdict: Verdict = { drop: false, corrupt: false, copies: 0, extraDelay: 0, reorder: false };

  constructor(rules: readonly FaultRule[], random: Random) {
    this.rules = rules;
    this.seen = new Int32Array(rules.length);
    this.acted = new Int32Array(rules.length);
    this.random = random;
  }

  get isEmpty(): boolean {
    return this.rules.length === 0;
  }

  judge(packet: PacketPeek): Verdict {
    const verdict = this.verdict;
    verdict.drop = verdict.corrupt = verdict.reorder = false;
    verdict.copies = verdict.extraDelay = 0;
    for (let i = 0; i < this.rules.length; i++) {
      const rule = this.rules[i];
      if (rule.match !== undefined && !rule.match(packet)) continue;
      if (this.seen[i]++ < (rule.skip ?? 0)) continue;
      if (this.acted[i] >= (rule.limit ?? Number.POSITIVE_INFINITY)) continue;
      if (rule.probability !== undefined && !this.random.chance(rule.probability)) continue;
      this.acted[i]++;
      if (rule.action === 'pass') break;
      if (rule.action === 'drop') {
        verdict.drop = true;
        break;
      }
      if (rule.action === 'corrupt') verdict.corrupt = true;
      else if (rule.action === 'duplicate') verdict.copies++;
      else if (rule.action === 'delay') verdict.extraDelay += rule.delay!;
      else {
        verdict.reorder = true;
        verdict.extraDelay += 1 + this.random.below(rule.delay ?? DEFAULT_REORDER);
      }
    }
    return verdict;
  }
}
