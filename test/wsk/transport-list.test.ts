import { expect, test } from 'vitest';
import { ntStatusName } from '../../src/base/index.ts';
import { WSK_TRANSPORT_LIST_CHANGE, WSK_TRANSPORT_LIST_QUERY } from '../../src/wsk/index.ts';
import { type Call, Driver } from '../support/driver.ts';
import { World } from '../support/world.ts';

const loaded = () => {
  const world = new World();
  const machine = world.machine();
  const driver = world.run(machine, (nt) => Driver.load(nt));
  const { WskControlClient } = driver.provider;
  const query = (size: number, output: Uint8Array | null, returned: { value: number } | null): string =>
    ntStatusName(WskControlClient(driver.client, WSK_TRANSPORT_LIST_QUERY, 0, null, size, output, returned, null));
  const watch = (): Call =>
    driver.start((irp) => WskControlClient(driver.client, WSK_TRANSPORT_LIST_CHANGE, 0, null, 0, null, null, irp));
  return { world, machine, driver, query, watch };
};

test('WSK_TRANSPORT_LIST_QUERY: STATUS_BUFFER_OVERFLOW with the size, then TCP and UDP of both families', () => {
  const { query } = loaded();
  const returned = { value: 0 };
  expect(query(0, null, returned)).toBe('STATUS_BUFFER_OVERFLOW');
  const size = returned.value;
  expect(query(size - 1, new Uint8Array(size), returned)).toBe('STATUS_BUFFER_OVERFLOW');
  const output = new Uint8Array(size).fill(0xff);
  expect(query(size, output, returned)).toBe('STATUS_SUCCESS');
  const view = new DataView(output.buffer);
  const transports = Array.from({ length: size / 28 }, (_, i) => [
    view.getUint16(28 * i + 8, true), // AddressFamily
    view.getUint16(28 * i + 2, true), // SocketType
    view.getUint32(28 * i + 4, true), // Protocol
  ]);
  expect(transports).toEqual([
    [2, 1, 6],
    [2, 2, 17],
    [23, 1, 6],
    [23, 2, 17],
  ]);
});

test('WSK_TRANSPORT_LIST_QUERY takes room for the size, and no IRP', () => {
  const { driver, query } = loaded();
  expect(query(0, null, null)).toBe('STATUS_INVALID_PARAMETER');
  expect(query(4096, null, { value: 0 })).toBe('STATUS_INVALID_PARAMETER');
  const { WskControlClient } = driver.provider;
  const code = WSK_TRANSPORT_LIST_QUERY;
  const call = driver.start((irp) => WskControlClient(driver.client, code, 0, null, 0, null, { value: 0 }, irp));
  expect(call.statuses).toEqual(Array(2).fill('STATUS_INVALID_PARAMETER'));
});

test('WSK_TRANSPORT_LIST_CHANGE pends until it is cancelled; without an IRP: STATUS_INVALID_PARAMETER', () => {
  const { world, machine, driver, watch } = loaded();
  const call = watch();
  world.executor.run();
  expect([ntStatusName(call.returned), call.completions]).toEqual(['STATUS_PENDING', 0]);
  machine.nt.IoCancelIrp(call.irp);
  expect(world.run(machine, () => driver.wait(call)).name).toBe('STATUS_CANCELLED');
  const { WskControlClient } = driver.provider;
  const status = WskControlClient(driver.client, WSK_TRANSPORT_LIST_CHANGE, 0, null, 0, null, null, null);
  expect(ntStatusName(status)).toBe('STATUS_INVALID_PARAMETER');
});

test('WskDeregister cancels every WSK_TRANSPORT_LIST_CHANGE, and returns after they have completed', () => {
  const { world, machine, driver, watch } = loaded();
  const calls = [watch(), watch()];
  world.run(machine, () => driver.unload());
  expect(calls.map(({ completions, name }) => [completions, name])).toEqual(Array(2).fill([1, 'STATUS_CANCELLED']));
});
