import { cpus, release, totalmem, type } from 'node:os';
import { pinning } from './processes.ts';

/** What the figures hold for. */
export const machine = () => ({
  system: `${type()} ${release()} ${process.arch}`,
  cpu: cpus()[0]?.model ?? 'unknown',
  cpus: cpus().length,
  memoryGiB: Math.round(totalmem() / 2 ** 30),
  node: process.version,
  pinning,
});
