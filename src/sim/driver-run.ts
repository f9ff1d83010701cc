import { NT_SUCCESS, type NTSTATUS, ntStatusName } from '../base/index.ts';
import { type DRIVER_OBJECT, type DriverEntry, findingText, type KernelRoutine } from '../kernel/index.ts';
import { MILLISECOND, type Nanoseconds } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import { applications, type RequestOutcome } from './applications.ts';
import type { DriverOutcome, Failure } from './driver-outcome.ts';
import { checkScenario, type DriverScenario, type LoadableDriver, type LoadedDriver } from './driver-scenario.ts';
import { reportLeftBehind, reportStalled } from './left-behind.ts';
import { leftOpen } from './left-open.ts';
import type { PeerClient } from './peers/index.ts';
import { pendingCalls } from './pending-calls.ts';
import type { SimulatedMachine } from './simulated-machine.ts';
import { Simulation } from './simulation.ts';
import { type Surroundings, surroundings } from './surroundings.ts';

/** Sets a driver's chance apart from the network's. */
const DRIVER_SEED = 0x6472_7672;

const DEFAULT_TIME_LIMIT = 600_000;
const DEFAULT_EVENT_LIMIT = 20_000_000;

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
  checkScenario(scenario);
  const run = new DriverRun(program, scenario);
  await run.enter();
  await run.serveApplications();
  await run.unload();
  return run.outcome();
};

class DriverRun {
  private readonly simulation: Simulation;
  private readonly driver: SimulatedMachine;
  private readonly clients: readonly PeerClient[];
  private readonly loaded: LoadedDriver | null;
  private readonly entry: DriverEntry;
  private readonly object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\driver' };
  private readonly scenario: DriverScenario;
  private readonly limit: Nanoseconds;
  private readonly failures: Failure[] = [];
  private readonly prints: string[] = [];
  private answers: readonly RequestOutcome[] = [];
  private status: NTSTATUS | null = null;
  private thrown: unknown = null;
  private eventsLeft: number;
  private isCut = false;
  private isReleased = false;

  constructor(program: DriverEntry | LoadableDriver, scenario: DriverScenario) {
    const { seed = 1, timeLimit = DEFAULT_TIME_LIMIT, eventLimit = DEFAULT_EVENT_LIMIT, trace = true } = scenario;
    this.scenario = scenario;
    this.limit = timeLimit * MILLISECOND;
    this.eventsLeft = eventLimit;
    this.simulation = new Simulation({ seed, trace });
    const { driver, clients }: Surroundings = surroundings(this.simulation, scenario, {
      onPrint: (text) => void (this.driver.kernel.output.dropped === 0 && this.prints.push(text)),
      ...(scenario.vary ? leftOpen(seed) : {}),
      ...(scenario.allow === undefined ? {} : { allowedRules: scenario.allow }),
      ...(scenario.disabledRules === undefined ? {} : { disabledRules: scenario.disabledRules }),
      ...scenario.machine,
    });
    this.driver = driver;
    this.clients = clients;
    this.loaded = typeof program === 'function' ? null : program.load(driver.kernel, driver.wsk, seed ^ DRIVER_SEED);
    this.entry = typeof program === 'function' ? program : this.loaded!.entry;
  }

  /** Runs DriverEntry, and what comes of it. */
  async enter(): Promise<void> {
    const run = this;
    this.inThread('DriverEntry', function* () {
      run.status = yield* called(run.entry(run.object, '\\Registry\\Machine\\System\\driver', run.driver.nt));
    });
    await this.settle();
    if (this.status === null) {
      if (this.goesOn && this.thrown === null) this.stalled('DriverEntry');
    } else if (!this.succeeded) this.fail('entry', `DriverEntry returned ${ntStatusName(this.status)}`);
  }

  /** Lets applications have their requests answered. */
  async serveApplications(): Promise<void> {
    const { requests = [] } = this.scenario;
    if (!this.succeeded || requests.length === 0) return;
    this.answers = applications(requests, this.loaded, this.driver);
    await this.settle();
    if (this.driver.isRunning) for (const { overdue } of this.answers) overdue();
  }

