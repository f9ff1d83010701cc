import type { DRIVER_OBJECT, DriverEntry, KernelRoutine } from '../kernel/index.ts';
import { MILLISECOND } from '../time/index.ts';
import { applications } from './applications.ts';
import { driverNetwork } from './driver-network.ts';
import { type DriverOutcome, type Ends, outcomeOf, Problems, succeeded } from './driver-outcome.ts';
import { type DriverScenario, type LoadableDriver, wholeScenario } from './driver-scenario.ts';
import { reportLeftBehind, reportStalled } from './left-behind.ts';

/** Sets a driver's chance apart from the network's. */
const DRIVER_SEED = 0x6472_7672;

/**
 * Loads a driver on a machine `driver` (10.0.0.1, fd00::1) with a machine `peer` (10.0.0.2, fd00::2) at the other end of
 * a link, lets everything happen that is to happen, unloads it, and tells how it went.
 *
 * @throws OpenWskError for a scenario that makes no sense
 */
export const runDriver = async (
  program: DriverEntry | LoadableDriver,
  given: DriverScenario = {},
): Promise<DriverOutcome> => {
  const scenario = wholeScenario(given);
  const { seed, requests, timeLimit, eventLimit } = scenario;
  const network = driverNetwork(scenario);
  const { simulation, driver } = network;
  const loaded = typeof program === 'function' ? null : program.load(driver.kernel, driver.wsk, seed ^ DRIVER_SEED);
  const entry = typeof program === 'function' ? program : loaded!.entry;
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\driver' };
  const ends: Ends = { status: null, unloaded: false, thrown: null, isCut: false };
  const problems = new Problems(network);
  const thread = (name: string, body: () => KernelRoutine<void>): void => {
    driver.run(body).catch((error: unknown) => {
      ends.thrown ??= error instanceof Error ? `${name}: ${error.message}` : error;
    });
  };
  let eventsLeft = eventLimit;
  /** Lets happen what happens, as long as the limits allow. */
  const settle = async (): Promise<void> => {
    eventsLeft -= await simulation.settle(simulation.now() + timeLimit * MILLISECOND, eventsLeft);
    if (eventsLeft > 0 || ends.isCut) return;
    ends.isCut = true;
    problems.add(`limit: the run was cut after ${eventLimit} events: give it more with --event-limit`);
  };
  thread('DriverEntry', function* () {
    ends.status = yield* called(entry(object, '\\Registry\\Machine\\System\\driver', driver.nt));
  });
  await settle();
  const answers = succeeded(ends) ? applications(requests, loaded, driver) : [];
  if (answers.length > 0) await settle();
  if (driver.isRunning) for (const { overdue } of answers) overdue();
  problems.ofEntry(ends);
  const unload = object.DriverUnload;
  if (succeeded(ends) && unload !== null && driver.isRunning && !ends.isCut) {
    thread('DriverUnload', function* () {
      yield* called(unload(object));
      ends.unloaded = true;
    });
    await settle();
    if (!ends.unloaded && driver.isRunning && !ends.isCut) {
      problems.stalled('DriverUnload');
      reportStalled(driver, loaded?.leftBehind() ?? []);
    }
  }
  if (driver.isRunning && (ends.unloaded || (succeeded(ends) && unload === null)))
    reportLeftBehind(driver, loaded?.leftBehind() ?? null, unload !== null);
  return outcomeOf(network, ends, problems, answers);
};

/** Calls on: a driver's routine is a plain function or a generator. */
export function* called<T>(result: T | KernelRoutine<T>): KernelRoutine<T> {
  const isRoutine = typeof result === 'object' && result !== null && 'next' in result;
  return isRoutine ? yield* result as KernelRoutine<T> : (result as T);
}
