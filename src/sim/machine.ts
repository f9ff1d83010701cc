import {
  bindNtoskrnl,
  type IdSource,
  Kernel,
  type KernelRoutine,
  type Ntoskrnl,
  type RuleId,
  type Schedule,
} from '../kernel/index.ts';
import { runThread } from '../sockets/index.ts';
import type { Executor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { bindNetio, type Netio, type Transport, Wsk, type WskPolicy } from '../wsk/index.ts';
import type { NameResolver } from '../wsk/transport.ts';

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
  /** Where names are looked up; only `localhost` is known unless given. */
  readonly names?: NameResolver;
  readonly ids?: IdSource;
  /** Told what drivers print, as they print it. */
  readonly onPrint?: (text: string) => void;
  /** Characters of what drivers print that the trace keeps; 16 Mi unless given. */
  readonly outputLimit?: number;
  /** Asked at each allocation, with the way to its FILE:LINE in a driver in C; false makes it fail. */
  readonly mayAllocate?: (place: () => string) => boolean;
  /** Rules whose findings are only counted, each with the reason why. */
  readonly allowedRules?: ReadonlyMap<RuleId, string>;
  readonly disabledRules?: ReadonlySet<RuleId>;
}

/** A machine: a kernel, its WSK subsystem and a transport. Several live in one process. */
export class Machine {
  readonly name: string;
  readonly kernel: Kernel;
  readonly wsk: Wsk;
  readonly nt: Nt;

  constructor(options: MachineOptions) {
    this.name = options.name ?? 'machine';
    this.kernel = new Kernel({
      executor: options.executor,
      trace: options.trace ?? null,
      machine: options.number ?? 0,
      ...(options.schedule === undefined ? {} : { schedule: options.schedule }),
      ...(options.onPrint === undefined ? {} : { onPrint: options.onPrint }),
      ...(options.outputLimit === undefined ? {} : { outputLimit: options.outputLimit }),
      ...(options.ids === undefined ? {} : { ids: options.ids }),
      ...(options.allowedRules === undefined ? {} : { allowedRules: options.allowedRules }),
      ...(options.disabledRules === undefined ? {} : { disabledRules: options.disabledRules }),
      ...(options.mayAllocate === undefined ? {} : { mayAllocate: options.mayAllocate }),
    });
    this.wsk = new Wsk(this.kernel, options.transport, options.policy, options.names);
    this.nt = { ...bindNtoskrnl(this.kernel), ...bindNetio(this.wsk) };
  }

  /**
   * Runs a kernel thread.
   * @param main its body; may wait with `yield*`
   * @returns what the body returns; rejects with what it throws, or with the BugCheck that stopped the machine
   */
  run<T>(main: (nt: Nt) => KernelRoutine<T>): Promise<T> {
    return runThread(this.kernel, main.name || 'main', () => main(this.nt));
  }
}
