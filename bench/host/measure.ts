/**
 * The host part: OpenWSK on the system's sockets against net.connect and C, all against one server on loopback, in
 * rounds that run every client once; then the same at a distance of 40 ms.
 */

import type { Latency } from './latency.ts';
import type { Row, Series } from './lib/goal.ts';
import { compile } from './lib/native.ts';
import { CLIENT_CPU, jsonOf, SERVER_CPU, script, started } from './lib/processes.ts';
import { PORT, SINK, SOURCE, startServer } from './lib/server.ts';
import type { Taken, Work } from './worker.ts';

export const parts = ['connections', 'bulk', 'latency'] as const;
export type Part = (typeof parts)[number];

export interface Size {
  readonly rounds: number;
  readonly warmUp: number;
  /** Connections per round. */
  readonly count: number;
  readonly bytes: number;
  readonly latencyRounds: number;
  readonly latencyCount: number;
}

export const full: Size = {
  rounds: 7,
  warmUp: 10_000,
  count: 40_000,
  bytes: 2 ** 29,
  latencyRounds: 5,
  latencyCount: 15,
};
export const quick: Size = {
  rounds: 3,
  warmUp: 3_000,
  count: 5_000,
  bytes: 2 ** 27,
  latencyRounds: 2,
  latencyCount: 5,
};

/**
 * So many that TIME_WAIT leaves enough ports free. Each source has its own destination, since the system's cache of
 * cookies keeps only a handful of sources per destination.
 */
const PAIRS = 250;

const progress = (text: string): void => void process.stderr.write(`${text}\n`);

const takenBy = async (client: string, work: Work): Promise<Taken> =>
  (await jsonOf(CLIENT_CPU, script('worker', client, JSON.stringify(work)))) as Taken;

const connectionsOf = async (inFlight: number, { rounds, ...size }: Size): Promise<Row[]> => {
  // One at a time is mostly waiting: fewer will do.
  const share = inFlight === 1 ? 4 : 1;
  const [warmUp, count] = [size.warmUp / share, size.count / share];
  const c = compile('epoll-client');
  const work: Work = { work: 'short', port: PORT, warmUp, count, inFlight, pairs: PAIRS };
  const native = [PORT, warmUp, count, inFlight, PAIRS].map(String);
  const rates: Record<string, number[]> = { wsk: [], net: [], ...(c === null ? {} : { c: [] }) };
  const costs: Record<string, number[]> = { wsk: [], net: [], ...(c === null ? {} : { c: [] }) };
  for (let round = 1; round <= rounds; round++) {
    progress(`connections, ${inFlight} in flight: round ${round} of ${rounds}`);
    for (const name of Object.keys(rates)) {
      const taken = name === 'c' ? ((await jsonOf(CLIENT_CPU, [c!, ...native])) as Taken) : await takenBy(name, work);
      if (name !== 'net' && taken.inSyn < count) progress(`  ${name}: ${taken.inSyn} of ${count} in the SYN`);
      rates[name].push(count / taken.seconds);
      costs[name].push((taken.cpuSeconds / count) * 1e6);
    }
  }
  const bounded = inFlight === 64;
  const series = (values: Record<string, number[]>): Series[] =>
    Object.entries(values).map(([name, each]) => ({ name, values: each }));
  return [
    {
      work: `connections, ${inFlight} in flight`,
      unit: 'per second',
      series: series(rates),
      goals: [
        { of: 'wsk', to: 'net', ...(bounded ? { atLeast: 2 } : {}) },
        { of: 'wsk', to: 'c', ...(bounded ? { atLeast: 0.65 } : {}) },
      ],
    },
    {
      work: `client CPU per connection, ${inFlight} in flight`,
      unit: 'µs',
      series: series(costs),
      goals: [
        { of: 'wsk', to: 'net', ...(bounded ? { atMost: 0.4 } : {}) },
        { of: 'wsk', to: 'c' },
      ],
    },
  ];
};

const bulk = async (work: 'send' | 'receive', { rounds, bytes }: Size): Promise<Row[]> => {
  const order: Work = { work, port: PORT + (work === 'send' ? SINK : SOURCE), warmUp: bytes / 8, bytes };
  const rates: Record<string, number[]> = { wsk: [], net: [] };
  for (let round = 1; round <= rounds; round++) {
    progress(`bulk ${work}: round ${round} of ${rounds}`);
    for (const name of Object.keys(rates)) rates[name].push(bytes / 1e6 / (await takenBy(name, order)).seconds);
  }
  const series = Object.entries(rates).map(([name, values]) => ({ name, values }));
  return [{ work: `bulk ${work}`, unit: 'MB/s', series, goals: [{ of: 'wsk', to: 'net', atLeast: 0.9 }] }];
};

const latency = async ({ latencyRounds, latencyCount }: Size): Promise<Row[]> => {
  progress('first byte at 40 ms');
  const { child, line } = await started(SERVER_CPU, script('latency', String(latencyRounds), String(latencyCount)));
  child.kill('SIGKILL');
  return (JSON.parse(line) as Latency[]).map(({ size, wsk, net, roundTrip }) => ({
    work: `first byte, request of ${size} bytes`,
    unit: 'ms',
    series: [
      { name: 'wsk', values: wsk },
      { name: 'net', values: net },
      { name: 'RTT', values: roundTrip },
    ],
    goals: [
      { of: 'wsk', to: 'RTT', atMost: 1.03 },
      { of: 'net', to: 'RTT' },
    ],
  }));
};

/** @returns rows, what was skipped and why, and what served */
export const measureHost = async (only: readonly Part[], size: Size) => {
  const rows: Row[] = [];
  const skipped: string[] = [];
  const { server, kind } = await startServer();
  try {
    if (only.includes('connections')) {
      for (const inFlight of [1, 64]) rows.push(...(await connectionsOf(inFlight, size)));
    }
    if (only.includes('bulk')) {
      for (const work of ['send', 'receive'] as const) rows.push(...(await bulk(work, size)));
    }
  } finally {
    server.kill('SIGKILL');
  }
  if (only.includes('latency')) {
    try {
      rows.push(...(await latency(size)));
    } catch (error) {
      skipped.push(`first byte at 40 ms: the relay could not be set up (${(error as Error).message}); it needs root`);
    }
  }
  if (compile('epoll-client') === null) skipped.push('the C client and server: gcc is not installed');
  return { rows, skipped, server: kind };
};
