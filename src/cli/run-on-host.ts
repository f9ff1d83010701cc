import { once } from 'node:events';
import { NT_SUCCESS, ntStatusName } from '../public/index.ts';
import type { DRIVER_OBJECT, DriverEntry } from '../public/kernel.ts';
import { called, type LoadableDriver, type Nt, RealExecutor, Recorder } from '../public/sim.ts';
import { JSON_SCHEMA, jsonRecord, ladder, ladderText } from '../report/index.ts';
import { hostMachine } from './host.ts';
import { hostReport, writeReport } from './report-file.ts';

interface Options {
  readonly json?: boolean;
  readonly ladder?: boolean;
  readonly report?: string;
}

/**
 * Loads a driver on the system's own network. A driver that has sockets open when DriverEntry has returned is a server:
 * it runs until Ctrl-C. Then it is unloaded.
 */
export const runOnHost = async (
  driver: DriverEntry<Nt> | LoadableDriver,
  { json, ladder: asLadder, report }: Options,
): Promise<void> => {
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  const executor = new RealExecutor();
  const trace = new Recorder(executor);
  const plain = !json && !asLadder;
  const onPrint = (text: string): void => void (plain && say(text.trimEnd()));
  const machine = await hostMachine({ executor, trace, onPrint, quiet: json ?? false });
  const entry = typeof driver === 'function' ? driver : driver.load(machine.kernel, machine.wsk, null).entry;
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\driver' };
  const status = await machine.run((nt) => called(entry(object, '\\Registry\\Machine\\System\\driver', nt)));
  const open = [...machine.wsk.clients].some(({ sockets }) => sockets.size > 0);
  if (NT_SUCCESS(status) && open) {
    process.stderr.write('the driver is loaded; unload it with Ctrl-C\n');
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  }
  const unload = object.DriverUnload;
  if (NT_SUCCESS(status) && unload !== null) await machine.run(() => called(unload(object)));
  if (json) {
    say(JSON.stringify({ kind: 'trace', schema: JSON_SCHEMA, seed: null, machines: { 0: 'driver' } }));
    for (const record of trace.records()) say(JSON.stringify(jsonRecord(trace, record)));
  }
  if (asLadder) for (const line of ladder(trace)) say(ladderText(line));
  if (report !== undefined) writeReport(report, trace, hostReport('driver'));
  machine.close();
  if (NT_SUCCESS(status)) return;
  process.stderr.write(`openwsk: DriverEntry returned ${ntStatusName(status)}\n`);
  process.exitCode = 1;
};
