import { OpenWskError, Random } from '../base/index.ts';
import { type BugCheck, IdSource } from '../kernel/index.ts';
import { type Link, type LinkSettings, PacketArena, Router, SimulatedLink } from '../link/index.ts';
import { eventLoopTurn, MILLISECOND, type Nanoseconds, VirtualExecutor } from '../time/index.ts';
import { Recorder } from '../trace/index.ts';
import { NetworkPort } from './network-port.ts';
import { pendingCalls } from './pending-calls.ts';
import { SimulatedMachine, type SimulatedMachineOptions } from './simulated-machine.ts';
import { SimulatedNames } from './simulated-names.ts';
import { TraceTap } from './trace-tap.ts';

export interface SimulationOptions {
  /** Decides everything that is left to chance: the same seed gives the same bytes. 1 unless given. */
  readonly seed?: number;
  /** Records calls and packets; true unless given. */
  readonly trace?: boolean;
}

/** A network of machines on one virtual clock. A run is a pure function of the program, the network and the seed. */
export class Simulation {
  readonly seed: number;
  readonly executor = new VirtualExecutor();
  readonly arena = new PacketArena();
  readonly random: Random;
  readonly ids = new IdSource();
  readonly trace: Recorder | null;
  readonly tap: TraceTap | null;
  readonly machines: SimulatedMachine[] = [];
  readonly names = new SimulatedNames(this);
  /** Bug checks so far, in order. */
  readonly crashes: { readonly machine: SimulatedMachine; readonly crash: BugCheck }[] = [];

  constructor(options: SimulationOptions = {}) {
    const { seed = 1, trace = true } = options;
    if (!Number.isInteger(seed)) throw this.misuse('seed', `seed is ${seed}; give a whole number`);
    this.seed = seed;
    this.random = new Random(seed);
    this.trace = trace ? new Recorder(this.executor) : null;
    this.tap = this.trace === null ? null : new TraceTap(this.trace);
  }

  now(): Nanoseconds {
    return this.executor.now();
  }

  addMachine(name: string, options: SimulatedMachineOptions = {}): SimulatedMachine {
    if (this.machines.some((machine) => machine.name === name)) {
      throw this.misuse('name', `there is a machine ${name} already; give each its own name`);
    }
    const machine = new SimulatedMachine(this, name, this.machines.length + 1, options);
    this.machines.push(machine);
    return machine;
  }

  /** A link of two ends: what is attached to it first and second, by `attach` or a router's `join`. */
  addLink(settings: LinkSettings = {}, back: LinkSettings = settings, name = 'link'): SimulatedLink {
    const { executor, arena, tap } = this;
    return new SimulatedLink({ executor, arena, random: this.random.fork(), name, settings, back, tap });
  }

  addRouter(name = 'router'): Router {
    return new Router(this.arena, name);
  }

  /** Plugs a machine into a link. @param addresses with their prefixes, such as 10.0.0.1/24 and fd00::1/64 */
  attach(machine: SimulatedMachine, link: Link, addresses: readonly string[]): NetworkPort {
    const port = new NetworkPort(this.arena, link, machine.name, addresses);
    machine.plugIn(port);
    return port;
  }

  /** Joins two machines directly. */
  connect(
    first: SimulatedMachine,
    firstAddresses: readonly string[],
    second: SimulatedMachine,
    secondAddresses: readonly string[],
    settings: LinkSettings = {},
    back: LinkSettings = settings,
  ): SimulatedLink {
    const link = this.addLink(settings, back, `${first.name}-${second.name}`);
    this.attach(first, link, firstAddresses);
    this.attach(second, link, secondAddresses);
    return link;
  }

  /** Runs the next event. @returns false when there is none */
  step(): boolean {
    return this.executor.step();
  }

  /** Runs every event up to a time, in nanoseconds. */
  runUntil(time: Nanoseconds): void {
    this.executor.runUntil(time);
  }

  /**
   * Runs a promise-style program to its end, and the network as long as it needs for it. Whenever a promise was
   * settled, its reactions have their turn before the next event.
   *
   * @param limit milliseconds of virtual time; none unless given
   * @throws what the program throws; OpenWskError OWSK_STALLED, with the calls that wait, when nothing is left to
   *   happen and the program still waits; OWSK_TIME_LIMIT
   */
  async run<T>(program: () => Promise<T>, limit = Number.POSITIVE_INFINITY): Promise<T> {
    let open = true;
    const outcome = program().finally(() => {
      open = false;
    });
    outcome.catch(() => {});
    await eventLoopTurn();
    while (open) {
      if (this.executor.takeSettled()) await eventLoopTurn();
      else if (this.executor.nextTime > limit * MILLISECOND && this.executor.pending > 0) {
        throw new OpenWskError('OWSK_TIME_LIMIT', `the program still runs at ${limit} ms${this.waitingFor()}`);
      } else if (!this.executor.step()) {
        await eventLoopTurn();
        if (open && this.executor.pending === 0 && !this.executor.takeSettled()) throw this.stalled();
      }
    }
    return outcome;
  }

  /** Nothing is left to happen but the end of TIME-WAIT, for which each TCP has one event. */
  isQuiet(): boolean {
    let events = this.executor.pending;
    for (const { isRunning, host } of this.machines) if (isRunning && host.tcp.timeWait.size > 0) events--;
    return events <= 0;
  }

  /**
   * Runs until nothing is left to happen or a time, in nanoseconds, has come. Promise reactions have their turns.
   * @param mostEvents events after which it stops
   * @returns how many there were
   */
  async settle(
    limit: Nanoseconds = Number.POSITIVE_INFINITY,
    mostEvents: number = Number.POSITIVE_INFINITY,
  ): Promise<number> {
    let events = 0;
    await eventLoopTurn();
    for (;;) {
      if (this.executor.takeSettled()) await eventLoopTurn();
      else if (this.isQuiet() || this.executor.nextTime > limit || events >= mostEvents) return events;
      else {
        this.executor.step();
        events++;
      }
    }
  }

  /** What must be nothing once all is closed: packets under way, events, connections. */
  leftovers(): {
    readonly packets: number;
    readonly events: number;
    readonly connections: number;
    readonly ports: number;
  } {
    const hosts = this.machines.filter(({ isRunning }) => isRunning).map(({ host }) => host);
    return {
      packets: this.arena.liveCount,
      events: this.executor.pending,
      connections: hosts.reduce((sum, { tcp }) => sum + tcp.connectionCount + tcp.timeWait.size, 0),
      ports: hosts.reduce((sum, { ports }) => sum + ports.size, 0),
    };
  }

  /** An error of the one who set the simulation up. */
  misuse(field: string, message: string): OpenWskError {
    return new OpenWskError('OWSK_INVALID_SETTING', message, field);
  }

  private stalled(): OpenWskError {
    return new OpenWskError(
      'OWSK_STALLED',
      `nothing is left to happen, and the program still waits${this.waitingFor()}`,
    );
  }

  private waitingFor(): string {
    const calls = this.machines.flatMap((machine) =>
      machine.isRunning ? pendingCalls(machine.name, machine.wsk) : [],
    );
    return calls.length === 0 ? '' : `: ${calls.join(', ')}`;
  }
}
