import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PacketArena } from '../../link/index.ts';
import { type ByteSource, SendRequest } from './client.ts';
import { ReceiveQueue } from './receive-queue.ts';
import { SendQueue } from './send-queue.ts';

const stream = (from: number, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => ((from + i) * 37) & 255);

const source = (from: number, count: number): ByteSource => {
  const bytes = stream(from, count);
  return {
    length: count,
    copyTo: (start, into, at, n) => into.set(bytes.subarray(start, start + n), at),
  };
};

describe('SendQueue', () => {
  it('gathers any range of what is queued, forwards and back again, across the wrap of sequence numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 10 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 20 }),
        fc.constantFrom(0, -1, 0x7fffff00, -0x80000000),
        (sizes, ranges, iss) => {
          const queue = new SendQueue();
          queue.start(iss);
          let total = 0;
          for (const size of sizes) {
            queue.push(new SendRequest(source(total, size), 0, null));
            total += size;
          }
          for (const [a, b] of ranges) {
            const from = a % total;
            const count = 1 + (b % (total - from));
            const into = new Uint8Array(count + 2);
            queue.gather((iss + from) | 0, count, into, 1);
            expect(into.subarray(1, 1 + count)).toEqual(stream(from, count));
            expect([into[0], into[count + 1]]).toEqual([0, 0]);
          }
        },
      ),
    );
  });

  it('lets requests go when their last byte is acknowledged', () => {
    const queue = new SendQueue();
    queue.start(1000);
    const [a, b] = [new SendRequest(source(0, 10), 1, 'a'), new SendRequest(source(10, 10), 2, 'b')];
    queue.push(a);
    queue.push(b);
    expect(queue.takeAcknowledged(1009)).toBe(null);
    expect(queue.takeAcknowledged(1010)).toBe(a);
    expect(queue.takeAcknowledged(1010)).toBe(null);
    expect(queue.takeAcknowledged(1020)).toBe(b);
    expect(queue.head).toBe(null);
  });

  it('closes the gap when a request is taken back', () => {
    const queue = new SendQueue();
    queue.start(0);
    const requests = [10, 20, 30].map((size, i) => new SendRequest(source(i * 100, size), i, null));
    for (const request of requests) queue.push(request);
    queue.remove(requests[1]);
    expect(queue.endSeq).toBe(40);
    const into = new Uint8Array(40);
    queue.gather(0, 40, into, 0);
    expect(into).toEqual(Uint8Array.from([...stream(0, 10), ...stream(200, 30)]));
    queue.remove(requests[2]);
    queue.push(new SendRequest(source(500, 5), 0, null));
    queue.gather(10, 5, into, 0);
    expect(into.subarray(0, 5)).toEqual(stream(500, 5));
  });
});

const packetOf = (arena: PacketArena, from: number, count: number, base: number): number => {
  const packet = arena.from(stream(from, count));
  arena.seq[packet] = (base + from) | 0;
  arena.data[packet] = 0;
  arena.dataLength[packet] = count;
  return packet;
};

const readAll = (queue: ReceiveQueue, piece: number): Uint8Array => {
  const out: number[] = [];
  const room = new Uint8Array(piece);
  const sink = {
    length: piece,
    copyFrom: (at: number, from: Uint8Array, offset: number, n: number) =>
      room.set(from.subarray(offset, offset + n), at),
  };
  for (let n = queue.read(sink, 0); n > 0; n = queue.read(sink, 0)) out.push(...room.subarray(0, n));
  return Uint8Array.from(out);
};

describe('ReceiveQueue', () => {
  it('puts pieces that come in any order, doubled and overlapping, into the one stream', () => {
    const pieces = fc.array(fc.tuple(fc.nat(3000), fc.integer({ min: 1, max: 900 })), { maxLength: 60 });
    fc.assert(
      fc.property(
        pieces,
        fc.constantFrom(0, 0x7ffffff0, -100),
        fc.integer({ min: 1, max: 2000 }),
        (list, base, read) => {
          const arena = new PacketArena();
          const queue = new ReceiveQueue(arena);
          const covered = new Set<number>();
          let rcvNxt: number = base;
          for (const [from, count] of list) {
            const packet = packetOf(arena, from, count, base);
            for (let i = from; i < from + count; i++) covered.add(i);
            queue.insertEarly(packet, 1 << 20);
            rcvNxt = queue.joinEarly(rcvNxt);
          }
          let whole = 0;
          while (covered.has(whole)) whole++;
          expect((rcvNxt - base) | 0).toBe(whole);
          expect(queue.bytes).toBe(whole);
          expect(readAll(queue, read)).toEqual(stream(0, whole));
          expect(queue.earlyBytes).toBe(covered.size - whole);
          queue.clear();
          expect([arena.liveCount, queue.earlyBytes, queue.bytes]).toEqual([0, 0, 0]);
        },
      ),
    );
  });

  it('does not let single bytes hold a slot each', () => {
    const arena = new PacketArena();
    const queue = new ReceiveQueue(arena);
    for (let i = 0; i < 10_000; i++) queue.append(packetOf(arena, i, 1, 0));
    expect(arena.liveCount).toBeLessThan(10);
    expect(readAll(queue, 999)).toEqual(stream(0, 10_000));
  });

  it('keeps a bounded number of early packets', () => {
    const arena = new PacketArena();
    const queue = new ReceiveQueue(arena);
    for (let i = 1; i < 1000; i++) queue.insertEarly(packetOf(arena, i * 2, 1, 0), 32_768);
    expect(arena.liveCount).toBe(64);
  });

  it('lends packets, and takes bytes back in front', () => {
    const arena = new PacketArena();
    const queue = new ReceiveQueue(arena);
    queue.append(packetOf(arena, 0, 1000, 0));
    queue.append(packetOf(arena, 1000, 1000, 0));
    const packets: number[] = [];
    const pieces: Uint8Array[] = [];
    expect(queue.take(1200, packets, pieces)).toBe(1200);
    expect(pieces.map((piece) => piece.length)).toEqual([1000, 200]);
    queue.putBack(stream(700, 500));
    expect(readAll(queue, 333)).toEqual(stream(700, 1300));
    expect(pieces[1]).toEqual(stream(1000, 200));
    for (const packet of packets) arena.release(packet);
    expect(arena.liveCount).toBe(0);
  });
});
