import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildIcmp } from '../../src/tcpip/wire/index.ts';
import { MILLISECOND, SECOND } from '../../src/time/index.ts';
import { CLEAN, HOST6, IpWire, ipv4, ipv6, joined, Mailbox, NONE, PEER6, udp } from './ip-wire.ts';
import { pattern } from './support.ts';

const HOP_BY_HOP = 0;
const UDP = 17;
const ROUTING = 43;
const DESTINATION = 60;
const PAD_4 = [1, 4, 0, 0, 0, 0];

/** An extension header whose content fills it. */
const extension = (next: number, content: readonly number[]): Uint8Array =>
  Uint8Array.of(next, (content.length + 2) / 8 - 1, ...content);

/** Throws one packet with the given chain in front of a UDP datagram; says what came of it. */
const outcome = (first: number, ...chain: Uint8Array[]): string => {
  const wire = new IpWire();
  const box = new Mailbox(wire.host, 6, 7000);
  wire.throw(ipv6(first, joined(...chain, udp(6, pattern(9)))));
  const told = wire.icmp();
  expect(wire.leftovers()).toEqual(CLEAN);
  return box.got.length === 1 ? 'taken' : (told[0] ?? 'dropped');
};

describe('IPv6 extension headers (RFC 8200, section 4)', () => {
  const chains: [name: string, result: string, first: number, ...chain: Uint8Array[]][] = [
    ['hop-by-hop options', 'taken', HOP_BY_HOP, extension(UDP, PAD_4)],
    ['router alert', 'taken', HOP_BY_HOP, extension(UDP, [5, 2, 0, 0, 1, 0])],
    ['destination options', 'taken', DESTINATION, extension(UDP, PAD_4)],
    ['hop-by-hop behind another header', '4/1 40', DESTINATION, extension(HOP_BY_HOP, PAD_4), extension(UDP, PAD_4)],
    ['hop-by-hop twice', '4/1 40', HOP_BY_HOP, extension(HOP_BY_HOP, PAD_4), extension(UDP, PAD_4)],
    ['any other order', 'taken', ROUTING, extension(DESTINATION, [9, 0, 0, 0, 0, 0]), extension(UDP, PAD_4)],
    ['routing type 0 with segments left (RFC 5095)', '4/0 42', ROUTING, extension(UDP, [0, 1, 0, 0, 0, 0])],
    ['routing type 0 with none left', 'taken', ROUTING, extension(UDP, [0, 0, 0, 0, 0, 0])],
    ['an unknown routing type with segments left', '4/0 42', ROUTING, extension(UDP, [200, 3, 0, 0, 0, 0])],
    ['an unknown option that may be skipped', 'taken', DESTINATION, extension(UDP, [0x1e, 4, 1, 2, 3, 4])],
    ['… to be dropped', 'dropped', DESTINATION, extension(UDP, [0x5e, 4, 1, 2, 3, 4])],
    ['… to be told of', '4/2 42', DESTINATION, extension(UDP, [0x9e, 4, 1, 2, 3, 4])],
    ['… unless multicast', '4/2 44', DESTINATION, extension(UDP, [1, 0, 0xde, 2, 3, 4])],
    ['a jumbo payload (RFC 2675)', '4/2 42', HOP_BY_HOP, extension(UDP, [0xc2, 4, 0, 1, 0, 0])],
    ['an option beyond its header', '4/0 42', DESTINATION, extension(UDP, [0x1e, 5, 1, 2, 3, 4])],
    ['an option without its length', '4/0 47', DESTINATION, extension(UDP, [1, 3, 0, 0, 0, 0x1e])],
    ['too much padding', 'dropped', DESTINATION, extension(UDP, [1, 12, ...new Array<number>(12).fill(0)])],
    ['nothing behind it (59)', 'dropped', DESTINATION, extension(59, PAD_4)],
    ['an unknown protocol behind it', '4/1 40', DESTINATION, extension(200, PAD_4)],
    ['encryption', '4/1 6', 50, extension(UDP, PAD_4)],
    ['an end in the middle', 'dropped', DESTINATION, Uint8Array.of(UDP, 40, 1, 4, 0, 0, 0, 0)],
  ];
  it.each(chains.map((row) => ({ row, name: `${row[0]}: ${row[1]}` })))(
    '$name',
    ({ row: [, result, first, ...chain] }) => {
      expect(outcome(first, ...chain)).toBe(result);
    },
  );

  it('are limited in number, length and options (RFC 8504, section 5.3; RFC 8883)', () => {
    const many = (count: number): string => {
      const chain = Array.from({ length: count }, (_, i) => extension(i + 1 === count ? UDP : DESTINATION, PAD_4));
      return outcome(DESTINATION, ...chain);
    };
    expect([many(8), many(9)]).toEqual(['taken', '4/8 104']);
    const long = (size: number): string =>
      outcome(DESTINATION, extension(UDP, [0x1e, size - 4, ...new Uint8Array(size - 4)]));
    expect([long(256), long(264)]).toEqual(['taken', '4/7 40']);
    const options = (count: number): string =>
      outcome(DESTINATION, extension(UDP, new Array<number[]>(count).fill([0x1e, 1, 0]).flat()));
    expect([options(2), options(10)]).toEqual(['taken', '4/9 66']);
  });

  it('need an address that is ours, and nobody is told about others', () => {
    const wire = new IpWire();
    const elsewhere = HOST6.map((byte, i) => (i === 15 ? 9 : byte));
    const options = joined(extension(UDP, [0x9e, 4, 1, 2, 3, 4]), udp(6, NONE));
    wire.throw(ipv6(DESTINATION, options, { destination: elsewhere }));
    expect(wire.host.counters).toMatchObject({ ipInAddrErrors: 1, icmpOutParmProbs: 0 });
    expect(wire.heard).toEqual([]);
  });
});

