import type { EventTarget } from '../time/index.ts';
import type { Kernel } from './kernel.ts';
import type { Overtaker } from './scheduler.ts';

/** Runs at DISPATCH_LEVEL: must not wait. */
export type KDEFERRED_ROUTINE = (
  Dpc: KDPC,
  DeferredContext: unknown,
  SystemArgument1: unknown,
  SystemArgument2: unknown,
) => void;

/** KDPC: a routine that runs soon, at DISPATCH_LEVEL, in no thread. */
export class KDPC implements EventTarget, Overtaker {
  routine: KDEFERRED_ROUTINE | null = null;
  context: unknown = null;
  private kernel: Kernel | null = null;
  /** Counts insertions, so that an event of a removed one does nothing. */
  private insertion = 0;
  private queued = false;
  private argument1: unknown = null;
  private argument2: unknown = null;

  get isQueued(): boolean {
    return this.queued;
  }

  insert(kernel: Kernel, argument1: unknown, argument2: unknown): boolean {
    if (this.queued) return false;
    this.kernel = kernel;
    this.queued = true;
    this.argument1 = argument1;
    this.argument2 = argument2;
    kernel.executor.post(this, 0, this.insertion);
    kernel.scheduler.mayOvertake(this);
    return true;
  }

  remove(): boolean {
    const was = this.queued;
    this.queued = false;
    this.insertion++;
    if (was) this.kernel!.scheduler.settle(this);
    return was;
  }

  /** First from the executor (kind 0), then on a processor at DISPATCH_LEVEL (kind 1). */
  onEvent(kind: number, arg: number): void {
    if (kind === 1) this.routine?.(this, this.context, this.argument1, this.argument2);
    else if (this.queued && arg === this.insertion) {
      this.overtake();
    }
  }

  overtake(): void {
    this.remove();
    this.kernel!.runAtDispatch(this, 1, 0);
  }
}

/** Gives a DPC its routine and its context. Any IRQL. Source: wdm.h reference, KeInitializeDpc. */
export const KeInitializeDpc = (
  _kernel: Kernel,
  Dpc: KDPC,
  DeferredRoutine: KDEFERRED_ROUTINE,
  DeferredContext: unknown,
): void => {
  Dpc.routine = DeferredRoutine;
  Dpc.context = DeferredContext;
};

/**
 * Queues a DPC; it runs once the caller's code has returned, or on another processor before. Any IRQL. Source: wdm.h reference, KeInsertQueueDpc.
 * @returns false if the DPC was queued already: its arguments are then those of the first insertion
 */
export const KeInsertQueueDpc = (
  kernel: Kernel,
  Dpc: KDPC,
  SystemArgument1: unknown,
  SystemArgument2: unknown,
): boolean => {
  kernel.assertAlive();
  const inserted = Dpc.insert(kernel, SystemArgument1, SystemArgument2);
  kernel.scheduler.switchPoint();
  return inserted;
};

/** Takes a queued DPC back. Any IRQL. @returns whether it was queued. Source: wdm.h reference, KeRemoveQueueDpc. */
export const KeRemoveQueueDpc = (_kernel: Kernel, Dpc: KDPC): boolean => Dpc.remove();
