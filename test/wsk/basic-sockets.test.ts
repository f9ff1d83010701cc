import { afterEach, describe, expect, test } from 'vitest';
import { AF_INET, AF_INET6, formatSockaddr, ntStatusName } from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import {
  IPPROTO_TCP,
  IPPROTO_UDP,
  type OutputBuffer,
  SIO_ADDRESS_LIST_QUERY,
  SIO_WSK_REGISTER_EXTENSION,
  SIO_WSK_SET_REMOTE_ADDRESS,
  SO_RCVBUF,
  SOCK_DGRAM,
  SOCK_RAW,
  SOCK_STREAM,
  SOCKET_ADDRESS_LIST,
  SOL_SOCKET,
  WSK_EVENT_RECEIVE,
  WSK_FLAG_BASIC_SOCKET,
  type WSK_SOCKET,
  WskIoctl,
} from '../../src/wsk/index.ts';
import { setAddress } from '../support/datagrams.ts';
import { Driver } from '../support/driver.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`basic sockets on ${skipText(kind)}`, () => {
    let world: TestWorld;
    let driver: Driver;
    afterEach(() => world.dispose());

    const open = async (type = SOCK_STREAM, protocol = IPPROTO_TCP, family = AF_INET): Promise<WSK_SOCKET> => {
      world = await kind.open();
      driver = await world.run(world.client, (nt) => Driver.load(nt));
      return world.run(world.client, () => basic(type, protocol, family));
    };
    function* basic(type: number, protocol: number, family: number): KernelRoutine<WSK_SOCKET> {
      const { client, provider } = driver;
      const flags = WSK_FLAG_BASIC_SOCKET;
      const call = yield* driver.call((irp) =>
        provider.WskSocket(client, family, type, protocol, flags, null, null, null, null, null, irp),
      );
      expect(call.statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
      return call.socket;
    }
    const query = (socket: WSK_SOCKET, size: number, output: OutputBuffer | null): [string, number] => {
      const returned = { value: 0 };
      const { WskControlSocket } = socket.Dispatch;
      const code = SIO_ADDRESS_LIST_QUERY;
      const status = WskControlSocket(socket, WskIoctl, code, 0, 0, null, size, output, returned, null);
      return [ntStatusName(status), returned.value];
    };

    test('TCP, UDP and raw IP: a table of two functions, and WskCloseSocket', async () => {
      const first = await open();
      expect(Object.keys(first.Dispatch)).toEqual(['WskControlSocket', 'WskCloseSocket']);
      await world.run(world.client, function* () {
        const sockets = [first, yield* basic(SOCK_DGRAM, IPPROTO_UDP, AF_INET6), yield* basic(SOCK_RAW, 1, AF_INET)];
        for (const socket of sockets) {
          expect((yield* driver.close(socket)).statuses).toEqual(['STATUS_PENDING', 'STATUS_SUCCESS']);
        }
        yield* driver.unload();
      });
    });

    test('SIO_ADDRESS_LIST_QUERY: STATUS_BUFFER_OVERFLOW tells the size, then the addresses of the machine', async () => {
      const socket = await open();
      const [status, size] = query(socket, 0, null);
      expect(status).toBe('STATUS_BUFFER_OVERFLOW');
      const list = new SOCKET_ADDRESS_LIST();
      expect(query(socket, size - 1, list)).toEqual(['STATUS_BUFFER_OVERFLOW', size]);
      expect(list.iAddressCount).toBe(0);
      expect(query(socket, size, list)).toEqual(['STATUS_SUCCESS', size]);
      expect(size).toBe(4 + 24 * list.iAddressCount);
      if (kind.name === 'MemoryTransport' || kind.name === 'StackTransport')
        expect(list.Address.map(formatSockaddr)).toEqual(['10.0.0.1:0']);
      for (const address of list.Address) expect(address.sa_family).toBe(AF_INET);
      expect(query(socket, size, new Uint8Array(size))[0]).toBe('STATUS_INVALID_PARAMETER');
    });

    test('of the other family, the other addresses', async () => {
      const socket = await open(SOCK_STREAM, IPPROTO_TCP, AF_INET6);
      const list = new SOCKET_ADDRESS_LIST();
      expect(query(socket, 4096, list)[0]).toBe('STATUS_SUCCESS');
      for (const address of list.Address) expect(address.sa_family).toBe(AF_INET6);
      if (kind.name === 'StackTransport') expect(list.Address.map(formatSockaddr)).toEqual(['[fd00::1]:0']);
    });

    test('what they do not have: options, events and addresses; SIO_WSK_REGISTER_EXTENSION is STATUS_NOT_SUPPORTED', async () => {
      const socket = await open();
      const { WskControlSocket } = socket.Dispatch;
      const option = await world.run(world.client, () => driver.setOption(socket, SOL_SOCKET, SO_RCVBUF, 1));
      expect(option.name).toBe('STATUS_INVALID_PARAMETER');
      expect(driver.eventsNow(socket, WSK_EVENT_RECEIVE)).toBe('STATUS_INVALID_PARAMETER');
      expect(setAddress(driver, socket, SIO_WSK_SET_REMOTE_ADDRESS, new Uint8Array(28)).name).toBe(
        'STATUS_INVALID_DEVICE_REQUEST',
      );
      const code = SIO_WSK_REGISTER_EXTENSION;
      const status = WskControlSocket(socket, WskIoctl, code, 0, 0, null, 0, null, null, null);
      expect(ntStatusName(status)).toBe('STATUS_NOT_SUPPORTED');
      const withIrp = driver.start((irp) => WskControlSocket(socket, WskIoctl, code, 0, 0, null, 0, null, null, irp));
      expect(withIrp.statuses).toEqual(Array(2).fill('STATUS_INVALID_PARAMETER'));
      const code0 = SIO_ADDRESS_LIST_QUERY;
      expect(ntStatusName(WskControlSocket(socket, WskIoctl, code0, 0, 0, null, 64, null, null, null))).toBe(
        'STATUS_INVALID_PARAMETER',
      );
    });
  });
}
