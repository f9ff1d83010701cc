import { NT_SUCCESS, ntStatusName } from '../public/index.ts';
import type { DRIVER_OBJECT, DriverEntry } from '../public/kernel.ts';
import { called, type Nt, RealExecutor, Recorder, RecordKind } from '../public/sim.ts';
import { hostMachine } from './host.ts';

/** Loads a driver on the system's own network, unloads it when DriverEntry has returned, and prints what it printed. */
export const runOnHost = async (entry: DriverEntry<Nt>): Promise<void> => {
  const executor = new RealExecutor();
  const trace = new Recorder(executor);
  const machine = await hostMachine({ executor, trace });
  const object: DRIVER_OBJECT = { DriverUnload: null, DriverName: '\\Driver\\driver' };
  const status = await machine.run(function* (nt) {
    const status = yield* called(entry(object, '\\Registry\\Machine\\System\\driver', nt));
    if (NT_SUCCESS(status) && object.DriverUnload !== null) yield* called(object.DriverUnload(object));
    return status;
  });
  for (const { kind, a } of trace.records()) {
    if (kind === RecordKind.Print) process.stdout.write(`${trace.nameOf(a).trimEnd()}\n`);
  }
  machine.close();
  if (NT_SUCCESS(status)) return;
  process.stderr.write(`DriverEntry returned ${ntStatusName(status)}\n`);
  process.exitCode = 1;
};
