import type { LinkSettings } from '../../src/link/index.ts';
import { MICROSECOND, MILLISECOND } from '../../src/time/index.ts';
import { figure, soaking } from '../support/soak.ts';
import type { Received } from './bulk.ts';
import { ONE_MS, type TunWorld } from './tun-world.ts';

/** What is sent over each network. */
export const BYTES = soaking ? 100_000_000 : 2_000_000;
/** Milliseconds for a test. */
export const LIMIT = soaking ? 600_000 : 60_000;

const reorder = { action: 'reorder', probability: 0.02, delay: 2 * MILLISECOND } as const;

/** Networks of one millisecond there and back, and what else is wrong with them. */
export const networks: [string, LinkSettings][] = [
  ['no loss', ONE_MS],
  ['1 % loss', { ...ONE_MS, loss: 0.01 }],
  ['5 % loss', { ...ONE_MS, loss: 0.05 }],
  ['reordering', { ...ONE_MS, rules: [reorder] }],
  ['jitter beyond the delay', { ...ONE_MS, jitter: 700 * MICROSECOND }],
];

const speed = ({ bytes, ms }: Received): string =>
  `${(ms / 1000).toFixed(2)} s, ${(bytes / ms / 1000).toFixed(1)} MB/s`;

export const report = (what: string, received: Received, { machine }: TunWorld): void => {
  const { tcpRetransSegs, tcpTimeouts, tcpLossProbes, tcpUndos, tcpOutOfOrder } = machine.host.counters;
  const counts = `again ${tcpRetransSegs} timeouts ${tcpTimeouts} probes ${tcpLossProbes} undos ${tcpUndos} early ${tcpOutOfOrder}`;
  figure(`${what}: ${speed(received)}; ${counts}`);
};

export const reportKernels = (what: string, received: Received): void =>
  figure(`kernel to kernel, ${what}: ${speed(received)}`);
