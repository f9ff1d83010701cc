import { expect, test } from 'vitest';
import { RecordKind, runDriver } from '../../src/public/sim.ts';
import { cDriver } from '../support/c-driver.ts';

test('a member of a dispatch table that is not here yet completes its IRP, as all do', async () => {
  const { simulation } = await runDriver(await cDriver('test/driver/guests/not-here.c'));
  const printed = [...simulation.trace!.records()]
    .filter(({ kind }) => kind === RecordKind.Print)
    .map(({ a }) => simulation.trace!.nameOf(a));
  expect(printed).toEqual([
    'WskSendEx 0xc0000002, completed 1 with 0xc0000002\n',
    'WskReceiveEx 0xc0000002, completed 1 with 0xc0000002\n',
  ]);
}, 60_000);
