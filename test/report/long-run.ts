import { Random } from '../../src/base/index.ts';
import { Simulation } from '../../src/sim/index.ts';
import { echo, Sockets, serve } from '../../src/sockets/index.ts';
import { MILLISECOND } from '../../src/time/index.ts';
import type { Recorder } from '../../src/trace/index.ts';

const PAYLOAD = 48_000;
/** Connections at once. */
const AT_ONCE = 4;

/**
 * A run of so many records: connections that have up to 48,000 random bytes echoed, over a link that loses packets.
 * Random bytes are the worst that a report can get: nothing of them deflates.
 */
export const longRun = async (records: number): Promise<Recorder> => {
  const simulation = new Simulation({ seed: 1 });
  const [client, server] = [simulation.addMachine('driver'), simulation.addMachine('peer')];
  const settings = { delay: 20 * MILLISECOND, loss: 0.01 };
  simulation.connect(client, ['10.0.0.1/24'], server, ['10.0.0.2/24'], settings);
  const random = new Random(7);
  const trace = simulation.trace!;
  await simulation.run(async () => {
    serve(await (await Sockets.open(server)).listen('0.0.0.0:7', { fastOpen: true }), echo).catch(() => {});
    const sockets = await Sockets.open(client);
    const exchange = async (): Promise<void> => {
      while (trace.length < records) {
        const data = Uint8Array.from({ length: 1 + random.below(PAYLOAD) }, () => random.below(256));
        const connection = await sockets.connect('10.0.0.2:7', { fastOpen: true, data });
        for (let got = 0; got < data.length; ) got += (await connection.read())!.length;
        await connection.close();
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, exchange));
  });
  return trace;
};
