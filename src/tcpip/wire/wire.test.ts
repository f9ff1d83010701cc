import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checksumBytes, sumBytes } from './checksum.ts';
import { buildIcmp, parseIcmp } from './icmp.ts';
import { buildIpv4, parseIpv4 } from './ipv4.ts';
import { checkIpv4Options, IPV4_OPTIONS_GOOD, IPV4_OPTIONS_SOURCE_ROUTE } from './ipv4-options.ts';
import { buildIpv6, parseIpv6, skipIpv6Extensions } from './ipv6.ts';
import { buildIpv6Fragment, parseIpv6Fragment } from './ipv6-fragment.ts';
import { buildTcp, parseTcp, seqAtMost, seqLess, seqMax, type TcpOptionValue } from './tcp.ts';
import { TcpOptions } from './tcp-options.ts';
import { buildUdp, parseUdp } from './udp.ts';
import { isWireError } from './wire-error.ts';

const bytes = (size: number) => fc.uint8Array({ minLength: size, maxLength: size });
const short = fc.integer({ min: 0, max: 0xffff });
const long = fc.integer({ min: 0, max: 0xffff_ffff });
const byte = fc.integer({ min: 0, max: 255 });
const payload = fc.uint8Array({ maxLength: 200 });
const addressPair = fc.oneof(fc.tuple(bytes(4), bytes(4)), fc.tuple(bytes(16), bytes(16)));

const option: fc.Arbitrary<TcpOptionValue> = fc.oneof(
  fc.record({ kind: fc.constant('mss' as const), mss: fc.integer({ min: 1, max: 0xffff }) }),
  fc.record({ kind: fc.constant('windowScale' as const), shift: fc.integer({ min: 0, max: 14 }) }),
  fc.record({ kind: fc.constant('sackPermitted' as const) }),
  fc.record({ kind: fc.constant('timestamps' as const), value: long, echo: long }),
  fc.record({
    kind: fc.constant('sack' as const),
    blocks: fc.array(fc.tuple(long, long), { minLength: 1, maxLength: 2 }),
  }),
  fc.record({
    kind: fc.constant('fastOpen' as const),
    cookie: fc.constantFrom(0, 4, 6, 8, 16).chain(bytes),
    experimental: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant('unknown' as const),
    number: fc.constantFrom(19, 28, 200),
    bytes: fc.uint8Array({ maxLength: 4 }),
  }),
);

const segment = fc.record({
  sourcePort: short,
  destinationPort: short,
  sequence: long,
  acknowledgment: long,
  flags: byte,
  window: short,
  urgent: short,
  options: fc.array(option, { maxLength: 2 }),
  payload,
});

describe('round trips: what was built is read back as it was', () => {
  it('TCP with every option', () => {
    fc.assert(
      fc.property(segment, addressPair, (value, [source, destination]) => {
        expect(parseTcp(buildTcp(value, source, destination), source, destination)).toEqual(value);
      }),
    );
  });

  it('IPv4', () => {
    const packet = fc.record({
      source: bytes(4),
      destination: bytes(4),
      protocol: byte,
      ttl: byte,
      tos: byte,
      id: short,
      dontFragment: fc.boolean(),
      moreFragments: fc.boolean(),
      fragmentOffset: fc.integer({ min: 0, max: 8191 }).map((n) => n * 8),
      options: fc.constantFrom(0, 4, 40).chain(bytes),
      payload,
    });
    fc.assert(
      fc.property(packet, (value) => {
        expect(parseIpv4(buildIpv4(value))).toEqual({ version: 4, ...value });
      }),
    );
  });

  it('IPv6', () => {
    const packet = fc.record({
      source: bytes(16),
      destination: bytes(16),
      trafficClass: byte,
      flowLabel: fc.integer({ min: 0, max: 0xfffff }),
      hopLimit: byte,
      nextHeader: fc.constantFrom(6, 17, 58, 59),
      payload,
    });
    fc.assert(
      fc.property(packet, (value) => {
        const read = parseIpv6(buildIpv6(value));
        expect(read).toEqual({ version: 6, ...value, protocol: value.nextHeader, transportOffset: 0 });
      }),
    );
  });

  it('IPv6 fragments', () => {
    const offset = fc.integer({ min: 0, max: 8191 }).map((n) => n * 8);
    const fragment = fc.record({ nextHeader: byte, offset, moreFragments: fc.boolean(), id: long, payload });
    fc.assert(
      fc.property(fragment, (value) => {
        expect(parseIpv6Fragment(buildIpv6Fragment(value))).toEqual(value);
      }),
    );
  });

  it('UDP and ICMP', () => {
    fc.assert(
      fc.property(short, short, payload, addressPair, (sourcePort, destinationPort, data, [source, destination]) => {
        const value = { sourcePort, destinationPort, payload: data };
        expect(parseUdp(buildUdp(value, source, destination), source, destination)).toEqual(value);
      }),
    );
    fc.assert(
      fc.property(byte, byte, long, payload, fc.option(addressPair), (type, code, rest, body, addresses) => {
        const value = { type, code, rest, body };
        expect(parseIcmp(buildIcmp(value, addresses), addresses)).toEqual(value);
      }),
    );
  });
});

