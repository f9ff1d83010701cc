import { type KernelThread, SUSPEND, type Suspension } from '../kernel/index.ts';
import type { KeptContext } from './call-context.ts';
import type { Fibers } from './fibers.ts';
import { trapped } from './memory-error.ts';

/** What is used of a generator. */
export interface Resumable {
  next(): { readonly done?: boolean; readonly value: unknown };
}

const WAITS: IteratorResult<Suspension, number> = Object.freeze({ done: false, value: SUSPEND });

/**
 * One call from the host into the driver, as an iterator that can be used where a generator can (`yield*`): each step
 * ends where the driver waits, the last one with what its function returns, 0 for void.
 */
export class Activation implements Iterator<Suspension, number>, KeptContext {
  readonly thread: KernelThread | null;
  /** The host function that the driver waits in, and its name. */
  waitsIn: Resumable | null = null;
  waitsInCall = '';
  /** What that has returned. */
  result = 0;
  /** __stack_pointer: where its C stack begins, or goes on after a wait; 0 for the one in use. */
  stackPointer: number;
  /** Where asyncify keeps the frames; 0 until it waits for the first time. */
  frames = 0;
  /** The call below on the engine's stack, and what was in use there. */
  low = 0;
  high = 0;
  private outer: Activation | null = null;
  private outerStack = 0;
  private outerTries = 0;
  private readonly fibers: Fibers;
  private readonly routine: CallableFunction;
  private readonly args: readonly number[];
  private readonly hasOwnStack: boolean;
  /** Its innermost __try. A call on the stack in use may raise through its caller's; one on a stack of its own may not. */
  private tries = 0;

  /** @param stackTop where its C stack begins; 0 to go on with the stack in use, as a nested call does */
  constructor(
    fibers: Fibers,
    routine: CallableFunction,
    args: readonly number[],
    stackTop: number,
    thread: KernelThread | null,
  ) {
    this.fibers = fibers;
    this.routine = routine;
    this.args = args;
    this.stackPointer = stackTop;
    this.hasOwnStack = stackTop !== 0;
    this.thread = thread;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Suspension, number> {
    const { fibers } = this;
    this.enter();
    try {
      if (this.waitsIn !== null && !this.resume(this.waitsIn)) return WAITS;
      const value = this.routine(...this.args) as number | undefined;
      if (fibers.moves === 'out') {
        fibers.exports.asyncify_stop_unwind();
        fibers.moves = 'not';
        return WAITS;
      }
      this.ended();
      return { done: true, value: value ?? 0 };
    } catch (error) {
      this.ended();
      return trapped(fibers.guest, error);
    } finally {
      this.leave();
    }
  }

  /** Goes on with what the driver waits in. @returns whether that has ended */
  private resume(waitsIn: Resumable): boolean {
    const { fibers } = this;
    fibers.guest.calling(this.waitsInCall, 0);
    const step = waitsIn.next();
    fibers.guest.called();
    if (!step.done) return false;
    this.waitsIn = null;
    this.result = Number(step.value ?? 0);
    fibers.suspensions++;
    fibers.exports.asyncify_start_rewind(this.frames);
    fibers.moves = 'in';
    return true;
  }

  private enter(): void {
    const { fibers } = this;
    fibers.guest.work.entered();
    const stack = fibers.exports.__stack_pointer;
    const begins = this.waitsIn === null;
    this.outer = fibers.active;
    // Where no code of the driver's goes on below, its stack pointer is of no use.
    if (this.outer !== null) this.outerStack = stack.value;
    this.outerTries = fibers.swapTries(this.tries);
    if (begins && !this.hasOwnStack) fibers.swapTries(this.outerTries);
    if (this.stackPointer !== 0) stack.value = this.stackPointer;
    fibers.active = this;
    fibers.context.enter(this, this.hasOwnStack && this.outer !== null);
    fibers.guest.syncPaged();
  }

  private leave(): void {
    const { fibers } = this;
    fibers.context.leave(this);
    fibers.active = this.outer;
    if (this.outer !== null) fibers.exports.__stack_pointer.value = this.outerStack;
    this.tries = fibers.swapTries(this.outerTries);
  }

  private ended(): void {
    if (this.frames !== 0) this.fibers.spare.push(this.frames);
    this.frames = 0;
  }
}
