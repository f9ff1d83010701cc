import type { EventHandle, EventTarget } from './event-queue.ts';

/** Nanoseconds as an integer Number: since the start of a simulation, or of the process on the real clock. */
export type Nanoseconds = number;

export const MICROSECOND: Nanoseconds = 1_000;
export const MILLISECOND: Nanoseconds = 1_000_000;
export const SECOND: Nanoseconds = 1_000_000_000;

/** Tells time. Everything that needs time is handed one; nothing reads a clock of its own accord. */
export interface Clock {
  /** Nanoseconds since the clock's origin. */
  now(): Nanoseconds;
}

/**
 * Runs work later, in one deterministic order. All callbacks run outside of the call that asked for them.
 *
 * - `post`: as soon as the caller's stack has returned, at the present time, in order of posting.
 * - `schedule`: at a time (nanoseconds, at the earliest now).
 *
 * Both call the target's `onEvent` with `kind` and `arg`.
 */
export interface Executor extends Clock {
  post(target: EventTarget, kind: number, arg: number): void;
  schedule(at: Nanoseconds, target: EventTarget, kind: number, arg: number): EventHandle;
  /** Takes a scheduled event back. @returns false when it has fired or was cancelled already */
  cancel(handle: EventHandle): boolean;
  /** Moves a scheduled event. @param at nanoseconds  @returns false when it has fired or was cancelled already */
  reschedule(handle: EventHandle, at: Nanoseconds): boolean;
  /** Tells the executor that a promise outside was settled: its reactions run before the next event. */
  settled(): void;
}
