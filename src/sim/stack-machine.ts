import type { RandomSource } from '../base/index.ts';
import type { Link, LinkTap, PacketArena } from '../link/index.ts';
import { Host, type TcpProfile } from '../tcpip/index.ts';
import { StackTransport } from '../transport/stack/index.ts';
import { Machine, type MachineOptions } from './machine.ts';

export interface StackMachineOptions extends Omit<MachineOptions, 'transport'> {
  readonly arena: PacketArena;
  /** What joins it to other hosts. Everything that is not its own goes there. */
  readonly link: Link;
  /** Its own, with their prefixes, such as 10.87.0.2/24 and fd87::2/64. */
  readonly addresses: readonly string[];
  /** Sequence numbers, keys and ports, which others must not foresee. */
  readonly random: RandomSource;
  readonly profile?: TcpProfile;
  /** Watches the machine's loopback. */
  readonly tap?: LinkTap | null;
}

/** A machine whose WSK uses our own TCP/IP on a link that leads out of the process. */
export class StackMachine extends Machine {
  readonly host: Host;

  constructor(options: StackMachineOptions) {
    const { name = 'machine', executor, arena, link, addresses, random, profile, tap = null } = options;
    const choice = profile === undefined ? {} : { profile };
    const host = new Host({ name, executor, arena, random, keys: random, scatterPorts: true, tap, ...choice });
    host.addRoute('default', host.addInterface(link, addresses, name));
    super({ ...options, transport: new StackTransport(host) });
    this.host = host;
  }
}
