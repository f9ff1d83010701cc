import { describe, expect, it } from 'vitest';
import { FATE, type LinkSettings, type LinkTap } from '../../src/link/index.ts';
import { type TcpTap, windowsProfile } from '../../src/tcpip/index.ts';
import { MILLISECOND, SECOND } from '../../src/time/index.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, pattern, World } from './support.ts';

/** HyStart++ over a line: one side sends two megabytes, the round trip is 40 ms without a queue. */
const TOTAL = 2_000_000;
const DELAY = 20 * MILLISECOND;
const MSS = 1460;

const transfer = (hystart: boolean, settings: LinkSettings) => {
  /** In full segments, at the end of each round trip in which the window grew; and whether it is slow start still. */
  const windows: number[] = [];
  let [drops, began, ended, isSlowStart] = [0, Number.NaN, Number.NaN, true];
  const tap: LinkTap = {
    addInterface: () => 0,
    onPacket: (_iface, _at, fate) => {
      if (fate === FATE.queueFull) drops++;
    },
  };
  const tcpTap: TcpTap = {
    onState: () => {},
    onWindow: ({ congestion }) => {
      const round = Math.floor((world.executor.now() - began) / (2 * DELAY)) - 1;
      if (round >= 0) windows[round] = Math.floor(congestion.window / MSS);
      isSlowStart = congestion.window < congestion.threshold;
    },
  };
  const profile = { ...windowsProfile, hystart, receiveBuffer: 4 << 20 };
  const world = new World({ settings, back: { delay: DELAY }, client: profile, server: profile, tap, tcpTap });
  const server = listen(world, '10.0.0.2:80');
  const client = clientSocket(world);
  client.connect('10.0.0.2:80');
  world.executor.runUntil(SECOND);
  began = world.executor.now();
  client.send(new Memory(pattern(TOTAL)), () => {
    ended = world.executor.now();
  });
  world.executor.runUntil(10 * SECOND);
  expect(Buffer.compare(server.accepted[0].bytes, pattern(TOTAL))).toBe(0);
  for (const socket of [client, server, ...server.accepted]) socket.close();
  world.executor.run();
  expect(world.leftovers()).toEqual(NOTHING_LEFT);
  return { drops, windows, isSlowStart, ms: Math.round((ended - began) / MILLISECOND) };
};

describe('slow start over a line with a queue', () => {
  it('loses a fifth of what it lost with HyStart++, and is done no later', () => {
    const line: LinkSettings = { delay: DELAY, rate: 20e6, queueBytes: 100_000 };
    const [without, watched] = [transfer(false, line), transfer(true, line)];
    // The line and its queue hold 137 segments.
    expect(without.windows.slice(0, 6)).toEqual([20, 40, 80, 140, 206, 261]);
    expect(watched.windows.slice(0, 6)).toEqual([20, 40, 80, 140, 164, 172]);
    expect([without.drops, watched.drops]).toEqual([246, 49]);
    expect(watched.ms).toBeLessThanOrEqual(without.ms);
  });
});

describe('a delay that passes', () => {
  /** From the second round of segments on, 60 packets take 15 ms longer. */
  const jitter: LinkSettings = {
    delay: DELAY,
    rules: [{ action: 'delay', delay: 15 * MILLISECOND, skip: 32, limit: 60 }],
  };

  it('slows slow start down for a round with HyStart++, not for good', () => {
    const [without, watched] = [transfer(false, jitter), transfer(true, jitter)];
    expect(without.windows.slice(0, 6)).toEqual([20, 40, 80, 160, 320, 640]);
    expect(watched.windows.slice(0, 6)).toEqual([20, 40, 80, 103, 203, 406]);
    expect(watched.isSlowStart).toBe(true);
  });
});
