import { expect, test } from 'vitest';
import { fetchOnce } from '../../examples/raw-npi.ts';
import { SOCKADDR_IN } from '../../src/base/index.ts';
import { MILLISECOND } from '../../src/time/index.ts';
import { Driver, echoServer } from '../support/driver.ts';
import { World } from '../support/world.ts';

test('the raw NPI example gets its answer, one round trip earlier once it holds a cookie', () => {
  const world = new World();
  const server = world.machine();
  world.run(server, function* (nt) {
    const driver = yield* Driver.load(nt);
    const listening = yield* driver.listenSocket(7, true);
    nt.PsCreateSystemThread(() => echoServer(driver, listening));
  });
  const client = world.machine();
  const times: number[] = [];
  for (let i = 0; i < 2; i++) {
    const from = world.executor.now();
    const answer = world.run(client, (nt) => fetchOnce(nt, new SOCKADDR_IN('10.0.0.2', 7), Buffer.from('hello')));
    expect(Buffer.from(answer!).toString()).toBe('hello');
    times.push((world.executor.now() - from) / MILLISECOND);
  }
  expect(times[0] - times[1]).toBe(40);
  expect(client.kernel.liveIrps.size).toBe(0);
  expect(client.wsk.clients.size).toBe(0);
});
