import { describe, expect, it } from 'vitest';
import { Random, STATUS_HOST_UNREACHABLE, STATUS_NETWORK_UNREACHABLE } from '../base/index.ts';
import { PacketArena, SimulatedLink } from '../link/index.ts';
import { VirtualExecutor } from '../time/index.ts';
import { Host } from './host.ts';
import { buildIcmp, type IcmpMessage, parseIcmp } from './wire/icmp.ts';
import { buildIpv4, parseIpv4 } from './wire/ipv4.ts';
import { buildIpv6, parseIpv6 } from './wire/ipv6.ts';
import { buildTcp, parseTcp, RST, SYN, type TcpSegment } from './wire/tcp.ts';
import { buildUdp } from './wire/udp.ts';
import { isWireError } from './wire/wire-error.ts';

const ME = Uint8Array.of(10, 0, 0, 1);
const HOST = Uint8Array.of(10, 0, 0, 2);
const ME6 = Uint8Array.of(0xfd, ...new Array<number>(14).fill(0), 1);
const HOST6 = Uint8Array.of(0xfd, ...new Array<number>(14).fill(0), 2);
const NONE = new Uint8Array(0);

/** A host at 10.0.0.2 / fd00::2 with a wire to throw packets at. */
const setUp = () => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(1);
  const link = new SimulatedLink({ executor, arena, random });
  const heard: Uint8Array[] = [];
  const wire = link.attach(
    {
      receive: (packet) => {
        heard.push(arena.bytesOf(packet).slice());
        arena.release(packet);
      },
    },
    0,
    'wire',
  );
  const host = new Host({ executor, arena, random });
  host.addInterface(link, ['10.0.0.2/24', 'fd00::2/64']);
  const throwAt = (bytes: Uint8Array): void => {
    wire.send(arena.from(bytes));
    executor.run();
    expect(arena.liveCount).toBe(0);
  };
  return { host, heard, throwAt };
};

const ip = (protocol: number, payload: Uint8Array, more: object = {}): Uint8Array =>
  buildIpv4({
    source: ME,
    destination: HOST,
    protocol,
    ttl: 64,
    tos: 0,
    id: 1,
    dontFragment: false,
    moreFragments: false,
    fragmentOffset: 0,
    options: NONE,
    payload,
    ...more,
  });

const ip6 = (nextHeader: number, payload: Uint8Array): Uint8Array =>
  buildIpv6({ source: ME6, destination: HOST6, trafficClass: 0, flowLabel: 0, hopLimit: 64, nextHeader, payload });

const segment = (more: Partial<TcpSegment>): TcpSegment => ({
  sourcePort: 1234,
  destinationPort: 80,
  sequence: 1000,
  acknowledgment: 0,
  flags: SYN,
  window: 1000,
  urgent: 0,
  options: [],
  payload: NONE,
  ...more,
});

const echo: IcmpMessage = { type: 8, code: 0, rest: 0x00010002, body: Uint8Array.of(1, 2, 3) };

