import { type HostMachine, type HostMachineOptions, hostObstacle, openHostMachine } from '../public/host.ts';

/**
 * The machine that commands on the real network use.
 * @param quiet says nothing when Fast Open cannot be had
 */
export const hostMachine = async (
  options: HostMachineOptions & { readonly quiet?: boolean } = {},
): Promise<HostMachine> => {
  const obstacle = await hostObstacle();
  if (obstacle !== null && !options.quiet) {
    process.stderr.write(`Fast Open needs Linux and koffi, so data follows the handshake: ${obstacle}\n`);
  }
  return openHostMachine(options);
};
