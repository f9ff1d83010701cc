import { describe, expect, it } from 'vitest';
import { Random } from '../base/index.ts';
import { VirtualExecutor } from '../time/index.ts';
import { PacketArena } from './arena.ts';
import { checksumWords } from './checksum.ts';
import { PrefixTable, parseAddress } from './prefix-table.ts';
import { Router } from './router.ts';
import { SimulatedLink } from './simulated-link.ts';

const setUp = () => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(1);
  const arrived: Uint8Array[][] = [[], []];
  const router = new Router(arena);
  const ends = [0, 1].map((side) => {
    const link = new SimulatedLink({ executor, arena, random, back: { mtu: side === 1 ? 600 : 1500 } });
    const end = link.attach(
      {
        receive: (packet) => {
          arrived[side].push(arena.bytesOf(packet).slice());
          arena.release(packet);
        },
      },
      0,
      `host ${side}`,
    );
    router.join(link, [`10.0.${side}.254`, `fd00:${side}::fe`]);
    return end;
  });
  router.addRoute('10.0.0.0/24', 0);
  router.addRoute('10.0.1.0/24', 1);
  router.addRoute('fd00:1::/32', 1);
  return { executor, arena, router, arrived, ends };
};

/** A UDP-like IPv4 packet. */
const ipv4 = (arena: PacketArena, to: string, ttl: number, length = 40): number => {
  const bytes = new Uint8Array(length);
  bytes.set([
    0x45,
    0,
    length >> 8,
    length & 255,
    0,
    0,
    0x40,
    0,
    ttl,
    17,
    0,
    0,
    10,
    0,
    0,
    1,
    ...to.split('.').map(Number),
  ]);
  const packet = arena.from(bytes);
  const { words, view } = arena.chunkOf(packet);
  view.setUint16(arena.baseOf(packet) + 10, ~checksumWords(words, arena.baseOf(packet), 20));
  return packet;
};

const headerSum = (bytes: Uint8Array): number => {
  const copy = new Uint8Array(2048);
  copy.set(bytes);
  return checksumWords(new Uint32Array(copy.buffer), 0, 20);
};

