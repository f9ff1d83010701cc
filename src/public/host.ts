/**
 * openwsk/host: machines on the operating system's own network. With Fast Open on Linux where the optional package koffi
 * is installed, else on Node's net.
 * @example
 * const obstacle = await hostObstacle(); // a text that says why there is no Fast Open, or null
 * const machine = await openHostMachine();
 */
import { Machine, type MachineOptions } from '../sim/index.ts';
import { RealExecutor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { HostTransport, type HostTransportOptions } from '../transport/host/host-transport.ts';
import { hostObstacle } from '../transport/host/libc.ts';
import { nodeNames } from '../transport/host/node-names.ts';
import { NetTransport } from '../transport/net/net-transport.ts';

export { nodeStream } from '../sockets/node-stream.ts';
export { HostTransport, type HostTransportOptions, hostObstacle, NetTransport };

/** How the system's network is reached: its sockets directly, with Fast Open, or Node's `net`, without. */
export type HostTransportKind = 'koffi' | 'net';

/** A machine whose WSK uses the system's sockets. */
export interface HostMachine extends Machine {
  readonly transport: HostTransportKind;
  /** Lets go of the system's resources. Close every socket first. */
  close(): void;
}

export interface HostMachineOptions
  extends HostTransportOptions,
    Pick<MachineOptions, 'name' | 'number' | 'schedule' | 'policy' | 'onPrint'> {
  /** Shared by machines that live on one clock; each has its own by default. */
  readonly executor?: RealExecutor;
  /** Where the machine's calls are recorded; nowhere by default. */
  readonly trace?: Recorder | null;
  /**
   * `auto` (default) takes koffi where it works, else net: then Fast Open's round trip is lost, nothing else fails.
   * `koffi` and `net` insist.
   */
  readonly transport?: HostTransportKind | 'auto';
}

/**
 * Opens a machine. Close its sockets, then the machine.
 * @throws OpenWskError OWSK_NO_HOST when `transport` is `koffi` and cannot be had (see `hostObstacle`)
 * @example
 * const machine = await openHostMachine();
 * const answer = await machine.run(function* (nt) { … });
 * machine.close();
 */
export const openHostMachine = async (options: HostMachineOptions = {}): Promise<HostMachine> => {
  const executor = options.executor ?? new RealExecutor();
  const transport = await openTransport(executor, options);
  const machine = new Machine({ names: nodeNames, ...options, executor, transport });
  const kind: HostTransportKind = transport instanceof HostTransport ? 'koffi' : 'net';
  return Object.assign(machine, { transport: kind, close: () => transport.close() });
};

const openTransport = async (
  executor: RealExecutor,
  options: HostMachineOptions,
): Promise<HostTransport | NetTransport> => {
  const { transport = 'auto' } = options;
  const direct = transport === 'koffi' || (transport === 'auto' && (await hostObstacle()) === null);
  return direct ? HostTransport.open(executor, options) : new NetTransport(executor);
};
