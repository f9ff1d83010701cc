import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Connection, Sockets } from '../../src/sockets/index.ts';
import { fits, piece } from './pattern.mjs';

const peerFile = new URL('./kernel-peer.mjs', import.meta.url).pathname;
const CHUNK = 131_072;
/** Writes in flight: enough for any window. */
const WRITES = 64;

/** What the end that received saw. */
export interface Received {
  readonly bytes: number;
  /** Where the first byte that is not the pattern's stands; -1 for none. */
  readonly wrong: number;
  /** From its first moment to the end of the stream. */
  readonly ms: number;
}

/** A program on the kernel's TCP. */
export class KernelPeer {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(...parameters: (string | number)[]) {
    this.child = spawn(process.execPath, [peerFile, ...parameters.map(String)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  async next<T>(): Promise<T> {
    const { value, done } = await this.lines.next();
    if (done) throw new Error('the kernel peer ended without a word');
    return JSON.parse(value);
  }

  kill(): void {
    this.child.kill();
  }
}

export const sendPattern = async (connection: Connection, bytes: number): Promise<void> => {
  const pending: Promise<void>[] = [];
  for (let sent = 0; sent < bytes; ) {
    const length = Math.min(CHUNK, bytes - sent);
    pending.push(connection.write(piece(sent, length)));
    sent += length;
    if (pending.length === WRITES) await pending.shift();
  }
  await Promise.all(pending);
  await connection.end();
};

export const checkPattern = async (connection: Connection): Promise<Received> => {
  const begin = performance.now();
  let bytes = 0;
  let wrong = -1;
  for (let data = await connection.read(); data !== null; data = await connection.read()) {
    if (wrong < 0 && !fits(data, bytes)) wrong = bytes;
    bytes += data.length;
  }
  return { bytes, wrong, ms: performance.now() - begin };
};

/** Our client sends to the kernel's server. */
export const pushToKernel = async (sockets: Sockets, address: string, bytes: number): Promise<Received> => {
  const peer = new KernelPeer('sink', address);
  try {
    const { port } = await peer.next<{ port: number }>();
    const connection = await sockets.connect(at(address, port));
    await sendPattern(connection, bytes);
    while ((await connection.read()) !== null);
    await connection.close();
    return await peer.next<Received>();
  } finally {
    peer.kill();
  }
};

/** Our client receives from the kernel's server. */
export const fetchFromKernel = async (sockets: Sockets, address: string, bytes: number): Promise<Received> => {
  const peer = new KernelPeer('source', address, bytes);
  try {
    const { port } = await peer.next<{ port: number }>();
    const connection = await sockets.connect(at(address, port));
    const received = await checkPattern(connection);
    await connection.end();
    await connection.close();
    return received;
  } finally {
    peer.kill();
  }
};

/** HOST:PORT, IPv6 addresses in brackets. */
export const at = (address: string, port: number): string =>
  address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
