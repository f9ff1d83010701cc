import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ACK, buildIcmp, buildTcp, PSH, parseIpv4, parseIpv6, SYN } from '../../src/tcpip/wire/index.ts';
import { SECOND } from '../../src/time/index.ts';
import {
  CLEAN,
  type Cut,
  cutAt,
  fragmentPacket,
  HOST4,
  HOST6,
  IpWire,
  joined,
  Mailbox,
  NONE,
  PEER4,
  PEER6,
  udp,
} from './ip-wire.ts';
import { clientSocket, listen, Memory, NOTHING_LEFT, pattern, World } from './support.ts';

const versions: readonly (4 | 6)[] = [4, 6];
const version = fc.constantFrom(...versions);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** A payload, and places to cut its datagram so that each piece fits a link of 1,500 bytes. */
const cutting = fc
  .record({
    length: fc.oneof(fc.integer({ min: 0, max: 600 }), fc.integer({ min: 0, max: 20_000 })),
    places: fc.array(fc.nat(2500), { maxLength: 20 }),
  })
  .map(({ length, places }) => {
    const regular = Array.from({ length: Math.floor(length / 1400) + 1 }, (_, i) => 1400 * i);
    return { payload: pattern(length), places: [...regular, ...places.map((at) => at * 8)] };
  });

/** RFC 8200, section 4.5 and RFC 5722 for one identification and datagrams of 96 bytes, without time and limits. */
class ReassemblyModel {
  readonly whole: Uint8Array[] = [];
  private pieces: { offset: number; bytes: Uint8Array }[] = [];
  private isDead = false;

  add(offset: number, bytes: Uint8Array): void {
    if (this.isDead || this.pieces.some((piece) => piece.offset === offset && same(piece.bytes, bytes))) return;
    const end = offset + bytes.length;
    this.isDead = this.pieces.some((piece) => offset < piece.offset + piece.bytes.length && piece.offset < end);
    this.pieces.push({ offset, bytes });
    if (this.isDead || this.pieces.reduce((sum, piece) => sum + piece.bytes.length, 0) < 96) return;
    this.whole.push(joined(...this.pieces.sort((a, b) => a.offset - b.offset).map((piece) => piece.bytes)));
    this.pieces = [];
  }
}

