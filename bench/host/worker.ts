/** One client, one measurement: `worker.js <client> <work> <JSON>` prints what it took as JSON. */
import type { BenchClient } from './clients/bench-client.ts';
import { openNetClient } from './clients/net.ts';
import { openWskClient } from './clients/wsk.ts';

const clients: Record<string, () => Promise<BenchClient>> = { wsk: openWskClient, net: openNetClient };

/** What is asked for; `warmUp` comes first and is not measured. */
export type Work =
  | { readonly work: 'short'; port: number; warmUp: number; count: number; inFlight: number; pairs: number }
  | { readonly work: 'send' | 'receive'; port: number; warmUp: number; bytes: number }
  | { readonly work: 'firstByte'; host: string; port: number; size: number; warmUp: number; count: number };

export interface Taken {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Connections whose bytes rode in the SYN. */
  readonly inSyn: number;
  /** Milliseconds to the first byte, one per connection. */
  readonly firstByte: number[];
}

const run = async (client: BenchClient, work: Work): Promise<Taken> => {
  const firstByte: number[] = [];
  const once = async (warmUp: boolean): Promise<number> => {
    if (work.work === 'short') return client.short({ ...work, count: warmUp ? work.warmUp : work.count });
    if (work.work === 'firstByte') {
      for (let i = 0; i < (warmUp ? work.warmUp : work.count); i++) {
        const taken = await client.firstByte(work.host, work.port, work.size);
        if (!warmUp) firstByte.push(taken);
      }
    } else await client[work.work](work.port, warmUp ? work.warmUp : work.bytes);
    return 0;
  };
  await once(true);
  const [from, cpuFrom] = [performance.now(), process.cpuUsage()];
  const inSyn = await once(false);
  const { user, system } = process.cpuUsage(cpuFrom);
  return { seconds: (performance.now() - from) / 1e3, cpuSeconds: (user + system) / 1e6, inSyn, firstByte };
};

const [name, parameters] = process.argv.slice(2);
const client = await clients[name]();
const taken = await run(client, JSON.parse(parameters));
await client.close();
process.stdout.write(JSON.stringify(taken));
