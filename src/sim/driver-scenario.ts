import { OpenWskError } from '../base/index.ts';
import type { DeviceRequest, LeftBehind, SentRequest } from '../driver/index.ts';
import type { DriverEntry, Kernel, RuleId } from '../kernel/index.ts';
import type { FaultRule } from '../link/index.ts';
import type { Nanoseconds } from '../time/index.ts';
import type { Wsk } from '../wsk/index.ts';
import type { RequestSpec } from './applications.ts';
import type { PeerSpec } from './peer-kinds.ts';
import type { SimulatedMachineOptions } from './simulated-machine.ts';
import type { PeerManners } from './vary/peer-manners.ts';

/** What a driver meets when it is run: a network, peers, and what applications ask of it. */
export interface DriverScenario {
  readonly seed?: number;
  /** The seed also decides what the contract leaves open: who runs first, and what completes inline. */
  readonly vary?: boolean;
  /** Milliseconds; 40 unless given. */
  readonly rtt?: number;
  /** Probability from 0 to 1. */
  readonly loss?: number;
  /** Bytes of the longest IP packet; 1,500 unless given. */
  readonly mtu?: number;
  /** What happens to packets, made for each direction. @param now the simulation's time */
  readonly faults?: (now: () => Nanoseconds) => readonly FaultRule[];
  readonly peers?: readonly PeerSpec[];
  readonly manners?: PeerManners;
  /** What applications ask of the driver's devices once DriverEntry has succeeded, all at once. */
  readonly requests?: readonly RequestSpec[];
  /** Rules that may be broken, each with the reason why: their findings are counted, not told. Bug checks stay. */
  readonly allow?: ReadonlyMap<RuleId, string>;
  /** For the tests of the tests: rules that find nothing. */
  readonly disabledRules?: ReadonlySet<RuleId>;
  /** Milliseconds of virtual time after which the driver is unloaded whatever it does; 600,000 unless given. */
  readonly timeLimit?: number;
  /** Events (packets, timers, threads that run) of the whole run; 20 million unless given. */
  readonly eventLimit?: number;
  readonly machine?: SimulatedMachineOptions;
  readonly peerMachine?: SimulatedMachineOptions;
  readonly trace?: boolean;
}

/** @throws OpenWskError OWSK_INVALID_SETTING with the name of the field that makes no sense */
export const checkScenario = ({ rtt = 40, timeLimit = 600_000, eventLimit = 1 }: DriverScenario): void => {
  if (!(rtt >= 0 && rtt <= 3_600_000)) throw invalid('rtt', `rtt is ${rtt}; give milliseconds from 0 to 3,600,000`);
  if (!(timeLimit > 0)) throw invalid('timeLimit', `the time limit is ${timeLimit}; give milliseconds above 0`);
  if (!(eventLimit > 0)) throw invalid('eventLimit', `the limit of events is ${eventLimit}; give a number above 0`);
};

const invalid = (field: string, message: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_SETTING', message, field);

/** Such a driver on its machine. */
export interface LoadedDriver {
  readonly entry: DriverEntry;
  /** What it has not given back, and where it was made. */
  leftBehind(): LeftBehind[];
  /** Gives its memory to the next run. Nothing of this one may be used afterwards. */
  release(): void;
  /** An application's request to one of its devices; run it in a thread. */
  request(request: DeviceRequest): SentRequest;
}

/** A driver whose code is not TypeScript: it becomes a DriverEntry on one machine. */
export interface LoadableDriver {
  /** @param seed of what the driver decides by chance, a number of its own; null on a real network, where nobody may foresee it */
  load(kernel: Kernel, wsk: Wsk, seed: number | null): LoadedDriver;
}
