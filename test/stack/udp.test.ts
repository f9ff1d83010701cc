import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  Random,
  STATUS_ADDRESS_ALREADY_ASSOCIATED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_BUFFER_SIZE,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_INVALID_PARAMETER,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_NOT_SUPPORTED,
  STATUS_PORT_UNREACHABLE,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import { type LinkSettings, PacketArena, Router, SimulatedLink } from '../../src/link/index.ts';
import { Host, nobodyUdp, type UdpAddress } from '../../src/tcpip/index.ts';
import { buildIcmp, isWireError, parseIpv4, parseUdp } from '../../src/tcpip/wire/index.ts';
import { MILLISECOND, SECOND, VirtualExecutor } from '../../src/time/index.ts';
import {
  address,
  CLEAN,
  cutAt,
  fragmentPacket,
  HOST4,
  HOST6,
  IpWire,
  ipv4,
  ipv6,
  Mailbox,
  NONE,
  PEER4,
  PEER6,
  udp,
} from './ip-wire.ts';
import { Memory, pattern, text } from './support.ts';

const versions: readonly (4 | 6)[] = [4, 6];
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** Two machines, 10.0.N.1 and fd00:N::1, behind a router; the link to the second is narrower on the way there. */
const setUp = (narrow: number, settings: LinkSettings = {}) => {
  const executor = new VirtualExecutor();
  const arena = new PacketArena();
  const random = new Random(3);
  const router = new Router(arena);
  const hosts = [0, 1].map((side) => {
    const wide = { delay: 5 * MILLISECOND };
    const back = side === 1 ? { ...wide, ...settings, mtu: narrow } : wide;
    const link = new SimulatedLink({ executor, arena, random, settings: wide, back });
    const host = new Host({ name: `host${side}`, executor, arena, random: random.fork() });
    host.addRoute('default', host.addInterface(link, [`10.0.${side}.1/24`, `fd00:${side}::1/64`]));
    const port = router.join(link, [`10.0.${side}.254`, `fd00:${side}::fe`]);
    router.addRoute(`10.0.${side}.0/24`, port);
    router.addRoute(`fd00:${side}::/64`, port);
    return host;
  });
  const to = (version: 4 | 6, side: number, port: number): UdpAddress => ({
    version,
    words: version === 4 ? Int32Array.of(0x0a000001 + (side << 8), 0, 0, 0) : Int32Array.of(-0x3000000 | side, 0, 0, 1),
    port,
  });
  return { executor, arena, router, hosts, to };
};

