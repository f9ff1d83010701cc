import { type HostMachine, type HostMachineOptions, hostObstacle, openHostMachine } from '../public/host.ts';
import { UsageError } from './failure.ts';

/** The machine that commands on the real network use. @throws UsageError where the system's sockets cannot be had */
export const hostMachine = async (options: HostMachineOptions = {}): Promise<HostMachine> => {
  const obstacle = await hostObstacle();
  if (obstacle !== null) throw new UsageError(`${obstacle}; see openwsk doctor`);
  return openHostMachine(options);
};
