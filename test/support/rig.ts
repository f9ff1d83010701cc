import {
  BugCheck,
  bindNtoskrnl,
  Kernel,
  type KernelRoutine,
  type Ntoskrnl,
  type Schedule,
} from '../../src/kernel/index.ts';
import { VirtualExecutor } from '../../src/time/index.ts';
import { Recorder } from '../../src/trace/index.ts';

/** One kernel on the virtual clock, without WSK. */
export class Rig {
  readonly executor = new VirtualExecutor();
  readonly trace = new Recorder(this.executor);
  readonly kernel: Kernel;
  readonly nt: Ntoskrnl;

  constructor(schedule?: Schedule) {
    const { executor, trace } = this;
    this.kernel = new Kernel({ executor, trace, ...(schedule === undefined ? {} : { schedule }) });
    this.nt = bindNtoskrnl(this.kernel);
  }

  /** Runs a thread and all that follows. @throws the bug check, or says that the thread waits for ever */
  run<T>(main: (nt: Ntoskrnl) => KernelRoutine<T>): T {
    const { nt, kernel } = this;
    const outcome: T[] = [];
    nt.PsCreateSystemThread(function* run() {
      outcome.push(yield* main(nt));
    });
    this.executor.run();
    if (kernel.crash !== null) throw kernel.crash;
    if (outcome.length === 0) throw new Error('the thread waits for ever: nothing is left to happen');
    return outcome[0];
  }

  /** Starts a thread that does not wait, or waits as it likes. */
  start(name: string, body: (nt: Ntoskrnl) => KernelRoutine<void>) {
    const { nt } = this;
    const routine = { [name]: () => body(nt) };
    return nt.PsCreateSystemThread(routine[name]);
  }
}

/** What a bug check is known by. */
export interface Crash {
  readonly code: number;
  readonly parameter1: number;
  readonly rule: string | null;
}

/** The bug check that an action ends in; null when it ends well. Any other error is thrown on. */
export const crashOf = (action: () => unknown): Crash | null => {
  try {
    action();
    return null;
  } catch (error) {
    if (!(error instanceof BugCheck)) throw error;
    const { code, parameter1, rule } = error;
    return { code, parameter1, rule };
  }
};

/** The bug check that a thread of a fresh kernel runs into. */
export const crashIn = (main: (nt: Ntoskrnl, rig: Rig) => KernelRoutine<unknown>): Crash | null => {
  const rig = new Rig();
  return crashOf(() => rig.run((nt) => main(nt, rig)));
};
