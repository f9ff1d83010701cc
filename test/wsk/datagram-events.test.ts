import { afterEach, describe, expect, test } from 'vitest';
import {
  type NTSTATUS,
  ntStatusName,
  SOCKADDR_IN,
  STATUS_DATA_NOT_ACCEPTED,
  STATUS_INVALID_PARAMETER,
  STATUS_PENDING,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import {
  IP_PKTINFO,
  IPPROTO_IP,
  NPI_WSK_INTERFACE_ID,
  readControlInfo,
  SO_RCVBUF,
  SOL_SOCKET,
  type WSK_CLIENT_DATAGRAM_DISPATCH,
  type WSK_DATAGRAM_INDICATION,
  WSK_EVENT_DISABLE,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_FLAG_AT_DISPATCH_LEVEL,
  WSK_SET_STATIC_EVENT_CALLBACKS,
  type WSK_SOCKET,
} from '../../src/wsk/index.ts';
import { datagram, datagramSocket, newDatagramSocket, Receiving, sendTo } from '../support/datagrams.ts';
import { Driver } from '../support/driver.ts';
import { skipText, type TestWorld, worldKinds } from '../support/worlds.ts';

const textOf = ({ Buffer: { Mdl, Length } }: WSK_DATAGRAM_INDICATION): string => {
  const bytes: number[] = [];
  for (let mdl = Mdl; mdl !== null; mdl = mdl.Next) bytes.push(...mdl.space.bytes(mdl.base, mdl.ByteCount));
  expect(bytes).toHaveLength(Length);
  return Buffer.from(bytes).toString();
};

/** A client's callback that keeps a log, and answers what a test tells it. */
class Callback {
  readonly texts: string[] = [];
  readonly lists: WSK_DATAGRAM_INDICATION[] = [];
  readonly flags: number[] = [];
  readonly irqls: number[] = [];
  nulls = 0;
  answer: NTSTATUS = STATUS_SUCCESS;
  during: (list: WSK_DATAGRAM_INDICATION) => void = () => {};
  readonly dispatch: WSK_CLIENT_DATAGRAM_DISPATCH;

  constructor(irql: () => number) {
    this.dispatch = {
      WskReceiveFromEvent: (_context, flags, indication) => {
        this.flags.push(flags);
        this.irqls.push(irql());
        if (indication === null) this.nulls++;
        else this.lists.push(indication);
        for (let each = indication; each !== null; each = each.Next) this.texts.push(textOf(each));
        if (indication !== null) this.during(indication);
        return this.answer;
      },
    };
  }
}

for (const kind of worldKinds) {
  describe.skipIf(kind.obstacle !== null)(`WskReceiveFromEvent on ${skipText(kind)}`, () => {
    let world: TestWorld;
    let client: Driver;
    let server: Driver;
    afterEach(() => world.dispose());

    /** A socket that sends, one with a callback that is not enabled yet, and the address that leads to it. */
    const open = async (isStatic = false) => {
      world = await kind.open();
      client = await world.run(world.client, (nt) => Driver.load(nt));
      server = await world.run(world.server, (nt) => Driver.load(nt));
      if (isStatic) {
        const control = { NpiId: NPI_WSK_INTERFACE_ID, EventMask: WSK_EVENT_RECEIVE_FROM };
        const { WskControlClient } = server.provider;
        WskControlClient(server.client, WSK_SET_STATIC_EVENT_CALLBACKS, 8, control, 0, null, null, null);
      }
      const callback = new Callback(() => world.server.nt.KeGetCurrentIrql());
      const near = await world.run(world.client, () => datagramSocket(client));
      const far = await world.run(world.server, () => datagramSocket(server, new SOCKADDR_IN(), callback.dispatch));
      const { sin_port } = await world.run(world.server, () => server.localAddress(far));
      const to = new SOCKADDR_IN(world.serverHost, sin_port);
      const send = async (...texts: string[]): Promise<void> => {
        for (const text of texts) {
          await world.run(world.client, () => client.wait(sendTo(client, near, text, to)));
          await world.settle();
        }
      };
      return { near, far, callback, send };
    };
    const events = async (socket: WSK_SOCKET, mask: number): Promise<string> => {
      const call = server.events(socket, mask);
      await world.run(world.server, () => server.wait(call));
      await world.settle();
      return call.name;
    };

    test('shows each datagram with its sender, at DISPATCH_LEVEL; none before it is enabled', async () => {
      const { near, far, callback, send } = await open();
      await send('early');
      expect(callback.texts).toEqual([]);
      expect(await events(far, WSK_EVENT_RECEIVE_FROM)).toBe('STATUS_SUCCESS');
      await send('one', '', 'three');
      expect(callback.texts).toEqual(['early', 'one', '', 'three']);
      expect(new Set(callback.irqls)).toEqual(new Set([2]));
      expect(new Set(callback.flags)).toEqual(new Set([WSK_FLAG_AT_DISPATCH_LEVEL]));
      const { sin_port } = await world.run(world.client, () => client.localAddress(near));
      expect(callback.lists[0].RemoteAddress.port).toBe(sin_port);
      expect([callback.lists[0].ControlInfo, callback.lists[0].ControlInfoLength]).toEqual([null, 0]);
    });

    test('datagrams that have waited come as one list, in order', async () => {
      const { far, callback, send } = await open();
      await send('one', 'two', 'three');
      await events(far, WSK_EVENT_RECEIVE_FROM);
      expect(callback.texts).toEqual(['one', 'two', 'three']);
      expect(callback.lists).toHaveLength(1);
    });

    test('STATUS_PENDING keeps a list until WskRelease, once; further ones come meanwhile', async () => {
      const { far, callback, send } = await open();
      callback.answer = STATUS_PENDING;
      await send('kept', 'too');
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send('later');
      expect(callback.texts).toEqual(['kept', 'too', 'later']);
      const [list, later] = callback.lists;
      expect([textOf(list), textOf(list.Next!)]).toEqual(['kept', 'too']);
      const release = (of: WSK_SOCKET, which: WSK_DATAGRAM_INDICATION): string =>
        ntStatusName(datagram(of).WskRelease(of, which));
      const another = await world.run(world.server, () => datagramSocket(server));
      expect(release(another, list)).toBe('STATUS_INVALID_PARAMETER');
      expect(release(far, list.Next!)).toBe('STATUS_INVALID_PARAMETER');
      expect(release(far, list)).toBe('STATUS_SUCCESS');
      expect(release(far, list)).toBe('STATUS_INVALID_PARAMETER');
      expect(release(far, later)).toBe('STATUS_SUCCESS');
      expect((await world.run(world.server, () => server.close(far))).name).toBe('STATUS_SUCCESS');
      expect(world.server.kernel.findings).toEqual([]);
    });

    test('a list may be released before the callback returns STATUS_PENDING: another processor was faster', async () => {
      const { far, callback, send } = await open();
      callback.answer = STATUS_PENDING;
      callback.during = (list) => {
        expect(datagram(far).WskRelease(far, list)).toBe(STATUS_SUCCESS);
      };
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send('x');
      expect(datagram(far).WskRelease(far, callback.lists[0])).toBe(STATUS_INVALID_PARAMETER);
      expect((await world.run(world.server, () => server.close(far))).name).toBe('STATUS_SUCCESS');
      expect(world.server.kernel.findings).toEqual([]);
    });

    test('as much as SO_RCVBUF is lent; WskRelease makes room again', async () => {
      const { far, callback, send } = await open();
      await world.run(world.server, () => server.setOption(far, SOL_SOCKET, SO_RCVBUF, 20_000));
      callback.answer = STATUS_PENDING;
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send(...Array<string>(8).fill('x'.repeat(4000)));
      expect([4, 5]).toContain(callback.texts.length);
      for (const list of callback.lists) datagram(far).WskRelease(far, list);
      await world.settle();
      // What found no room was dropped, except by the system, which has a buffer of its own.
      if (kind.name === 'HostTransport') expect(callback.texts).toHaveLength(8);
      callback.answer = STATUS_SUCCESS;
      await send('after');
      expect(callback.texts[callback.texts.length - 1]).toBe('after');
    });

    test('R26: closing with a list that was not released', async () => {
      const { far, callback, send } = await open();
      callback.answer = STATUS_PENDING;
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send('kept');
      await world.run(world.server, () => server.close(far));
      expect(world.server.kernel.findings.map(({ rule }) => rule)).toEqual(['R26']);
    });

    test('STATUS_DATA_NOT_ACCEPTED: nothing is lost, and the callback is disabled until it is enabled again', async () => {
      const { far, callback, send } = await open();
      callback.answer = STATUS_DATA_NOT_ACCEPTED;
      await send('one', 'two');
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send('three');
      expect(callback.texts).toEqual(['one', 'two']);
      callback.answer = STATUS_SUCCESS;
      await events(far, WSK_EVENT_RECEIVE_FROM);
      expect(callback.texts).toEqual(['one', 'two', 'one', 'two', 'three']);
    });

    test('statically enabled it stays enabled after STATUS_DATA_NOT_ACCEPTED: the next datagram shows what waits', async () => {
      const { callback, send } = await open(true);
      callback.answer = STATUS_DATA_NOT_ACCEPTED;
      await send('one');
      callback.answer = STATUS_SUCCESS;
      await send('two');
      expect(callback.texts).toEqual(['one', 'one', 'two']);
    });

    test('a WskReceiveFrom that waits is served first', async () => {
      const { far, callback, send } = await open();
      await events(far, WSK_EVENT_RECEIVE_FROM);
      const waiting = new Receiving(server, far);
      await send('asked for', 'shown');
      expect([waiting.text, callback.texts]).toEqual(['asked for', ['shown']]);
    });

    test('SO_WSK_EVENT_CALLBACK: bound sockets and the one event of datagrams only; disabling it stops it', async () => {
      const { far, callback, send } = await open();
      const unbound = await world.run(world.server, () => newDatagramSocket(server));
      expect(server.eventsNow(unbound, WSK_EVENT_RECEIVE_FROM)).toBe('STATUS_INVALID_DEVICE_STATE');
      expect(server.eventsNow(far, WSK_EVENT_RECEIVE)).toBe('STATUS_INVALID_PARAMETER');
      expect(server.eventsNow(far, WSK_EVENT_RECEIVE_FROM)).toBe('STATUS_SUCCESS');
      await send('shown');
      expect(server.eventsNow(far, WSK_EVENT_RECEIVE_FROM | WSK_EVENT_DISABLE)).toBe('STATUS_SUCCESS');
      await send('not shown');
      expect(callback.texts).toEqual(['shown']);
    });

    test.skipIf(kind.noPacketInfo !== null)('IP_PKTINFO comes with each datagram', async () => {
      const { far, callback, send } = await open();
      await world.run(world.server, () => server.setOption(far, IPPROTO_IP, IP_PKTINFO, 1));
      await events(far, WSK_EVENT_RECEIVE_FROM);
      await send('x');
      const [{ ControlInfo, ControlInfoLength }] = callback.lists;
      expect(ControlInfoLength).toBe(20);
      const [{ type, data }] = readControlInfo(ControlInfo!);
      expect([type, data.subarray(0, 4).join('.')]).toEqual([IP_PKTINFO, world.serverHost]);
    });

    test('WskRelease of what is no list: STATUS_INVALID_PARAMETER', async () => {
      const { far } = await open();
      const none = {} as WSK_DATAGRAM_INDICATION;
      expect(datagram(far).WskRelease(far, none)).toBe(STATUS_INVALID_PARAMETER);
    });
  });
}
