import type { SimulatedMachine } from '../public/sim.ts';

/** The counters of each machine that are not 0, a line each, as netstat -s has them. */
export const statistics = (machines: readonly SimulatedMachine[]): string => {
  const running = machines.filter(({ isRunning }) => isRunning);
  return running
    .map(({ name, host }) => {
      const counted = Object.entries(host.counters).filter(([, count]) => count !== 0);
      const width = Math.max(...counted.map(([what]) => what.length), 0);
      return `${name}\n${counted.map(([what, count]) => `  ${what.padEnd(width)}  ${count}\n`).join('')}`;
    })
    .join('');
};
