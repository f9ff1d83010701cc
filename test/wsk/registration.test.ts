import { expect, test } from 'vitest';
import { ntStatusName, SOCKADDR_IN } from '../../src/base/index.ts';
import {
  MAKE_WSK_VERSION,
  WSK_FLAG_CONNECTION_SOCKET,
  WSK_INFINITE_WAIT,
  WSK_NO_WAIT,
  WSK_PROVIDER_CHARACTERISTICS,
  WSK_PROVIDER_NPI,
  WSK_REGISTRATION,
} from '../../src/wsk/index.ts';
import { Driver } from '../support/driver.ts';
import { World } from '../support/world.ts';

const npi = (Version: number) =>
  ({ ClientContext: null, Dispatch: { Version, Reserved: 0, WskClientEvent: null } }) as const;

test('a version that is not supported: STATUS_NOINTERFACE at capture', () => {
  const world = new World();
  world.run(world.machine(), function* (nt) {
    for (const [version, status] of [
      [MAKE_WSK_VERSION(1, 0), 'STATUS_SUCCESS'],
      [MAKE_WSK_VERSION(1, 1), 'STATUS_NOINTERFACE'],
      [MAKE_WSK_VERSION(2, 0), 'STATUS_NOINTERFACE'],
    ] as const) {
      const registration = new WSK_REGISTRATION();
      expect(ntStatusName(nt.WskRegister(npi(version), registration))).toBe('STATUS_SUCCESS');
      const provider = new WSK_PROVIDER_NPI();
      expect(ntStatusName(yield* nt.WskCaptureProviderNPI(registration, WSK_NO_WAIT, provider))).toBe(status);
    }
  });
});

test('a registration is used once at a time; Reserved is 0', () => {
  const { nt } = new World().machine();
  const registration = new WSK_REGISTRATION();
  const wrong = { ClientContext: null, Dispatch: { Version: 0x100, Reserved: 1 as never, WskClientEvent: null } };
  expect(ntStatusName(nt.WskRegister(wrong, registration))).toBe('STATUS_INVALID_PARAMETER');
  expect(ntStatusName(nt.WskRegister(npi(0x100), registration))).toBe('STATUS_SUCCESS');
  expect(ntStatusName(nt.WskRegister(npi(0x100), registration))).toBe('STATUS_INVALID_PARAMETER');
});

test('characteristics tell the versions, until the client deregisters', () => {
  const world = new World();
  world.run(world.machine(), function* (nt) {
    const registration = new WSK_REGISTRATION();
    const characteristics = new WSK_PROVIDER_CHARACTERISTICS();
    expect(ntStatusName(nt.WskQueryProviderCharacteristics(registration, characteristics))).toBe(
      'STATUS_DEVICE_NOT_READY',
    );
    nt.WskRegister(npi(0x100), registration);
    expect(ntStatusName(nt.WskQueryProviderCharacteristics(registration, characteristics))).toBe('STATUS_SUCCESS');
    expect([characteristics.LowestVersion, characteristics.HighestVersion]).toEqual([0x100, 0x100]);
    yield* nt.WskDeregister(registration);
    expect(ntStatusName(nt.WskQueryProviderCharacteristics(registration, characteristics))).toBe(
      'STATUS_DEVICE_NOT_READY',
    );
    expect(ntStatusName(nt.WskRegister(npi(0x100), registration))).toBe('STATUS_SUCCESS');
  });
});

test('WskDeregister waits for a capture when every socket is closed', () => {
  const world = new World();
  let deregistered = false;
  world.run(world.machine(), function* (nt) {
    const driver = yield* Driver.load(nt);
    nt.PsCreateSystemThread(function* deregisters() {
      yield* nt.WskDeregister(driver.registration);
      deregistered = true;
    });
    yield* nt.KeDelayExecutionThread(0, false, -1);
    expect(deregistered).toBe(false);
    nt.WskReleaseProviderNPI(driver.registration);
    yield* nt.KeDelayExecutionThread(0, false, -1);
    expect(deregistered).toBe(true);
  });
});

test('WskDeregister waits for captures and sockets; captures after it fail with STATUS_DEVICE_NOT_READY', () => {
  const world = new World();
  const machine = world.machine();
  const order: string[] = [];
  world.run(machine, function* (nt) {
    const driver = yield* Driver.load(nt);
    const { socket } = yield* driver.newSocket(WSK_FLAG_CONNECTION_SOCKET);
    yield* nt.WskCaptureProviderNPI(driver.registration, WSK_INFINITE_WAIT, new WSK_PROVIDER_NPI());
    nt.PsCreateSystemThread(function* deregisters() {
      yield* nt.WskDeregister(driver.registration);
      order.push('deregistered');
    });
    const step = function* (name: string) {
      yield* nt.KeDelayExecutionThread(0, false, -1);
      order.push(name);
    };
    yield* step('two captures, one socket');
    const late = yield* nt.WskCaptureProviderNPI(driver.registration, WSK_NO_WAIT, new WSK_PROVIDER_NPI());
    expect(ntStatusName(late)).toBe('STATUS_DEVICE_NOT_READY');
    nt.WskReleaseProviderNPI(driver.registration);
    yield* step('one capture, one socket');
    nt.WskReleaseProviderNPI(driver.registration);
    yield* step('one socket');
    yield* driver.bind(socket, new SOCKADDR_IN());
    yield* driver.close(socket);
    yield* step('nothing');
  });
  expect(order).toEqual([
    'two captures, one socket',
    'one capture, one socket',
    'one socket',
    'deregistered',
    'nothing',
  ]);
});
