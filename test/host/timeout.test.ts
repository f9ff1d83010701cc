import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { SOCKADDR_IN } from '../../src/base/index.ts';
import { type HostTransport, hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { connection, Driver } from '../support/driver.ts';
import { figure, soaking } from '../support/soak.ts';

const obstacle = soaking ? await hostObstacle() : 'it takes seconds of real time: npm run soak';

const [IPPROTO_TCP, TCP_SYNCNT] = [6, 7];

describe.skipIf(obstacle !== null)(`a peer that drops SYNs${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  test('STATUS_IO_TIMEOUT when the system gives up, and the socket is bound as before', async () => {
    const machine = await openHostMachine();
    const { libc } = machine.wsk.transport as HostTransport;
    // A listener that accepts nobody and whose queue is full: Linux drops further SYNs without a word.
    const full = libc.socket(2, 1, 0);
    const address = new Uint8Array([2, 0, 0, 0, 127, 0, 0, 1, ...new Uint8Array(8)]);
    expect([libc.bind(full, address, 16), libc.listen(full, 0)]).toEqual([0, 0]);
    libc.getsockname(full, address, new Uint8Array([16, 0, 0, 0]));
    const port = address[2] * 256 + address[3];
    const filler = connect(port, '127.0.0.1');
    await once(filler, 'connect');
    const to = new SOCKADDR_IN('127.0.0.1', port);
    const begin = performance.now();
    await machine.run(function* (nt) {
      const driver = yield* Driver.load(nt);
      const socket = yield* driver.connectionSocket();
      const local = yield* driver.localAddress(socket);
      const { fd } = (socket as never as { endpoint: { fd: number } }).endpoint;
      expect(libc.setsockopt(fd, IPPROTO_TCP, TCP_SYNCNT, new Uint8Array([1, 0, 0, 0]), 4)).toBe(0);
      const call = yield* driver.wait(driver.connectEx(socket, to, 'x'));
      expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_IO_TIMEOUT', 0]);
      figure(
        `a connect to a peer that drops, TCP_SYNCNT 1: ${call.name} after ${(performance.now() - begin).toFixed(0)} ms`,
      );
      expect(`${yield* driver.localAddress(socket)}`).toBe(`${local}`);
      // The same socket connects once there is room.
      filler.destroy();
      const accepted = libc.accept4(full, new Uint8Array(16), new Uint8Array([16, 0, 0, 0]), 0);
      libc.close(accepted);
      const again = yield* driver.call((irp) => connection(socket).WskConnect(socket, to, 0, irp));
      expect(again.name).toBe('STATUS_SUCCESS');
      yield* driver.close(socket);
      yield* driver.unload();
    });
    libc.close(full);
    machine.close();
  });
});
