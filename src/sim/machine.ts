import {
  type BugCheck,
  bindNtoskrnl,
  Kernel,
  type KernelRoutine,
  KernelThread,
  type Ntoskrnl,
  type Schedule,
} from '../kernel/index.ts';
import type { Executor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { bindNetio, type Netio, type Transport, Wsk, type WskPolicy } from '../wsk/index.ts';

/** Everything a driver can call by name: ntoskrnl.exe's and netio.sys's exports, bound to one machine. */
export type Nt = Ntoskrnl & Netio;

export interface MachineOptions {
  readonly name?: string;
  readonly executor: Executor;
  readonly transport: Transport;
  readonly trace?: Recorder | null;
  /** The machine's number in the trace. */
  readonly number?: number;
  readonly schedule?: Schedule;
  readonly policy?: WskPolicy;
}

/** A machine: a kernel, its WSK subsystem and a transport. Several live in one process. */
export class Machine {
  readonly name: string;
  readonly kernel: Kernel;
  readonly wsk: Wsk;
  readonly nt: Nt;
  private readonly open = new Set<(crash: BugCheck) => void>();

  constructor(options: MachineOptions) {
    this.name = options.name ?? 'machine';
    this.kernel = new Kernel({
      executor: options.executor,
      trace: options.trace ?? null,
      machine: options.number ?? 0,
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
    });
    this.wsk = new Wsk(this.kernel, options.transport, options.policy);
    this.nt = { ...bindNtoskrnl(this.kernel), ...bindNetio(this.wsk) };
    this.kernel.onCrash = (crash) => {
      for (const reject of this.open) reject(crash);
      this.open.clear();
    };
  }

  /**
   * Runs a kernel thread.
   * @param main its body; may wait with `yield*`
   * @returns what the body returns; rejects with what it throws, or with the BugCheck that stopped the machine
   */
  run<T>(main: (nt: Nt) => KernelRoutine<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const { kernel, open } = this;
      if (kernel.crash !== null) return reject(kernel.crash);
      open.add(reject);
      const body = function* (nt: Nt): KernelRoutine<void> {
        try {
          resolve(yield* main(nt));
        } catch (error) {
          reject(error);
        }
        open.delete(reject);
        kernel.executor.settled();
      };
      new KernelThread(kernel, main.name || 'main', body(this.nt));
    });
  }
}
