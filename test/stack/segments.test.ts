import { describe, expect, it } from 'vitest';
import { Random, STATUS_IO_TIMEOUT } from '../../src/base/index.ts';
import { nobody, stateNames } from '../../src/tcpip/index.ts';
import { ACK, FIN, RST, SYN, type TcpOptionValue } from '../../src/tcpip/wire/index.ts';
import { MILLISECOND, SECOND } from '../../src/time/index.ts';
import { Memory } from './support.ts';
import { data, Wire } from './wire.ts';

describe('segments for an established connection', () => {
  it('acknowledges a lone segment after 40 ms and the second at once', () => {
    const wire = new Wire();
    wire.establish();
    wire.throw({ payload: data(100) });
    wire.wait(39 * MILLISECOND);
    expect(wire.sent()).toEqual([]);
    wire.wait(MILLISECOND);
    expect(wire.sent()).toEqual(['. 1+0 ack 1101']);
    wire.throw({ sequence: 1101, payload: data(100) });
    wire.throw({ sequence: 1201, payload: data(100) });
    expect(wire.sent()).toEqual(['. 1+0 ack 1301']);
  });

  it('answers what comes early with duplicate acknowledgments, and the gap’s end with all of it', () => {
    const wire = new Wire();
    const connection = wire.establish();
    wire.throw({ sequence: 1101, payload: data(50) });
    wire.throw({ sequence: 1201, payload: data(50), flags: ACK | FIN });
    expect(wire.sent()).toEqual(['. 1+0 ack 1001', '. 1+0 ack 1001']);
    wire.throw({ payload: data(120) });
    expect(wire.sent()).toEqual(['. 1+0 ack 1151']);
    wire.throw({ sequence: 1151, payload: data(50) });
    expect(wire.sent()).toEqual(['. 1+0 ack 1252']);
    expect([connection.receiveQueue.bytes, wire.told.at(-1)]).toEqual([250, 'eof']);
  });

  it('takes a reset at exactly RCV.NXT only, and asks about others in the window (RFC 5961)', () => {
    const wire = new Wire();
    wire.establish();
    wire.throw({ sequence: 1500, flags: RST });
    expect(wire.sent()).toEqual(['. 1+0 ack 1001']);
    wire.throw({ sequence: 999_999, flags: RST });
    expect(wire.sent()).toEqual([]);
    wire.throw({ sequence: 1001, flags: RST });
    expect(wire.told).toEqual(['reset by peer']);
    expect(wire.host.tcp.connectionCount).toBe(0);
  });

  it('asks about a SYN, and about acknowledgments of what was never sent, but not endlessly', () => {
    const wire = new Wire();
    wire.establish();
    wire.throw({ sequence: 1001, flags: SYN });
    expect(wire.sent()).toEqual(['. 1+0 ack 1001']);
    wire.throw({ acknowledgment: wire.iss + 5000 });
    expect(wire.sent()).toEqual([]); // within half a second of the last
    wire.wait(SECOND);
    wire.throw({ acknowledgment: wire.iss + 5000 });
    expect(wire.sent()).toEqual(['. 1+0 ack 1001']);
  });

  it('drops old timestamps as duplicates from the past (RFC 7323)', () => {
    const wire = new Wire();
    const stamp = (value: number): TcpOptionValue[] => [{ kind: 'timestamps', value, echo: 0 }];
    const connection = wire.establish(stamp(1000));
    wire.throw({ payload: data(10), options: stamp(1005) });
    wire.throw({ sequence: 1011, payload: data(10), options: stamp(1004) });
    expect(connection.receiveQueue.bytes).toBe(10);
    expect(wire.host.counters.tcpPawsRejected).toBe(1);
    wire.throw({ sequence: 1011, payload: data(10), options: stamp(1006) });
    expect(connection.receiveQueue.bytes).toBe(20);
  });

  it('cuts off what lies outside the window on either side', () => {
    const wire = new Wire({ receiveBuffer: 3000 });
    const connection = wire.establish();
    wire.throw({ sequence: 991, payload: data(20) }); // ten old, ten new
    expect(connection.receiveQueue.bytes).toBe(10);
    wire.throw({ sequence: 1011, payload: data(1400) });
    wire.throw({ sequence: 2411, payload: data(1400) });
    wire.throw({ sequence: 3811, payload: data(1400) });
    expect(connection.receiveQueue.bytes).toBe(3000);
    wire.sent();
    wire.throw({ sequence: 4001, payload: data(1) });
    expect(wire.sent()).toEqual(['. 1+0 ack 4001']);
  });

  it('opens the window in steps that are worth it (RFC 1122, silly window syndrome)', () => {
    const wire = new Wire({ receiveBuffer: 4000 });
    const connection = wire.establish([{ kind: 'mss', mss: 1000 }]);
    for (let i = 0; i < 4; i++) wire.throw({ sequence: 1001 + 1000 * i, payload: data(1000) });
    wire.heard.splice(0);
    const sink = (size: number) => new Memory(new Uint8Array(size));
    connection.read(sink(100));
    expect(wire.heard.length).toBe(0);
    wire.throw({ sequence: 5001, payload: data(1) });
    expect(wire.heard.splice(0).map((s) => s.window)).toEqual([0]); // 100 bytes are not worth telling
    connection.read(sink(2000));
    wire.wait(0);
    expect(wire.heard.splice(0).map((s) => s.window)).toEqual([2100]);
  });

  it('sends again after the RTO, twice as late each time, and starts over with one segment', () => {
    const wire = new Wire();
    const connection = wire.establish([{ kind: 'mss', mss: 1000 }]);
    connection.send(new Memory(data(2500)));
    wire.wait(0);
    expect(wire.sent()).toEqual(['. 1+1000 ack 1001', '. 1001+1000 ack 1001', 'P. 2001+500 ack 1001'].slice(0, 2));
    wire.wait(299 * MILLISECOND);
    expect(wire.sent()).toEqual([]);
    wire.wait(MILLISECOND);
    expect(wire.sent()).toEqual(['. 1+1000 ack 1001']);
    wire.wait(600 * MILLISECOND);
    expect(wire.sent()).toEqual(['. 1+1000 ack 1001']);
    wire.throw({ acknowledgment: wire.iss + 2001 });
    expect(wire.sent()).toEqual(['P. 2001+500 ack 1001']);
  });

  it('retransmits at the third duplicate acknowledgment', () => {
    const wire = new Wire();
    const connection = wire.establish([{ kind: 'mss', mss: 1000 }]);
    connection.send(new Memory(data(5000)));
    wire.wait(0);
    wire.sent();
    for (let i = 0; i < 2; i++) wire.throw({ acknowledgment: wire.iss + 1 });
    expect(wire.sent()).toEqual([]);
    wire.throw({ acknowledgment: wire.iss + 1 });
    expect(wire.sent()).toEqual(['. 1+1000 ack 1001']);
  });

  it('counts sends lent to nobody: Nagle holds a short segment back until all is acknowledged', () => {
    const wire = new Wire();
    const connection = wire.establish();
    connection.send(new Memory(data(10)));
    connection.send(new Memory(data(10)));
    wire.wait(0);
    expect(wire.sent()).toEqual(['P. 1+10 ack 1001']);
    wire.throw({ acknowledgment: wire.iss + 11 });
    expect(wire.sent()).toEqual(['P. 11+10 ack 1001']);
  });
});

