import { NT_SUCCESS, type NTSTATUS, ntStatusName, OpenWskError, SOCKADDR_IN } from '../base/index.ts';
import type { DeviceRequest, LeftBehind, SentRequest } from '../driver/index.ts';
import {
  type DRIVER_OBJECT,
  type DriverEntry,
  type Finding,
  findingText,
  type Kernel,
  type KernelRoutine,
  type RuleId,
} from '../kernel/index.ts';
import type { LinkSettings } from '../link/index.ts';
import { MILLISECOND } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import type { Wsk } from '../wsk/index.ts';
import { applications, type RequestSpec } from './applications.ts';
import { reportLeftBehind, reportStalled } from './left-behind.ts';
import { leftOpen } from './left-open.ts';
import { isLocalPeer, type PeerSpec, peerAddress, peerName, startPeer } from './peer-kinds.ts';
import type { ClientPeer } from './peers/index.ts';
import { pendingCalls } from './pending-calls.ts';
import type { SimulatedMachine, SimulatedMachineOptions } from './simulated-machine.ts';
import { Simulation } from './simulation.ts';

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
  readonly machine?: SimulatedMachineOptions;
  readonly trace?: boolean;
}

/** Such a driver on its machine. */
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

export interface DriverOutcome {
  readonly simulation: Simulation;
  readonly driver: SimulatedMachine;
  /** What DriverEntry returned; null when it never did. */
  readonly status: NTSTATUS | null;
  /** What went wrong, a line each: the driver's failure, its bug check, what it left behind, what a client peer missed. */
  readonly problems: readonly string[];
  /** Misuses that were seen, on any machine: bug checks, errors and advice. */
  readonly findings: readonly Finding[];
  /** What client peers and advice have to tell. */
  readonly tidings: readonly string[];
  /** How often findings of an allowed rule were passed over. */
  readonly silenced: ReadonlyMap<RuleId, number>;
}

/** Sets a driver's chance apart from the network's. */
const DRIVER_SEED = 0x6472_7672;

const DRIVER_ADDRESSES = ['10.0.0.1/24', 'fd00::1/64'];
const PEER_ADDRESSES = ['10.0.0.2/24', 'fd00::2/64'];

/**
 * Loads a driver on a machine `driver` (10.0.0.1, fd00::1) with a machine `peer` (10.0.0.2, fd00::2) at the other end of
 * a link, lets everything happen that is to happen, unloads it, and tells how it went.
 *
 * @throws OpenWskError for a scenario that makes no sense
 */