describe('fragments of a datagram', () => {
  it('in any cutting, order and doubling give it once, or once more for each full set, or nothing', () => {
    fc.assert(
      fc.property(version, cutting, fc.array(fc.nat(), { maxLength: 60 }), fc.boolean(), (v, cut, order, all) => {
        const wire = new IpWire();
        const box = new Mailbox(wire.host, v, 7000);
        const cuts = cutAt(udp(v, cut.payload), cut.places);
        const times = new Array<number>(cuts.length).fill(0);
        const list = order.map((n) => n % cuts.length);
        if (all) list.push(...cuts.keys());
        for (const i of list) {
          times[i]++;
          wire.throw(fragmentPacket(v, cuts[i]));
        }
        const most = Math.min(...times);
        expect(box.got.length).toBeLessThanOrEqual(most);
        if (most > 0) expect(box.got.length).toBeGreaterThan(0);
        for (const got of box.got) expect(same(got, cut.payload)).toBe(true);
        expect(wire.leftovers()).toEqual(CLEAN);
      }),
      { numRuns: 150 },
    );
  });

  it('of two datagrams never mix, and any overlap ends a datagram, as a plain model of the rules has it', () => {
    const piece = fc.record({
      which: fc.constantFrom(0, 1),
      offset: fc.nat(11).map((n) => n * 8),
      length: fc.integer({ min: 1, max: 6 }).map((n) => n * 8),
    });
    fc.assert(
      fc.property(version, fc.array(piece, { maxLength: 25 }), fc.boolean(), (v, pieces, sameId) => {
        const wire = new IpWire();
        const box = new Mailbox(wire.host, v, 7000);
        // Any mixture of these has the same checksum: only reassembly can keep them apart.
        const datagrams = [
          [1, 2, 2, 1],
          [2, 1, 1, 2],
        ].map((words) =>
          udp(
            v,
            Uint8Array.from({ length: 88 }, (_, i) => words[(i >> 1) & 3]),
          ),
        );
        const models = [new ReassemblyModel(), new ReassemblyModel()];
        for (const { which, offset, length } of pieces) {
          const bytes = datagrams[which].slice(offset, offset + length);
          const id = sameId ? 0 : which;
          models[id].add(offset, bytes);
          wire.throw(fragmentPacket(v, { offset, bytes, more: offset + bytes.length < 96 }, { id: 1 + id }));
        }
        const whole = models.flatMap((model) => model.whole).map((bytes) => bytes.slice(8));
        const ordered = (list: Uint8Array[]): string[] => list.map((bytes) => bytes.join()).sort();
        expect(ordered(box.got)).toEqual(ordered(whole));
        expect(wire.leftovers()).toEqual(CLEAN);
      }),
      { numRuns: 300 },
    );
  });

  const parts = (): Cut[] => cutAt(udp(4, pattern(40)), [16, 32]);

  it.each(versions)('that overlap end the datagram, those still to come too (RFC 5722) (IPv%i)', (v) => {
    const [first, second, third] = cutAt(udp(v, pattern(40)), [16, 32]);
    const overlaps: Cut[] = [
      { offset: 8, bytes: new Uint8Array(16), more: true },
      { ...first, bytes: first.bytes.map((byte) => byte ^ 1) }, // the same place, other bytes
      { ...first, bytes: first.bytes.slice(0, 8) },
      { offset: 0, bytes: udp(v, pattern(40)).slice(0, 24), more: true },
    ];
    for (const overlap of overlaps) {
      const wire = new IpWire();
      const box = new Mailbox(wire.host, v, 7000);
      for (const cut of [first, overlap, second, third]) wire.throw(fragmentPacket(v, cut));
      expect(box.got).toEqual([]);
      expect(wire.host.counters).toMatchObject({ ipReasmReqds: 4, ipReasmOKs: 0, ipReasmFails: 1 });
      expect(wire.host.input.reassembler.slots).toBe(0);
      for (const cut of [first, second, third]) wire.throw(fragmentPacket(v, cut, { id: 78 }));
      expect(box.got.length).toBe(1);
      expect(wire.leftovers()).toEqual(CLEAN);
    }
  });

  it('that come twice in the same form are taken once (RFC 8200, section 4.5)', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    const [first, second, third] = parts();
    for (const cut of [third, first, first, third, second]) wire.throw(fragmentPacket(4, cut));
    expect(box.got.length).toBe(1);
    expect(wire.host.counters).toMatchObject({ ipReasmOKs: 1, ipReasmFails: 0 });
  });

  it('with two ends, or beyond the end, end the datagram', () => {
    const [first, second, third] = parts();
    const piece = (offset: number, length: number, more: boolean): Cut => ({
      offset,
      bytes: new Uint8Array(length),
      more,
    });
    for (const cuts of [
      [third, piece(8, 4, false), first, second],
      [third, piece(64, 8, false), first, second, piece(48, 16, true)], // UDP's own length would hide it
      [piece(64, 8, true), third, first, piece(16, 8, true)], // as many bytes as the end says, and a hole
      [third, piece(64, 8, true), first, piece(16, 8, true)],
    ]) {
      const wire = new IpWire();
      const box = new Mailbox(wire.host, 4, 7000);
      for (const cut of cuts) wire.throw(fragmentPacket(4, cut));
      expect(box.got).toEqual([]);
      expect(wire.host.counters).toMatchObject({ ipReasmOKs: 0, ipReasmFails: 1 });
      expect(wire.leftovers()).toEqual(CLEAN);
    }
  });

  it('without bytes, of odd length in the middle, or beyond 65,535 bytes are dropped (RFC 791)', () => {
    const wire = new IpWire();
    wire.throw(fragmentPacket(4, { offset: 0, bytes: NONE, more: true }));
    wire.throw(fragmentPacket(4, { offset: 0, bytes: new Uint8Array(9), more: true }));
    wire.throw(fragmentPacket(4, { offset: 65_528, bytes: new Uint8Array(8), more: false }));
    wire.throw(fragmentPacket(6, { offset: 8, bytes: NONE, more: false }));
    expect(wire.host.counters).toMatchObject({ ipReasmReqds: 4, ipReasmFails: 4 });
    expect(wire.host.input.reassembler.size).toBe(0);
    expect(wire.heard).toEqual([]);
  });

  it('of TCP that cut its header are dropped (RFC 3128)', () => {
    const wire = new IpWire();
    wire.throw(fragmentPacket(4, { offset: 8, bytes: new Uint8Array(16), more: false }, { protocol: 6 }));
    expect(wire.host.input.reassembler.size).toBe(0);
  });

  it.each(versions)('of the longest datagram come together (IPv%i)', (v) => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, v, 7000);
    const payload = pattern(v === 4 ? 65_507 : 65_527);
    const cuts = cutAt(
      udp(v, payload),
      Array.from({ length: 50 }, (_, i) => 1440 * i),
    );
    for (const cut of cuts.reverse()) wire.throw(fragmentPacket(v, cut));
    expect(box.got.length).toBe(1);
    expect(same(box.got[0], payload)).toBe(true);
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

describe('IPv6 fragments', () => {
  it('that are whole packets are taken by themselves (RFC 6946)', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 6, 7000);
    const [first] = cutAt(udp(6, pattern(40)), [16]);
    wire.throw(fragmentPacket(6, first));
    wire.throw(fragmentPacket(6, { offset: 0, bytes: udp(6, pattern(9)), more: false }));
    expect(box.got).toEqual([pattern(9)]);
    expect(wire.host.counters).toMatchObject({ ipReasmReqds: 1, ipReasmOKs: 0, ipReasmFails: 0 });
  });

  it('of a wrong length, or beyond the end of any packet, are a parameter problem (RFC 8200, section 4.5)', () => {
    const wire = new IpWire();
    wire.throw(fragmentPacket(6, { offset: 0, bytes: new Uint8Array(20), more: true }));
    wire.throw(fragmentPacket(6, { offset: 65_528, bytes: new Uint8Array(16), more: false }));
    expect(wire.icmp()).toEqual(['4/0 4', '4/0 42']);
    const later = { offset: 65_528, bytes: new Uint8Array(16).fill(0x81), more: false };
    wire.throw(fragmentPacket(6, later, { protocol: 58 }));
    expect(wire.icmp()).toEqual([]); // it may be of an ICMP error
    wire.throw(fragmentPacket(6, { offset: 0, bytes: udp(6, NONE).slice(0, 4), more: false }));
    expect(wire.host.input.reassembler.size).toBe(0);
  });

  it('whose first lacks some header are a parameter problem (RFC 7112)', () => {
    const wire = new IpWire();
    wire.throw(fragmentPacket(6, { offset: 0, bytes: new Uint8Array(8), more: true }, { protocol: 6 })); // TCP: 20
    wire.throw(
      fragmentPacket(6, { offset: 0, bytes: Uint8Array.of(17, 1, 1, 4, 0, 0, 0, 0), more: true }, { protocol: 60 }),
    );
    expect(wire.icmp()).toEqual(['4/3 0', '4/3 0']);
    expect(wire.host.input.reassembler.size).toBe(0);
  });

  it('may carry destination options in front of UDP', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 6, 7000);
    const chain = joined(Uint8Array.of(17, 0, 1, 4, 0, 0, 0, 0), udp(6, pattern(100)));
    for (const cut of cutAt(chain, [48, 80])) wire.throw(fragmentPacket(6, cut, { protocol: 60 }));
    expect(box.got).toEqual([pattern(100)]);
  });

  it('of fragments are dropped', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 6, 7000);
    for (const more of [0, 1]) {
      const inner = Uint8Array.of(17, 0, 0, more, 0, 0, 0, 9);
      const bytes = joined(inner, udp(6, pattern(24)));
      for (const cut of cutAt(bytes, [16])) wire.throw(fragmentPacket(6, cut, { protocol: 44 }));
    }
    expect(box.got).toEqual([]);
    expect(wire.host.counters.ipReasmOKs).toBe(2);
    expect(wire.host.input.reassembler.size).toBe(0);
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

