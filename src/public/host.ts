/**
 * openwsk/host: machines on the operating system's own network. With Fast Open on Linux where the optional package koffi
 * is installed, else on Node's net. Or, on Linux, with our own TCP/IP behind a TUN device.
 * @example
 * const obstacle = await hostObstacle(); // a text that says why there is no Fast Open, or null
 * const machine = await openHostMachine();
 */
import { PacketArena } from '../link/index.ts';
import { type TunCounters, type TunImpairment, TunNetwork, type TunOptions, tunObstacle } from '../link/tun/index.ts';
import { Machine, type MachineOptions, StackMachine, TraceTap } from '../sim/index.ts';
import { CryptoRandom } from '../system/crypto-random.ts';
import { hostObstacle } from '../system/libc.ts';
import type { TcpProfile } from '../tcpip/index.ts';
import { RealExecutor } from '../time/index.ts';
import type { Recorder } from '../trace/index.ts';
import { HostTransport, type HostTransportOptions } from '../transport/host/host-transport.ts';
import { nodeNames } from '../transport/host/node-names.ts';
import { NetTransport } from '../transport/net/net-transport.ts';

export { nodeStream } from '../sockets/node-stream.ts';
export {
  HostTransport,
  type HostTransportOptions,
  hostObstacle,
  NetTransport,
  type TunCounters,
  type TunImpairment,
  type TunOptions,
  tunObstacle,
};

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

/** A machine whose WSK uses our own TCP/IP behind a TUN device: to the system it is another host on a link. */
export interface TunMachine extends StackMachine {
  /** The interface's name in the system, such as owsk0. */
  readonly device: string;
  /** What the device carried and lost. */
  readonly tunCounters: Readonly<TunCounters>;
  /** Lets go of the device and of what TCP still knows, without a word to peers. Close every socket first. */
  close(): void;
}

export interface TunMachineOptions
  extends TunOptions,
    Pick<MachineOptions, 'name' | 'number' | 'schedule' | 'policy' | 'onPrint'> {
  /** The machine's own, with prefixes: 10.87.0.2/24 and fd87::2/64 unless given. */
  readonly addresses?: readonly string[];
  /** The constants of its TCP; `windowsProfile` unless given. */
  readonly profile?: TcpProfile;
  readonly executor?: RealExecutor;
  /** Where calls and packets are recorded; nowhere by default. */
  readonly trace?: Recorder | null;
}

/**
 * Opens a machine behind a TUN device (Linux, koffi; as root, or on a device that root has made for this user). Its
 * sequence numbers, keys and ports come from node:crypto.
 * @throws OpenWskError OWSK_NO_TUN or OWSK_NO_HOST (see `tunObstacle`), OWSK_INVALID_SETTING, OWSK_INVALID_ADDRESS
 * @example
 * const machine = await openTunMachine({ system: ['10.87.0.1/24'], addresses: ['10.87.0.2/24'] });
 */
export const openTunMachine = async (options: TunMachineOptions = {}): Promise<TunMachine> => {
  const { executor = new RealExecutor(), trace = null, addresses = ['10.87.0.2/24', 'fd87::2/64'] } = options;
  const arena = new PacketArena();
  const tap = trace === null ? null : new TraceTap(trace);
  const network = await TunNetwork.open(executor, arena, options, tap);
  try {
    const { tun, link } = network;
    const random = new CryptoRandom();
    const machine = new StackMachine({ ...options, executor, arena, link, addresses, random, trace, tap });
    const close = (): void => {
      machine.host.crash();
      network.close();
    };
    return Object.assign(machine, { device: tun.name, tunCounters: tun.counters, close });
  } catch (error) {
    network.close();
    throw error;
  }
};
