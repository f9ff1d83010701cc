/** Conditional accept: not on the host, where the system's sockets answer handshakes by themselves. */
import { describe, expect, test } from 'vitest';
import { ntStatusName, SOCKADDR_IN, STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../src/base/index.ts';
import type { KernelRoutine } from '../../src/kernel/index.ts';
import {
  SIO_WSK_QUERY_INSPECT_ID,
  SO_CONDITIONAL_ACCEPT,
  SOL_SOCKET,
  WSK_FLAG_LISTEN_SOCKET,
  type WSK_INSPECT_ID,
  type WSK_SOCKET,
  WskInspectAccept,
  WskInspectPend,
  WskInspectReject,
  WskIoctl,
} from '../../src/wsk/index.ts';
import { type Call, Driver, listener } from '../support/driver.ts';
import type { MemoryEndpoint } from '../support/memory-endpoint.ts';
import { type WorldKind, worldKinds } from '../support/worlds.ts';

const kinds = worldKinds.filter(({ name }) => name === 'MemoryTransport' || name === 'StackTransport');

const openOn = async (kind: WorldKind) => {
  const world = await kind.open();
  const { client, server } = world;
  const near = await world.run(client, (nt) => Driver.load(nt));
  const far = await world.run(server, (nt) => Driver.load(nt));
  const log: string[] = [];
  const ids: WSK_INSPECT_ID[] = [];
  const answers = { action: WskInspectAccept as number };
  const dispatch = {
    WskAcceptEvent: null,
    WskInspectEvent: (_context: unknown, local: unknown, remote: unknown, id: WSK_INSPECT_ID) => {
      log.push(`inspect ${local} from ${String(remote).replace(/:\d+$/, '')}`);
      ids.push({ ...id });
      return answers.action;
    },
    WskAbortEvent: (_context: unknown, id: WSK_INSPECT_ID) => {
      log.push(`abort ${id.Key === ids[0].Key && id.SerialNumber === ids[0].SerialNumber}`);
      return STATUS_SUCCESS;
    },
  };
  const listening = await world.run(server, function* () {
    const { socket } = yield* far.newSocket(WSK_FLAG_LISTEN_SOCKET, 2, null, dispatch);
    expect((yield* far.setOption(socket, SOL_SOCKET, SO_CONDITIONAL_ACCEPT, 1)).name).toBe('STATUS_SUCCESS');
    yield* far.bind(socket, new SOCKADDR_IN('0.0.0.0', 7));
    return socket;
  });
  const connect = function* (): KernelRoutine<Call> {
    const socket = yield* near.connectionSocket();
    return near.connectEx(socket, new SOCKADDR_IN('10.0.0.2', 7), 'x');
  };
  const complete = (socket: WSK_SOCKET, id: WSK_INSPECT_ID, action: number): Call =>
    far.start((irp) => listener(socket).WskInspectComplete(socket, id, action, irp));
  return { world, client, server, near, far, log, ids, answers, listening, connect, complete };
};

describe.each(kinds)('$name', (kind) => {
  const opened = () => openOn(kind);

  test('WskInspectAccept: the handshake is answered', async () => {
    const { world, client, near, log, connect } = await opened();
    await world.run(client, function* () {
      expect((yield* near.wait(yield* connect())).name).toBe('STATUS_SUCCESS');
    });
    expect(log).toEqual(['inspect 10.0.0.2:7 from 10.0.0.1']);
  });

  test('WskInspectReject: the client is refused, and nothing follows', async () => {
    const { world, client, near, log, answers, connect } = await opened();
    answers.action = WskInspectReject;
    await world.run(client, function* () {
      expect((yield* near.wait(yield* connect())).name).toBe('STATUS_CONNECTION_REFUSED');
    });
    await world.settle();
    expect(log).toHaveLength(1);
  });

  test('WskInspectPend: nothing is answered until WskInspectComplete, once', async () => {
    const { world, client, server, near, far, ids, answers, listening, connect, complete } = await opened();
    answers.action = WskInspectPend;
    for (const [action, outcome] of [
      [WskInspectAccept, 'STATUS_SUCCESS'],
      [WskInspectReject, 'STATUS_CONNECTION_REFUSED'],
    ] as const) {
      const call = await world.run(client, connect);
      await world.settle();
      expect(call.completions).toBe(0);
      const id = ids[ids.length - 1];
      await world.run(server, function* () {
        expect((yield* far.wait(complete(listening, id, action))).statuses).toEqual([
          'STATUS_PENDING',
          'STATUS_SUCCESS',
        ]);
        expect(complete(listening, id, action).statuses).toEqual(Array(2).fill('STATUS_NOT_FOUND'));
      });
      await world.run(client, () => near.wait(call));
      expect(call.name).toBe(outcome);
    }
  });

  test('a client that gives up while it is looked at: WskAbortEvent, and the inspection is gone', async () => {
    const { world, client, near, log, ids, answers, listening, connect, complete } = await opened();
    answers.action = WskInspectPend;
    const call = await world.run(client, connect);
    await world.settle();
    near.nt.IoCancelIrp(call.irp);
    // A client that goes silent is missed only when its SYN does not come again.
    for (let i = 0; i < 200 && log.length < 2; i++) await world.settle();
    expect(log[1]).toBe('abort true');
    expect(complete(listening, ids[0], WskInspectAccept).name).toBe('STATUS_NOT_FOUND');
  });

  test('WskInspectComplete takes Accept and Reject only, an IRP, and a socket that listens', async () => {
    const { world, server, far, ids, answers, client, listening, connect, complete } = await opened();
    answers.action = WskInspectPend;
    await world.run(client, connect);
    await world.settle();
    expect(complete(listening, ids[0], WskInspectPend).statuses).toEqual(Array(2).fill('STATUS_INVALID_PARAMETER'));
    expect(listener(listening).WskInspectComplete(listening, ids[0], WskInspectAccept, null)).toBe(
      STATUS_INVALID_PARAMETER,
    );
    expect(complete(listening, { Key: ids[0].Key, SerialNumber: 0 }, WskInspectAccept).name).toBe('STATUS_NOT_FOUND');
    await world.run(server, function* () {
      const { socket } = yield* far.newSocket(WSK_FLAG_LISTEN_SOCKET);
      expect(complete(socket, ids[0], WskInspectAccept).statuses).toEqual(Array(2).fill('STATUS_INVALID_DEVICE_STATE'));
    });
  });
});

describe.each(kinds)('$name', (kind) => {
  test('SIO_WSK_QUERY_INSPECT_ID tells as what an accepted connection was inspected, and WSK keeps nothing of it', async () => {
    const { world, server, client, near, far, ids, answers, listening, connect, complete } = await openOn(kind);
    const { inspection } = listening as never as { inspection: { openCount: number } };
    const query = (socket: WSK_SOCKET, output: Uint8Array | null): string => {
      const { WskControlSocket } = socket.Dispatch;
      const code = SIO_WSK_QUERY_INSPECT_ID;
      return ntStatusName(
        WskControlSocket(socket, WskIoctl, code, 0, 0, null, output?.length ?? 0, output, { value: 0 }, null),
      );
    };
    for (const action of [WskInspectAccept, WskInspectPend]) {
      answers.action = action;
      const accepting = far.accept(listening);
      const call = await world.run(client, connect);
      await world.settle();
      expect(inspection.openCount).toBe(action === WskInspectPend ? 1 : 0);
      if (action === WskInspectPend) {
        await world.run(server, () => far.wait(complete(listening, ids[ids.length - 1], WskInspectAccept)));
      }
      await world.run(client, () => near.wait(call));
      const { socket } = await world.run(server, () => far.wait(accepting));
      expect(inspection.openCount).toBe(0);
      const output = new Uint8Array(8);
      expect(query(socket, output)).toBe('STATUS_SUCCESS');
      const view = new DataView(output.buffer);
      const { Key, SerialNumber } = ids[ids.length - 1];
      expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([Key, SerialNumber]);
      expect(query(socket, new Uint8Array(7))).toBe('STATUS_BUFFER_TOO_SMALL');
      expect(query(socket, null)).toBe('STATUS_INVALID_PARAMETER');
    }
    expect(query(listening, new Uint8Array(8))).toBe('STATUS_INVALID_DEVICE_REQUEST');
  });
});

test('on a listener that the system gave up: STATUS_FILE_FORCED_CLOSED', async () => {
  const memory = kinds.find(({ name }) => name === 'MemoryTransport')!;
  const { world, ids, answers, client, listening, connect, complete } = await openOn(memory);
  answers.action = WskInspectPend;
  await world.run(client, connect);
  await world.settle();
  (listening as never as { endpoint: MemoryEndpoint }).endpoint.forceClose();
  await world.settle();
  const call = complete(listening, ids[0], WskInspectAccept);
  expect([call.inline, ...call.statuses]).toEqual([true, ...Array(2).fill('STATUS_FILE_FORCED_CLOSED')]);
});
