import { describe, expect, it } from 'vitest';
import { linuxProfile, type TcpConnection } from '../../src/tcpip/index.ts';
import { ACK, CWR, ECE, FIN, SYN, type TcpOptionValue } from '../../src/tcpip/wire/index.ts';
import { MILLISECOND, SECOND } from '../../src/time/index.ts';
import { Memory } from './support.ts';
import { data, Wire } from './wire.ts';

/** Loss recovery, segment by segment. Segments are 1000 bytes, the round trip 40 ms. */
const SACK: TcpOptionValue[] = [{ kind: 'mss', mss: 1000 }, { kind: 'sackPermitted' }];
const PLAIN: TcpOptionValue[] = [{ kind: 'mss', mss: 1000 }];
const RTT = 40 * MILLISECOND;

/** A connection that has measured its round trip and has `segments` in flight, sent at once. */
const inFlight = (wire: Wire, segments: number, options = SACK, more = 0): TcpConnection => {
  const connection = wire.establish(options, {}, RTT);
  connection.send(new Memory(data(1000)));
  wire.wait(RTT);
  wire.sent();
  wire.ack(1000);
  connection.send(new Memory(data(segments * 1000 + more)));
  wire.wait(0);
  const numbers = Array.from({ length: Math.min(segments, 10) }, (_, i) => 1001 + 1000 * i);
  expect(wire.heard.splice(0).map((s) => (s.sequence - wire.iss) | 0)).toEqual(numbers);
  return connection;
};
/** Segments sent, as the numbers of their thousands. */
const thousands = (wire: Wire): number[] => wire.heard.splice(0).map((s) => ((s.sequence - wire.iss - 1) | 0) / 1000);

describe('the receiver of early segments', () => {
  it('tells what it has, the newest first, and what came twice', () => {
    const wire = new Wire();
    wire.establish(SACK);
    for (const at of [1, 3, 5]) wire.throw({ sequence: 1001 + 1000 * at, payload: data(1000) });
    expect(wire.sentSacks()).toEqual([
      'ack 0 1000-2000',
      'ack 0 3000-4000 1000-2000',
      'ack 0 5000-6000 3000-4000 1000-2000',
    ]);
    wire.throw({ sequence: 4001, payload: data(1000) }); // a second time
    expect(wire.sentSacks()).toEqual(['ack 0 3000-4000 5000-6000 3000-4000 1000-2000']);
    wire.throw({ payload: data(1000) });
    expect(wire.sentSacks()).toEqual(['ack 2000 5000-6000 3000-4000']);
    wire.throw({ payload: data(1000) }); // long received
    expect(wire.sentSacks()).toEqual(['ack 2000 0-1000 5000-6000 3000-4000']);
  });

  it('says nothing of it to a peer that did not offer SACK', () => {
    const wire = new Wire();
    wire.establish(PLAIN);
    wire.throw({ sequence: 2001, payload: data(1000) });
    expect(wire.sentSacks()).toEqual(['ack 0']);
  });

  it('tells it beside data and timestamps too, within the MTU', () => {
    const wire = new Wire({ ...linuxProfile, nagle: 'rfc1122' });
    const stamp: TcpOptionValue = { kind: 'timestamps', value: 1, echo: 0 };
    const connection = wire.establish([...SACK, stamp]);
    for (const at of [1, 3, 5, 7]) wire.throw({ sequence: 1001 + 1000 * at, payload: data(1000), options: [stamp] });
    connection.send(new Memory(data(3000)));
    wire.wait(0);
    const sent = wire.heard.splice(0);
    const sacks = sent.map((s) => s.options.find((option) => option.kind === 'sack'));
    expect(sacks.at(-1)).toMatchObject({ blocks: { length: 3 } });
    expect(sent.at(-1)!.payload.length).toBe(1000 - 12 - 28);
  });
});