describe('TIME-WAIT', () => {
  const enter = (wire: Wire): void => {
    wire.establish().shutdown();
    wire.wait(0);
    wire.throw({ acknowledgment: wire.iss + 2 });
    wire.throw({ acknowledgment: wire.iss + 2, flags: FIN | ACK });
    expect(wire.sent()).toEqual(['F. 1+0 ack 1001', '. 2+0 ack 1002']);
    expect([wire.host.tcp.timeWait.size, wire.host.tcp.connectionCount]).toEqual([1, 0]);
  };

  it('answers a repeated FIN and waits again in full', () => {
    const wire = new Wire();
    enter(wire);
    wire.wait(100 * SECOND);
    wire.throw({ acknowledgment: wire.iss + 2, flags: FIN | ACK });
    expect(wire.sent()).toEqual(['. 2+0 ack 1002']);
    wire.wait(119 * SECOND);
    expect(wire.host.tcp.timeWait.size).toBe(1);
    wire.wait(SECOND);
    expect(wire.host.tcp.timeWait.size).toBe(0);
  });

  it('is not ended by a reset (RFC 1337)', () => {
    const wire = new Wire();
    enter(wire);
    wire.throw({ sequence: 1002, flags: RST });
    expect(wire.host.tcp.timeWait.size).toBe(1);
  });

  it('gives way to a new connection with higher numbers only', () => {
    const wire = new Wire();
    enter(wire);
    wire.throw({ sequence: 900, flags: SYN });
    expect(wire.sent()).toEqual(['. 2+0 ack 1002']);
    wire.throw({ sequence: 90_000, flags: SYN });
    expect(wire.heard.map((s) => [s.flags, s.acknowledgment])).toEqual([[SYN | ACK, 90_001]]);
    expect([wire.host.tcp.timeWait.size, wire.host.tcp.connectionCount]).toEqual([0, 1]);
  });
});

