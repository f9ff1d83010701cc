import { Random } from '../../src/base/index.ts';
import { PacketArena, SimulatedLink } from '../../src/link/index.ts';
import { Host, linuxProfile, type TcpProfile, windowsProfile } from '../../src/tcpip/index.ts';
import { MILLISECOND, VirtualExecutor } from '../../src/time/index.ts';
import { bulk } from './workload.ts';

/**
 * Goodput under loss, in virtual time: 10 MB over 40 ms of round trip and 100 Mbit/s, windows of 1 MiB, means over
 * seeds. A figure of the algorithms, the same on every machine.
 */
const TOTAL = 10_000_000;
const WINDOW = 1 << 20;
const SEEDS = 12;

const goodput = (profile: TcpProfile, loss: number, reorder: number): { mbit: number; timeouts: number } => {
  let seconds = 0;
  let timeouts = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const executor = new VirtualExecutor();
    const arena = new PacketArena();
    const random = new Random(Math.imul(seed, 0x9e3779b1));
    const settings = {
      delay: 20 * MILLISECOND,
      rate: 100e6,
      queueBytes: 250_000,
      loss,
      rules: reorder > 0 ? [{ action: 'reorder' as const, probability: reorder, delay: 3 * MILLISECOND }] : [],
    };
    const link = new SimulatedLink({ executor, arena, random, settings });
    const [client, server] = ['client', 'server'].map(
      (name) => new Host({ name, executor, arena, random: random.fork(), profile }),
    );
    client.addInterface(
      link,
      Array.from({ length: 16 }, (_, i) => `10.0.1.${i + 1}/16`),
    );
    server.addInterface(link, ['10.0.0.2/16']);
    let end = 0;
    const received = bulk({ executor, arena, client, server }, TOTAL, WINDOW, () => {
      end = executor.now();
    });
    if (received < TOTAL) throw new Error(`seed ${seed}: ${received} bytes`);
    seconds += end / 1e9;
    timeouts += client.counters.tcpTimeouts;
  }
  return { mbit: Number(((8 * TOTAL * SEEDS) / seconds / 1e6).toFixed(2)), timeouts: timeouts / SEEDS };
};

for (const profile of [{ ...windowsProfile, dataRetries: 15 }, linuxProfile]) {
  for (const [loss, reorder] of [
    [0, 0],
    [0.001, 0],
    [0.01, 0],
    [0.05, 0],
    [0, 0.05],
  ]) {
    console.log(JSON.stringify({ profile: profile.name, loss, reorder, ...goodput(profile, loss, reorder) }));
  }
}
