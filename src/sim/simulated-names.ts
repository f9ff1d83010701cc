import { type ADDRESS_FAMILY, AF_UNSPEC, formatSockaddr, type SOCKADDR, sockaddrFromHost } from '../base/index.ts';
import { localhostAddresses } from '../wsk/names.ts';
import type { NameResolver } from '../wsk/transport.ts';
import type { Simulation } from './simulation.ts';

/** The names of a simulated network: those of its machines, and others that were given to them. */
export class SimulatedNames implements NameResolver {
  private readonly simulation: Simulation;
  private readonly aliases = new Map<string, string>();

  constructor(simulation: Simulation) {
    this.simulation = simulation;
  }

  /** Another name for a machine: `example.org` for `peer`. */
  alias(name: string, machine: string): void {
    this.aliases.set(name.toLowerCase(), machine);
  }

  addressesOf(name: string, family: ADDRESS_FAMILY, done: (found: readonly SOCKADDR[]) => void): void {
    const wanted = name.toLowerCase().replace(/\.$/, '');
    const machine = this.aliases.get(wanted) ?? wanted;
    const all = wanted === 'localhost' ? localhostAddresses(family) : this.addresses(machine);
    const found = all.filter(({ sa_family }) => family === AF_UNSPEC || sa_family === family);
    this.post(() => done(found));
  }

  nameOf(address: SOCKADDR, done: (name: string | null) => void): void {
    const text = hostText(address);
    const found = this.simulation.machines.find(({ name }) =>
      this.addresses(name).some((own) => hostText(own) === text),
    );
    this.post(() => done(found?.name ?? null));
  }

  private addresses(machine: string): SOCKADDR[] {
    const found = this.simulation.machines.find(({ name }) => name.toLowerCase() === machine);
    const texts = found?.ports.flatMap(({ addresses }) => addresses) ?? [];
    return texts.flatMap((text) => sockaddrFromHost(text.split('/')[0], 0) ?? []);
  }

  private post(run: () => void): void {
    this.simulation.executor.post({ onEvent: run }, 0, 0);
  }
}

const hostText = (address: SOCKADDR): string => formatSockaddr(address).replace(/:\d+$/, '');
