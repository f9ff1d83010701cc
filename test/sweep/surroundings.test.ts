import { expect, test } from 'vitest';
import { type NTSTATUS, ntStatusName, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/public/index.ts';
import type { DRIVER_OBJECT, KernelRoutine } from '../../src/public/kernel.ts';
import { type Aspect, type Nt, parsePeer, runSeed, type Scenario, type SeedRun } from '../../src/public/sim.ts';
import { connection, Driver } from '../support/driver.ts';

/** Connects to the peer, sends ten bytes, prints what each call gave, and receives until the connection ends. */
function* client(object: DRIVER_OBJECT, _path: string, nt: Nt): KernelRoutine<NTSTATUS> {
  object.DriverUnload = () => {};
  const driver = yield* Driver.load(nt);
  const say = (what: string, status: NTSTATUS, bytes = 0): void =>
    nt.DbgPrint(`${what} ${ntStatusName(status)}${bytes > 0 ? ` ${bytes}` : ''}`);
  const socket = yield* driver.connectionSocket();
  const connect = yield* driver.call((irp) =>
    connection(socket).WskConnect(socket, new SOCKADDR_IN('10.0.0.2', 7), 0, irp),
  );
  say('connect', connect.status);
  if (connect.status === STATUS_SUCCESS) {
    yield* driver.wait(driver.send(socket, new Uint8Array(10).fill(0x61)));
    for (let left = 10; left > 0; ) {
      const receive = yield* driver.wait(driver.receive(socket, new Uint8Array(10)));
      const bytes = Number(receive.information);
      say('receive', receive.status, bytes);
      if (receive.status !== STATUS_SUCCESS || bytes === 0) break;
      left -= bytes;
    }
  }
  yield* driver.close(socket);
  yield* driver.unload();
  return STATUS_SUCCESS;
}

/** What the client printed and what the seeds chose, over many of them. */
const over = async (seeds: number, ...aspects: Aspect[]): Promise<readonly SeedRun[]> => {
  const scenario: Scenario = { peers: [parsePeer('echo')], aspects };
  const runs: SeedRun[] = [];
  for (let seed = 1; seed <= seeds; seed++) runs.push(await runSeed(client, scenario, seed));
  return runs;
};

const printed = (runs: readonly SeedRun[]): Set<string> => new Set(runs.flatMap(({ outcome }) => outcome.prints));
const chosen = (runs: readonly SeedRun[]): Set<string> =>
  new Set(runs.flatMap(({ choices }) => choices.made.map(({ what }) => what)));

test('peers refuse, are silent, reset, end early and say nothing: the driver meets each status', async () => {
  const runs = await over(120, 'service', 'manners');
  expect(runs.flatMap(({ wrong }) => wrong)).toEqual([]);
  const met = printed(runs);
  for (const text of [
    'connect STATUS_CONNECTION_REFUSED',
    'connect STATUS_IO_TIMEOUT',
    'receive STATUS_CONNECTION_RESET',
    'receive STATUS_SUCCESS',
    'receive STATUS_SUCCESS 10',
  ])
    expect(met).toContain(text);
  const late = runs.find(({ choices }) => choices.made.some(({ what }) => what.includes('says nothing for 30 s')));
  expect(late!.outcome.prints).toContain('receive STATUS_CONNECTION_RESET');
  expect(late!.outcome.simulation.now()).toBeGreaterThan(30e9);
});

test('answers come in pieces of 1 and 7 bytes', async () => {
  const met = printed(await over(40, 'pieces'));
  for (const bytes of [1, 7, 3, 10]) expect(met).toContain(`receive STATUS_SUCCESS ${bytes}`);
});

test('whatever the network does, a connection that is made brings all bytes: trouble ends after 20 s', async () => {
  const runs = await over(300, 'rtt', 'mtu', 'lose', 'duplicate', 'reorder', 'late', 'fastOpen', 'cut');
  const connected = runs.filter(({ outcome }) => outcome.prints.includes('connect STATUS_SUCCESS'));
  expect(connected.length).toBeGreaterThan(0.9 * runs.length);
  for (const { outcome, seed } of connected) {
    const bytes = outcome.prints.flatMap((text) => /receive STATUS_SUCCESS (\d+)/.exec(text)?.[1] ?? []);
    expect([seed, bytes.reduce((sum, text) => sum + Number(text), 0)]).toEqual([seed, 10]);
  }
  const made = [...chosen(runs)].join('\n');
  for (const what of [
    /is lost/,
    /comes twice/,
    /is overtaken/,
    /800 ms late/,
    /takes 1500 ms/,
    /find the link down/,
    /1,280 bytes/,
  ])
    expect(made).toMatch(what);
});