describe('a sender with SACK', () => {
  it('sends one lost segment again when three behind it have arrived, and new ones as they arrive', () => {
    const wire = new Wire();
    const connection = inFlight(wire, 10, SACK, 10_000);
    const before = connection.congestion.window;
    wire.wait(RTT);
    wire.ack(1000, [2000, 3000]);
    expect(thousands(wire)).toEqual([11]); // limited transmit (RFC 3042)
    wire.ack(1000, [2000, 4000]);
    expect(thousands(wire)).toEqual([12]);
    wire.ack(1000, [2000, 5000]);
    expect(thousands(wire)).toEqual([1]);
    for (let i = 6; i <= 11; i++) wire.ack(1000, [2000, i * 1000]);
    const meanwhile = thousands(wire);
    expect(meanwhile).not.toContain(1);
    expect(meanwhile.length).toBeGreaterThanOrEqual(3); // PRR: seven for ten
    expect(meanwhile.length).toBeLessThanOrEqual(5);
    wire.ack(13_000 + 1000 * meanwhile.length);
    expect(connection.congestion.window - connection.congestion.threshold).toBeLessThan(1000);
    expect(connection.congestion.window / before).toBeLessThan(0.8);
    expect(wire.host.counters).toMatchObject({ tcpFastRetransmits: 1, tcpRetransSegs: 1, tcpTimeouts: 0 });
  });

  it('mends several holes of one window in one round trip', () => {
    const wire = new Wire();
    inFlight(wire, 10);
    wire.wait(RTT);
    for (const blocks of [
      [[3000, 4000]],
      [[3000, 5000]],
      [
        [6000, 7000],
        [3000, 5000],
      ],
      [
        [6000, 8000],
        [3000, 5000],
      ],
    ])
      wire.ack(1000, ...(blocks as [number, number][]));
    for (let i = 9; i <= 11; i++) wire.ack(1000, [6000, i * 1000], [3000, 5000]);
    expect(thousands(wire)).toEqual([1, 2, 5]);
  });

  it('waits a quarter of the round trip for one that may only be late, and then sends it', () => {
    const wire = new Wire();
    inFlight(wire, 4);
    wire.wait(RTT);
    wire.ack(1000, [2000, 3000]);
    wire.wait(9 * MILLISECOND);
    expect(thousands(wire)).toEqual([]);
    wire.wait(MILLISECOND);
    expect(thousands(wire)).toEqual([1]);
  });

  it('finds a retransmission that was lost too, without a timeout', () => {
    const wire = new Wire();
    inFlight(wire, 10, SACK, 20_000);
    wire.wait(RTT);
    for (let i = 3; i <= 11; i++) wire.ack(1000, [2000, i * 1000]);
    const sent = thousands(wire);
    expect(sent.filter((n) => n === 1)).toEqual([1]);
    wire.wait(RTT);
    const last = Math.max(...sent) + 1;
    wire.ack(1000, [2000, last * 1000]);
    expect(thousands(wire)).toContain(1);
    expect(wire.host.counters.tcpTimeouts).toBe(0);
  });

  it('probes a lost tail after two round trips, and hears from the answer what is missing (RFC 8985)', () => {
    const wire = new Wire();
    inFlight(wire, 5);
    wire.wait(80 * MILLISECOND - 1);
    expect(thousands(wire)).toEqual([]);
    wire.wait(1);
    expect(thousands(wire)).toEqual([5]);
    wire.wait(RTT);
    wire.ack(3000, [5000, 6000]);
    expect(thousands(wire)).toEqual([3, 4]); // sent long before the probe that has arrived
    expect(wire.host.counters).toMatchObject({ tcpLossProbes: 1, tcpTimeouts: 0 });
  });

  it('slows down when the probe itself mended the loss, and not when it came twice', () => {
    for (const [blocks, slows] of [
      [[], true],
      [[[5000, 6000]], false],
    ] as [[number, number][], boolean][]) {
      const wire = new Wire();
      const connection = inFlight(wire, 5);
      wire.wait(80 * MILLISECOND);
      expect(thousands(wire)).toEqual([5]);
      wire.ack(6000, ...blocks);
      connection.send(new Memory(data(1000)));
      wire.wait(0);
      const { window } = connection.congestion;
      wire.ack(7000);
      expect(connection.congestion.window < window).toBe(slows);
    }
  });

  it('takes a timeout back when the first copies were merely late (F-RTO)', () => {
    const wire = new Wire();
    const connection = inFlight(wire, 10, SACK, 20_000);
    const { window } = connection.congestion;
    wire.wait(500 * MILLISECOND); // a probe, and a timeout
    expect(wire.host.counters).toMatchObject({ tcpTimeouts: 1, tcpLossProbes: 1 });
    thousands(wire);
    wire.ack(2000);
    const newOnes = thousands(wire);
    expect(newOnes.every((n) => n > 10)).toBe(true); // new data first
    wire.ack(4000);
    expect([wire.host.counters.tcpUndos, connection.congestion.window >= window]).toEqual([1, true]);
    expect(thousands(wire).every((n) => n > 10)).toBe(true);
  });

  it('takes a recovery back when all that was sent again had arrived (DSACK)', () => {
    const wire = new Wire();
    const connection = inFlight(wire, 10);
    const { window } = connection.congestion;
    wire.wait(RTT);
    for (let i = 3; i <= 6; i++) wire.ack(1000, [2000, i * 1000]);
    expect(thousands(wire)).toEqual([1]);
    wire.ack(11_000);
    expect(connection.congestion.window).toBeLessThan(window);
    wire.ack(11_000, [1000, 2000]);
    expect([wire.host.counters.tcpUndos, connection.congestion.window]).toEqual([1, window]);
  });

  it('believes no block that it cannot have sent', () => {
    const wire = new Wire();
    const connection = inFlight(wire, 5);
    wire.ack(1000, [50_000, 90_000], [-5000, -4000], [3000, 2000]);
    expect(connection.log!.sackedBytes).toBe(0);
  });

  it('sends everything again after a timeout when the peer has dropped what it had', () => {
    const wire = new Wire();
    const connection = inFlight(wire, 5);
    wire.ack(1000, [2000, 6000]);
    wire.wait(SECOND);
    thousands(wire);
    wire.ack(2000); // and not 6000: reneged
    wire.wait(3 * SECOND);
    wire.ack(3000);
    expect(thousands(wire)).toContain(2);
    expect(connection.log!.sackedBytes).toBe(0);
  });
});

