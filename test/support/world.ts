import type { KernelRoutine } from '../../src/kernel/index.ts';
import { Machine, type MachineOptions, type Nt } from '../../src/sim/index.ts';
import { VirtualExecutor } from '../../src/time/index.ts';
import { Recorder } from '../../src/trace/index.ts';
import { MemoryNetwork } from './memory-network.ts';
import { MemoryTransport } from './memory-transport.ts';

/** Machines on one MemoryNetwork and one virtual clock. */
export class World {
  readonly executor = new VirtualExecutor();
  readonly network = new MemoryNetwork(this.executor);
  readonly trace = new Recorder(this.executor);
  private machines = 0;

  machine(options: Partial<MachineOptions> = {}): Machine {
    const { executor, trace } = this;
    const transport = new MemoryTransport(this.network);
    return new Machine({ executor, trace, transport, number: this.machines++, ...options });
  }

  /** Runs a thread and everything that follows from it. @throws what it throws, or says that it waits for ever */
  run<T>(machine: Machine, main: (nt: Nt) => KernelRoutine<T>): T {
    let outcome: { value: T } | { error: unknown } | null = null;
    const fail = (error: unknown): void => {
      outcome ??= { error };
    };
    machine.kernel.crashListeners.add(fail);
    machine
      .run(function* (nt) {
        try {
          outcome = { value: yield* main(nt) };
        } catch (error) {
          fail(error);
        }
      })
      .catch(fail);
    while (outcome === null && this.executor.step());
    machine.kernel.crashListeners.delete(fail);
    const end = outcome as { value: T } | { error: unknown } | null;
    if (end === null) throw new Error('the thread waits for ever: nothing is left to happen');
    if ('error' in end) throw end.error;
    return end.value;
  }
}
