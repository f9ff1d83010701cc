import type { ChildProcess } from 'node:child_process';
import { compile } from './native.ts';
import { SERVER_CPU, script, started } from './processes.ts';

export const PORT = 9000;
/** Offsets from PORT, see bench/peers/epoll-server.c. */
export const SINK = 1;
export const SOURCE = 2;
export const LONGER = 3;

/** The server that all clients use: C, or Node where there is no gcc. */
export const startServer = async (): Promise<{ server: ChildProcess; kind: string }> => {
  const program = compile('epoll-server');
  const command = program === null ? script('net-server', String(PORT)) : [program, String(PORT)];
  const { child } = await started(SERVER_CPU, command);
  return { server: child, kind: program === null ? 'node:net' : 'C, epoll' };
};
