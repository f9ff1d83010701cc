import { DriverEntry as fastOpen } from '../../examples/fast-open.ts';
import { ntStatus } from '../../src/base/index.ts';
import type { DriverEntry } from '../../src/kernel/index.ts';
import { type DriverScenario, parsePeer, runDriver } from '../../src/sim/index.ts';
import { Recorder, RecordKind } from '../../src/trace/index.ts';

export const machines = { 1: 'driver', 2: 'peer' };

/** The trace of the Fast Open sample, or of another driver. */
export const traceOf = async (scenario: DriverScenario = {}, driver: DriverEntry = fastOpen): Promise<Recorder> =>
  (await runDriver(driver, { peers: [parsePeer('echo')], ...scenario })).simulation.trace!;

/** Completes an IRP that is complete. */
export const badDriver: DriverEntry = (_object, _path, nt) => {
  nt.DbgPrint('about to complete it');
  nt.IoCompleteRequest(nt.IoAllocateIrp(1, false)!, 0);
  return ntStatus.STATUS_SUCCESS;
};

/** A record of every kind, with the values at the edges. */
export const everyKind = (): Recorder => {
  const clock = { time: 0, now: () => clock.time };
  const trace = new Recorder(clock);
  const name = (text: string): number => trace.intern(text);
  const add = (kind: RecordKind, a: number, b = 0, c = 0, d = 0): void => {
    clock.time += 1_000_003;
    trace.record(kind, 1, a, b, c, d);
  };
  add(RecordKind.Thread, name('main'), 3, 1);
  add(RecordKind.Call, name('WskSend'), 4, 5, 2);
  add(RecordKind.Frame, name('Send'), name('driver.c'), 12, 0);
  add(RecordKind.Return, name('WskSend'), 4, 5, ntStatus.STATUS_PENDING);
  add(RecordKind.Complete, ntStatus.STATUS_CONNECTION_RESET, 0, 5, 2);
  add(RecordKind.Complete, 0xc0fffff0 | 0, 7, 6, 0);
  add(RecordKind.Callback, name('WskReceiveEvent'), 4, ntStatus.STATUS_DATA_NOT_ACCEPTED, 100);
  add(RecordKind.EarlyData, 4, -1, -1);
  add(RecordKind.EarlyData, 4, 100, 1);
  add(RecordKind.EarlyData, 4, 0, 0);
  add(RecordKind.Print, name('text with "quotes"\n and </script>'));
  add(RecordKind.TcpState, name('10.0.0.1:1>10.0.0.2:7'), name('ESTABLISHED'));
  add(RecordKind.TcpWindow, name('10.0.0.1:1>10.0.0.2:7'), 14_600, -1, 1460);
  add(RecordKind.TcpWindow, name('10.0.0.1:1>10.0.0.2:7'), 10_220, 7300, 0);
  add(RecordKind.Finding, 1, name('R3'), name('an advice'));
  add(RecordKind.Finding, 2, name(''), name('an error'));
  trace.recordPacket(name('driver'), name('lost on the link'), 0, Uint8Array.of(9, 9, 9), 0, 3);
  clock.time = 5e12;
  trace.recordPacket(name('driver'), name('sent'), 5, new Uint8Array(0), 0, 0, 6e12, name('peer'));
  add(RecordKind.BugCheck, 0x44, name('R1'), name('completed twice'));
  add(RecordKind.Detail, name('the first time in Done'));
  add(RecordKind.Problem, name('left behind at unload: 1 IRP'));
  add(RecordKind.Thread, name('main'), 3, 0);
  return trace;
};