describe('the handshake', () => {
  it('answers with what was offered: scale, timestamps, MSS, Fast Open in the form of the client', () => {
    const wire = new Wire();
    wire.establish([], { fastOpen: true });
    const kinds = (options: readonly TcpOptionValue[], sourcePort: number) =>
      wire.syn(options, { sourcePort }).options.map((option) => option.kind);
    expect(kinds([], 1)).toEqual(['mss']);
    expect(kinds([{ kind: 'windowScale', shift: 2 }], 2)).toEqual(['mss', 'windowScale']);
    expect(kinds([{ kind: 'timestamps', value: 7, echo: 0 }], 3)).toEqual(['mss', 'timestamps']);
    const request: TcpOptionValue = { kind: 'fastOpen', cookie: new Uint8Array(0), experimental: true };
    expect(wire.syn([request], { sourcePort: 4 }).options[1]).toMatchObject({ kind: 'fastOpen', experimental: true });
  });

  it('opens early with a valid cookie, sends data before the final ACK, and repeats the SYN-ACK bare', () => {
    const wire = new Wire();
    wire.establish([], { fastOpen: true });
    const asked = wire.syn([{ kind: 'fastOpen', cookie: new Uint8Array(0), experimental: false }], { sourcePort: 4 });
    const cookie = asked.options.find((option) => option.kind === 'fastOpen')!;
    wire.heard.splice(0);
    const answer = wire.syn([cookie], { sourcePort: 5, payload: data(30) });
    expect([answer.acknowledgment, answer.options.map((option) => option.kind)]).toEqual([1031, ['mss']]);
    expect(wire.connection!.receiveQueue.bytes).toBe(30);
    wire.heard.splice(0);
    wire.connection!.send(new Memory(data(20)));
    wire.wait(0);
    expect(wire.sent()).toEqual(['P. 1+20 ack 1031']);
    wire.wait(3 * SECOND);
    expect(wire.sent().at(-1)).toBe('S. 0+0 ack 1031');
    const wrong = { ...cookie, cookie: new Uint8Array(8) } as TcpOptionValue;
    const refused = wire.syn([wrong], { sourcePort: 6, payload: data(30) });
    expect([refused.acknowledgment, refused.options.at(-1)?.kind]).toEqual([1001, 'fastOpen']);
  });

  it('repeats a lost SYN bare of the Fast Open option', () => {
    const wire = new Wire();
    const path = wire.host.pathTo(4, null, Int32Array.of(0x0a000001, 0, 0, 0));
    if (typeof path === 'number') throw new Error('no path');
    const lease = wire.host.ports.bindEphemeral(0)!;
    wire.host.tcp.connect(path, lease, 80, nobody, { fastOpen: true });
    wire.wait(3 * SECOND);
    expect(wire.heard.map((s) => s.options.map((option) => option.kind))).toEqual([
      ['mss', 'windowScale', 'sackPermitted', 'fastOpen'],
      ['mss', 'windowScale', 'sackPermitted'],
    ]);
    expect(new Set(wire.heard.map((s) => s.sequence)).size).toBe(1);
  });

  it('draws other initial sequence numbers for other peers', () => {
    const wire = new Wire();
    wire.establish();
    const first = wire.syn([], { sourcePort: 1 }).sequence;
    const second = wire.syn([], { sourcePort: 2 }).sequence;
    expect(Math.abs((first - second) | 0)).toBeGreaterThan(1000);
  });

  it('resets an acknowledgment that fits nothing', () => {
    const wire = new Wire();
    wire.establish();
    wire.syn([], { sourcePort: 9 });
    wire.heard.splice(0);
    wire.throw({ sourcePort: 9, acknowledgment: wire.iss + 77 });
    expect(wire.sent()).toEqual(['R 77+0']);
  });
});