describe('time', () => {
  it.each([
    [4, '11/1 0'],
    [6, '3/1 0'],
  ] as const)(
    'ends a datagram after 60 s, and its sender is told when the first fragment is here (IPv%i)',
    (v, error) => {
      const wire = new IpWire();
      const [first, second] = cutAt(udp(v, pattern(100)), [48]);
      wire.throw(fragmentPacket(v, first));
      wire.throw(fragmentPacket(v, second, { id: 5 }));
      wire.wait(60 * SECOND - 1);
      expect(wire.host.input.reassembler.size).toBe(2);
      wire.wait(1);
      const [message] = wire.icmpMessages();
      expect(`${message.type}/${message.code} ${message.rest}`).toBe(error);
      const quoted = fragmentPacket(v, first);
      const count = v === 4 ? 28 : quoted.length;
      expect(same(message.body, quoted.slice(0, count))).toBe(true);
      expect(wire.heard).toEqual([]);
      expect(wire.host.counters).toMatchObject({ ipReasmTimeouts: 2, ipReasmFails: 2, icmpOutTimeExcds: 1 });
      expect(wire.leftovers()).toEqual(CLEAN);
    },
  );

  it('counts from the first fragment that came', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 4, 7000);
    const [first, second, third] = cutAt(udp(4, pattern(100)), [48, 80]);
    wire.throw(fragmentPacket(4, third));
    wire.wait(59 * SECOND);
    wire.throw(fragmentPacket(4, second));
    wire.wait(2 * SECOND);
    wire.throw(fragmentPacket(4, first));
    expect(box.got).toEqual([]);
  });
});

