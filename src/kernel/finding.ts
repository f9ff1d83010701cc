import type { RuleId, SourceFrame } from './bug-check.ts';

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
}

/** A finding for people: the message, then where it happened and what else is known, a line each. */
export const findingText = ({ severity, rule, message, frames, details }: Finding, machine: string): string => {
  const what = severity === 'bug check' || rule === null ? severity : `${severity} ${rule}`;
  const head = `${what} on ${machine}: ${message}`;
  const lines = [...frames.map((frame) => `at ${frame.function} (${frame.file}:${frame.line})`), ...details];
  return [head, ...lines.map((line) => `    ${line}`)].join('\n');
};

/** What makes two findings one: the same misuse at the same place. */
export const findingKey = ({ severity, rule, message, frames }: Finding): string => {
  const [top] = frames;
  return top === undefined ? `${severity} ${rule} ${message}` : `${severity} ${rule} ${top.file}:${top.line}`;
};
