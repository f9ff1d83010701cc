import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Clients run on one processor, servers and the relay on another. */
export const CLIENT_CPU = 0;
export const SERVER_CPU = 1;

const canPin = cpus().length > 1 && spawnSync('taskset', ['--version']).error === undefined;
export const pinning = canPin ? `clients on CPU ${CLIENT_CPU}, servers on CPU ${SERVER_CPU}` : 'none';

const pinned = (cpu: number, command: string[]): string[] =>
  canPin ? ['taskset', '-c', String(cpu), ...command] : command;

/** A bundle of this bench, as a command. */
export const script = (name: string, ...parameters: string[]): string[] => [
  process.execPath,
  ...(process.env.BENCH_NODE_OPTIONS?.split(' ') ?? []),
  join(import.meta.dirname, `${name}.js`),
  ...parameters,
];

/** Runs a command to its end. @returns the JSON that it printed */
export const jsonOf = async (cpu: number, command: string[]): Promise<unknown> => {
  const [file, ...parameters] = pinned(cpu, command);
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (text) => (output += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command.join(' ')}: exit code ${code}`);
  return JSON.parse(output);
};

/** Starts a command that runs until it is killed. @returns it, and the first line that it printed */
export const started = async (cpu: number, command: string[]): Promise<{ child: ChildProcess; line: string }> => {
  const [file, ...parameters] = pinned(cpu, command);
  const child = spawn(file, parameters, { stdio: ['ignore', 'pipe', 'inherit'] });
  const failed = once(child, 'exit').then(([code]) => {
    throw new Error(`${command.join(' ')}: exit code ${code}`);
  });
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed]);
  failed.catch(() => {});
  return { child, line };
};