export const runDriver = async (
  program: DriverEntry | LoadableDriver,
  scenario: DriverScenario = {},
): Promise<DriverOutcome> => {
  const { seed = 1, rtt = 40, loss = 0, peers = [], timeLimit = 600_000, trace = true } = scenario;
  if (!(rtt >= 0 && rtt <= 3_600_000)) throw invalid('rtt', `rtt is ${rtt}; give milliseconds from 0 to 3,600,000`);
  if (!(timeLimit > 0)) throw invalid('timeLimit', `the time limit is ${timeLimit}; give milliseconds above 0`);
  const simulation = new Simulation({ seed, trace });
  const driver = simulation.addMachine('driver', {
    ...(scenario.vary ? leftOpen(seed) : {}),
    ...(scenario.allow === undefined ? {} : { allowedRules: scenario.allow }),
    ...(scenario.disabledRules === undefined ? {} : { disabledRules: scenario.disabledRules }),
    ...scenario.machine,
  });
  const peer = simulation.addMachine('peer');
  const settings: LinkSettings = { delay: Math.round((rtt * MILLISECOND) / 2), loss };
  const peerAddresses = [...PEER_ADDRESSES, ...peers.flatMap(hostAddress)];
  simulation.connect(driver, DRIVER_ADDRESSES, peer, peerAddresses, settings);
  for (const address of peers.flatMap(hostAddress)) driver.addRoute(`${address}/${address.includes(':') ? 128 : 32}`);
  const clients: ClientPeer[] = [];
  for (const spec of peers) {
    const at = isLocalPeer(spec) ? driver : peer;
    const name = peerName(spec);
    if (name !== null) simulation.names.alias(name, peer.name);
    const client = startPeer(at, spec, new SOCKADDR_IN('10.0.0.1', spec.port));
    if (client !== null) clients.push(client);
  }
  const loaded = typeof program === 'function' ? null : program.load(driver.kernel, driver.wsk, seed ^ DRIVER_SEED);
  const entry = typeof program === 'function' ? program : loaded!.entry;
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\driver' };
  const ends: { status: NTSTATUS | null; unloaded: boolean; thrown: unknown } = {
    status: null,
    unloaded: false,
    thrown: null,
  };
  const thread = (name: string, body: () => KernelRoutine<void>): void => {
    driver.run(body).catch((error: unknown) => {
      ends.thrown ??= error instanceof Error ? `${name}: ${error.message}` : error;
    });
  };
  thread('DriverEntry', function* () {
    ends.status = yield* called(entry(object, '\\Registry\\Machine\\System\\driver', driver.nt));
  });
  const limit = timeLimit * MILLISECOND;
  await simulation.settle(limit);
  const answers = succeededEntry(ends.status) ? applications(scenario.requests ?? [], loaded, driver) : [];
  if (answers.length > 0) await simulation.settle(simulation.now() + limit);
  if (driver.isRunning) for (const { overdue } of answers) overdue();
  const problems: string[] = [];
  const problem = (text: string): void => {
    problems.push(text);
    simulation.trace?.record(RecordKind.Problem, driver.number, simulation.trace.intern(text), 0, 0, 0);
  };
  const succeeded = succeededEntry(ends.status);
  if (ends.status === null && driver.isRunning && ends.thrown === null) {
    problem(`OWSK_STALLED: DriverEntry waits for ever${listOf(pendingCalls('driver', driver.wsk))}`);
  }
  if (ends.status !== null && !succeeded) problem(`DriverEntry returned ${ntStatusName(ends.status)}`);
  const unload = object.DriverUnload;
  if (succeeded && unload !== null && driver.isRunning) {
    thread('DriverUnload', function* () {
      yield* called(unload(object));
      ends.unloaded = true;
    });
    await simulation.settle(simulation.now() + limit);
    if (!ends.unloaded && driver.isRunning) {
      problem(`OWSK_STALLED: DriverUnload waits for ever${listOf(pendingCalls('driver', driver.wsk))}`);
      reportStalled(driver, loaded?.leftBehind() ?? []);
    }
  }
  if (driver.isRunning && (ends.unloaded || (succeeded && unload === null)))
    reportLeftBehind(driver, loaded?.leftBehind() ?? null, unload !== null);
  const findings = simulation.machines.flatMap((machine) => machine.findings);
  const texts = (advice: boolean): string[] =>
    simulation.machines.flatMap(({ name, findings }) =>
      findings
        .filter(({ severity }) => (severity === 'advice') === advice)
        .map((finding) => findingText(finding, name)),
    );
  problems.push(...texts(false));
  if (ends.thrown !== null && simulation.crashes.length === 0) problem(String(ends.thrown));
  for (const client of clients) {
    if (client.outcome === null) problem('a client peer got no answer');
    else if (!client.outcome.ok) problem(client.outcome.text);
  }
  const told = answers.map((answer) => answer.text ?? 'a request to a device was never completed');
  const tidings = clients.flatMap(({ outcome }) => (outcome?.ok ? [outcome.text] : []));
  return {
    simulation,
    driver,
    status: ends.status,
    problems,
    findings,
    silenced: driver.silenced,
    tidings: [...told, ...texts(true), ...tidings],
  };
};

const succeededEntry = (status: NTSTATUS | null): boolean => status !== null && NT_SUCCESS(status);

/** Calls on: a driver's routine is a plain function or a generator. */
export function* called<T>(result: T | KernelRoutine<T>): KernelRoutine<T> {
  const isRoutine = typeof result === 'object' && result !== null && 'next' in result;
  return isRoutine ? yield* result as KernelRoutine<T> : (result as T);
}

const hostAddress = (spec: PeerSpec): string[] => {
  return peerAddress(spec) === null ? [] : [spec.host!];
};

const listOf = (calls: readonly string[]): string => (calls.length === 0 ? '' : `: ${calls.join(', ')}`);

const invalid = (field: string, message: string): OpenWskError =>
  new OpenWskError('OWSK_INVALID_SETTING', message, field);
