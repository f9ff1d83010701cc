import { openTunMachine, type TunMachine, type TunMachineOptions } from '../../src/public/host.ts';
import { Sockets } from '../../src/sockets/index.ts';
import { MICROSECOND } from '../../src/time/index.ts';

/** The kernel's addresses on the link and ours. */
export const KERNEL = '10.87.0.1';
export const KERNEL6 = 'fd87::1';
export const OURS = '10.87.0.2';
export const OURS6 = 'fd87::2';

/** A round trip of 1 ms. */
export const ONE_MS = { delay: 500 * MICROSECOND };

/** Our stack and the kernel's on one link, with a driver of promises on ours. */
export interface TunWorld {
  readonly machine: TunMachine;
  readonly sockets: Sockets;
  close(): Promise<void>;
}

export const openTunWorld = async (
  options: TunMachineOptions = { impairment: { settings: ONE_MS } },
): Promise<TunWorld> => {
  const machine = await openTunMachine({
    system: [`${KERNEL}/24`, `${KERNEL6}/64`],
    addresses: [`${OURS}/24`, `${OURS6}/64`],
    ...options,
  });
  const sockets = await Sockets.open(machine);
  const close = async (): Promise<void> => {
    await sockets.close();
    machine.close();
  };
  return { machine, sockets, close };
};
