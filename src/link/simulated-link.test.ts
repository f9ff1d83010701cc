import { describe, expect, it } from 'vitest';
import { OpenWskError, Random } from '../base/index.ts';
import { MILLISECOND, VirtualExecutor } from '../time/index.ts';
import { PacketArena } from './arena.ts';
import type { FaultRule } from './fault-rules.ts';
import type { LinkEnd, PacketReceiver } from './link.ts';
import type { LinkSettings } from './settings.ts';
import { SimulatedLink } from './simulated-link.ts';

/** Two ends that note what arrives: `bytes[0] @ milliseconds`. */
const setUp = (settings: LinkSettings, back?: LinkSettings, seed = 1) => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(seed);
  const link = new SimulatedLink({ executor, arena, random, settings, ...(back === undefined ? {} : { back }) });
  const arrived: string[][] = [[], []];
  const receiver: PacketReceiver = {
    receive: (packet, port) => {
      arrived[port].push(`${arena.bytesOf(packet)[0]} @ ${executor.now() / MILLISECOND}`);
      arena.release(packet);
    },
  };
  const ends = [link.attach(receiver, 0, 'a'), link.attach(receiver, 1, 'b')];
  const send = (end: LinkEnd, mark: number, length = 100): void =>
    end.send(arena.from(new Uint8Array(length).fill(mark)));
  return { executor, arena, link, arrived, ends, send };
};

const onB = (settings: LinkSettings, count: number, seed = 1): string[] => {
  const { executor, arrived, ends, send, arena } = setUp(settings, {}, seed);
  for (let i = 1; i <= count; i++) send(ends[0], i);
  executor.run();
  expect(arena.liveCount).toBe(0);
  return arrived[1];
};

