import { expect, test } from 'vitest';
import { ntStatusName, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/base/index.ts';
import {
  NPI_WSK_INTERFACE_ID,
  WSK_CACHE_SD,
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISABLE,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_SET_STATIC_EVENT_CALLBACKS,
} from '../../src/wsk/index.ts';
import { connection, Driver } from '../support/driver.ts';
import { World } from '../support/world.ts';

const setStatic = (driver: Driver, EventMask: number, NpiId = NPI_WSK_INTERFACE_ID): string =>
  ntStatusName(
    driver.provider.WskControlClient(
      driver.client,
      WSK_SET_STATIC_EVENT_CALLBACKS,
      8,
      { NpiId, EventMask },
      0,
      null,
      null,
      null,
    ),
  );

const loaded = () => {
  const world = new World();
  const machine = world.machine();
  const driver = world.run(machine, (nt) => Driver.load(nt));
  return { world, machine, driver };
};

test('static callbacks are enabled on every socket from its creation, and stay', () => {
  const { world, machine, driver } = loaded();
  const server = world.machine();
  const far = world.run(server, (nt) => Driver.load(nt));
  const log: string[] = [];
  const dispatch = {
    WskReceiveEvent: (_context: unknown, _flags: number, _list: unknown, bytes: number) => {
      log.push(`receive ${bytes}`);
      return STATUS_SUCCESS;
    },
    WskDisconnectEvent: () => {
      log.push('disconnect');
      return STATUS_SUCCESS;
    },
    WskSendBacklogEvent: null,
  };
  expect(setStatic(driver, WSK_EVENT_RECEIVE | WSK_EVENT_DISCONNECT | WSK_EVENT_ACCEPT | WSK_EVENT_RECEIVE_FROM)).toBe(
    'STATUS_SUCCESS',
  );
  const accepting = world.run(server, function* () {
    return far.accept(yield* far.listenSocket(7));
  });
  world.run(machine, function* (nt) {
    const { socket } = yield* driver.newSocket(WSK_FLAG_CONNECTION_SOCKET, 2, null, dispatch);
    yield* driver.bind(socket, new SOCKADDR_IN());
    const connect = driver.start(
      (irp) => connection(socket).WskConnect(socket, new SOCKADDR_IN('10.0.0.2', 7), 0, irp),
      () => log.push('connected'),
    );
    yield* driver.wait(connect);
    expect(driver.eventsNow(socket, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE)).toBe('STATUS_INVALID_PARAMETER');
    yield* nt.KeDelayExecutionThread(0, false, -10_000_000);
  });
  world.run(server, function* () {
    const { socket } = yield* far.wait(accepting);
    yield* far.wait(far.disconnect(socket, 0, 'hello'));
  });
  expect(log).toEqual(['connected', 'receive 5', 'disconnect']);
});

test('they come before the first socket, with a mask of events, without an IRP', () => {
  const { world, machine, driver } = loaded();
  for (const mask of [0, 0x1, WSK_EVENT_RECEIVE | WSK_EVENT_DISABLE]) {
    expect(setStatic(driver, mask)).toBe('STATUS_INVALID_PARAMETER');
  }
  expect(setStatic(driver, WSK_EVENT_RECEIVE, 'another')).toBe('STATUS_INVALID_PARAMETER');
  const control = { NpiId: NPI_WSK_INTERFACE_ID, EventMask: WSK_EVENT_RECEIVE };
  const { WskControlClient } = driver.provider;
  const withIrp = driver.start((irp) =>
    WskControlClient(driver.client, WSK_SET_STATIC_EVENT_CALLBACKS, 8, control, 0, null, null, irp),
  );
  expect(withIrp.statuses).toEqual(['STATUS_INVALID_PARAMETER', 'STATUS_INVALID_PARAMETER']);
  world.run(machine, () => driver.connectionSocket());
  expect(setStatic(driver, WSK_EVENT_RECEIVE)).toBe('STATUS_INVALID_DEVICE_STATE');
});

test('WskControlClient without a client is STATUS_INVALID_HANDLE; codes that are not here say so', () => {
  const { driver } = loaded();
  const { WskControlClient } = driver.provider;
  expect(ntStatusName(WskControlClient(null, WSK_SET_STATIC_EVENT_CALLBACKS, 0, null, 0, null, null, null))).toBe(
    'STATUS_INVALID_HANDLE',
  );
  const call = driver.start((irp) => WskControlClient(driver.client, WSK_CACHE_SD, 0, null, 0, null, null, irp));
  expect(call.statuses).toEqual(['STATUS_NOT_IMPLEMENTED', 'STATUS_NOT_IMPLEMENTED']);
});
