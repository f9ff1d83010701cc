import { expect, test } from 'vitest';
import type { WskRequest } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import type { SocketObject } from './socket.ts';
import { SocketList } from './socket-list.ts';

const request = (): WskRequest => ({ nextWaiting: null }) as WskRequest;
const socket = (): SocketObject => ({ olderSocket: null, newerSocket: null }) as SocketObject;

test.each([0, 1, 2])('a queue of three goes on in its order when number %d was taken out', (out) => {
  const queue = new RequestQueue();
  const all = [request(), request(), request()];
  for (const one of all) queue.push(one);
  expect([queue.remove(all[out]), queue.remove(all[out])]).toEqual([true, false]);
  const late = request();
  queue.push(late);
  const order = [queue.shift(), queue.shift(), queue.shift(), queue.shift()];
  expect(order.map((one) => all.indexOf(one as WskRequest))).toEqual([...[0, 1, 2].filter((i) => i !== out), -1, -1]);
  expect([order[2] === late, order[3], queue.first]).toEqual([true, null, null]);
});

test.each([0, 1, 2])('a list of three keeps its order when number %d was deleted, twice', (out) => {
  const list = new SocketList();
  const all = [socket(), socket(), socket()];
  for (const one of all) list.add(one);
  list.delete(all[out]);
  list.delete(all[out]);
  list.add(all[out]);
  const order = [0, 1, 2].filter((i) => i !== out);
  expect([...list].map((one) => all.indexOf(one))).toEqual([...order, out]);
  expect(list.size).toBe(3);
  for (const one of all) list.delete(one);
  expect([list.size, ...list]).toEqual([0]);
});
