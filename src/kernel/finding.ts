import type { RuleId, SourceFrame } from './bug-check.ts';
import { ruleOf } from './rules/index.ts';

/** How bad: Windows would stop; it would go wrong, now or some day; it works, and there is a better way. */
export type Severity = 'bug check' | 'error' | 'advice';

/** A misuse that was seen. A bug check is one, and its machine's last. */
export interface Finding {
  readonly severity: Severity;
  readonly rule: RuleId | null;
  readonly message: string;
  /** Where in the driver's source, the innermost function first. */
  readonly frames: readonly SourceFrame[];
  /** More to know, a line each. */
  readonly details: readonly string[];
  /** Nanoseconds of the machine's time. */
  readonly time: number;
  /** Of a bug check: what Windows' blue screen would say. */
  readonly code: { readonly value: number; readonly name: string; readonly parameters: readonly number[] } | null;
  /** What happened before a bug check, a line each, the oldest first. */
  readonly events: readonly string[];
}

/** Frames that are shown to people. */
const FRAMES = 10;

/** How to mend it; null where no rule says. */
export const fixOf = ({ rule }: Finding): string | null => (rule === null ? null : (ruleOf(rule)?.fix ?? null));

/** A finding for people: the message, then where it happened and what else is known, a line each. */
export const findingText = (finding: Finding, machine: string): string => {
  const { severity, rule, message, frames, details, code, events } = finding;
  const what = severity === 'bug check' || rule === null ? severity : `${severity} ${rule}`;
  const head = `${what} on ${machine}: ${message}`;
  const fix = fixOf(finding);
  const lines = [
    ...frames.slice(0, FRAMES).map((frame) => `at ${frame.function} (${frame.file}:${frame.line})`),
    ...(frames.length > FRAMES ? [`and ${frames.length - FRAMES} callers more`] : []),
    ...details,
    ...(code === null ? [] : [`parameters: ${code.parameters.map((it) => `0x${it.toString(16)}`).join(', ')}`]),
    ...(events.length === 0 ? [] : ['before that:', ...events.map((event) => `  ${event}`)]),
    ...(fix === null ? [] : [`fix: ${fix}`]),
    ...(rule === null ? [] : [`openwsk explain ${rule} tells more`]),
  ];
  return [head, ...lines.map((line) => `    ${line}`)].join('\n');
};

/** What makes two findings one: the same misuse at the same place. */
export const findingKey = ({ severity, rule, message, frames }: Finding): string => {
  const [top] = frames;
  return top === undefined ? `${severity} ${rule} ${message}` : `${severity} ${rule} ${top.file}:${top.line}`;
};