describe('a router', () => {
  it('takes one from the TTL, mends the checksum, and sends by the longest prefix', () => {
    const { executor, arena, router, arrived, ends } = setUp();
    for (const ttl of [255, 128, 64, 2]) ends[0].send(ipv4(arena, '10.0.1.7', ttl));
    executor.run();
    expect(arrived[1].map((bytes) => bytes[8])).toEqual([254, 127, 63, 1]);
    expect(arrived[1].map(headerSum)).toEqual([0xffff, 0xffff, 0xffff, 0xffff]);
    expect(router.counters.forwarded).toBe(4);
    expect(arena.liveCount).toBe(0);
  });

  it.each([
    ['hop limit', '10.0.1.7', 1, 40, [11, 0]],
    ['no route', '10.9.9.9', 64, 40, [3, 0]],
    ['too big', '10.0.1.7', 64, 700, [3, 4]],
  ] as const)('tells the sender: %s', (_name, to, ttl, length, codes) => {
    const { executor, arena, arrived, ends } = setUp();
    ends[0].send(ipv4(arena, to, ttl, length));
    executor.run();
    const [error] = arrived[0];
    expect([error[20], error[21]]).toEqual(codes);
    expect([...error.subarray(12, 20)]).toEqual([10, 0, 0, 254, 10, 0, 0, 1]);
    expect(headerSum(error)).toBe(0xffff);
    if (codes[1] === 4) expect((error[26] << 8) | error[27]).toBe(600);
    expect(arrived[1]).toEqual([]);
    expect(arena.liveCount).toBe(0);
  });

  it('cuts IPv4 that may be cut: offsets in eights, options that ask for it in each, the flags of a fragment kept', () => {
    const { executor, arena, router, arrived, ends } = setUp();
    const bytes = new Uint8Array(1228);
    const record = [7, 7, 4, 0, 0, 0, 0];
    const label = [0x82, 3, 9]; // copied into every fragment
    bytes.set([0x48, 0, 1228 >> 8, 1228 & 255, 0x12, 0x34, 0x20, 5, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 1, 7]);
    bytes.set([...record, ...label, 0, 0], 20);
    bytes.set(
      Array.from({ length: 1196 }, (_, i) => i & 255),
      32,
    );
    const send = (): void => {
      const packet = arena.from(bytes);
      const { words, view } = arena.chunkOf(packet);
      view.setUint16(arena.baseOf(packet) + 10, ~checksumWords(words, arena.baseOf(packet), 32));
      ends[0].send(packet);
      executor.run();
    };
    send();
    const field = (packet: Uint8Array) => (packet[6] << 8) | packet[7];
    expect(arrived[1].map((packet) => [packet.length, field(packet)])).toEqual([
      [600, 0x2000 | 5],
      [600, 0x2000 | (5 + 71)],
      [92, 0x2000 | (5 + 142)], // in the middle of what was cut before: more follows
    ]);
    expect(arrived[1].map((packet) => [...packet.subarray(20, 32)])).toEqual([
      [...record, ...label, 0, 0],
      [1, 1, 1, 1, 1, 1, 1, ...label, 0, 0],
      [1, 1, 1, 1, 1, 1, 1, ...label, 0, 0],
    ]);
    for (const packet of arrived[1]) {
      const copy = new Uint8Array(2048);
      copy.set(packet);
      expect([(packet[2] << 8) | packet[3], packet[8], packet[4]]).toEqual([packet.length, 63, 0x12]);
      expect(checksumWords(new Uint32Array(copy.buffer), 0, 32)).toBe(0xffff);
    }
    expect(Uint8Array.from(Buffer.concat(arrived[1].map((packet) => packet.subarray(32))))).toEqual(bytes.slice(32));
    expect(router.counters).toMatchObject({ forwarded: 1, fragmented: 1, fragments: 3, tooBig: 0 });
    bytes[6] = 0;
    send();
    expect(field(arrived[1][5])).toBe(5 + 142);
    expect(arena.liveCount).toBe(0);
  });

  it('says nothing about fragments other than the first (RFC 1122, section 3.2.2)', () => {
    const { executor, arena, router, arrived, ends } = setUp();
    for (const offset of [0, 1]) {
      const packet = ipv4(arena, '10.0.1.7', 1);
      arena.chunkOf(packet).view.setUint16(arena.baseOf(packet) + 6, 0x2000 | offset);
      ends[0].send(packet);
    }
    executor.run();
    expect([router.counters.hopLimit, arrived[0].length]).toEqual([2, 1]);
  });

  it('drops what cannot be cut: one that is shorter than it says', () => {
    const { executor, arena, router, arrived, ends } = setUp();
    const packet = ipv4(arena, '10.0.1.7', 64, 700);
    const { view } = arena.chunkOf(packet);
    view.setUint16(arena.baseOf(packet) + 2, 900);
    view.setUint16(arena.baseOf(packet) + 6, 0);
    ends[0].send(packet);
    executor.run();
    expect([arrived[1], router.counters.fragmented, arena.liveCount]).toEqual([[], 0, 0]);
  });

  it('forwards IPv6 and drops what is no IP packet', () => {
    const { executor, arena, router, arrived, ends } = setUp();
    const bytes = new Uint8Array(48);
    bytes.set([0x60, 0, 0, 0, 0, 8, 17, 64]);
    bytes.set([0xfd, 0, 0, 0], 8);
    bytes.set([0xfd, 0, 0, 1], 24);
    ends[0].send(arena.from(bytes));
    ends[0].send(arena.from(Uint8Array.of(0x20, 1, 2)));
    ends[0].send(arena.from(new Uint8Array(0)));
    executor.run();
    expect(arrived[1].map((packet) => packet[7])).toEqual([63]);
    expect(router.counters.malformed).toBe(2);
    expect(arena.liveCount).toBe(0);
  });
});

describe('PrefixTable', () => {
  it('prefers the longest prefix', () => {
    const table = new PrefixTable<string>();
    for (const prefix of ['default', '10.0.0.0/8', '10.1.0.0/16', '10.1.2.3', 'fd00::/16', 'fd00::1/128'])
      table.add(prefix, prefix);
    const find = (text: string) => {
      const { version, words } = parseAddress(text);
      return table.find(version, words);
    };
    expect(['10.1.2.3', '10.1.2.4', '10.2.0.0', '11.0.0.0', 'fd00::1', 'fd00::2', 'fe80::1'].map(find)).toEqual([
      '10.1.2.3',
      '10.1.0.0/16',
      '10.0.0.0/8',
      'default',
      'fd00::1/128',
      'fd00::/16',
      'default',
    ]);
  });

  it.each(['10.0.0.0/33', 'fd00::/129', '10.0.0.0/x', 'example.org/8', '10.0.0/8'])('refuses %s', (prefix) => {
    expect(() => new PrefixTable<number>().add(prefix, 1)).toThrow(/prefix|address/);
  });
});
