import { expect, test } from 'vitest';
import { AF_INET, SOCKADDR_IN, STATUS_SUCCESS } from '../../src/public/index.ts';
import { parsePeer, runDriver, Simulation } from '../../src/public/sim.ts';
import {
  DatagramClient,
  DatagramPeer,
  type DatagramService,
  echoDatagram,
  gatherOf,
  unheard,
} from '../../src/sim/peers/index.ts';
import { SECOND } from '../../src/time/index.ts';

/** Runs a driver that does nothing, with peers on its own machine and elsewhere. */
const run = (...peers: string[]) => runDriver(() => STATUS_SUCCESS, { peers: peers.map(parsePeer) });

/** A client of one UDP service. */
const clientOf = async (service: DatagramService): Promise<DatagramClient> => {
  const simulation = new Simulation();
  const [server, client] = [simulation.addMachine('server'), simulation.addMachine('client')];
  simulation.connect(server, ['10.0.0.1/24'], client, ['10.0.0.2/24']);
  new DatagramPeer(server.transport, AF_INET, 7, service);
  const peer = new DatagramClient(client.transport, client.executor, new SOCKADDR_IN('10.0.0.1', 7));
  await simulation.settle(100 * SECOND);
  return peer;
};

test('udp-client: a server that sends everything back satisfies it, each client by itself', async () => {
  const { tidings, problems } = await run('echo@127.0.0.1:7', 'udp-client@7', 'udp-client@7');
  expect(tidings).toEqual(Array(2).fill('udp-client 10.0.0.1:7: its datagram came back'));
  expect(problems).toEqual([]);
});

test('udp-client: whoever says nothing is asked for a minute', async () => {
  const { problems, simulation } = await run('discard@127.0.0.1:7', 'udp-client@7');
  expect(problems).toEqual(['udp-client 10.0.0.1:7: no answer came']);
  expect(simulation.now() / SECOND).toBeCloseTo(60, 0);
});

test('udp-client: it sends again until an answer comes, and no longer', async () => {
  let came = 0;
  const { outcome } = await clientOf((endpoint, lease) => {
    if (++came < 3) lease.release();
    else echoDatagram(endpoint, lease);
  });
  expect(outcome?.ok).toBe(true);
  expect(came).toBe(3);
});

test('udp-client: other bytes than its own are told', async () => {
  const { outcome } = await clientOf((endpoint, lease) => {
    endpoint.sendTo(gatherOf(new TextEncoder().encode('no')), lease.info.remote, unheard);
    lease.release();
  });
  expect(outcome?.ok).toBe(false);
  expect(outcome?.text).toMatch(/^udp-client 10\.0\.0\.1:7: got "no" for "hello from the client at port \d+\\n"$/);
});

test('udp-client: it goes to the driver and nowhere else', () => {
  expect(parsePeer('udp-client@9')).toEqual({ kind: 'udp-client', host: null, port: 9 });
  expect(() => parsePeer('udp-client@10.0.0.9:7')).toThrow(/client@PORT or udp-client@PORT/);
});