describe('a host', () => {
  it('answers echo requests over IPv4 and IPv6 with good checksums', () => {
    const { host, heard, throwAt } = setUp();
    throwAt(ip(1, buildIcmp(echo, null)));
    const answer = parseIpv4(heard[0]);
    if (isWireError(answer)) throw answer;
    expect([...answer.destination]).toEqual([...ME]);
    expect(parseIcmp(answer.payload, null)).toEqual({ ...echo, type: 0 });
    throwAt(ip6(58, buildIcmp({ ...echo, type: 128 }, [ME6, HOST6])));
    const six = parseIpv6(heard[1]);
    if (isWireError(six)) throw six;
    expect(parseIcmp(six.payload, [HOST6, ME6])).toEqual({ ...echo, type: 129 });
    expect(host.counters).toMatchObject({ icmpInEchos: 2, icmpOutEchoReps: 2 });
  });

  it('answers a SYN to a closed port with a reset, and a reset with nothing', () => {
    const { heard, throwAt } = setUp();
    throwAt(ip(6, buildTcp(segment({}), ME, HOST)));
    const packet = parseIpv4(heard[0]);
    if (isWireError(packet)) throw packet;
    expect(parseTcp(packet.payload, HOST, ME)).toMatchObject({
      sourcePort: 80,
      destinationPort: 1234,
      sequence: 0,
      acknowledgment: 1001,
      flags: 0x14,
    });
    throwAt(ip(6, buildTcp(segment({ flags: RST }), ME, HOST)));
    expect(heard.length).toBe(1);
  });

  it('tells the sender of UDP and of unknown protocols that nobody is there', () => {
    const { heard, throwAt } = setUp();
    throwAt(ip(17, buildUdp({ sourcePort: 1, destinationPort: 2, payload: NONE }, ME, HOST)));
    throwAt(ip(200, Uint8Array.of(1, 2, 3, 4)));
    throwAt(ip6(17, buildUdp({ sourcePort: 1, destinationPort: 2, payload: NONE }, ME6, HOST6)));
    const codes = heard.map((bytes) => {
      const packet = bytes[0] >> 4 === 4 ? parseIpv4(bytes) : parseIpv6(bytes);
      if (isWireError(packet)) throw packet;
      const message = parseIcmp(packet.payload, packet.version === 4 ? null : [HOST6, ME6]);
      if (isWireError(message)) throw message;
      return [message.type, message.code];
    });
    expect(codes).toEqual([
      [3, 3],
      [3, 2],
      [1, 4],
    ]);
  });

  it('counts and drops what is broken', () => {
    const { host, heard, throwAt } = setUp();
    const good = ip(6, buildTcp(segment({}), ME, HOST));
    const with_ = (at: number, value: number): Uint8Array => {
      const copy = good.slice();
      copy[at] = value;
      return copy;
    };
    throwAt(NONE);
    throwAt(Uint8Array.of(0x45));
    throwAt(with_(0, 0x44)); // header length below 20
    throwAt(with_(10, good[10] ^ 1)); // header checksum
    throwAt(good.subarray(0, 30)); // shorter than it says
    throwAt(with_(36, good[36] ^ 1)); // TCP checksum
    throwAt(ip(6, buildTcp(segment({}), ME, HOST), { moreFragments: true }));
    throwAt(ip(6, Uint8Array.of(1, 2, 3)));
    throwAt(ip6(0, Uint8Array.of(6, 99, 0, 0, 0, 0, 0, 0))); // extension header beyond the end
    throwAt(ip(6, buildTcp(segment({}), ME, Uint8Array.of(10, 0, 0, 9)), { destination: Uint8Array.of(10, 0, 0, 9) }));
    expect(heard).toEqual([]);
    expect(host.counters).toMatchObject({
      ipInReceives: 10,
      ipInHdrErrors: 5,
      ipInTruncated: 1,
      ipReasmReqds: 1,
      ipReasmFails: 1, // in the middle, and 20 bytes
      ipInAddrErrors: 1,
      tcpInErrs: 2,
    });
  });

  it('never falls over random bytes', () => {
    const { throwAt } = setUp();
    const random = new Random(7);
    for (let i = 0; i < 3000; i++) {
      const bytes = Uint8Array.from({ length: random.below(100) }, () => random.below(256));
      if (bytes.length > 0) bytes[0] = random.chance(0.5) ? 0x45 : 0x60;
      throwAt(bytes);
    }
  });

  it('says why there is no path', () => {
    const { host } = setUp();
    expect(host.pathTo(4, null, Int32Array.of(0x08080808, 0, 0, 0))).toBe(STATUS_NETWORK_UNREACHABLE);
    host.addRoute('fd77::/16', 0);
    expect(host.pathTo(4, null, Int32Array.of(0x0a000009, 0, 0, 0))).toMatchObject({ local0: 0x0a000002 });
    host.addRoute('192.0.2.0/24', 1);
    expect(typeof host.pathTo(4, null, Int32Array.of(0xc0000201 | 0, 0, 0, 0))).toBe('object');
    expect(STATUS_HOST_UNREACHABLE).toBeLessThan(0);
    expect(() => host.addRoute('default', 5)).toThrow(/no interface 5/);
  });
});
