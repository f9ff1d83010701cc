/** Peers that break off at the worst time, on the system's own network, and ports that somebody else has taken. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { ntStatusName, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/base/index.ts';
import { type HostMachine, type HostTransport, hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { echo, Sockets, serve, type WskError } from '../../src/sockets/index.ts';
import { SO_REUSEADDR, SOL_SOCKET, WSK_EVENT_ACCEPT, WSK_FLAG_LISTEN_SOCKET } from '../../src/wsk/index.ts';
import { connection, Driver, listener } from '../support/driver.ts';

const obstacle = await hostObstacle();

describe.skipIf(obstacle !== null)(`peers that break off${obstacle === null ? '' : ` (skipped: ${obstacle})`}`, () => {
  const machines: HostMachine[] = [];
  const loaded = async () => {
    const machine = await openHostMachine();
    machines.push(machine);
    return { machine, driver: await machine.run((nt) => Driver.load(nt)) };
  };
  afterEach(() => {
    for (const made of machines.splice(0)) made.close();
  });

  /** A connection that is established and reset again. @returns the port it came from */
  const hitAndRun = async (port: number): Promise<number> => {
    const socket: Socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const { localPort } = socket;
    socket.resetAndDestroy();
    await once(socket, 'close');
    return localPort!;
  };

  test('a reset before WskAccept: the addresses are there, and the socket says STATUS_CONNECTION_RESET', async () => {
    const { machine, driver } = await loaded();
    const [bound, local, remote] = [new SOCKADDR_IN(), new SOCKADDR_IN(), new SOCKADDR_IN()];
    const listening = await machine.run(function* () {
      const socket = yield* driver.listenSocket(0);
      yield* driver.call((irp) => listener(socket).WskGetLocalAddress(socket, bound, irp));
      return socket;
    });
    const from = await hitAndRun(bound.sin_port);
    await machine.run(function* () {
      const accept = yield* driver.call((irp) =>
        listener(listening).WskAccept(listening, 0, null, null, local, remote, irp),
      );
      expect(accept.name).toBe('STATUS_SUCCESS');
      expect([`${local}`, `${remote}`]).toEqual([`127.0.0.1:${bound.sin_port}`, `127.0.0.1:${from}`]);
      const { socket } = accept;
      const read = yield* driver.wait(driver.receive(socket, new Uint8Array(1)));
      expect(read.name).toBe('STATUS_CONNECTION_RESET');
      yield* driver.close(socket);
    });
  });

  test('a reset before WskAcceptEvent: the same, and the next connection comes in', async () => {
    const { machine, driver } = await loaded();
    const bound = new SOCKADDR_IN();
    const seen: string[] = [];
    const dispatch = {
      WskAcceptEvent: (_context: unknown, _flags: number, _local: unknown, remote: unknown) => {
        seen.push(String(remote));
        return STATUS_SUCCESS;
      },
      WskInspectEvent: null,
      WskAbortEvent: null,
    };
    const listening = await machine.run(function* () {
      const { socket } = yield* driver.newSocket(WSK_FLAG_LISTEN_SOCKET, 2, null, dispatch);
      yield* driver.bind(socket, new SOCKADDR_IN('127.0.0.1'));
      yield* driver.call((irp) => listener(socket).WskGetLocalAddress(socket, bound, irp));
      return socket;
    });
    const from = [await hitAndRun(bound.sin_port), await hitAndRun(bound.sin_port)];
    driver.eventsNow(listening, WSK_EVENT_ACCEPT);
    await new Promise((resolve) => setImmediate(resolve));
    expect(seen).toEqual(from.map((port) => `127.0.0.1:${port}`));
  });

  test('two connections of one port to one peer: STATUS_ADDRESS_ALREADY_EXISTS, and the socket connects elsewhere', async () => {
    const { machine, driver } = await loaded();
    await machine.run(function* () {
      const targets: SOCKADDR_IN[] = [];
      for (let i = 0; i < 2; i++) {
        const { sin_port } = yield* driver.localAddress(yield* driver.listenSocket(0));
        targets.push(new SOCKADDR_IN('127.0.0.1', sin_port));
      }
      const local = new SOCKADDR_IN('127.0.0.1', 0);
      const statuses: string[] = [];
      for (const to of [targets[0], targets[0], targets[1]]) {
        const { socket } = yield* driver.newSocket(2);
        yield* driver.setOption(socket, SOL_SOCKET, SO_REUSEADDR, 1);
        expect((yield* driver.bind(socket, local)).name).toBe('STATUS_SUCCESS');
        local.assign(yield* driver.localAddress(socket));
        statuses.push((yield* driver.wait(driver.connectEx(socket, to, null))).name);
      }
      expect(statuses).toEqual(['STATUS_SUCCESS', 'STATUS_ADDRESS_ALREADY_EXISTS', 'STATUS_SUCCESS']);
    });
  });

  test('resets in the backlog do not stop a server of the promise API, and leave no socket behind', async () => {
    const { machine } = await loaded();
    const sockets = await Sockets.open(machine);
    const server = await sockets.listen('127.0.0.1:0');
    const ended: string[] = [];
    const serving = serve(server, echo, (connection, error) =>
      ended.push(`${connection.remoteAddress.port > 0} ${(error as WskError | null)?.statusName ?? 'served'}`),
    );
    // The server cannot run meanwhile: every one is reset before it is accepted.
    const { port } = server.localAddress;
    const once = `require('net').connect(${port}, '127.0.0.1', function () { this.resetAndDestroy() })`;
    spawnSync(process.execPath, ['-e', `${once}; ${once}`]);
    const connection = await sockets.connect(server.localAddress, { data: 'still there' });
    expect(Buffer.from((await connection.read({ timeout: 5000 }))!).toString()).toBe('still there');
    await connection.end();
    expect(await connection.read()).toBeNull();
    await connection.close();
    await server.close();
    await serving;
    await sockets.close();
    expect(ended).toEqual([...Array(2).fill('true STATUS_CONNECTION_RESET'), 'true served']);
    expect(machine.kernel.liveIrps.size).toBe(0);
  });

  test('a local port that was lost while a connect failed: the next one says so, until it is free again', async () => {
    const { machine, driver } = await loaded();
    const { libc } = machine.wsk.transport as HostTransport;
    const { bind, errno } = libc;
    const EADDRINUSE = 98;
    await machine.run(function* () {
      const { socket } = yield* driver.newSocket(2);
      const [before, after] = [new SOCKADDR_IN(), new SOCKADDR_IN()];
      yield* driver.bind(socket, new SOCKADDR_IN());
      yield* driver.call((irp) => connection(socket).WskGetLocalAddress(socket, before, irp));
      const nobody = new SOCKADDR_IN('127.0.0.1', 1);
      const start = () => driver.start((irp) => connection(socket).WskConnect(socket, nobody, 0, irp));
      const connect = () => driver.wait(start());
      const first = start();
      Object.assign(libc, { bind: () => -1, errno: () => EADDRINUSE });
      yield* driver.wait(first);
      expect(first.name).toBe('STATUS_CONNECTION_REFUSED');
      expect((yield* connect()).name).toBe('STATUS_ADDRESS_ALREADY_ASSOCIATED');
      Object.assign(libc, { bind, errno });
      expect((yield* connect()).name).toBe('STATUS_CONNECTION_REFUSED');
      yield* driver.call((irp) => connection(socket).WskGetLocalAddress(socket, after, irp));
      expect(`${after}`).toBe(`${before}`);
      expect(ntStatusName((yield* driver.close(socket)).status)).toBe('STATUS_SUCCESS');
    });
  });
});