describe('IPv4 options', () => {
  const outcome4 = (...options: number[]): string => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    wire.throw(ipv4(17, udp(4, pattern(9)), { options: Uint8Array.from(options) }));
    expect(wire.heard).toEqual([]);
    const { ipInHdrErrors, ipInSourceRoutes } = wire.host.counters;
    return `${box.got.length} ${ipInHdrErrors} ${ipInSourceRoutes}`;
  };

  it.each([
    ['record route and timestamps are skipped', [7, 7, 4, 0, 0, 0, 0, 0], '1 0 0'],
    ['padding, and what is behind the end', [1, 1, 0, 131], '1 0 0'],
    ['unknown ones are skipped', [200, 4, 1, 2], '1 0 0'],
    ['a loose source route is refused (RFC 7126)', [131, 7, 4, 10, 0, 0, 9, 0], '0 1 1'],
    ['a strict one too', [1, 137, 7, 4, 10, 0, 0, 9], '0 1 1'],
    ['a length of 0 or 1 is an error', [7, 1, 0, 0], '0 1 0'],
    ['a length beyond the header is one', [7, 5, 0, 0], '0 1 0'],
    ['so is none', [1, 1, 1, 7], '0 1 0'],
  ])('%s', (_name, options, result) => {
    expect(outcome4(...options)).toBe(result);
  });
});

describe('ICMP errors that a host sends', () => {
  it('are limited by a token bucket (RFC 4443, section 2.4 (f))', () => {
    const wire = new IpWire({ icmpErrorRate: 10, icmpErrorBurst: 5 });
    for (let i = 0; i < 50; i++) wire.throw(ipv4(17, udp(4, NONE)));
    expect(wire.heard.length).toBe(5);
    expect(wire.host.counters).toMatchObject({ icmpOutDestUnreachs: 5, icmpOutRateLimited: 45, udpNoPorts: 50 });
    wire.wait(200 * MILLISECOND);
    for (let i = 0; i < 50; i++) wire.throw(ipv6(17, udp(6, NONE)));
    expect(wire.heard.length).toBe(7);
    wire.wait(100 * SECOND);
    for (let i = 0; i < 50; i++) wire.throw(ipv4(17, udp(4, NONE)));
    expect(wire.heard.length).toBe(12);
  });

  it('never answer an ICMP error, a group or nobody (RFC 1122, section 3.2.2; RFC 4443, 2.4 (e))', () => {
    const wire = new IpWire();
    const error = buildIcmp({ type: 1, code: 4, rest: 0, body: pattern(48) }, [PEER6, HOST6]);
    wire.throw(ipv6(DESTINATION, joined(extension(58, [0x9e, 4, 1, 2, 3, 4]), error)));
    wire.throw(ipv6(17, udp(6, NONE), { source: Uint8Array.of(0xff, 2, ...new Array<number>(14).fill(0)) }));
    wire.throw(ipv6(200, NONE, { source: new Uint8Array(16) }));
    for (const source of [
      [224, 0, 0, 1],
      [255, 255, 255, 255],
      [0, 0, 0, 0],
    ]) {
      wire.throw(ipv4(200, NONE, { source: Uint8Array.from(source) }));
    }
    expect(wire.heard).toEqual([]);
    const echo = buildIcmp({ type: 128, code: 0, rest: 0, body: NONE }, [PEER6, HOST6]);
    wire.throw(ipv6(DESTINATION, joined(extension(58, [0x9e, 4, 1, 2, 3, 4]), echo)));
    expect(wire.icmp()).toEqual(['4/2 42']); // about a question, though, they do
  });

  it('answer an echo request behind extension headers without them', () => {
    const wire = new IpWire();
    const echo = buildIcmp({ type: 128, code: 0, rest: 7, body: pattern(20) }, [PEER6, HOST6]);
    wire.throw(ipv6(DESTINATION, joined(extension(58, PAD_4), echo)));
    expect(wire.icmpMessages()).toEqual([{ type: 129, code: 0, rest: 7, body: pattern(20) }]);
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

it('random packets with plausible chains and fragments never throw and never leak', () => {
  const header = fc.tuple(fc.constantFrom(0, 43, 44, 60, 17, 6, 58, 59, 200), fc.uint8Array({ maxLength: 24 }));
  const packet = fc.tuple(fc.constantFrom(4, 6), fc.array(header, { minLength: 1, maxLength: 6 }), fc.nat(0xffff));
  fc.assert(
    fc.property(fc.array(packet, { maxLength: 30 }), (packets) => {
      const wire = new IpWire({ reassemblyDatagrams: 8 });
      new Mailbox(wire.host, 6, 7000);
      for (const [version, headers, word] of packets) {
        const chain = headers.flatMap(([, bytes], i) => [headers[i + 1]?.[0] ?? 17, bytes.length & 1, ...bytes]);
        const payload = Uint8Array.from(chain);
        if (version === 6) wire.throw(ipv6(headers[0][0], payload));
        else {
          const cut = { moreFragments: (word & 1) !== 0, fragmentOffset: (word & 0x1f) * 8, id: word >> 14 };
          const options = payload.slice(0, (payload.length & 7) * 4);
          const whole = options.length % 4 === 0 ? options : NONE;
          wire.throw(ipv4(headers[0][0], payload, { ...cut, options: whole }));
        }
      }
      expect(wire.leftovers()).toEqual(CLEAN);
    }),
    { numRuns: 500 },
  );
});
