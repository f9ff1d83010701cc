import { expect, test } from 'vitest';
import { DriverEntry } from '../../examples/datagram.ts';
import { parsePeer, RecordKind, runDriver } from '../../src/public/sim.ts';

test('the datagram example is answered after one round trip each, and leaves nothing', async () => {
  const { problems, simulation } = await runDriver(DriverEntry, { peers: [parsePeer('echo')] });
  const trace = simulation.trace!;
  const records = [...trace.records()];
  const printed = records.filter(({ kind }) => kind === RecordKind.Print).map(({ a }) => trace.nameOf(a));
  expect(problems).toEqual([]);
  expect(printed).toEqual([...Array(3).fill('6 bytes from 10.0.0.2:7 after 40 ms\n'), 'unloaded\n']);
  const calls = records.filter(({ kind }) => kind === RecordKind.Call).map(({ a }) => trace.nameOf(a));
  expect(calls).toEqual([
    'WskSocket',
    'WskBind',
    ...Array(3).fill(['WskSendTo', 'WskReceiveFrom']).flat(),
    'WskCloseSocket',
  ]);
});

test('whatever the contract leaves open: it works with every order, and with calls that complete inline', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { problems } = await runDriver(DriverEntry, { seed, vary: true, peers: [parsePeer('echo')] });
    expect(problems).toEqual([]);
  }
});
