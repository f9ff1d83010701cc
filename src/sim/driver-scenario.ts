import { OpenWskError } from '../base/index.ts';
import type { DeviceRequest, LeftBehind, SentRequest } from '../driver/index.ts';
import type { DriverEntry, Kernel, RuleId } from '../kernel/index.ts';
import type { Wsk } from '../wsk/index.ts';
import type { RequestSpec } from './applications.ts';
import type { PeerSpec } from './peer-kinds.ts';
import type { SimulatedMachineOptions } from './simulated-machine.ts';

/** How a driver is run: the network around it, what is asked of it, and how far it may go. */
export interface DriverScenario {
  readonly seed?: number;
  /** The seed also decides what the contract leaves open: who runs first, and what completes inline. */
  readonly vary?: boolean;
  /** Milliseconds; 40 unless given. */
  readonly rtt?: number;
  /** Probability from 0 to 1. */
  readonly loss?: number;
  readonly peers?: readonly PeerSpec[];
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
  readonly trace?: boolean;
}

/** A scenario with everything that it leaves open. */
export type WholeScenario = DriverScenario &
  Required<Pick<DriverScenario, 'seed' | 'rtt' | 'loss' | 'peers' | 'requests' | 'timeLimit' | 'eventLimit' | 'trace'>>;

const USUAL = {
  seed: 1,
  rtt: 40,
  loss: 0,
  peers: [],
  requests: [],
  timeLimit: 600_000,
  eventLimit: 20_000_000,
  trace: true,
};

/** @throws OpenWskError OWSK_INVALID_SETTING for a scenario that makes no sense */
export const wholeScenario = (given: DriverScenario): WholeScenario => {
  const scenario = { ...USUAL, ...given };
  const { rtt, timeLimit, eventLimit } = scenario;
  if (!(rtt >= 0 && rtt <= 3_600_000)) throw invalid('rtt', `rtt is ${rtt}; give milliseconds from 0 to 3,600,000`);
  if (!(timeLimit > 0)) throw invalid('timeLimit', `the time limit is ${timeLimit}; give milliseconds above 0`);
  if (!(eventLimit > 0)) throw invalid('eventLimit', `the limit of events is ${eventLimit}; give a number above 0`);
  return scenario;
};

const invalid = (field: string, message: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_SETTING', message, field);

/** A driver on its machine whose code is not TypeScript. */
export interface LoadedDriver {
  readonly entry: DriverEntry;
  /** What it has not given back, and where it was made. */
  leftBehind(): LeftBehind[];
  /** An application's request to one of its devices; run it in a thread. */
  request(request: DeviceRequest): SentRequest;
}

/** A driver whose code is not TypeScript: it becomes a DriverEntry on one machine. */
export interface LoadableDriver {
  /** @param seed of what the driver decides by chance, a number of its own; null on a real network, where nobody may foresee it */
  load(kernel: Kernel, wsk: Wsk, seed: number | null): LoadedDriver;
}