describe('blind attacks (RFC 5961)', () => {
  it('asks about acknowledgments older than any window, and takes nothing of such a segment', () => {
    const wire = new Wire();
    const connection = wire.establish([{ kind: 'mss', mss: 1000 }]);
    connection.send(new Memory(data(1000)));
    wire.wait(0);
    wire.throw({ acknowledgment: wire.iss + 1001, window: 5000 });
    wire.sent();
    const { sndUna, largestWindow } = connection;
    wire.throw({ acknowledgment: (sndUna - largestWindow - 1) | 0, payload: data(10) });
    expect(wire.sent()).toEqual(['. 1001+0 ack 1001']);
    expect([connection.receiveQueue.bytes, wire.host.counters.tcpChallengeAcks]).toEqual([0, 1]);
    // The oldest that a late segment may carry is taken (section 5.2: SND.UNA - MAX.SND.WND).
    wire.throw({ acknowledgment: (sndUna - largestWindow) | 0, payload: data(10) });
    expect(connection.receiveQueue.bytes).toBe(10);
  });
});

describe('a simultaneous close', () => {
  it('goes through CLOSING to TIME-WAIT on either order', () => {
    for (const finFirst of [true, false]) {
      const wire = new Wire();
      const connection = wire.establish();
      connection.shutdown();
      wire.wait(0);
      expect(wire.sent()).toEqual(['F. 1+0 ack 1001']);
      wire.throw({ flags: FIN | ACK, acknowledgment: wire.iss + (finFirst ? 1 : 2) });
      expect(wire.sent()).toEqual(['. 2+0 ack 1002']);
      if (finFirst) {
        expect(stateNames[connection.state]).toBe('CLOSING');
        wire.throw({ sequence: 1002, acknowledgment: wire.iss + 2 });
      }
      expect([wire.host.tcp.timeWait.size, wire.told]).toEqual([1, ['eof', 'fin acked']]);
    }
  });
});

describe('a flood of SYNs', () => {
  const flood = (wire: Wire, count: number): void => {
    for (let i = 0; i < count; i++) {
      wire.throw({ sequence: 77_000 + i, flags: SYN, sourcePort: 2000 + (i % 60_000) });
      if (i % 1000 === 999) wire.heard.splice(0);
    }
  };

  it('leaves the memory bounded, connections alive, and new ones possible by cookie (RFC 4987)', () => {
    const wire = new Wire();
    const old = wire.establish([], { backlog: 20 });
    flood(wire, 20_000);
    expect([wire.host.tcp.connectionCount, wire.arena.liveCount]).toEqual([21, 0]);
    expect(wire.host.counters.tcpSynCookiesSent).toBe(20_000 - 20);
    wire.heard.splice(0);

    const ours = { sourcePort: 999, sequence: 5001 };
    wire.throw({ ...ours, sequence: 5000, flags: SYN, options: [{ kind: 'mss', mss: 1300 }] });
    const cookie = wire.heard.splice(0)[0];
    expect([cookie.flags, cookie.acknowledgment]).toEqual([SYN | ACK, 5001]);
    wire.throw({ ...ours, acknowledgment: cookie.sequence + 2, payload: data(30) }); // not what was sent
    expect(wire.heard.splice(0).map(({ flags }) => flags)).toEqual([RST]);
    wire.throw({ ...ours, acknowledgment: cookie.sequence + 1, payload: data(30) });
    const made = wire.connection!;
    expect([made.remotePort, made.mss, made.receiveQueue.bytes]).toEqual([999, 1300, 30]);
    expect(wire.host.counters.tcpSynCookiesReceived).toBe(1);

    old.send(new Memory(data(10)));
    wire.wait(0);
    expect(wire.heard.at(-1)!.payload.length).toBe(10);
  });

  it('cannot open anything by cookies two minutes old', () => {
    const wire = new Wire({ synAckRetries: 20 });
    wire.establish([], { backlog: 5 });
    flood(wire, 6);
    const cookie = wire.heard.at(-1)!;
    wire.wait(130 * SECOND);
    flood(wire, 1);
    wire.heard.splice(0);
    wire.throw({ sourcePort: 2005, sequence: 77_006, acknowledgment: cookie.sequence + 1 });
    expect(wire.heard.splice(0).map(({ flags }) => flags)).toEqual([RST]);
  });

  it('is met by silence where cookies are off', () => {
    const wire = new Wire({ synCookies: false });
    wire.establish([], { backlog: 5 });
    flood(wire, 50);
    expect(wire.heard.length).toBe(5);
    expect(wire.host.counters.tcpListenOverflows).toBe(45);
  });
});

