import type { RuleId } from '../bug-check.ts';
import type { Severity } from '../finding.ts';

/** One rule of kernel and WSK programming that is checked: everything that is said about it stands here. */
export interface Rule {
  readonly id: RuleId;
  readonly severity: Severity;
  /** The rule itself, as a sentence without a full stop. */
  readonly title: string;
  /** What goes wrong when it is broken. */
  readonly why: string;
  /** What Windows does then: bug check codes (DV: with Driver Verifier on), a hang, or silence. */
  readonly windows: string;
  /** How to mend it, in a sentence for the finding. */
  readonly fix: string;
  /** Why it is not seen in drivers in C, in clients in TypeScript; null where it is. */
  readonly unseen: { readonly c: string | null; readonly typescript: string | null };
  /** Shown by: folders of drivers/broken, or titles of tests. */
  readonly shownBy: readonly string[];
}

const SEEN = { c: null, typescript: null } as const;
/** Objects of TypeScript have no addresses, pages or stacks that could go wrong. */
export const onlyC = (why: string): Rule['unseen'] => ({ c: null, typescript: why });
export const seen: Rule['unseen'] = SEEN;
