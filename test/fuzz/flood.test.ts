import { describe, expect, it } from 'vitest';
import { windowsProfile } from '../../src/tcpip/index.ts';
import { Flood } from './flood.ts';

/** OWSK_FLOOD segments or fragments each: 20,000 unless given, a million in `npm run fuzz`. */
const COUNT = Number(process.env.OWSK_FLOOD ?? 20_000);
/** As much as takes most of the flood's time. */
const BYTES = COUNT * 100;
const LEFT = { packets: 0, connections: 0, heap: 0 };

describe('a connection and datagrams in fragments go on, memory stays bounded, somebody new gets in', () => {
  const check = (flood: Flood, more = 0, packets = 2000): void => {
    // Half-open connections up to the backlog, their answers on the way, and the honest connection's.
    expect(flood.mostConnections).toBeLessThanOrEqual(203 + more);
    expect(flood.mostPackets).toBeLessThan(packets);
    expect(flood.mostPending).toBeLessThan(2000);
    expect(flood.honest.received).toBeGreaterThan(BYTES / 4);
    expect(flood.opensAnother()).toBe(true);
    // Its reader lets one in sixteen go unread.
    expect(flood.post.arrived).toBeGreaterThan(flood.post.sent * 0.85);
    expect(flood.isHonestDone).toBe(true);
    expect(flood.finish()).toEqual(LEFT);
  };

  it('while SYNs come from everywhere and nobody answers', () => {
    const flood = new Flood(1, BYTES);
    flood.run(COUNT, () => flood.syn());
    expect(flood.server.counters.tcpSynCookiesSent).toBeGreaterThan(COUNT / 2);
    expect(flood.accepted).toBe(0);
    check(flood);
  }, 600_000);

  it('while somebody guesses SYN cookies', () => {
    const flood = new Flood(2, BYTES);
    flood.run(1000, () => flood.syn()); // so that cookies are expected
    flood.run(COUNT, () => {
      const packet = flood.syn();
      if (flood.random.below(4) === 0) return; // keeps the backlog full
      packet.flags = 0x10;
      packet.ack = flood.random.int32();
    });
    // One in 2^24 is right, in each of two periods, by luck.
    expect(flood.accepted).toBeLessThanOrEqual(1 + COUNT / 1_000_000);
    expect(flood.resets).toBeGreaterThan(COUNT / 2);
    check(flood);
  }, 600_000);

  it('while somebody guesses Fast Open cookies', () => {
    const flood = new Flood(3, BYTES);
    flood.run(COUNT, () => {
      const packet = flood.syn();
      const at = packet.option(34, 10);
      packet.word(at, flood.random.int32());
      packet.word(at + 4, flood.random.int32());
      packet.payload = 1 + flood.random.below(100);
    });
    expect(flood.accepted).toBe(0);
    const { fastOpenPassive, fastOpenPassiveFail } = flood.server.counters;
    expect(fastOpenPassive).toBe(0);
    expect(fastOpenPassiveFail).toBeGreaterThan(100);
    check(flood);
  }, 600_000);

  it('while requests with the right Fast Open cookie are never acknowledged (the limit on pending ones)', () => {
    const flood = new Flood(4, BYTES, { fastOpenPending: 50 });
    const words = new DataView(new ArrayBuffer(8));
    flood.run(COUNT, () => {
      const packet = flood.syn();
      const path = flood.server.pathTo(4, packet.destination, packet.source);
      if (typeof path === 'number') return;
      flood.server.tcp.fastOpenServer.writeCookie(path, words, 0);
      flood.server.paths.release(path);
      const at = packet.option(34, 10);
      packet.word(at, words.getInt32(0));
      packet.word(at + 4, words.getInt32(4));
      packet.payload = 100;
    });
    expect(flood.accepted).toBeLessThanOrEqual(50);
    check(flood, 50);
  }, 600_000);

  it('while resets, ACKs and FINs for connections that are not come from everywhere', () => {
    const flood = new Flood(5, BYTES);
    flood.run(COUNT, () => {
      const packet = flood.syn();
      packet.flags = [0x10, 0x04, 0x11, 0x14, 0x18, 0x00][flood.random.below(6)];
      packet.ack = flood.random.int32();
      packet.payload = flood.random.below(100);
    });
    expect(flood.accepted).toBe(0);
    check(flood);
  }, 600_000);

  it.each([
    [4, 1],
    [4, 10],
    [4, 0x1000000],
    [6, 1],
    [6, 10],
    [6, 0x1000000],
  ] as const)(
    'while fragments of IPv%i come from %i senders and nothing completes them',
    (version, senders) => {
      const flood = new Flood(6, BYTES);
      const { reassembler } = flood.server.input;
      let [datagrams, slots] = [0, 0];
      flood.run(COUNT, () => {
        flood.fragment(version, senders);
        datagrams = Math.max(datagrams, reassembler.size);
        slots = Math.max(slots, reassembler.slots);
      });
      // The limits of decision 0009: of one sender (and room for the honest peer's), or of the machine.
      const { reassemblySourceDatagrams, reassemblyDatagrams, reassemblySourceBytes, reassemblyBytes } = windowsProfile;
      expect(datagrams).toBeLessThanOrEqual(senders === 1 ? reassemblySourceDatagrams + 8 : reassemblyDatagrams);
      expect(slots * 2048).toBeLessThanOrEqual(senders === 1 ? reassemblySourceBytes * 1.1 : reassemblyBytes);
      expect(datagrams).toBeGreaterThan(reassemblySourceDatagrams / 2);
      expect(flood.server.counters.ipReasmReqds).toBeGreaterThan(COUNT * 0.9);
      expect(flood.accepted).toBe(0);
      check(flood, 0, 2000 + reassemblyBytes / 2048);
    },
    600_000,
  );
});