describe('congestion marks on fragments (RFC 3168, section 5.3)', () => {
  it('come through from any of them, and with unmarked ones beside them the datagram is dropped', () => {
    for (const v of versions) {
      const wire = new IpWire();
      const box = new Mailbox(wire.host, v, 7000);
      const [first, second] = cutAt(udp(v, pattern(100)), [48]);
      wire.throw(fragmentPacket(v, first, { ecn: 2 }));
      wire.throw(fragmentPacket(v, second, { ecn: 3 }));
      expect(box.infos.map((info) => info.ecn)).toEqual([3]);
      wire.throw(fragmentPacket(v, first, { ecn: 0 }));
      wire.throw(fragmentPacket(v, second, { ecn: 3 }));
      expect(box.got.length).toBe(1);
      expect(wire.leftovers()).toEqual(CLEAN);
    }
  });
});

describe('a TCP segment in fragments', () => {
  it.each(versions)('opens a connection and carries its data (IPv%i)', (v) => {
    const wire = new IpWire();
    let accepted: { receiveQueue: { bytes: number } } | null = null;
    const listener = wire.host.tcp.listen(v, null, 80, false, {
      onIncoming: () => {
        accepted = listener.accept();
      },
    });
    const send = (flags: number, sequence: number, acknowledgment: number, payload: Uint8Array): void => {
      const segment = { sourcePort: 9, destinationPort: 80, sequence, acknowledgment, flags, window: 9000, urgent: 0 };
      const [from, to] = v === 4 ? [PEER4, HOST4] : [PEER6, HOST6];
      const bytes = buildTcp({ ...segment, options: [], payload }, from, to);
      for (const cut of cutAt(bytes, [24, 600, 1000]).reverse()) {
        wire.throw(fragmentPacket(v, cut, { protocol: 6, id: sequence }));
      }
    };
    send(SYN, 1000, 0, NONE);
    const answer = v === 4 ? parseIpv4(wire.heard[0]) : parseIpv6(wire.heard[0]);
    if (!('payload' in answer)) throw answer;
    const iss = new DataView(answer.payload.buffer, answer.payload.byteOffset).getUint32(4);
    send(ACK, 1001, (iss + 1) >>> 0, NONE);
    send(ACK | PSH, 1001, (iss + 1) >>> 0, pattern(1900));
    expect(accepted!.receiveQueue.bytes).toBe(1900);
    expect(wire.host.counters.tcpInErrs).toBe(0);
  });

  it('longer than a slot of the arena is dropped', () => {
    const wire = new IpWire();
    const segment = { sourcePort: 9, destinationPort: 80, sequence: 1, acknowledgment: 0, flags: SYN, window: 9 };
    const bytes = buildTcp({ ...segment, urgent: 0, options: [], payload: pattern(5000) }, PEER4, HOST4);
    for (const cut of cutAt(bytes, [1400, 2800, 4200])) wire.throw(fragmentPacket(4, cut, { protocol: 6 }));
    expect(wire.host.counters).toMatchObject({ ipReasmOKs: 1, tcpInErrs: 1 });
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

describe('an echo request in fragments', () => {
  it.each(versions)('is answered in full, in fragments (RFC 1122, section 3.2.2.6) (IPv%i)', (v) => {
    const wire = new IpWire();
    const body = pattern(5000);
    const request = { type: v === 4 ? 8 : 128, code: 0, rest: 0x12340005, body };
    const message = buildIcmp(request, v === 4 ? null : [PEER6, HOST6]);
    const protocol = v === 4 ? 1 : 58;
    for (const cut of cutAt(message, [1400, 2800, 4200])) wire.throw(fragmentPacket(v, cut, { protocol }));
    expect(wire.heard.length).toBe(4);
    for (const bytes of wire.heard) expect(bytes.length).toBeLessThanOrEqual(1500);
    const parts = wire.heard.map((bytes) => (v === 4 ? bytes.slice(20) : bytes.slice(48)));
    const answer = joined(...parts);
    expect([answer[0], same(answer.slice(4), message.slice(4))]).toEqual([v === 4 ? 0 : 129, true]);
    expect(wire.leftovers()).toEqual(CLEAN);
  });
});

describe('a flood of fragments', () => {
  const flood = (wire: IpWire, count: number, sources: number): void => {
    for (let i = 0; i < count; i++) {
      const packet = fragmentPacket(
        4,
        { offset: 8 * (i % 64) * 30, bytes: new Uint8Array(1400), more: true },
        { id: i },
      );
      const source = i % sources;
      packet.set([10, 0, 1 + (source >> 8), source & 255], 12);
      packet.set([0, 0], 10);
      let sum = 0;
      for (let at = 0; at < 20; at += 2) sum += (packet[at] << 8) | packet[at + 1];
      while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
      packet.set([(~sum >> 8) & 255, ~sum & 255], 10);
      wire.throw(packet);
      const { reassembler } = wire.host.input;
      const { profile } = wire.host;
      if (reassembler.slots * 2048 > profile.reassemblyBytes) throw new Error(`${reassembler.slots} slots`);
      if (reassembler.size > profile.reassemblyDatagrams) throw new Error(`${reassembler.size} datagrams`);
    }
  };

  it('holds no more memory and datagrams than the profile says, and ends when it is over', () => {
    const wire = new IpWire({ reassemblyBytes: 200 * 1024, reassemblySourceBytes: 100 * 1024 });
    flood(wire, 3000, 500);
    expect(wire.host.counters.ipReasmFails).toBeGreaterThan(2800);
    expect(wire.arena.liveCount).toBeLessThanOrEqual(100);
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('of many senders holds no more datagrams than the profile says', () => {
    const wire = new IpWire({ reassemblyDatagrams: 40 });
    flood(wire, 300, 300);
    expect(wire.host.input.reassembler.size).toBe(40);
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('of one sender leaves room for others, whose oldest stays', () => {
    const wire = new IpWire();
    const box = new Mailbox(wire.host, 6, 7000);
    const [first, second] = cutAt(udp(6, pattern(100)), [48]);
    wire.throw(fragmentPacket(6, first));
    flood(wire, 1000, 1);
    expect(wire.host.input.reassembler.size).toBe(65);
    wire.throw(fragmentPacket(6, second));
    expect(box.got.length).toBe(1);
  });

  it('of one sender holds no more memory than one sender may', () => {
    const wire = new IpWire({ reassemblySourceBytes: 20 * 2048 });
    flood(wire, 300, 1);
    expect(wire.host.input.reassembler.slots).toBeGreaterThan(15);
    expect(wire.host.input.reassembler.slots).toBeLessThanOrEqual(20);
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('drops the oldest first', () => {
    const wire = new IpWire({ reassemblyDatagrams: 4, reassemblySourceDatagrams: 4 });
    const box = new Mailbox(wire.host, 4, 7000);
    const cuts = cutAt(udp(4, pattern(100)), [48]);
    for (let id = 1; id <= 6; id++) wire.throw(fragmentPacket(4, cuts[0], { id }));
    for (let id = 3; id <= 6; id++) wire.throw(fragmentPacket(4, cuts[1], { id }));
    expect(box.got.length).toBe(4);
    for (let id = 1; id <= 2; id++) wire.throw(fragmentPacket(4, cuts[1], { id }));
    expect(box.got.length).toBe(4);
  });

  it('in one datagram ends it', () => {
    const wire = new IpWire({ reassemblyFragments: 10 });
    const box = new Mailbox(wire.host, 4, 7000);
    const places = Array.from({ length: 20 }, (_, i) => 8 * i);
    for (const cut of cutAt(udp(4, pattern(72)), places)) wire.throw(fragmentPacket(4, cut));
    expect(box.got.length).toBe(1); // ten of them
    for (const cut of cutAt(udp(4, pattern(80)), places)) wire.throw(fragmentPacket(4, cut, { id: 2 }));
    expect(box.got.length).toBe(1);
    expect(wire.host.input.reassembler.slots).toBe(0);
  });

  it('in a full arena loses fragments, and nothing else', () => {
    const wire = new IpWire({}, 20);
    flood(wire, 200, 100);
    expect(wire.host.counters.ipReasmNoBuffers).toBeGreaterThan(0);
    expect(wire.leftovers()).toEqual(CLEAN);
  });

  it('leaves a connection alive, and its transfer whole', () => {
    const world = new World();
    const server = listen(world, '10.0.0.2:80');
    const client = clientSocket(world);
    client.connect('10.0.0.2:80');
    world.executor.runUntil(SECOND);
    const send = client.send(new Memory(pattern(400_000)));
    client.shutdown();
    for (let id = 0; id < 4000; id++) {
      const cut = { offset: 1400 * (id % 40), bytes: new Uint8Array(1400), more: true };
      world.serverHost.receive(world.arena.from(fragmentPacket(4, cut, { id: id >> 4 })), 1);
      world.executor.runUntil(world.executor.now() + SECOND / 1000);
    }
    world.executor.runUntil(world.executor.now() + SECOND);
    expect(send.end).toBe('STATUS_SUCCESS 400000');
    expect(same(server.accepted[0].bytes, pattern(400_000))).toBe(true);
    for (const socket of [client, server, ...server.accepted]) socket.close();
    world.executor.run();
    expect(world.leftovers()).toEqual(NOTHING_LEFT);
  });
});
