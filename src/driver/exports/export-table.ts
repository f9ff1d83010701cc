import type { KernelRoutine } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';

/**
 * A host function: what the driver's import of this name does. Pointers and other 32-bit values may be signed. Its result
 * is a number (or, 64-bit, a bigint), a boolean or nothing, which the driver gets as an integer.
 */
// biome-ignore lint/suspicious/noExplicitAny: each has its own parameters, numbers or (64-bit ones) bigints
export type HostFunction = (guest: Guest, ...parameters: any[]) => unknown;
/** One that may suspend its caller: a generator, or the result at once when nothing has to be waited for. */
// biome-ignore lint/suspicious/noExplicitAny: as above
export type WaitingFunction = (guest: Guest, ...parameters: any[]) => KernelRoutine<unknown> | number;

/**
 * Some of the kernel's functions as a driver imports them. Those in `waiting`, and no others, may suspend: the same
 * table tells asyncify which imports do, since one that suspends without being listed would corrupt the driver's stack.
 */
export interface ExportTable {
  readonly plain: Record<string, HostFunction>;
  readonly waiting: Record<string, WaitingFunction>;
}

/**
 * A call inside which routines of the driver may run: it returns only when those that had to wait have ended.
 * The names make it clear in which functions this is so: everything that completes IRPs inline.
 */
export const running =
  // biome-ignore lint/suspicious/noExplicitAny: the function's own parameters
    (call: (guest: Guest, ...parameters: any[]) => unknown): WaitingFunction =>
    (guest, a, b, c, d, e, f, g, h, i, j, k, l) => {
      const result = Number(call(guest, a, b, c, d, e, f, g, h, i, j, k, l) ?? 0);
      return guest.calls.hasUnfinished ? finishing(guest, result) : result;
    };

function* finishing(guest: Guest, result: number): KernelRoutine<number> {
  yield* guest.calls.finishNested();
  return result;
}
