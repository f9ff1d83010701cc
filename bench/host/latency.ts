/**
 * Two network namespaces, a TUN device in each and a relay with 20 ms each way between them: clients here, the server
 * there. Prints one line of JSON, then waits to be killed (a thread is blocked in a read of the device).
 */
import { newNamespace, openTun, prepareNamespace } from './lib/network.ts';
import { CLIENT_CPU, jsonOf, script } from './lib/processes.ts';
import { Relay } from './lib/relay.ts';
import { LONGER, PORT, startServer } from './lib/server.ts';
import { median } from './lib/stats.ts';
import type { Taken, Work } from './worker.ts';

export interface Latency {
  readonly size: number;
  /** Per round, in ms: the medians. */
  readonly wsk: number[];
  readonly net: number[];
  readonly roundTrip: number[];
}

const DELAY = 20;
const SERVER = '10.77.0.2';
const [rounds, count] = process.argv.slice(2).map(Number);

newNamespace();
prepareNamespace();
const serverTun = openTun('server', SERVER);
const { server } = await startServer();
newNamespace();
prepareNamespace();
const relay = new Relay(openTun('client', '10.77.0.1'), serverTun, DELAY);

const measure = async (client: string, work: Work): Promise<number> => {
  const { firstByte } = (await jsonOf(CLIENT_CPU, script('worker', client, JSON.stringify(work)))) as Taken;
  return median(firstByte);
};

const results: Latency[] = [];
for (const [size, offset] of [
  [100, 0],
  [1000, LONGER],
]) {
  const result: Latency = { size, wsk: [], net: [], roundTrip: [] };
  for (let round = 0; round < rounds; round++) {
    relay.roundTrips.length = 0;
    const work: Work = { work: 'firstByte', host: SERVER, port: PORT + offset, size, warmUp: 2, count };
    result.wsk.push(await measure('wsk', work));
    result.net.push(await measure('net', work));
    result.roundTrip.push(median(relay.roundTrips));
  }
  results.push(result);
}
server.kill('SIGKILL');
process.stdout.write(`${JSON.stringify(results)}\n`);
