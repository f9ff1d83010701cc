import { describe, expect, it } from 'vitest';
import {
  type NTSTATUS,
  ntStatusName,
  Random,
  STATUS_CONNECTION_RESET,
  STATUS_IO_TIMEOUT,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import type { FaultRule, LinkSettings } from '../../src/link/index.ts';
import { linuxProfile, windowsProfile } from '../../src/tcpip/index.ts';
import { MILLISECOND } from '../../src/time/index.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, type Op, pattern, type Socket, World } from './support.ts';

/**
 * Random conversations over random links: whatever the link does, each side gets a prefix of what the other sent,
 * all of it when both ended well, and nothing is left in heap, arena and ports once all is closed. OWSK_SEEDS sets
 * the number of seeds (200 unless given), OWSK_SEED one to run alone.
 */
const SEEDS = Number(process.env.OWSK_SEEDS ?? 200);
const ONLY = process.env.OWSK_SEED;
const BATCH = 50;

const randomSettings = (random: Random): LinkSettings => {
  const rules: FaultRule[] = [];
  const chance = (most: number) => random.unit() * most;
  if (random.chance(0.5)) rules.push({ action: 'drop', probability: chance(0.3) });
  if (random.chance(0.5))
    rules.push({ action: 'reorder', probability: chance(0.3), delay: 1 + random.below(30 * MILLISECOND) });
  if (random.chance(0.5)) rules.push({ action: 'duplicate', probability: chance(0.3) });
  if (random.chance(0.4)) rules.push({ action: 'corrupt', probability: chance(0.2) });
  if (random.chance(0.2)) rules.push({ action: 'drop', match: (packet) => packet.syn, limit: 1 + random.below(2) });
  if (random.chance(0.2)) rules.push({ action: 'drop', match: (packet) => packet.fin, limit: 1 });
  if (random.chance(0.2)) rules.push({ action: 'delay', delay: random.below(5 * MILLISECOND), probability: 0.5 });
  return {
    delay: random.below(30 * MILLISECOND),
    jitter: random.chance(0.3) ? random.below(10 * MILLISECOND) : 0,
    loss: random.chance(0.3) ? chance(0.2) : 0,
    ...(random.chance(0.3) ? { rate: 1e6 + random.below(100e6), queueBytes: 3000 + random.below(100_000) } : {}),
    mtu: random.chance(0.3) ? 600 + random.below(900) : 1500,
    rules,
  };
};

interface Side {
  readonly name: string;
  readonly sent: Uint8Array;
  readonly sends: Op[];
  socket: Socket | null;
}

/** Sends the side's bytes in pieces of random sizes, then ends it. Slow readers leave bytes lying for a while. */
const play = (side: Side, socket: Socket, random: Random, skip: number): void => {
  side.socket = socket;
  let at = skip;
  socket.endpoint.setOption('noDelay', random.below(2));
  if (random.chance(0.2)) {
    socket.reading = false;
    const later = {
      onEvent: () => {
        socket.reading = true;
        socket.drain();
      },
    };
    socket.world.executor.schedule(socket.world.executor.now() + random.below(3000) * MILLISECOND, later, 0, 0);
  }
  const next = (): void => {
    if (at === side.sent.length) {
      socket.shutdown();
      return;
    }
    const count = Math.min(1 + random.below(random.chance(0.3) ? 50 : 20_000), side.sent.length - at);
    const piece = new Memory(side.sent.slice(at, at + count));
    at += count;
    const ahead = random.chance(0.5);
    side.sends.push(socket.send(piece, (op) => (op.status === STATUS_SUCCESS && !ahead ? next() : undefined)));
    if (ahead) next();
  };
  next();
};

const runSeed = (seed: number): { world: World; sides: readonly [Side, Side]; connect: Op } => {
  const random = new Random(Math.imul(seed, 0x9e3779b1)); // neighbours start far apart
  const profile = () => ({
    ...(random.chance(0.5) ? windowsProfile : linuxProfile),
    ...(random.chance(0.3) ? { congestionControl: 'reno' as const } : {}),
    ...(random.chance(0.3) ? { sack: false } : {}),
    ...(random.chance(0.5) ? { ecn: 'ask' as const } : {}),
    dataRetries: 15, // so that few conversations die and the others show what is lost
    receiveBuffer: random.chance(0.2) ? 3000 + random.below(8000) : 65_536,
  });
  const world = new World({
    seed,
    settings: randomSettings(random),
    back: randomSettings(random),
    client: profile(),
    server: profile(),
    capture: true,
  });
  const total = () => random.below(random.chance(0.5) ? 2000 : 120_000);
  const client: Side = { name: 'client', sent: pattern(total(), 1), sends: [], socket: null };
  const server: Side = { name: 'server', sent: pattern(total(), 77), sends: [], socket: null };
  const v6 = random.chance(0.3);
  const at = v6 ? '[fd00::2]:80' : '10.0.0.2:80';
  const serverRandom = random.fork();
  const listener = listen(world, at, (socket) => {
    if (server.socket === null) play(server, socket, serverRandom, 0);
  });
  const socket = clientSocket(world, { fastOpen: true, local: v6 ? '[::]:0' : '0.0.0.0:0' });
  if (random.chance(0.5)) primeCookie(world, v6);
  const early = random.chance(0.7) ? Math.min(client.sent.length, random.below(5000)) : 0;
  const connect = socket.connect(at, early > 0 ? new Memory(client.sent.slice(0, early)) : null, (op) => {
    if (op.status === STATUS_SUCCESS) play(client, socket, random.fork(), early);
  });
  client.socket = socket;
  world.executor.runUntil(7_200_000 * MILLISECOND);
  for (const open of [...listener.accepted, socket, listener]) {
    open.drain();
    open.close();
  }
  world.executor.run();
  return { world, sides: [client, server], connect };
};

/** Hands the client the server's cookie, as an earlier connection would have. */
const primeCookie = (world: World, v6: boolean): void => {
  const { tcp: server } = world.serverHost;
  const words = (text: string) =>
    v6 ? Int32Array.of(0xfd00_0000 | 0, 0, 0, Number(text)) : Int32Array.of(0x0a00_0000 + Number(text), 0, 0, 0);
  const version = v6 ? 6 : 4;
  const there = world.serverHost.acquirePath(version, words('2'), words('1'))!;
  const here = world.clientHost.acquirePath(version, words('1'), words('2'))!;
  const cookie = new Uint8Array(8);
  server.fastOpenServer.writeCookie(there, new DataView(cookie.buffer), 0);
  world.clientHost.tcp.fastOpenCache.learn(here, 80, cookie, 1460);
  world.serverHost.paths.release(there);
  world.clientHost.paths.release(here);
};

const isPrefix = (part: Uint8Array, whole: Uint8Array): boolean =>
  part.length <= whole.length && Buffer.compare(part, whole.subarray(0, part.length)) === 0;

const allowed: ReadonlySet<NTSTATUS> = new Set([STATUS_IO_TIMEOUT, STATUS_CONNECTION_RESET]);

/** @returns what is wrong, or null */
const judge = (seed: number): string | null => {
  const { world, sides, connect } = runSeed(seed);
  const say = (words: string): string => `seed ${seed}: ${words} (OWSK_SEED=${seed} runs it alone)`;
  const left = world.leftovers();
  if (JSON.stringify(left) !== JSON.stringify(NOTHING_LEFT)) return say(`left over: ${JSON.stringify(left)}`);
  if (connect.times !== 1) return say(`the connect ended ${connect.times} times`);
  const [client, server] = sides;
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    const got = to.socket?.bytes ?? new Uint8Array(0);
    if (!isPrefix(got, from.sent))
      return say(`${to.name} got ${got.length} bytes that are not the start of what was sent`);
    if (to.socket?.eof === true && got.length !== from.sent.length) {
      return say(`${to.name} saw the end after ${got.length} of ${from.sent.length} bytes`);
    }
    for (const op of from.sends) {
      if (op.times !== 1) return say(`a send of ${from.name} ended ${op.times} times`);
    }
  }
  if (connect.status !== STATUS_SUCCESS) {
    return allowed.has(connect.status!) ? null : say(`connect: ${ntStatusName(connect.status!)}`);
  }
  const resets = sides.map((side) => side.socket?.resetStatus ?? null);
  for (const status of resets)
    if (status !== null && !allowed.has(status)) return say(`reset: ${ntStatusName(status)}`);
  if (resets.every((status) => status === null)) {
    // Both ended well, or one never heard that the other had given up; then it got no end either.
    const ended = sides.filter((side) => side.socket?.eof === true).length;
    if (ended !== 2) return say(`${ended} of 2 sides saw the end, and none a reset`);
  }
  return null;
};

describe('conversations over links with random faults', () => {
  const count = ONLY === undefined ? SEEDS : 1;
  for (let from = 0; from < count; from += BATCH) {
    const first = ONLY === undefined ? from + 1 : Number(ONLY);
    const last = ONLY === undefined ? Math.min(from + BATCH, count) : first;
    it(`seeds ${first} to ${last}: every byte arrives once and in order, and nothing is left`, () => {
      const wrong: string[] = [];
      for (let seed = first; seed <= last; seed++) {
        const words = judge(seed);
        if (words !== null) wrong.push(words);
      }
      expect(wrong).toEqual([]);
    }, 120_000);
  }

  it('gives the same bytes for the same seed', () => {
    for (let seed = 1; seed <= 10; seed++) {
      const [once, again] = [runSeed(seed), runSeed(seed)].map(({ world }) => world.pcapng());
      expect(once.length).toBeGreaterThan(100);
      expect(Buffer.compare(once, again)).toBe(0);
    }
  });
});
