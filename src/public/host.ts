/** openwsk/host: machines on the operating system's own network. */
import { Machine, type MachineOptions } from '../sim/index.ts';
import { RealExecutor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { HostTransport, type HostTransportOptions } from '../transport/host/host-transport.ts';

export { nodeStream } from '../sockets/node-stream.ts';
export { hostObstacle } from '../transport/host/libc.ts';
export { HostTransport, type HostTransportOptions };

export interface HostMachine extends Machine {
  /** Lets go of the system's resources. Close every socket first. */
  close(): void;
}

export interface HostMachineOptions
  extends HostTransportOptions,
    Pick<MachineOptions, 'name' | 'number' | 'schedule' | 'policy'> {
  readonly executor?: RealExecutor;
  readonly trace?: Recorder | null;
}

/**
 * A machine whose WSK uses the system's sockets.
 * @throws OpenWskError OWSK_NO_HOST where there are no such sockets (see `hostObstacle`)
 * @example
 * const machine = await openHostMachine();
 * const answer = await machine.run(function* (nt) { … });
 */
export const openHostMachine = async (options: HostMachineOptions = {}): Promise<HostMachine> => {
  const executor = options.executor ?? new RealExecutor();
  const transport = await HostTransport.open(executor, options);
  const machine = new Machine({ ...options, executor, transport });
  return Object.assign(machine, { close: () => transport.close() });
};