describe('datagrams between two machines, with a narrow link on the way', () => {
  it.each(versions)('of any length arrive whole, in order and with their addresses (IPv%i)', (v) => {
    const { executor, arena, hosts, to } = setUp(1280);
    const [a, b] = hosts.map((host) => new Mailbox(host, v, 0));
    const lengths = [0, 1, 1232, 1233, 1252, 1253, 1472, 1473, 4000, v === 4 ? 65_507 : 65_527];
    b.endpoint.receiveBuffer = 1 << 20;
    const target = to(v, 1, b.endpoint.localPort);
    // Twice: IPv6 learns on the way what fits, by losing what did not (RFC 8201).
    for (let round = 0; round < 2; round++) {
      for (const length of lengths) {
        expect(a.endpoint.sendTo(new Memory(pattern(length)), target)).toBe(STATUS_SUCCESS);
      }
      executor.runUntil(executor.now() + SECOND);
      if (round === 0 && v === 6) b.got.length = b.infos.length = 0;
    }
    const all = v === 4 ? [...lengths, ...lengths] : lengths;
    expect(b.got.map((got) => got.length)).toEqual(all);
    for (const got of b.got) expect(same(got, pattern(got.length))).toBe(true);
    const [info] = b.infos;
    expect(info).toMatchObject({ version: v, remotePort: a.endpoint.localPort, localPort: target.port, hopLimit: 127 });
    expect([info.remote, info.local]).toEqual([to(v, 0, 0).words, target.words]);
    expect(info.interfaceIndex).toBe(1);
    for (const box of [a, b]) box.endpoint.close();
    executor.run();
    expect(arena.liveCount).toBe(0);
  });

  it('are cut by the router over IPv4, and refused when they may not be (RFC 791, RFC 1191)', () => {
    const { executor, router, hosts, to } = setUp(600);
    const [a, b] = hosts.map((host) => new Mailbox(host, 4, 0));
    const target = to(4, 1, b.endpoint.localPort);
    a.endpoint.sendTo(new Memory(pattern(1400)), target);
    executor.run();
    expect(b.got).toEqual([pattern(1400)]);
    expect(router.counters).toMatchObject({ fragmented: 1, fragments: 3, tooBig: 0 });
    expect(hosts[0].counters).toMatchObject({ ipFragOKs: 0, ipFragCreates: 0 });
    expect(hosts[1].counters).toMatchObject({ ipReasmReqds: 3, ipReasmOKs: 1 });
    a.endpoint.sending.dontFragment = true;
    expect(a.endpoint.sendTo(new Memory(pattern(1400)), target)).toBe(STATUS_SUCCESS);
    executor.run();
    expect([b.got.length, router.counters.tooBig]).toEqual([1, 1]);
    expect(a.endpoint.sendTo(new Memory(pattern(573)), target)).toBe(STATUS_INVALID_BUFFER_SIZE);
    expect(a.endpoint.sendTo(new Memory(pattern(572)), target)).toBe(STATUS_SUCCESS);
    a.endpoint.sending.dontFragment = false;
    a.endpoint.sendTo(new Memory(pattern(1400)), target); // by the sender now, who knows
    executor.run();
    expect(b.got.map((got) => got.length)).toEqual([1400, 572, 1400]);
    expect(hosts[0].counters).toMatchObject({ ipFragOKs: 1, ipFragCreates: 3, ipFragFails: 1 });
  });

  it('are cut by the sender over IPv6, never by the router (RFC 8200, section 5)', () => {
    const { executor, router, hosts, to } = setUp(1300);
    const [a, b] = hosts.map((host) => new Mailbox(host, 6, 0));
    const target = to(6, 1, b.endpoint.localPort);
    a.endpoint.sendTo(new Memory(pattern(1400)), target);
    executor.run();
    expect(b.got).toEqual([]);
    expect(router.counters).toMatchObject({ fragmented: 0, tooBig: 1 });
    a.endpoint.sendTo(new Memory(pattern(1400)), target);
    executor.run();
    expect(b.got).toEqual([pattern(1400)]);
    expect(hosts[0].counters).toMatchObject({ ipFragOKs: 1, ipFragCreates: 2 });
  });

  it('are longer again ten minutes after a router spoke: to the same peer and from another socket (RFC 8201, section 4)', () => {
    const { executor, router, hosts, to } = setUp(1300);
    const [a, b] = hosts.map((host) => new Mailbox(host, 6, 0));
    const target = to(6, 1, b.endpoint.localPort);
    const tooBigAt = (seconds: number, box: Mailbox): number => {
      executor.runUntil(seconds * SECOND);
      const { tooBig } = router.counters;
      box.endpoint.sendTo(new Memory(pattern(1400)), target);
      executor.runUntil(executor.now() + SECOND);
      return router.counters.tooBig - tooBig;
    };
    expect([tooBigAt(0, a), tooBigAt(599, a), tooBigAt(601, a), tooBigAt(1190, a)]).toEqual([1, 0, 1, 0]);
    a.endpoint.close();
    const other = new Mailbox(hosts[0], 6, 0);
    expect([tooBigAt(1195, other), tooBigAt(1300, other)]).toEqual([0, 1]);
    other.endpoint.close();
    const third = new Mailbox(hosts[0], 6, 0);
    expect(tooBigAt(2000, third)).toBe(1);
  });

  it('come once or not at all over a link that drops and reorders fragments, and never damaged', () => {
    const { executor, arena, hosts, to } = setUp(600, { loss: 0.05, jitter: 3 * MILLISECOND });
    const [a, b] = hosts.map((host) => new Mailbox(host, 4, 0));
    b.endpoint.receiveBuffer = 1 << 24;
    for (let i = 0; i < 300; i++) {
      a.endpoint.sendTo(new Memory(pattern(i * 10, i)), to(4, 1, b.endpoint.localPort));
      executor.runUntil(executor.now() + MILLISECOND);
    }
    executor.run();
    expect(b.got.length).toBeGreaterThan(150);
    expect(b.got.length).toBeLessThan(300);
    for (const got of b.got) expect(same(got, pattern(got.length, got.length / 10))).toBe(true);
    expect(new Set(b.got.map((got) => got.length)).size).toBe(b.got.length);
    expect(arena.liveCount).toBe(0);
  });

  it('that are cut by the router have identifications of their own (RFC 6864)', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 0);
    for (let i = 0; i < 500; i++) box.endpoint.sendTo(text('x'), address(4, 1, 9));
    box.endpoint.sending.dontFragment = true;
    box.endpoint.sendTo(text('x'), address(4, 1, 9));
    wire.wait(0);
    const ids = wire.heard.map((bytes) => (bytes[4] << 8) | bytes[5]);
    expect(new Set(ids.slice(0, 500)).size).toBe(500);
    expect([ids[500], wire.heard[500][6]]).toEqual([0, 0x40]);
    const other = new IpWire();
    const [first] = ids;
    const [second] = [other].map((world) => {
      new Mailbox(world.host, 4, 0).endpoint.sendTo(text('x'), address(4, 3, 9));
      world.wait(0);
      return (world.heard[0][4] << 8) | world.heard[0][5];
    });
    expect(second).not.toBe(first); // another destination starts elsewhere
  });
});

