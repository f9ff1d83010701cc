import { OpenWskError } from '../public/index.ts';

/** Wrong use, or an environment that cannot do it: exit code 2. The message says what to do next. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** 2 for wrong use and for what this environment lacks, 1 for a connection or check that failed. */
export const exitCodeOf = (error: unknown): 1 | 2 =>
  error instanceof UsageError || error instanceof OpenWskError ? 2 : 1;

/** One line for a person. Unknown errors keep their stack: they are faults of ours. */
export const failureText = (error: unknown): string => {
  if (error instanceof UsageError || error instanceof OpenWskError) return error.message;
  if (error instanceof Error)
    return ['WskError', 'BugCheck'].includes(error.name) ? error.message : String(error.stack);
  return String(error);
};
