import type { Nanoseconds } from '../time/index.ts';
import type { CallResult } from './posix-socket.ts';

/** A call under way: `poll` makes it go on, until the result is not null. */
export interface PendingCall {
  poll(): CallResult;
  /** When it returns at the latest (poll with a timeout). */
  readonly deadline: Nanoseconds | null;
  /** What it found, for results that are written into arguments; null when they are as the script says. */
  complaint: string | null;
}

export const done = (result: CallResult, complaint: string | null = null): PendingCall => ({
  poll: () => result,
  deadline: null,
  complaint,
});

export const waiting = (poll: () => CallResult, deadline: Nanoseconds | null = null): PendingCall => ({
  poll,
  deadline,
  complaint: null,
});
