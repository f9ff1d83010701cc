import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { DriverEntry } from '../../examples/fast-open.ts';
import { jsonRecord } from '../../src/report/index.ts';
import { parsePeer, runDriver } from '../../src/sim/index.ts';

/**
 * The bytes of whole runs, as digests that were taken once: the same on every machine and every version of Node. When
 * the stack behaves differently on purpose, take them anew: npx vitest run test/sim/golden -u
 */
test('runs are the same on every machine', async () => {
  const lines: string[] = [];
  for (const [seed, rtt, loss] of [
    [1, 40, 0],
    [9, 40, 0.2],
    [77, 13, 0.1],
  ]) {
    const { simulation, problems } = await runDriver(DriverEntry, { seed, rtt, loss, peers: [parsePeer('echo')] });
    expect(problems).toEqual([]);
    const trace = simulation.trace!;
    const digest = createHash('sha256');
    for (const record of trace.records()) digest.update(`${JSON.stringify(jsonRecord(trace, record))}\n`);
    lines.push(`seed ${seed}, RTT ${rtt} ms, loss ${loss}: ${trace.length} records, ${digest.digest('hex')}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden.txt');
});