describe('a sender without SACK', () => {
  it('recovers after NewReno: a hole per partial acknowledgment, out of recovery at the end (RFC 6582)', () => {
    const wire = new Wire({ congestionControl: 'reno' });
    const connection = inFlight(wire, 10, PLAIN, 10_000);
    wire.wait(RTT);
    wire.ack(1000);
    wire.ack(1000);
    expect(thousands(wire)).toEqual([11, 12]); // limited transmit (RFC 3042): two, and no more
    wire.ack(1000);
    expect(thousands(wire)).toEqual([1]);
    for (let i = 0; i < 5; i++) wire.ack(1000);
    thousands(wire);
    wire.ack(5000); // another hole
    expect(thousands(wire)).toContain(5);
    wire.ack(20_000);
    expect(connection.congestion.window - connection.congestion.threshold).toBeLessThanOrEqual(1000);
    expect(wire.host.counters).toMatchObject({ tcpFastRetransmits: 1, tcpRetransSegs: 2 });
  });
});

describe('explicit congestion notification', () => {
  const established = (): { wire: Wire; connection: TcpConnection } => {
    const wire = new Wire({ ecn: 'agree' });
    const connection = wire.establish();
    return { wire, connection };
  };

  it('is agreed upon by ECE and CWR in the SYN and ECE in the SYN-ACK, and by nothing else', () => {
    const { wire } = established();
    const answer = (flags: number, sourcePort: number) => wire.syn(PLAIN, { flags, sourcePort }).flags;
    expect(answer(SYN | ECE | CWR, 1)).toBe(SYN | ACK | ECE);
    expect(answer(SYN | ECE, 2)).toBe(SYN | ACK);
    const off = new Wire({ ecn: 'off' });
    off.establish();
    expect(off.syn(PLAIN, { flags: SYN | ECE | CWR, sourcePort: 3 }).flags).toBe(SYN | ACK);
    const asking = new Wire({ ecn: 'ask' });
    const connection = asking.connect();
    expect(asking.heard.splice(0)[0].flags).toBe(SYN | ECE | CWR);
    asking.wait(3 * SECOND);
    expect(asking.heard.splice(0)[0].flags).toBe(SYN); // sent again without
    expect(connection.hasEcn).toBe(false);
  });

  it('echoes a mark until the sender says that it has slowed down', () => {
    const wire = new Wire({ ecn: 'agree' });
    wire.establish();
    wire.syn(PLAIN, { flags: SYN | ECE | CWR, sourcePort: 77 });
    const from = { sourcePort: 77, acknowledgment: wire.iss + 1 };
    wire.throw(from);
    wire.heard.splice(0);
    const send = (at: number, flags = 0, tos = 2) =>
      wire.throw({ ...from, sequence: 1001 + at, payload: data(10), flags: ACK | flags, tos });
    send(0, 0, 3);
    send(10);
    send(20);
    expect(wire.heard.splice(0).map((s) => (s.flags & ECE) !== 0)).toEqual([true, true]);
    send(30, CWR);
    send(40);
    expect(wire.heard.splice(0).map((s) => (s.flags & ECE) !== 0)).toEqual([false]);
    expect(wire.host.counters.ipInCongestionMarks).toBe(1);
  });

  it('slows down once per round trip, says so once, and marks only new data as capable', () => {
    const wire = new Wire({ ecn: 'ask' });
    const connection = wire.connect();
    wire.heard.splice(0);
    wire.throw({ sequence: 1000, flags: SYN | ACK | ECE, acknowledgment: wire.iss + 1, options: PLAIN });
    expect(connection.hasEcn).toBe(true);
    expect(wire.heard.splice(0).map((s) => s.tos)).toEqual([0]);
    connection.send(new Memory(data(30_000)));
    wire.wait(0);
    expect(wire.heard.splice(0).map((s) => s.tos)).toEqual(Array(10).fill(2));
    const { window } = connection.congestion;
    for (const upTo of [1000, 2000, 3000, 4000]) {
      wire.throw({ acknowledgment: wire.iss + 1 + upTo, flags: ACK | ECE });
    }
    expect(wire.host.counters).toMatchObject({ tcpEcnReductions: 1, tcpRetransSegs: 0 });
    const sent = wire.heard.splice(0);
    expect(sent.filter((s) => (s.flags & CWR) !== 0)).toHaveLength(1);
    expect((sent[0].flags & CWR) !== 0).toBe(true);
    wire.ack(30_000);
    expect(connection.congestion.window).toBeLessThan(window);
    wire.wait(SECOND);
    connection.shutdown();
    wire.throw({ acknowledgment: wire.iss + 1 + 30_001, flags: ACK | FIN });
  });
});

describe('the round-trip time', () => {
  it('is measured by timestamps where Karn forbids to time the segment (RFC 7323)', () => {
    const wire = new Wire({ ...linuxProfile, sack: false });
    const stamps = (echo: number): TcpOptionValue[] => [{ kind: 'timestamps', value: 1, echo: echo >>> 0 }];
    const connection = wire.establish([...PLAIN, ...stamps(0)]);
    connection.send(new Memory(data(500)));
    wire.wait(1300 * MILLISECOND); // sent again
    const again = wire.heard.at(-1)!;
    const stamp = again.options.find((option) => option.kind === 'timestamps');
    wire.wait(50 * MILLISECOND);
    const before = connection.rto.srtt;
    wire.throw({ acknowledgment: wire.iss + 501, options: stamps(stamp!.kind === 'timestamps' ? stamp!.value : 0) });
    expect(connection.rto.srtt).toBeGreaterThan(before);
  });
});