describe('hostile bytes', () => {
  const any = fc.uint8Array({ maxLength: 120 });
  const four = new Uint8Array(4);

  it('give an error value or a packet, and never throw', () => {
    fc.assert(
      fc.property(any, (noise) => {
        parseIpv4(noise);
        parseIpv6(noise);
        parseIcmp(noise, null);
        parseUdp(noise, four, four);
        parseTcp(noise, four, four);
        new TcpOptions().read(new DataView(noise.buffer, noise.byteOffset, noise.length), 0, noise.length, true);
        if (noise.length >= 40) skipIpv6Extensions(noise, 0, noise.length);
        parseIpv6Fragment(noise);
        const verdict = checkIpv4Options(noise, 0, noise.length);
        expect(verdict).toBeGreaterThanOrEqual(IPV4_OPTIONS_GOOD);
        expect(verdict).toBeLessThanOrEqual(IPV4_OPTIONS_SOURCE_ROUTE);
      }),
      { numRuns: 2000 },
    );
  });

  it('with a good checksum still meet the header checks', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 20, maxLength: 80 }), (noise) => {
        noise[16] = noise[17] = 0;
        const sum = checksumBytes(noise, 0, noise.length, 6 + noise.length);
        noise[16] = sum >> 8;
        noise[17] = sum & 255;
        const read = parseTcp(noise, four, four);
        if (!isWireError(read)) expect((noise[12] >> 4) * 4).toBeLessThanOrEqual(noise.length);
      }),
    );
  });

  it('any flipped bit is found', () => {
    fc.assert(
      fc.property(segment, addressPair, fc.nat(), (value, [source, destination], where) => {
        const built = buildTcp(value, source, destination);
        const bit = where % (built.length * 8);
        built[bit >> 3] ^= 1 << (bit & 7);
        expect(isWireError(parseTcp(built, source, destination))).toBe(true);
      }),
    );
  });

  it('are named', () => {
    const kind = (read: unknown): string => (isWireError(read) ? read.kind : 'read');
    expect(kind(parseIpv4(new Uint8Array(19)))).toBe('truncated');
    expect(kind(parseIpv4(new Uint8Array(20)))).toBe('bad-version');
    expect(kind(parseIpv4(Uint8Array.of(0x44, ...new Uint8Array(19))))).toBe('bad-header-length');
    expect(kind(parseIpv4(Uint8Array.of(0x45, 0, 0, 99, ...new Uint8Array(16))))).toBe('bad-total-length');
    expect(kind(parseIpv4(Uint8Array.of(0x45, 0, 0, 20, ...new Uint8Array(16))))).toBe('bad-checksum');
    expect(kind(parseIpv6(Uint8Array.of(0x60, 0, 0, 0, 0, 9, 0, 64, ...new Uint8Array(32))))).toBe('bad-total-length');
    const chain = Uint8Array.of(0x60, 0, 0, 0, 0, 8, 0, 64, ...new Uint8Array(32), 0, 9, 0, 0, 0, 0, 0, 0);
    expect(kind(parseIpv6(chain))).toBe('bad-extension-header');
    expect(kind(parseUdp(Uint8Array.of(0, 0, 0, 0, 0, 7, 0, 0), four, four))).toBe('bad-total-length');
    expect(kind(parseIpv6Fragment(new Uint8Array(7)))).toBe('truncated');
  });
});

describe('TCP options on the data path', () => {
  const read = (list: number[], syn = true): TcpOptions => {
    const options = new TcpOptions();
    options.read(new DataView(Uint8Array.from(list).buffer), 0, list.length, syn);
    return options;
  };

  it('ignores a cookie of odd, too short or too long size, and takes the last of several', () => {
    for (const length of [2, 3, 5, 17, 18]) {
      const options = read([34, 2 + length, ...new Array<number>(length).fill(1)]);
      expect([options.cookieLength, options.malformed]).toEqual([-1, true]);
    }
    expect(read([34, 2]).cookieLength).toBe(0);
    expect(read([34, 6, 1, 1, 1, 1, 34, 10, 2, 2, 2, 2, 2, 2, 2, 2])).toMatchObject({
      cookieLength: 8,
      cookieOffset: 8,
    });
    expect(read([254, 8, 0xf9, 0x89, 1, 1, 1, 1])).toMatchObject({ cookieLength: 4, cookieExperimental: true });
    expect(read([254, 8, 0x12, 0x34, 1, 1, 1, 1]).cookieLength).toBe(-1);
  });

  it('takes options of the handshake from a SYN only', () => {
    const list = [2, 4, 5, 180, 3, 3, 7, 4, 2, 34, 2, 1];
    expect(read(list)).toMatchObject({ mss: 1460, windowScale: 7, sackPermitted: true, cookieLength: 0 });
    expect(read(list, false)).toMatchObject({ mss: 0, windowScale: -1, sackPermitted: false, cookieLength: -1 });
  });

  it('stops at a length that leaves the header', () => {
    expect(read([2, 4, 5, 180, 8, 11, 0, 0])).toMatchObject({ mss: 1460, hasTimestamps: false, malformed: true });
    expect(read([8, 0])).toMatchObject({ malformed: true });
    expect(read([8])).toMatchObject({ malformed: true });
  });

  it('reads a scale above 14 as 14', () => {
    expect(read([3, 3, 200]).windowScale).toBe(14);
  });
});

describe('sequence numbers', () => {
  const int32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });

  it('compare by distance, across the wrap', () => {
    fc.assert(
      fc.property(int32, fc.integer({ min: 1, max: 0x7fff_ffff }), (a, distance) => {
        const b = (a + distance) | 0;
        expect([seqLess(a, b), seqLess(b, a), seqLess(a, a)]).toEqual([true, false, false]);
        expect([seqAtMost(a, b), seqAtMost(b, a), seqAtMost(a, a)]).toEqual([true, false, true]);
        expect([seqMax(a, b), seqMax(b, a)]).toEqual([b, b]);
      }),
    );
  });
});

it('sums an odd last byte as the high half', () => {
  expect(sumBytes(Uint8Array.of(0x12, 0x34, 0x56))).toBe(0x1234 + 0x5600);
});
