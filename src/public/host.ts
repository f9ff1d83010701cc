/**
 * openwsk/host: machines on the operating system's own network. Linux, with the optional package koffi.
 * @example
 * const obstacle = await hostObstacle(); // a text that says why not, or null
 * const machine = await openHostMachine();
 */
import { Machine, type MachineOptions } from '../sim/index.ts';
import { RealExecutor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { HostTransport, type HostTransportOptions } from '../transport/host/host-transport.ts';

export { nodeStream } from '../sockets/node-stream.ts';
export { hostObstacle } from '../transport/host/libc.ts';
export { HostTransport, type HostTransportOptions };

/** A machine whose WSK uses the system's sockets. */
export interface HostMachine extends Machine {
  /** Lets go of the system's resources. Close every socket first. */
  close(): void;
}

export interface HostMachineOptions
  extends HostTransportOptions,
    Pick<MachineOptions, 'name' | 'number' | 'schedule' | 'policy'> {
  /** Shared by machines that live on one clock; each has its own by default. */
  readonly executor?: RealExecutor;
  /** Where the machine's calls are recorded; nowhere by default. */
  readonly trace?: Recorder | null;
}

/**
 * Opens a machine. Close its sockets, then the machine.
 * @throws OpenWskError OWSK_NO_HOST where there are no such sockets (see `hostObstacle`)
 * @example
 * const machine = await openHostMachine();
 * const answer = await machine.run(function* (nt) { … });
 * machine.close();
 */
export const openHostMachine = async (options: HostMachineOptions = {}): Promise<HostMachine> => {
  const executor = options.executor ?? new RealExecutor();
  const transport = await HostTransport.open(executor, options);
  const machine = new Machine({ ...options, executor, transport });
  return Object.assign(machine, { close: () => transport.close() });
};