describe('a simulated link', () => {
  it('delivers after the delay, each direction with its own, never within send', () => {
    const { executor, arrived, ends, send } = setUp({ delay: 20 * MILLISECOND }, { delay: 5 * MILLISECOND });
    send(ends[0], 1);
    send(ends[1], 2);
    expect(arrived).toEqual([[], []]);
    executor.run();
    expect(arrived).toEqual([['2 @ 5'], ['1 @ 20']]);
  });

  it('keeps one event for any number of packets in order', () => {
    const { executor, ends, send } = setUp({ delay: MILLISECOND });
    for (let i = 0; i < 500; i++) send(ends[0], 1);
    expect(executor.pending).toBe(1);
  });

  it('serialises at its rate and drops what the queue does not hold', () => {
    // 100 bytes at 800 kbit/s take 1 ms; two wait, the rest is lost.
    expect(onB({ rate: 800_000, queueBytes: 200 }, 5)).toEqual(['1 @ 1', '2 @ 2']);
    expect(onB({ rate: 800_000, queueBytes: 300 }, 5)).toEqual(['1 @ 1', '2 @ 2', '3 @ 3']);
    expect(onB({ rate: 800_000 }, 3)).toEqual(['1 @ 1', '2 @ 2', '3 @ 3']);
  });

  it('lets jitter reorder and nothing else', () => {
    const marks = onB({ delay: MILLISECOND, jitter: 20 * MILLISECOND }, 20).map((text) => Number.parseInt(text, 10));
    expect(marks).not.toEqual([...marks].sort((a, b) => a - b));
    expect([...marks].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
  });

  it('loses about as many as asked for, the same ones for the same seed', () => {
    const first = onB({ loss: 0.3 }, 200);
    expect(first.length).toBeGreaterThan(110);
    expect(first.length).toBeLessThan(170);
    expect(onB({ loss: 0.3 }, 200)).toEqual(first);
    expect(onB({ loss: 0.3 }, 200, 2)).not.toEqual(first);
  });

  it('drops what is longer than the MTU', () => {
    const { executor, arrived, ends, send } = setUp({ mtu: 100 });
    send(ends[0], 1, 101);
    send(ends[0], 2, 100);
    executor.run();
    expect(arrived[1]).toEqual(['2 @ 0']);
  });

  it('holds until released and cuts when partitioned, a direction alone too', () => {
    const { executor, arena, link, arrived, ends, send } = setUp({ delay: MILLISECOND });
    link.setState('held', 0);
    send(ends[0], 1);
    send(ends[1], 9);
    executor.runUntil(10 * MILLISECOND);
    expect(arrived).toEqual([['9 @ 1'], []]);
    expect(link.inFlight).toBe(1);
    link.setState('up');
    executor.run();
    expect(arrived[1]).toEqual(['1 @ 11']);
    link.setState('held');
    send(ends[0], 2);
    link.setState('partitioned');
    send(ends[0], 3);
    link.setState('up');
    executor.run();
    expect(arrived[1]).toEqual(['1 @ 11']);
    expect(arena.liveCount).toBe(0);
  });

  it('takes new settings for what is sent from then on', () => {
    const { executor, link, arrived, ends, send } = setUp({ delay: 10 * MILLISECOND });
    send(ends[0], 1);
    link.setSettings({ delay: MILLISECOND });
    send(ends[0], 2);
    executor.run();
    send(ends[0], 3);
    executor.run();
    expect(arrived[1]).toEqual(['1 @ 10', '2 @ 10', '3 @ 11']); // no overtaking
  });

  it('has two ends and says so', () => {
    const { link } = setUp({});
    expect(() => link.attach({ receive: () => {} }, 0, 'c')).toThrow(/two ends already/);
  });
});

describe('fault rules', () => {
  const rules = (...list: FaultRule[]): LinkSettings => ({ rules: list });

  it('act in order, and pass and drop end the walk', () => {
    const isOdd = (packet: { bytes: Uint8Array }) => packet.bytes[0] % 2 === 1;
    expect(onB(rules({ action: 'pass', match: isOdd }, { action: 'drop' }), 4)).toEqual(['1 @ 0', '3 @ 0']);
    expect(onB(rules({ action: 'drop' }, { action: 'pass' }), 4)).toEqual([]);
  });

  it('skip and limit count matching packets', () => {
    expect(onB(rules({ action: 'drop', skip: 1, limit: 2 }), 5)).toEqual(['1 @ 0', '4 @ 0', '5 @ 0']);
  });

  it('delay in order, reorder out of order, and add up', () => {
    const second = (packet: { bytes: Uint8Array }) => packet.bytes[0] === 2;
    expect(onB(rules({ action: 'delay', delay: 3 * MILLISECOND, match: second }), 3)).toEqual([
      '1 @ 0',
      '2 @ 3',
      '3 @ 3',
    ]);
    const marks = onB(rules({ action: 'reorder', delay: MILLISECOND, match: second }), 3).map((text) => text[0]);
    expect(marks).toEqual(['1', '3', '2']);
  });

  it('duplicate with bytes of its own, corrupt by one bit', () => {
    expect(onB(rules({ action: 'duplicate' }), 2)).toEqual(['1 @ 0', '1 @ 0', '2 @ 0', '2 @ 0']);
    const { executor, arena, ends, send, link } = setUp(rules({ action: 'corrupt' }));
    void link;
    let ones = 0;
    executor.step();
    send(ends[0], 0);
    const peek = arena.chunks[0].bytes;
    for (const byte of peek) for (let bit = byte; bit > 0; bit >>= 1) ones += bit & 1;
    expect(ones).toBe(1);
    executor.run();
  });

  it('roll their dice', () => {
    const kept = onB(rules({ action: 'drop', probability: 0.5 }), 100).length;
    expect(kept).toBeGreaterThan(30);
    expect(kept).toBeLessThan(70);
  });
});

describe('settings that make no sense', () => {
  it.each<[string, object]>([
    ['delay', { delay: -1 }],
    ['delay', { delay: Number.NaN }],
    ['delay', { delay: 0.5 }],
    ['jitter', { jitter: -1 }],
    ['rate', { rate: 0 }],
    ['rate', { rate: Number.NaN }],
    ['queueBytes', { queueBytes: -1 }],
    ['mtu', { mtu: 67 }],
    ['mtu', { mtu: 9000 }],
    ['loss', { loss: 1.01 }],
    ['loss', { loss: Number.NaN }],
    ['loss', { loss: '0.5' }],
    ['rules', { rules: 'drop' }],
    ['rules[0].action', { rules: [{ action: 'explode' }] }],
    ['rules[1].probability', { rules: [{ action: 'drop' }, { action: 'drop', probability: 2 }] }],
    ['rules[0].match', { rules: [{ action: 'drop', match: 'tcp' }] }],
    ['rules[0].limit', { rules: [{ action: 'drop', limit: -1 }] }],
    ['rules[0].delay', { rules: [{ action: 'delay' }] }],
    ['rules[0].speed', { rules: [{ action: 'drop', speed: 1 }] }],
    ['bandwidth', { bandwidth: 1 }],
  ])('name the field: %s', (field, settings) => {
    const attempt = () => setUp(settings as LinkSettings);
    expect(attempt).toThrow(OpenWskError);
    try {
      attempt();
    } catch (error) {
      expect(error).toMatchObject({ code: 'OWSK_INVALID_SETTING', field });
    }
  });
});
