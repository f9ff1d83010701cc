import { afterEach, describe, expect, test } from 'vitest';
import { fetchOnce } from '../../examples/raw-npi.ts';
import { SOCKADDR_IN } from '../../src/base/index.ts';
import { type HostMachine, hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { connection, Driver, echoServer } from '../support/driver.ts';

const obstacle = await hostObstacle();

describe.skipIf(obstacle !== null)(
  `WSK on the system's sockets${obstacle === null ? '' : ` (skipped: ${obstacle})`}`,
  () => {
    const machines: HostMachine[] = [];
    const machine = async (): Promise<HostMachine> => {
      const made = await openHostMachine();
      machines.push(made);
      return made;
    };
    afterEach(() => {
      for (const made of machines.splice(0)) made.close();
    });

    test('the raw NPI example talks to a WSK echo server', async () => {
      const server = await machine();
      const local = new SOCKADDR_IN();
      const { driver, listening } = await server.run(function* (nt) {
        const driver = yield* Driver.load(nt);
        const listening = yield* driver.listenSocket(0, true);
        yield* driver.call((irp) => connection(listening).WskGetLocalAddress(listening, local, irp));
        nt.PsCreateSystemThread(() => echoServer(driver, listening));
        return { driver, listening };
      });
      const client = await machine();
      const to = new SOCKADDR_IN('127.0.0.1', local.sin_port);
      const answer = await client.run((nt) => fetchOnce(nt, to, Buffer.from('hello')));
      expect(Buffer.from(answer!).toString()).toBe('hello');
      await server.run(function* () {
        yield* driver.close(listening);
        yield* driver.unload();
      });
    });
  },
);
