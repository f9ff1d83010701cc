import { describe, expect, test } from 'vitest';
import { hostObstacle, openHostMachine } from '../../src/public/host.ts';
import { Sockets } from '../../src/sockets/index.ts';
import { RealExecutor } from '../../src/time/index.ts';
import { WSK_FLAG_ABORTIVE, type WSK_PROVIDER_CONNECTION_DISPATCH, type WSK_SOCKET } from '../../src/wsk/index.ts';

for (const [transport, obstacle] of [
  ['koffi', await hostObstacle()],
  ['net', null],
] as const) {
  describe.skipIf(obstacle !== null)(
    `how connections end on ${transport}${obstacle ? ` (skipped: ${obstacle})` : ''}`,
    () => {
      const dispatchOf = (socket: WSK_SOCKET) => socket.Dispatch as WSK_PROVIDER_CONNECTION_DISPATCH;

      /** What the peer reads of a connection that sends 'last' and then ends as `end` says. */
      const ending = async (end: (client: Sockets, socket: WSK_SOCKET) => Promise<unknown>): Promise<string> => {
        const executor = new RealExecutor();
        const machine = await openHostMachine({ executor, transport });
        const sockets = await Sockets.open(machine);
        const listener = await sockets.listen('127.0.0.1:0');
        const near = await sockets.connect(listener.localAddress, { data: 'last' });
        const far = await listener.accept();
        let whole = Buffer.from((await far.read())!).toString();
        await end(sockets, near.socket);
        try {
          for (let bytes = await far.read(); bytes !== null; bytes = await far.read()) whole += Buffer.from(bytes);
          whole += ', end';
        } catch (error) {
          whole += `, ${(error as { statusName: string }).statusName}`;
        }
        await far.close();
        await listener.close();
        await sockets.close();
        machine.close();
        return whole;
      };

      const close = ({ caller }: Sockets, socket: WSK_SOCKET) =>
        caller.call('WskCloseSocket', (irp) => dispatchOf(socket).WskCloseSocket(socket, irp));
      const disconnect = ({ caller }: Sockets, socket: WSK_SOCKET, flags = 0) =>
        caller.call('WskDisconnect', (irp) => dispatchOf(socket).WskDisconnect(socket, null, flags, irp));

      test('WskDisconnect, then WskCloseSocket at once: an end', async () => {
        const outcome = ending(async (sockets, socket) => {
          await disconnect(sockets, socket);
          await close(sockets, socket);
        });
        expect(await outcome).toBe('last, end');
      });

      test('WskDisconnect without a close behind it: an end', async () => {
        const outcome = ending(async (sockets, socket) => {
          await disconnect(sockets, socket);
          setTimeout(() => void close(sockets, socket), 50);
        });
        expect(await outcome).toBe('last, end');
      });

      test('WskCloseSocket alone: a reset', async () => {
        expect(await ending(close)).toBe('last, STATUS_CONNECTION_RESET');
      });

      test('WSK_FLAG_ABORTIVE: a reset', async () => {
        const outcome = ending(async (sockets, socket) => {
          await disconnect(sockets, socket, WSK_FLAG_ABORTIVE);
          await close(sockets, socket);
        });
        expect(await outcome).toBe('last, STATUS_CONNECTION_RESET');
      });
    },
  );
}