  /** Runs DriverUnload, and looks for what is left behind. */
  async unload(): Promise<void> {
    const unload = this.object.DriverUnload;
    if (!this.succeeded || !this.goesOn) return;
    if (unload === null) return reportLeftBehind(this.driver, this.loaded?.leftBehind() ?? null, false);
    let unloaded = false;
    this.inThread('DriverUnload', function* () {
      yield* called(unload(this.object));
      unloaded = true;
    });
    await this.settle();
    if (!this.goesOn) return;
    if (unloaded) return reportLeftBehind(this.driver, this.loaded?.leftBehind() ?? null, true);
    this.stalled('DriverUnload');
    reportStalled(this.driver, this.loaded?.leftBehind() ?? []);
  }

  outcome(): DriverOutcome {
    const { simulation, driver, status, clients, failures } = this;
    const findings = simulation.machines.flatMap(({ name, findings }) =>
      findings.map((finding) => ({ name, finding })),
    );
    const advice: string[] = [];
    for (const { name, finding } of findings) {
      if (finding.severity === 'advice') advice.push(findingText(finding, name));
      else failures.push({ kind: 'finding', text: findingText(finding, name), finding });
    }
    if (this.thrown !== null && simulation.crashes.length === 0) this.fail('thrown', String(this.thrown));
    for (const { outcome } of clients) {
      if (outcome === null) this.fail('client', 'a client peer got no answer');
      else if (!outcome.ok) this.fail('client', outcome.text);
    }
    const told = this.answers.map((answer) => answer.text ?? 'a request to a device was never completed');
    const tidings = clients.flatMap(({ outcome }) => (outcome?.ok ? [outcome.text] : []));
    return {
      simulation,
      driver,
      status,
      failures,
      prints: this.prints,
      problems: failures.map(({ text }) => text),
      findings: findings.map(({ finding }) => finding),
      silenced: driver.silenced,
      release: () => this.release(),
      tidings: [...told, ...advice, ...tidings, ...driver.limitTexts],
    };
  }

  private release(): void {
    if (!this.isReleased) this.loaded?.release();
    this.isReleased = true;
  }

  private get succeeded(): boolean {
    return this.status !== null && NT_SUCCESS(this.status);
  }

  /** It has neither crashed nor been cut. */
  private get goesOn(): boolean {
    return this.driver.isRunning && !this.isCut;
  }

  /** Lets happen what happens, as long as the limits allow. */
  private async settle(): Promise<void> {
    if (this.isCut) return;
    this.eventsLeft -= await this.simulation.settle(this.simulation.now() + this.limit, this.eventsLeft);
    if (this.eventsLeft > 0) return;
    this.isCut = true;
    const { eventLimit = DEFAULT_EVENT_LIMIT } = this.scenario;
    this.fail('cut', `limit: the run was cut after ${eventLimit} events: give it more with --event-limit`);
  }

  private inThread(name: string, body: (this: this) => KernelRoutine<void>): void {
    this.driver
      .run(() => body.call(this))
      .catch((error: unknown) => {
        this.thrown ??= error instanceof Error ? `${name}: ${error.message}` : error;
      });
  }

  private stalled(routine: string): void {
    const calls = pendingCalls('driver', this.driver.wsk);
    this.fail('stalled', `OWSK_STALLED: ${routine} waits for ever${calls.length === 0 ? '' : `: ${calls.join(', ')}`}`);
  }

  private fail(kind: Failure['kind'], text: string): void {
    const { trace } = this.simulation;
    this.failures.push({ kind, text, finding: null });
    trace?.record(RecordKind.Problem, this.driver.number, trace.intern(text), 0, 0, 0);
  }
}

/** Calls on: a driver's routine is a plain function or a generator. */
export function* called<T>(result: T | KernelRoutine<T>): KernelRoutine<T> {
  const isRoutine = typeof result === 'object' && result !== null && 'next' in result;
  return isRoutine ? yield* result as KernelRoutine<T> : (result as T);
}