describe('what an endpoint sends', () => {
  it.each(versions)('has the checksum of RFC 768, of which 0 is sent as all ones (IPv%i)', (v) => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, v, 4000);
    box.endpoint.sendTo(new Memory(Uint8Array.of(0, 0, 0xff, 0xff)), address(v, 1, 9));
    // The one whose sum comes out as 0: its first word makes up for the rest.
    wire.wait(0);
    const [sample] = wire.heard.splice(0);
    const at = (v === 4 ? 20 : 40) + 6;
    const missing = (sample[at] << 8) | sample[at + 1];
    box.endpoint.sendTo(new Memory(Uint8Array.of(missing >> 8, missing & 255, 0xff, 0xff)), address(v, 1, 9));
    wire.wait(0);
    const [packet] = wire.heard;
    expect([packet[at], packet[at + 1]]).toEqual([0xff, 0xff]);
    const read = parseUdp(packet.slice(at - 6), v === 4 ? HOST4 : HOST6, v === 4 ? PEER4 : PEER6);
    expect(isWireError(read)).toBe(false);
  });

  it('carries hop limit and traffic class', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 4000);
    Object.assign(box.endpoint.sending, { hopLimit: 3, trafficClass: 0xb9 });
    box.endpoint.sendTo(text('x'), address(4, 1, 9));
    wire.wait(0);
    expect(parseIpv4(wire.heard[0])).toMatchObject({ ttl: 3, tos: 0xb9 });
  });

  it.each([
    ['nowhere', null, STATUS_INVALID_PARAMETER],
    ['the wrong family', address(6, 1, 9), STATUS_INVALID_PARAMETER],
    ['port 0', address(4, 1, 0), STATUS_INVALID_ADDRESS_COMPONENT],
    ['the unspecified address', { version: 4, words: new Int32Array(4), port: 9 }, STATUS_INVALID_ADDRESS_COMPONENT],
    ['the broadcast address', { version: 4, words: Int32Array.of(-1, 0, 0, 0), port: 9 }, STATUS_NOT_SUPPORTED],
    ["its network's", address(4, 255, 9), STATUS_NOT_SUPPORTED],
    ['a group', { version: 4, words: Int32Array.of(0xe0000001 | 0, 0, 0, 0), port: 9 }, STATUS_NOT_SUPPORTED],
    ['no route', { version: 4, words: Int32Array.of(0x08080808, 0, 0, 0), port: 9 }, STATUS_NETWORK_UNREACHABLE],
  ] as const)('to %s is refused', (_name, to, status) => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 4000);
    expect(box.endpoint.sendTo(text('x'), to as UdpAddress | null)).toBe(status);
    expect(wire.leftovers()).toEqual(CLEAN);
    expect(wire.heard).toEqual([]);
  });

  it('is refused when it is longer than UDP allows, or the arena is full: then nothing of it is sent', () => {
    const wire = new IpWire({}, 3);
    const box = new Mailbox(wire.host, 4, 4000);
    const six = new Mailbox(wire.host, 6, 4000);
    expect(box.endpoint.sendTo(new Memory(new Uint8Array(65_508)), address(4, 1, 9))).toBe(STATUS_INVALID_BUFFER_SIZE);
    expect(six.endpoint.sendTo(new Memory(new Uint8Array(65_528)), address(6, 1, 9))).toBe(STATUS_INVALID_BUFFER_SIZE);
    expect(box.endpoint.sendTo(new Memory(new Uint8Array(6000)), address(4, 1, 9))).toBe(STATUS_INSUFFICIENT_RESOURCES);
    expect(wire.leftovers()).toEqual(CLEAN);
    expect(wire.heard).toEqual([]);
    expect(wire.host.counters).toMatchObject({ udpOutDatagrams: 0, ipOutNoBuffers: 1, ipFragFails: 1 });
  });
});

