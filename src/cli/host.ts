import { Option } from 'commander';
import {
  type HostMachine,
  type HostMachineOptions,
  hostObstacle,
  openHostMachine,
  openTunMachine,
  type TunMachine,
} from '../public/host.ts';
import type { RealExecutor, Recorder } from '../public/sim.ts';
import { UsageError } from './failure.ts';

/** The addresses of `--net tun`: the system's end of the device, and ours. */
const SYSTEM_END = ['10.87.0.1/24', 'fd87::1/64'];
const DEVICE = 'owsk0';

/** `--net`, for commands that talk to the real network. */
export const netOption = (): Option =>
  new Option(
    '--net <NET>',
    "host: the system's sockets; tun[:NAME]: our own TCP/IP as 10.87.0.2 and fd87::2 behind a TUN device (owsk0)",
  ).default('host');

interface Choice {
  readonly net?: string;
  /** Says nothing when Fast Open cannot be had. */
  readonly quiet?: boolean;
  /** Where calls and packets are recorded, by the clock that comes with it; nowhere unless given. */
  readonly recording?: { readonly executor: RealExecutor; readonly trace: Recorder } | undefined;
}

/**
 * The machine that commands on the real network use.
 * @throws UsageError for a network that there is not; OpenWskError OWSK_NO_TUN
 */
export const machineOn = async ({
  net = 'host',
  quiet = false,
  recording,
}: Choice): Promise<HostMachine | TunMachine> => {
  if (net === 'host') return hostMachine({ quiet, ...recording });
  const match = /^tun(?::([^\s/:]{1,15}))?$/.exec(net);
  if (match === null) throw new UsageError(`"${net}" is no network; write host, tun or tun:NAME`);
  // A device with a name was made and given its addresses by root, so that we need not be root.
  const [, device] = match;
  return device === undefined
    ? openTunMachine({ device: DEVICE, system: SYSTEM_END, ...recording })
    : openTunMachine({ device, ...recording });
};

/** The machine on the system's sockets. */
export const hostMachine = async (
  options: HostMachineOptions & { readonly quiet?: boolean } = {},
): Promise<HostMachine> => {
  const obstacle = await hostObstacle();
  if (obstacle !== null && !options.quiet) {
    process.stderr.write(`Fast Open needs Linux and koffi, so data follows the handshake: ${obstacle}\n`);
  }
  return openHostMachine(options);
};
