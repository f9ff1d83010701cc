/** What cannot be had from a real network at will: on MemoryTransport, on the virtual clock. */
import { describe, expect, test } from 'vitest';
import { ntStatus, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import { SECOND } from '../../src/time/index.ts';
import {
  SO_CONDITIONAL_ACCEPT,
  SOL_SOCKET,
  type Transport,
  WSK_EVENT_ACCEPT,
  WSK_EVENT_RECEIVE,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_SOCKET,
} from '../../src/wsk/index.ts';
import { type Call, connection, Driver, listener } from '../support/driver.ts';
import type { MemoryEndpoint } from '../support/memory-endpoint.ts';
import { MemoryTransport } from '../support/memory-transport.ts';
import { World } from '../support/world.ts';

const nowhere = new SOCKADDR_IN('10.0.0.9', 7);

const loaded = (options: Parameters<World['machine']>[0] = {}) => {
  const world = new World();
  const machine = world.machine(options);
  const driver = world.run(machine, (nt) => Driver.load(nt));
  return { world, machine, driver };
};

const endpointOf = (socket: WSK_SOCKET): MemoryEndpoint => (socket as never as { endpoint: MemoryEndpoint }).endpoint;

describe('a connect that goes nowhere', () => {
  /** The ways to connect. */
  const calls: Record<string, (driver: Driver) => KernelRoutine<Call>> = {
    *WskConnect(driver) {
      const socket = yield* driver.connectionSocket();
      return driver.start((irp) => connection(socket).WskConnect(socket, nowhere, 0, irp));
    },
    *WskConnectEx(driver) {
      return driver.connectEx(yield* driver.connectionSocket(), nowhere, 'x');
    },
    *WskSocketConnect(driver) {
      const { WskSocketConnect } = driver.provider;
      const parameters = [driver.client, 1, 6, new SOCKADDR_IN(), nowhere, 0, null, null, null, null, null] as const;
      return driver.start((irp) => WskSocketConnect(...parameters, irp));
    },
  };

  describe.each(Object.entries(calls))('by %s', (_name, begin) => {
    test.each([
      'STATUS_HOST_UNREACHABLE',
      'STATUS_NETWORK_UNREACHABLE',
      'STATUS_ADDRESS_ALREADY_EXISTS',
      'STATUS_ADDRESS_ALREADY_ASSOCIATED',
      'STATUS_IO_TIMEOUT',
    ] as const)('ends with what the network says: %s', (status) => {
      const { world, machine, driver } = loaded();
      if (status === 'STATUS_IO_TIMEOUT') world.network.silent.add('10.0.0.9');
      else world.network.failing.set('10.0.0.9', ntStatus[status]);
      world.run(machine, function* () {
        const call = yield* driver.wait(yield* begin(driver));
        expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', status, 0]);
        expect([call.completions, call.pendingReturned]).toEqual([1, true]);
      });
      expect(world.executor.now() >= 21 * SECOND).toBe(status === 'STATUS_IO_TIMEOUT');
    });
  });

  test('no answer: STATUS_IO_TIMEOUT after 21 s, and the socket is bound as before', () => {
    const { world, machine, driver } = loaded();
    world.network.silent.add('10.0.0.9');
    world.run(machine, function* () {
      const socket = yield* driver.connectionSocket();
      const call = yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.9', 7), 'x'));
      expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_IO_TIMEOUT', 0]);
      expect(world.executor.now()).toBeGreaterThanOrEqual(21 * SECOND);
      yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.9', 7), 'x'));
    });
  });

  test('no route: STATUS_NETWORK_UNREACHABLE', () => {
    const { world, machine, driver } = loaded();
    world.network.unreachable.add('10.0.0.9');
    world.run(machine, function* () {
      const socket = yield* driver.connectionSocket();
      const call = yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.9', 7), 'x'));
      expect([...call.statuses, call.information]).toEqual(['STATUS_PENDING', 'STATUS_NETWORK_UNREACHABLE', 0]);
    });
  });

  test('the time-out pattern: wait with a time, IoCancelIrp, wait again: STATUS_CANCELLED', () => {
    const { world, machine, driver } = loaded();
    world.network.silent.add('10.0.0.9');
    world.run(machine, function* (nt) {
      const socket = yield* driver.connectionSocket();
      const call = driver.connectEx(socket, new SOCKADDR_IN('10.0.0.9', 7), 'x');
      yield* driver.wait(call, -5 * 10_000_000);
      expect([call.completions, world.executor.now()]).toEqual([0, 5 * SECOND]);
      expect(nt.IoCancelIrp(call.irp)).toBe(true);
      yield* driver.wait(call);
      expect([call.name, world.executor.now()]).toEqual(['STATUS_CANCELLED', 5 * SECOND]);
    });
  });
});

describe('what a system refuses', () => {
  test('a local port that is not for everybody: STATUS_ACCESS_DENIED, and the socket can still be bound', () => {
    const { world, machine, driver } = loaded();
    world.network.forbiddenPorts.add(80);
    world.run(machine, function* () {
      const socket = yield* driver.connectionSocket(null);
      const denied = yield* driver.bind(socket, new SOCKADDR_IN('0.0.0.0', 80));
      expect([...denied.statuses, denied.information]).toEqual(['STATUS_PENDING', 'STATUS_ACCESS_DENIED', 0]);
      expect((yield* driver.bind(socket, new SOCKADDR_IN('0.0.0.0', 8080))).name).toBe('STATUS_SUCCESS');
    });
  });

  test('an option that a transport does not have: STATUS_NOT_SUPPORTED, inline, and the socket goes on', () => {
    const { world, machine, driver } = loaded();
    world.network.missingOptions.add('conditionalAccept');
    world.run(machine, function* () {
      const { socket } = yield* driver.newSocket(WSK_FLAG_LISTEN_SOCKET);
      const set = yield* driver.setOption(socket, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1);
      expect([set.inline, ...set.statuses]).toEqual([true, 'STATUS_NOT_SUPPORTED', 'STATUS_NOT_SUPPORTED']);
      expect((yield* driver.bind(socket, new SOCKADDR_IN('0.0.0.0', 7))).name).toBe('STATUS_SUCCESS');
    });
  });
});

describe('no memory', () => {
  test('no endpoint: WskSocket and WskSocketConnect end with STATUS_INSUFFICIENT_RESOURCES, and nothing is left', () => {
    const world = new World();
    const transport: Transport = Object.assign(new MemoryTransport(world.network), { allowance: 0 });
    const machine = world.machine({ transport });
    world.run(machine, function* (nt) {
      const driver = yield* Driver.load(nt);
      const failed = ['STATUS_PENDING', 'STATUS_INSUFFICIENT_RESOURCES'];
      expect((yield* driver.newSocket(WSK_FLAG_CONNECTION_SOCKET)).statuses).toEqual(failed);
      const call = yield* driver.call((irp) =>
        driver.provider.WskSocketConnect(
          driver.client,
          1,
          6,
          new SOCKADDR_IN(),
          new SOCKADDR_IN('10.0.0.2', 7),
          0,
          null,
          null,
          null,
          null,
          null,
          irp,
        ),
      );
      expect([...call.statuses, call.information]).toEqual([...failed, 0]);
      yield* driver.unload();
    });
  });

  test('no room for the Buffer: WskConnectEx ends with STATUS_INSUFFICIENT_RESOURCES, and may be tried again', () => {
    let memory = true;
    const { world, machine, driver } = loaded({ mayAllocate: () => memory });
    world.run(machine, function* () {
      const socket = yield* driver.connectionSocket();
      const buffer = driver.buffer('x');
      const call = yield* driver.call((irp) => {
        memory = false;
        return connection(socket).WskConnectEx(socket, new SOCKADDR_IN('10.0.0.2', 7), buffer, 0, irp);
      });
      expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_INSUFFICIENT_RESOURCES']);
      memory = true;
      const again = yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.2', 7), 'x'));
      expect(again.name).toBe('STATUS_CONNECTION_REFUSED');
    });
  });

  test('IoAllocateIrp and IoAllocateMdl give NULL', () => {
    const { machine } = loaded();
    const empty = new World().machine({ mayAllocate: () => false });
    expect([empty.nt.IoAllocateIrp(1, false), empty.nt.IoAllocateMdl(new Uint8Array(1), 1)]).toEqual([null, null]);
    expect(machine.nt.IoAllocateIrp(1, false)).not.toBeNull();
  });
});

describe('STATUS_FILE_FORCED_CLOSED', () => {
  test('on a connection: what is pending ends with it, later calls return it inline, closing works', () => {
    const { world, machine, driver } = loaded();
    const server = world.machine();
    const far = world.run(server, (nt) => Driver.load(nt));
    world.run(server, () => far.listenSocket(7));
    const log: string[] = [];
    const dispatch = {
      WskReceiveEvent: (_context: unknown, _flags: number, list: unknown, bytes: number) => {
        log.push(`receive ${list === null ? 'NULL' : 'data'} ${bytes}`);
        return STATUS_SUCCESS;
      },
      WskDisconnectEvent: () => {
        log.push('disconnect');
        return STATUS_SUCCESS;
      },
      WskSendBacklogEvent: null,
    };
    world.run(machine, function* () {
      const { socket } = yield* driver.newSocket(WSK_FLAG_CONNECTION_SOCKET, 2, null, dispatch);
      yield* driver.bind(socket, new SOCKADDR_IN());
      yield* driver.wait(driver.connectEx(socket, new SOCKADDR_IN('10.0.0.2', 7), null));
      driver.eventsNow(socket, WSK_EVENT_RECEIVE);
      const receive = driver.receive(socket, new Uint8Array(1));
      const send = driver.send(socket, new Uint8Array(1_000_000));
      endpointOf(socket).forceClose();
      yield* driver.wait(receive);
      yield* driver.wait(send);
      const status = 'STATUS_FILE_FORCED_CLOSED';
      expect([receive.name, send.name]).toEqual([status, status]);
      const address = new SOCKADDR_IN();
      const { WskControlSocket, WskGetLocalAddress, WskGetRemoteAddress, WskBind, WskConnect } = connection(socket);
      for (const call of [
        driver.send(socket, 'x', 0x80),
        driver.receive(socket, new Uint8Array(1)),
        driver.disconnect(socket),
        driver.connectEx(socket, new SOCKADDR_IN('10.0.0.2', 7), 'x', 1),
        driver.start((irp) => WskConnect(socket, new SOCKADDR_IN('10.0.0.2', 7), 0, irp)),
        driver.start((irp) => WskBind(socket, new SOCKADDR_IN(), 0, irp)),
        driver.start((irp) => WskGetLocalAddress(socket, address, irp)),
        driver.start((irp) => WskGetRemoteAddress(socket, address, irp)),
        driver.start((irp) => WskControlSocket(socket, 0, 8, 0xffff, 4, new Uint8Array(4), 0, null, null, irp)),
        driver.events(socket, WSK_EVENT_RECEIVE),
      ]) {
        expect([call.inline, ...call.statuses]).toEqual([true, status, status]);
      }
      expect(driver.eventsNow(socket, WSK_EVENT_RECEIVE)).toBe(status);
      expect((yield* driver.close(socket)).name).toBe('STATUS_SUCCESS');
    });
    expect(log).toEqual(['receive NULL 0']);
  });

  test('on a listener: the accept that waits ends with it, WskAcceptEvent gets NULL once', () => {
    const { world, machine, driver } = loaded();
    const log: string[] = [];
    const dispatch = {
      WskAcceptEvent: (...[, , , , socket]: unknown[]) => {
        log.push(socket === null ? 'NULL' : 'socket');
        return STATUS_SUCCESS;
      },
      WskInspectEvent: null,
      WskAbortEvent: null,
    };
    world.run(machine, function* () {
      const { socket } = yield* driver.newSocket(WSK_FLAG_LISTEN_SOCKET, 2, null, dispatch);
      yield* driver.bind(socket, new SOCKADDR_IN('0.0.0.0', 7));
      driver.eventsNow(socket, WSK_EVENT_ACCEPT);
      const accept = driver.accept(socket);
      endpointOf(socket).forceClose();
      endpointOf(socket).forceClose();
      yield* driver.wait(accept);
      expect(accept.name).toBe('STATUS_FILE_FORCED_CLOSED');
      const again = driver.start((irp) => listener(socket).WskAccept(socket, 0, null, null, null, null, irp));
      expect(again.statuses).toEqual(Array(2).fill('STATUS_FILE_FORCED_CLOSED'));
      yield* driver.close(socket);
    });
    expect(log).toEqual(['NULL']);
  });

  test('on a stream socket that listens: WskListen again says it, closing works', () => {
    const { world, machine, driver } = loaded();
    world.run(machine, function* () {
      const socket = yield* driver.streamSocket();
      yield* driver.wait(driver.listen(socket));
      endpointOf(socket).forceClose();
      yield* driver.nt.KeDelayExecutionThread(0, false, -1);
      expect(driver.listen(socket).statuses).toEqual(Array(2).fill('STATUS_FILE_FORCED_CLOSED'));
      expect((yield* driver.close(socket)).name).toBe('STATUS_SUCCESS');
    });
  });
});