describe('what an endpoint receives', () => {
  it('needs a checksum over IPv6, and over IPv4 only a good one if any (RFC 768; RFC 8200, section 8.1)', () => {
    const wire = new IpWire();
    const [four, six] = versions.map((v) => new Mailbox(wire.host, v, 7000));
    const without = (v: 4 | 6): Uint8Array => {
      const bytes = udp(v, pattern(5));
      bytes[6] = bytes[7] = 0;
      return bytes;
    };
    wire.throw(ipv4(17, without(4)));
    wire.throw(ipv6(17, without(6)));
    const broken = udp(4, pattern(5));
    broken[9] ^= 1;
    wire.throw(ipv4(17, broken));
    expect([four.got.length, six.got.length]).toEqual([1, 0]);
    expect(wire.host.counters).toMatchObject({ udpInDatagrams: 1, udpInErrors: 2 });
  });

  it('ends where UDP says, and is dropped when that is beyond IP or below 8', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    const withLength = (length: number): Uint8Array => {
      const bytes = udp(4, pattern(20));
      bytes.set([0, length, 0, 0], 4);
      return bytes;
    };
    for (const length of [7, 29, 12]) wire.throw(ipv4(17, withLength(length)));
    wire.throw(ipv4(17, new Uint8Array(7)));
    expect(box.got).toEqual([pattern(4)]);
    expect(wire.host.counters.udpInErrors).toBe(3);
  });

  it('waits until it is read, is cut to the room for it and says so, and is bounded by the receive buffer', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.reading = false;
    box.endpoint.receiveBuffer = 100;
    for (const length of [60, 40, 1]) wire.throw(ipv4(17, udp(4, pattern(length))));
    expect(box.endpoint).toMatchObject({ waiting: 2, waitingBytes: 100, dropped: 1 });
    expect(wire.host.counters).toMatchObject({ udpInDatagrams: 2, udpRcvbufErrors: 1 });
    expect([box.read(50), box.read(50), box.read(50)]).toEqual([true, true, false]);
    expect(box.got).toEqual([pattern(50), pattern(40)]);
    expect(box.infos.map((info) => [info.length, info.copied, info.isTruncated])).toEqual([
      [60, 50, true],
      [40, 40, false],
    ]);
    wire.throw(ipv4(17, udp(4, pattern(200)))); // alone it is taken, whatever its length
    expect(box.endpoint.waiting).toBe(1);
    box.endpoint.close();
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('is bounded in number too: an empty datagram holds memory as well', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.reading = false;
    for (let i = 0; i < 1000; i++) wire.throw(ipv4(17, udp(4, NONE)));
    expect(wire.arena.liveCount).toBe(256);
    box.endpoint.close();
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('may be borrowed, which counts against the buffer until released, or put back', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.reading = false;
    box.endpoint.receiveBuffer = 3000;
    const datagram = udp(4, pattern(2500));
    for (const cut of cutAt(datagram, [1400])) wire.throw(fragmentPacket(4, cut));
    wire.throw(ipv4(17, udp(4, pattern(400))));
    const lease = box.endpoint.borrow()!;
    expect(lease.pieces.length).toBe(2);
    expect(same(Uint8Array.from(Buffer.concat(lease.pieces)), pattern(2500))).toBe(true);
    expect(lease.info).toMatchObject({ remotePort: 5000, localPort: 7000, hopLimit: 64, length: 2500 });
    wire.throw(ipv4(17, udp(4, pattern(200))));
    expect(box.endpoint.dropped).toBe(1);
    lease.putBack();
    lease.release();
    expect(box.read()).toBe(true);
    expect(same(box.got[0], pattern(2500))).toBe(true);
    const second = box.endpoint.borrow()!;
    expect(box.endpoint.borrow()).toBe(null);
    box.endpoint.close();
    expect(second.pieces[0]).toEqual(pattern(400));
    second.release();
    second.release();
    expect(box.endpoint.lent).toBe(0);
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('put back after the endpoint is closed is gone', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.reading = false;
    wire.throw(ipv4(17, udp(4, pattern(400))));
    const lease = box.endpoint.borrow()!;
    box.endpoint.close();
    lease.putBack();
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

describe('ports', () => {
  it("are UDP's own, ephemeral or given, and free again after close", () => {
    const wire = new IpWire();
    const { host } = wire;
    host.ports.bind(0, 7000, false, true);
    const box = new Mailbox(host, 4, 7000);
    expect(host.udp.bind(4, null, 7000, nobodyUdp)).toBe(STATUS_ADDRESS_ALREADY_ASSOCIATED);
    expect(host.udp.bind(4, Int32Array.of(0x0a000009, 0, 0, 0), 7000, nobodyUdp)).toBe(
      STATUS_INVALID_ADDRESS_COMPONENT,
    );
    expect(host.udp.bind(4, null, 65_536, nobodyUdp)).toBe(STATUS_INVALID_PARAMETER);
    expect(new Mailbox(host, 4, 0).endpoint.localPort).toBeGreaterThanOrEqual(49_152);
    box.endpoint.close();
    box.endpoint.close();
    expect(new Mailbox(host, 4, 7000).endpoint.localPort).toBe(7000);
    expect(box.endpoint.sendTo(text('x'), address(4, 1, 9))).toBe(STATUS_INVALID_DEVICE_STATE);
  });

  it('go to the most specific endpoint: its peer first, then its address, then the wildcard, IPv4 on IPv6 last', () => {
    const wire = new IpWire();
    const { host } = wire;
    const dual = new Mailbox(host, 6, 7000, { v6Only: false, shared: true });
    const throwOne = (): void => wire.throw(ipv4(17, udp(4, pattern(1))));
    throwOne();
    expect([dual.got.length, dual.infos[0].version]).toEqual([1, 4]);
    const wildcard = new Mailbox(host, 4, 7000, { shared: true });
    throwOne();
    const specific = new Mailbox(host, 4, 7000, { shared: true }, address(4, 2, 0).words);
    throwOne();
    const connected = new Mailbox(host, 4, 7000, { shared: true });
    expect(connected.endpoint.connect(address(4, 1, 5000))).toBe(STATUS_SUCCESS);
    throwOne();
    expect([dual, wildcard, specific, connected].map((box) => box.got.length)).toEqual([1, 1, 1, 1]);
    dual.endpoint.sendTo(text('mapped'), address(4, 1, 9));
    wire.wait(0);
    expect(wire.heard.map((bytes) => bytes[0] >> 4)).toEqual([4]);
  });

  it('of a connected endpoint take its peer only; a target alone does not filter', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.endpoint.setTarget(address(4, 1, 9));
    wire.throw(ipv4(17, udp(4, pattern(1))));
    expect(box.endpoint.sendTo(text('x'))).toBe(STATUS_SUCCESS);
    box.endpoint.connect(address(4, 1, 5001));
    wire.throw(ipv4(17, udp(4, pattern(1))));
    box.endpoint.connect(null);
    wire.throw(ipv4(17, udp(4, pattern(1))));
    expect(box.got.length).toBe(2);
    expect(wire.host.counters.udpNoPorts).toBe(1);
  });

  it('survive no crash', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.reading = false;
    wire.throw(ipv4(17, udp(4, pattern(1))));
    wire.throw(fragmentPacket(4, cutAt(udp(4, pattern(100)), [48])[0]));
    wire.host.crash();
    expect([wire.host.udp.endpointCount, wire.arena.liveCount, wire.host.udpPorts.size]).toEqual([0, 0, 0]);
    box.endpoint.close();
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('of the machine itself are reached over the loopback', () => {
    const wire = new IpWire();
    const [a, b] = [new Mailbox(wire.host, 4, 7000), new Mailbox(wire.host, 4, 7001)];
    a.endpoint.sendTo(new Memory(pattern(9000)), { version: 4, words: Int32Array.of(0x7f000001, 0, 0, 0), port: 7001 });
    wire.wait(0);
    expect(b.got).toEqual([pattern(9000)]);
    expect(b.infos[0].interfaceIndex).toBe(0);
  });
});

describe('ICMP errors about datagrams', () => {
  it.each(versions)('reach the endpoint that sent them, as a status with the address (IPv%i)', (v) => {
    const { executor, hosts, to } = setUp(1500);
    const box = new Mailbox(hosts[0], v, 0);
    box.endpoint.sendTo(text('anybody?'), to(v, 1, 9));
    executor.run();
    expect(box.errors).toEqual([{ status: STATUS_PORT_UNREACHABLE, port: 9 }]);
    box.endpoint.sendTo(text('anybody?'), to(v, 7, 9));
    executor.run();
    expect(box.errors[1]).toEqual({ status: STATUS_NETWORK_UNREACHABLE, port: 9 });
    expect(box.endpoint.takeError().status).toBe(STATUS_SUCCESS);
  });

  it.each(versions)('of a datagram in fragments do too (IPv%i)', (v) => {
    const { executor, hosts, to } = setUp(1500);
    const box = new Mailbox(hosts[0], v, 0);
    box.endpoint.sendTo(new Memory(pattern(5000)), to(v, 1, 9));
    executor.run();
    expect(box.errors).toEqual([{ status: STATUS_PORT_UNREACHABLE, port: 9 }]);
  });

  it('are not believed about somebody to whom nothing was sent, about other ports, or about later fragments', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    box.endpoint.sendTo(text('x'), address(4, 1, 9));
    wire.wait(0);
    const [sent] = wire.heard;
    const unreachable = (quote: Uint8Array, rest = 0, code = 3): void => {
      wire.throw(ipv4(1, buildIcmp({ type: 3, code, rest, body: quote }, null)));
    };
    const changed = (at: number, value: number): Uint8Array => {
      const quote = sent.slice(0, 28);
      quote[at] = value;
      return quote;
    };
    for (const [at, value] of [
      [19, 9], // destination address
      [15, 9], // source address
      [21, 0], // source port
      [23, 10], // destination port
      [7, 1], // fragment offset
      [0, 0x4f], // header length beyond the quote
      [9, 6], // protocol
    ]) {
      unreachable(changed(at, value));
      unreachable(changed(at, value), 700, 4);
    }
    unreachable(sent.slice(0, 27));
    expect(box.errors).toEqual([]);
    expect(wire.host.paths.find(4, address(4, 2, 0).words, address(4, 1, 0).words)!.mtu).toBe(1500);
    unreachable(sent.slice(0, 28));
    expect(box.errors.length).toBe(1);
  });

  it('that a packet was too big are not believed below what every link carries', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 6, 7000);
    box.endpoint.sendTo(new Memory(pattern(1400)), address(6, 1, 9));
    wire.wait(0);
    const body = wire.heard[0].slice(0, 1232);
    wire.throw(ipv6(58, buildIcmp({ type: 2, code: 0, rest: 100, body }, [PEER6, HOST6])));
    expect(wire.host.paths.find(6, address(6, 2, 0).words, address(6, 1, 0).words)!.mtu).toBe(1280);
  });
});

it('any sequence of sends, receives, loans and closes leaves nothing behind', () => {
  const step = fc.record({ act: fc.nat(5), length: fc.constantFrom(0, 1, 100, 1472, 3000, 20_000), at: fc.nat(3) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const wire = new IpWire();
      const boxes = [0, 1, 2, 3].map((i) => new Mailbox(wire.host, i < 2 ? 4 : 6, 7000 + i));
      const leases: { release(): void; putBack(): void }[] = [];
      for (const { act, length, at } of steps) {
        const box = boxes[at];
        box.reading = false;
        if (act <= 1) box.endpoint.sendTo(new Memory(pattern(length)), address(at < 2 ? 4 : 6, 2, 7000 + (at ^ 1)));
        else if (act === 2) box.read(length);
        else if (act === 3) leases.push(...[box.endpoint.borrow()].filter((lease) => lease !== null));
        else if (act === 4) leases.pop()?.putBack();
        else if (length === 0) box.endpoint.close();
        wire.wait(0);
      }
      for (const lease of leases) lease.release();
      for (const box of boxes) {
        box.endpoint.close();
        expect(box.endpoint.lent).toBe(0);
      }
      expect(wire.leftovers()).toEqual(CLEAN);
      expect([wire.host.udpPorts.size, wire.host.paths.inUse]).toEqual([0, 0]);
    }),
    { numRuns: 200 },
  );
});
