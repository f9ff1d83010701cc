import { BugCheckCode, type KernelRoutine, type KernelThread, SUSPEND } from '../kernel/index.ts';
import type { Activation } from './activation.ts';
import type { Guest } from './guest.ts';
import { Routine } from './routine.ts';
import { mustReturnAsCalled } from './routine-checks.ts';
import { ThreadExit } from './thread-exit.ts';

/** The ways in which the host calls a driver's functions: in a thread, which may wait, or as routines and callbacks. */
export class DriverCalls {
  /** The routine that runs in no thread now. */
  routine: Routine | null = null;
  private readonly guest: Guest;
  /** Completions inside calls that could not finish at once, by the thread that made the call. */
  private readonly unfinished = new Map<KernelThread, Routine[]>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Calls the driver in the thread that runs. */
  *call(fn: number, args: readonly number[]): KernelRoutine<number> {
    const stack = this.guest.fibers.isOn(this.guest.kernel.thread) ? 0 : this.guest.stacks.take();
    const result = yield* this.activation(this.functionAt(fn), args, stack);
    this.giveStack(stack);
    return result;
  }

  /** The driver's first call: its static constructors, and DriverEntry. */
  *entry(args: readonly number[]): KernelRoutine<number> {
    const { exports } = this.guest;
    const stack = this.guest.stacks.take();
    if (exports.__wasm_call_ctors !== undefined) yield* this.activation(exports.__wasm_call_ctors, [], stack);
    const result = yield* this.activation(exports.DriverEntry, args, stack);
    this.giveStack(stack);
    return result;
  }

  /** The body of a system thread. */
  *thread(fn: number, context: number): KernelRoutine<number> {
    const { kernel, stacks, threads } = this.guest;
    const { thread } = kernel;
    const stack = stacks.take();
    try {
      yield* this.activation(this.functionAt(fn), [context], stack);
      return 0;
    } catch (error) {
      // Its frames leave their redzones behind.
      stacks.unpoison(stack - 1);
      if (error instanceof ThreadExit) return error.status;
      throw error;
    } finally {
      if (kernel.crash === null) this.giveStack(stack);
      threads.delete(thread!);
    }
  }

  /**
   * Runs a routine of the driver now: a completion routine, a DPC. It may have to wait for a spin lock.
   * @param done told what it returned, before or after this returns
   */
  run(fn: number, args: readonly number[], done: (result: number) => void = () => {}): Routine {
    const { kernel, fibers, stacks } = this.guest;
    const stack = fibers.isOn(kernel.thread) ? 0 : stacks.take();
    const { irql } = kernel;
    return this.runBody(this.activation(this.functionAt(fn), args, stack), (result, routine) => {
      mustReturnAsCalled(this.guest, fn, routine, irql);
      this.giveStack(stack);
      done(result);
    });
  }

  /** The same for a routine of the host's own, which calls the driver. */
  runBody(
    body: KernelRoutine<number> | Activation,
    done: (result: number, routine: Routine) => void = () => {},
  ): Routine {
    const { kernel, fibers } = this.guest;
    const { thread } = kernel;
    const nested = fibers.isOn(thread);
    // Inside a call of a routine, not on another processor: that one goes on only after this one.
    const caller = !nested && kernel.nestedCompletions > 0 ? this.routine : null;
    const routine = new Routine(kernel, nested ? thread : null, this, body, done, caller);
    if (routine.step()) return routine;
    if (nested) {
      const list = this.unfinished.get(thread!);
      if (list === undefined) this.unfinished.set(thread!, [routine]);
      else list.push(routine);
    } else if (caller !== null) this.finish(routine);
    return routine;
  }

  /** Runs a callback of the driver, on a processor at DISPATCH_LEVEL, to its end: others go on while it waits for a spin lock. @returns its result */
  callback(fn: number, args: readonly number[]): number {
    let result = 0;
    const routine = this.run(fn, args, (value) => {
      result = value;
    });
    this.finish(routine);
    return result;
  }

  private finish(routine: Routine): void {
    while (!routine.finished) {
      if (routine.ready) routine.step();
      else if (!this.guest.kernel.scheduler.runAnother()) this.deadlocked();
    }
  }

  /** Whether the running thread's call has begun routines that have not ended. */
  get hasUnfinished(): boolean {
    const { thread } = this.guest.kernel;
    return this.unfinished.size > 0 && thread !== null && this.unfinished.has(thread);
  }

  /** Ends what a call has begun inside itself: the call returns only when the routines it has called have. */
  *finishNested(): KernelRoutine<void> {
    const { thread } = this.guest.kernel;
    if (thread === null) return;
    const list = this.unfinished.get(thread);
    while (list !== undefined && list.length > 0) {
      const routine = list[list.length - 1];
      yield SUSPEND;
      if (routine.step()) list.pop();
    }
    this.unfinished.delete(thread);
  }

  private activation(routine: CallableFunction, args: readonly number[], stack: number): Activation {
    return this.guest.fibers.call(routine, args, stack, this.guest.kernel.thread);
  }

  /** @param top 0 for a call that had none of its own */
  private giveStack(top: number): void {
    if (top === 0) return;
    if (this.guest.lent.hasStacks) this.guest.lent.stackEnds(top);
    this.guest.stacks.give(top);
  }

  private functionAt(fn: number): CallableFunction {
    const { functions, kernel } = this.guest;
    const message = `a call through the function pointer 0x${fn.toString(16)}, which points to no function`;
    return functions.at(fn) ?? kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, fn, null, message);
  }

  private deadlocked(): never {
    const message = 'a callback spins on a lock whose holder waits: a spin lock must not be held while waiting';
    return this.guest.kernel.bugCheck(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, 0, 'R36', message);
  }
}
