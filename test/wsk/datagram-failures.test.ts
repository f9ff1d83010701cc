/** What only the network in memory can be told to do. */
import { describe, expect, test } from 'vitest';
import { SOCKADDR_IN, STATUS_SUCCESS } from '../../src/base/index.ts';
import { MSG_BCAST, SO_BROADCAST, SOL_SOCKET, WSK_EVENT_RECEIVE_FROM, type WSK_SOCKET } from '../../src/wsk/index.ts';
import {
  datagram,
  datagramSocket,
  newDatagramSocket,
  Receiving,
  receiveFrom,
  sendMessages,
  sendTo,
} from '../support/datagrams.ts';
import { type Call, Driver } from '../support/driver.ts';
import type { MemoryDatagrams } from '../support/memory-datagrams.ts';
import { MemoryTransport } from '../support/memory-transport.ts';
import { World } from '../support/world.ts';

const to = new SOCKADDR_IN('10.0.0.2', 7);

const opened = () => {
  const world = new World();
  const machine = world.machine();
  const driver = world.run(machine, (nt) => Driver.load(nt));
  const socket = world.run(machine, () => datagramSocket(driver));
  const wait = (call: Call): Call => world.run(machine, () => driver.wait(call));
  return { world, machine, driver, socket, wait };
};

describe('sends that cannot get away', () => {
  test('x IoCancelIrp: STATUS_CANCELLED', () => {
    const { world, machine, driver, socket, wait } = opened();
    world.network.stalled = true;
    for (const call of [sendTo(driver, socket, 'x', to), sendMessages(driver, socket, ['x', 'y'], to)]) {
      machine.nt.IoCancelIrp(call.irp);
      expect(wait(call).statuses).toEqual(['STATUS_PENDING', 'STATUS_CANCELLED']);
    }
  });

  test('x WskCloseSocket: STATUS_CANCELLED, before it completes', () => {
    const { world, machine, driver, socket } = opened();
    world.network.stalled = true;
    const call = sendTo(driver, socket, 'x', to);
    const close = world.run(machine, () => driver.close(socket));
    expect([call.completions, call.name, close.name]).toEqual([1, 'STATUS_CANCELLED', 'STATUS_SUCCESS']);
  });

  test('no way to the address: STATUS_NETWORK_UNREACHABLE, and the socket goes on', () => {
    const { world, driver, socket, wait } = opened();
    world.network.unreachable.add('10.0.0.9');
    const nowhere = new SOCKADDR_IN('10.0.0.9', 7);
    expect(wait(sendTo(driver, socket, 'x', nowhere)).statuses).toEqual([
      'STATUS_PENDING',
      'STATUS_NETWORK_UNREACHABLE',
    ]);
    expect(wait(sendMessages(driver, socket, ['x', 'y'], nowhere)).name).toBe('STATUS_NETWORK_UNREACHABLE');
    expect(wait(sendTo(driver, socket, 'x', to)).name).toBe('STATUS_SUCCESS');
  });
});

test('a datagram socket that the system gave up: what waits ends, later calls say it inline, the callback gets NULL', () => {
  const { world, machine, driver } = opened();
  const shown: unknown[] = [];
  const WskReceiveFromEvent = (_context: unknown, _flags: number, list: unknown): number => {
    shown.push(list);
    return STATUS_SUCCESS;
  };
  const socket = world.run(machine, () => datagramSocket(driver, new SOCKADDR_IN(), { WskReceiveFromEvent }));
  world.run(machine, () => driver.wait(driver.events(socket, WSK_EVENT_RECEIVE_FROM)));
  const waiting = new Receiving(driver, socket);
  (socket as never as { datagrams: { endpoint: MemoryDatagrams } }).datagrams.endpoint.forceClose();
  world.executor.run();
  expect([waiting.call.name, shown]).toEqual(['STATUS_FILE_FORCED_CLOSED', [null]]);
  const later: Call[] = [
    sendTo(driver, socket, 'x', to),
    sendMessages(driver, socket, ['x'], to),
    new Receiving(driver, socket).call,
    driver.start((irp) => datagram(socket).WskBind(socket, to, 0, irp)),
    driver.start((irp) => datagram(socket).WskGetLocalAddress(socket, new SOCKADDR_IN(), irp)),
  ];
  for (const call of later) {
    expect([call.inline, ...call.statuses]).toEqual([true, ...Array(2).fill('STATUS_FILE_FORCED_CLOSED')]);
  }
  expect(world.run(machine, () => driver.close(socket)).name).toBe('STATUS_SUCCESS');
});

test('a broadcast reaches every socket of its port, which are told so: MSG_BCAST', () => {
  const { world, machine, driver, socket, wait } = opened();
  const shared = (): WSK_SOCKET =>
    world.run(machine, function* () {
      const one = yield* newDatagramSocket(driver);
      yield* driver.setOption(one, SOL_SOCKET, 4, 1);
      yield* driver.bind(one, new SOCKADDR_IN('0.0.0.0', 7));
      return one;
    });
  const listeners = [shared(), shared()];
  world.run(machine, () => driver.setOption(socket, SOL_SOCKET, SO_BROADCAST, 1));
  wait(sendTo(driver, socket, 'all', new SOCKADDR_IN('255.255.255.255', 7)));
  for (const listener of listeners) {
    const got = world.run(machine, () => receiveFrom(driver, listener));
    expect([got.text, got.flags.value]).toEqual(['all', MSG_BCAST]);
  }
});

test('no endpoint: WskSocket of datagrams ends with STATUS_INSUFFICIENT_RESOURCES, and nothing is left', () => {
  const world = new World();
  const transport = Object.assign(new MemoryTransport(world.network), { allowance: 0 });
  const machine = world.machine({ transport });
  world.run(machine, function* (nt) {
    const driver = yield* Driver.load(nt);
    const { client, provider } = driver;
    const call = yield* driver.call((irp) =>
      provider.WskSocket(client, 2, 2, 17, 4, null, null, null, null, null, irp),
    );
    expect([call.name, call.information]).toEqual(['STATUS_INSUFFICIENT_RESOURCES', 0]);
    yield* driver.unload();
  });
});

test('an MDL chain that is cut while a WskReceiveFrom waits is a bug check: R22', () => {
  const { world, machine, driver, socket } = opened();
  const [first, second] = [driver.buffer(new Uint8Array(2)), driver.buffer(new Uint8Array(2))];
  first.Mdl!.Next = second.Mdl;
  const buffer = { Mdl: first.Mdl, Offset: 0, Length: 4 };
  const { WskReceiveFrom } = datagram(socket);
  driver.start((irp) => WskReceiveFrom(socket, buffer, 0, null, null, null, null, irp));
  first.Mdl!.Next = null;
  const { sin_port } = world.run(machine, () => driver.localAddress(socket));
  sendTo(driver, socket, 'four', new SOCKADDR_IN('10.0.0.1', sin_port));
  world.executor.run();
  expect(machine.kernel.crash?.rule).toBe('R22');
});

test('a Length beyond the MDL is a bug check: R17, for sends and receives of datagrams alike', () => {
  const { driver, socket } = opened();
  const { Mdl } = driver.buffer('four');
  const long = { Mdl, Offset: 0, Length: 5 };
  expect(() => driver.start((irp) => datagram(socket).WskSendTo(socket, long, 0, to, 0, null, irp))).toThrow(/R17/);
});