describe('silence', () => {
  it('is probed by keep-alive ten times after two hours, and then ends the connection', () => {
    const wire = new Wire();
    const connection = wire.establish();
    wire.host.tcp.setKeepAlive(connection, true);
    wire.wait(7200 * SECOND - 1);
    expect(wire.sent()).toEqual([]);
    wire.wait(1);
    expect(wire.sent()).toEqual(['. 0+0 ack 1001']);
    wire.throw({}); // somebody is there
    wire.wait(7200 * SECOND - 1);
    expect(wire.sent()).toEqual([]);
    wire.wait(10 * SECOND);
    expect(wire.sent()).toEqual(Array(10).fill('. 0+0 ack 1001'));
    wire.wait(SECOND);
    expect([wire.sent(), wire.host.tcp.connectionCount]).toEqual([['R. 1+0 ack 1001'], 0]);
  });

  it('is not probed while data waits for its acknowledgment: the retransmission timer does that', () => {
    const wire = new Wire({ keepAliveIdle: SECOND, dataRetries: 15 });
    const connection = wire.establish();
    wire.host.tcp.setKeepAlive(connection, true);
    connection.send(new Memory(data(10)));
    wire.wait(30 * SECOND);
    expect(wire.sent().every((line) => line.endsWith('1+10 ack 1001'))).toBe(true);
  });

  it('ends the connection after the user timeout, to the nanosecond (RFC 9293, section 3.8.3)', () => {
    const wire = new Wire({ dataRetries: 15 });
    const connection = wire.establish();
    connection.userTimeout = 5 * SECOND;
    connection.send(new Memory(data(10)));
    wire.wait(5 * SECOND - 1);
    expect(wire.told).toEqual([]);
    wire.wait(1);
    expect(wire.told).toEqual([`reset ${STATUS_IO_TIMEOUT}`]);
  });

  it('of a server ends the handshake after the user timeout', () => {
    const wire = new Wire();
    let failed = 0;
    const connection = wire.connect({ ...nobody, onConnectFailed: (status) => (failed = status) });
    connection.userTimeout = 4 * SECOND;
    wire.wait(4 * SECOND - 1);
    expect(failed).toBe(0);
    wire.wait(1);
    expect(failed).toBe(STATUS_IO_TIMEOUT);
  });
});

describe('a hostile peer', () => {
  it('throws whatever it likes, with good checksums, and breaks nothing', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(Math.imul(seed, 0x9e3779b1));
      const wire = new Wire(random.chance(0.3) ? { receiveBuffer: 2000 } : {});
      const connection = wire.establish(random.chance(0.5) ? [{ kind: 'windowScale', shift: random.below(15) }] : [], {
        fastOpen: random.chance(0.5),
        backlog: 5,
      });
      const near = (base: number, spread: number): number => (base + random.below(2 * spread) - spread) | 0;
      for (let i = 0; i < 120; i++) {
        if (random.chance(0.1)) connection.send(new Memory(data(1 + random.below(5000))));
        if (random.chance(0.05)) connection.read(new Memory(new Uint8Array(1 + random.below(3000))));
        if (random.chance(0.02)) connection.shutdown();
        if (random.chance(0.1)) wire.wait(random.below(2 * SECOND));
        const option: TcpOptionValue[] = random.chance(0.3)
          ? [
              {
                kind: 'unknown',
                number: random.below(256),
                bytes: new Uint8Array(random.below(20)).fill(random.below(256)),
              },
            ]
          : [];
        wire.throw({
          sourcePort: random.chance(0.8) ? 1234 : 2000 + random.below(20),
          sequence: random.chance(0.8) ? near(connection.rcvNxt, 4000) : random.int32(),
          acknowledgment: random.chance(0.8) ? near(connection.sndMax, 4000) : random.int32(),
          flags: random.chance(0.7) ? ACK : random.below(256),
          window: random.below(65_536),
          options: option,
          payload: data(random.chance(0.5) ? 0 : random.below(1400)),
        });
      }
      connection.abort();
      connection.close();
      wire.host.crash();
      wire.executor.run();
      const { tcp } = wire.host;
      expect([wire.arena.liveCount, tcp.connectionCount, tcp.timeWait.size, wire.executor.pending]).toEqual([
        0, 0, 0, 0,
      ]);
    }
  });
});
