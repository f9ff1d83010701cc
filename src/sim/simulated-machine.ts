import {
  type BugCheck,
  BugCheckCode,
  type Finding,
  type Kernel,
  type KernelRoutine,
  type RuleId,
  type Schedule,
} from '../kernel/index.ts';
import { Host, type TcpProfile, windowsProfile } from '../tcpip/index.ts';
import type { Executor } from '../time/index.ts';
import { StackTransport } from '../transport/stack/index.ts';
import type { Transport, Wsk, WskPolicy } from '../wsk/index.ts';
import { Machine, type Nt } from './machine.ts';
import type { NetworkPort } from './network-port.ts';
import type { Simulation } from './simulation.ts';
import { TcpTraceTap } from './tcp-trace-tap.ts';

export interface SimulatedMachineOptions {
  /** The constants of its TCP; `windowsProfile` unless given. */
  readonly profile?: TcpProfile;
  readonly schedule?: Schedule;
  readonly policy?: WskPolicy;
  /** Told what drivers print, as they print it. */
  readonly onPrint?: (text: string) => void;
  readonly outputLimit?: number;
  readonly mayAllocate?: (place: () => string) => boolean;
  readonly allowedRules?: ReadonlyMap<RuleId, string>;
  readonly disabledRules?: ReadonlySet<RuleId>;
}

/** Interface 0 of a host is its loopback. */
const FIRST_LINK = 1;

/** A machine of a simulation: its kernel, WSK and TCP/IP, which a crash ends and a reboot makes anew. */
export class SimulatedMachine {
  readonly name: string;
  /** Its number in the trace. */
  readonly number: number;
  readonly ports: NetworkPort[] = [];
  private readonly simulation: Simulation;
  private readonly options: SimulatedMachineOptions;
  private readonly routes: string[] = [];
  private readonly kernels: Kernel[] = [];
  private machine: Machine | null = null;
  private tcpip: Host | null = null;

  constructor(simulation: Simulation, name: string, number: number, options: SimulatedMachineOptions) {
    this.simulation = simulation;
    this.name = name;
    this.number = number;
    this.options = options;
    this.boot();
  }

  /** Null while the machine is off. */
  get isRunning(): boolean {
    return this.machine !== null && this.machine.kernel.crash === null;
  }

  get host(): Host {
    return this.tcpip ?? this.isOff();
  }
  /** Misuses that were seen on it, before a crash too. */
  get findings(): Finding[] {
    return this.kernels.flatMap(({ findings }) => findings);
  }
  /** How often findings of each allowed rule were passed over, before a crash too. */
  get silenced(): ReadonlyMap<RuleId, number> {
    const sums = new Map<RuleId, number>();
    for (const { silenced } of this.kernels)
      for (const [rule, count] of silenced) sums.set(rule, (sums.get(rule) ?? 0) + count);
    return sums;
  }
  /** What its kernels did not keep, a line each. */
  get limitTexts(): string[] {
    return this.kernels.flatMap(({ output }) =>
      output.dropped === 0 ? [] : [`limit: ${output.advice}; prints dropped: ${output.dropped}`],
    );
  }
  /** For peers, which use the network without WSK. */
  get transport(): Transport {
    return this.wsk.transport;
  }
  get executor(): Executor {
    return this.simulation.executor;
  }
  get kernel(): Kernel {
    return this.running.kernel;
  }
  get wsk(): Wsk {
    return this.running.wsk;
  }
  get nt(): Nt {
    return this.running.nt;
  }

  /** Runs a kernel thread. */
  run<T>(main: (nt: Nt) => KernelRoutine<T>): Promise<T> {
    return this.running.run(main);
  }

  /** Plugs the machine in. Addresses with their prefixes, such as 10.0.0.1/24. */
  plugIn(port: NetworkPort): void {
    this.ports.push(port);
    this.host.addInterface(port, port.addresses, port.name);
  }

  /** Sends packets for a prefix, such as 93.184.216.34/32, through the first port. */
  addRoute(prefix: string): void {
    this.routes.push(prefix);
    this.host.addRoute(prefix, FIRST_LINK);
  }

  /** From now on no Fast Open cookie that it has given out is worth anything. */
  changeFastOpenKeys(): void {
    const { random } = this.simulation;
    const { fastOpenServer } = this.host.tcp;
    const key = (): Int32Array => Int32Array.from({ length: 4 }, () => random.int32());
    fastOpenServer.rotate(key());
    fastOpenServer.rotate(key()); // the key before the last one still opens
  }

  /** The machine is gone from one moment to the next: nothing is sent, closed or completed any more. */
  crash(): void {
    for (const port of this.ports) port.switchOff();
    this.machine?.kernel.halt();
    this.tcpip?.crash();
    this.machine = null;
    this.tcpip = null;
  }

  /** A crash and a fresh start, with the same addresses and nothing remembered. */
  reboot(): void {
    this.crash();
    this.boot();
  }

  private boot(): void {
    const { simulation, options, name, number } = this;
    const { executor, arena, trace, ids, tap } = simulation;
    const random = simulation.random.fork();
    const tcpTap = trace === null ? null : new TcpTraceTap(trace, number);
    this.tcpip = new Host({ name, executor, arena, random, profile: options.profile ?? windowsProfile, tap, tcpTap });
    const transport = new StackTransport(this.tcpip);
    const { profile: _profile, ...rest } = options;
    this.machine = new Machine({ ...rest, name, number, executor, trace, ids, transport, names: simulation.names });
    this.kernels.push(this.machine.kernel);
    this.machine.kernel.crashListeners.add((crash: BugCheck) => {
      if (crash.code !== BugCheckCode.MANUALLY_INITIATED_CRASH) simulation.crashes.push({ machine: this, crash });
      for (const port of this.ports) port.switchOff();
    });
    for (const port of this.ports) this.tcpip.addInterface(port, port.addresses, port.name);
    for (const prefix of this.routes) this.tcpip.addRoute(prefix, FIRST_LINK);
  }

  private get running(): Machine {
    return this.machine ?? this.isOff();
  }

  private isOff(): never {
    throw this.simulation.misuse('machine', `the machine ${this.name} is off; reboot it first`);
  }
}
