import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { EPOLLIN, EPOLLOUT } from '../../system/libc.ts';
import type { ReadinessTarget } from '../../system/reactor.ts';
import { VirtualExecutor } from '../../time/index.ts';
import { PacketArena, SLOT_BYTES } from '../arena.ts';
import { fateText, type LinkTap } from '../link.ts';
import { type TunCalls, TunLink } from './tun-link.ts';

const { EAGAIN, EINTR, EIO } = constants.errno;
const FD = 42;

/** A device of memory: what it has for the link, what it was given, and the errors that it answers with first. */
class FakeDevice implements TunCalls {
  readonly incoming: (Uint8Array | number)[] = [];
  readonly written: string[] = [];
  readonly refusals: number[] = [];
  closed = 0;
  private error = 0;
  private readonly buffers: { start: number; bytes: Uint8Array }[] = [];
  private nextStart = 4096;

  addressOf(bytes: Uint8Array): number {
    const start = this.nextStart;
    this.buffers.push({ start, bytes });
    this.nextStart += bytes.length + 4096;
    return start;
  }
  readAt(_fd: number, address: number, length: number): number {
    const next = this.incoming.shift() ?? -EAGAIN;
    if (typeof next === 'number') return this.fail(next);
    this.at(address, Math.min(next.length, length)).set(next.subarray(0, length));
    return next.length;
  }
  writeAt(_fd: number, address: number, length: number): number {
    const refusal = this.refusals.shift() ?? 0;
    if (refusal !== 0) return this.fail(-refusal);
    this.written.push(`${this.at(address, length)[0]} x ${length}`);
    return length;
  }
  errno(): number {
    return this.error;
  }
  close(fd: number): number {
    this.closed = fd;
    return 0;
  }
  private at(address: number, length: number): Uint8Array {
    const { start, bytes } = this.buffers.find(
      ({ start, bytes }) => address >= start && address < start + bytes.length,
    )!;
    return bytes.subarray(address - start, address - start + length);
  }
  /** @param result a negative errno, or a result that is no error */
  private fail(result: number): number {
    if (result >= 0) return result;
    this.error = -result;
    return -1;
  }
}

const setUp = ({ maxPackets = 1000, queuePackets = 4, isAttached = true } = {}) => {
  const calls = new FakeDevice();
  const arena = new PacketArena({ maxPackets });
  const registered: ReadinessTarget[] = [];
  const reactor = {
    add: (_fd: number, target: ReadinessTarget) => registered.push(target) - 1,
    remove: (slot: number) => void registered.splice(slot, 1),
  };
  const told: string[] = [];
  const names: string[] = [];
  const tap: LinkTap = {
    addInterface: (name) => names.push(name) - 1,
    onPacket: (iface, _at, fate, from, packet) =>
      told.push(`${names[iface]} ${from.bytesOf(packet)[0]} ${fateText[fate]}`),
  };
  const device = { fd: FD, name: 'owsk0', mtu: 1500 };
  const link = new TunLink({ libc: calls, reactor, clock: new VirtualExecutor(), arena, device, tap, queuePackets });
  const received: string[] = [];
  const receive = (packet: number, port: number): void => {
    received.push(`${arena.bytesOf(packet)[0]} x ${arena.length[packet]} at ${port}`);
    arena.release(packet);
  };
  const end = isAttached ? link.attach({ receive }, 3, 'ours') : null;
  const send = (mark: number, length = 100): void => end!.send(arena.from(new Uint8Array(length).fill(mark)));
  return { calls, arena, link, received, told, registered, send };
};

const packet = (mark: number, length = 100): Uint8Array => new Uint8Array(length).fill(mark);

describe('a TUN link', () => {
  it('reads what there is, straight into packets, and writes what is sent at once', () => {
    const { calls, arena, link, received, told, send } = setUp();
    calls.incoming.push(packet(1), packet(2, 1500));
    link.onReadiness(EPOLLIN);
    send(3);
    expect(received).toEqual(['1 x 100 at 3', '2 x 1500 at 3']);
    expect(calls.written).toEqual(['3 x 100']);
    expect(told).toEqual(['owsk0 1 sent', 'owsk0 2 sent', 'ours 3 sent']);
    expect(link.counters).toMatchObject({ packetsIn: 2, bytesIn: 1600, packetsOut: 1, bytesOut: 100 });
    expect(arena.liveCount).toBe(0);
  });

  it('lets others have their turn in a flood and reads on afterwards', async () => {
    const { calls, link, received } = setUp();
    for (let i = 0; i < 600; i++) calls.incoming.push(packet(1));
    link.onReadiness(EPOLLIN);
    expect(received).toHaveLength(256);
    for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(received).toHaveLength(600);
  });

  it('is not stopped by a signal, and not for good by an error', () => {
    const { calls, link, received, send } = setUp();
    calls.incoming.push(-EINTR, packet(1), -EIO);
    calls.refusals.push(EINTR, EINTR);
    link.onReadiness(EPOLLIN);
    send(2);
    calls.incoming.push(packet(3));
    link.onReadiness(EPOLLIN);
    expect(received).toEqual(['1 x 100 at 3', '3 x 100 at 3']);
    expect(calls.written).toEqual(['2 x 100']);
    expect(link.counters).toMatchObject({ readErrors: 1, writeErrors: 0 });
  });

  it('drains the device when the arena is full, or packets would never be told of again', () => {
    const { calls, arena, link, received } = setUp({ maxPackets: 1 });
    const held = arena.allocate();
    calls.incoming.push(packet(1), packet(2));
    link.onReadiness(EPOLLIN);
    expect([received, calls.incoming, link.counters.dropsIn]).toEqual([[], [], 2]);
    arena.release(held);
    calls.incoming.push(packet(3));
    link.onReadiness(EPOLLIN);
    expect(received).toEqual(['3 x 100 at 3']);
  });

  it('throws away what comes before anything is attached, and what was cut off', () => {
    const early = setUp({ isAttached: false });
    early.calls.incoming.push(packet(1));
    early.link.onReadiness(EPOLLIN);
    expect(early.link.counters.dropsIn).toBe(1);
    const { calls, arena, link, received } = setUp();
    calls.incoming.push(packet(1, SLOT_BYTES), packet(2, SLOT_BYTES + 1), 0, packet(3));
    link.onReadiness(EPOLLIN);
    expect(received).toEqual([`1 x ${SLOT_BYTES} at 3`, '3 x 100 at 3']);
    expect(link.counters).toMatchObject({ truncatedIn: 1, dropsIn: 1 });
    expect(arena.liveCount).toBe(0);
  });

  it('queues while the device takes no more, up to a bound, and keeps the order', () => {
    const { calls, arena, link, told, send } = setUp({ queuePackets: 2 });
    calls.refusals.push(EAGAIN);
    for (let mark = 1; mark <= 4; mark++) send(mark);
    expect([calls.written, link.counters.dropsOut, arena.liveCount]).toEqual([[], 2, 2]);
    calls.refusals.push(0, EAGAIN);
    link.onReadiness(EPOLLOUT);
    send(5);
    link.onReadiness(EPOLLOUT);
    expect(calls.written).toEqual(['1 x 100', '2 x 100', '5 x 100']);
    const full = 'dropped: link queue full';
    expect(told).toEqual([`ours 3 ${full}`, `ours 4 ${full}`, 'ours 1 sent', 'ours 2 sent', 'ours 5 sent']);
    expect(arena.liveCount).toBe(0);
  });

  it('drops what is too long or what the interface refuses, and tells so', () => {
    const { calls, arena, link, told, send } = setUp();
    calls.refusals.push(EIO);
    send(1);
    send(2, 1501);
    expect(calls.written).toEqual([]);
    expect(told).toEqual(['ours 1 dropped: nothing attached to the other end', 'ours 2 dropped: longer than the MTU']);
    expect(link.counters).toMatchObject({ writeErrors: 1, dropsOut: 1 });
    expect(arena.liveCount).toBe(0);
  });

  it('has one end', () => {
    const { link } = setUp();
    expect(() => link.attach({ receive: () => {} }, 0, 'another')).toThrow('has its one end');
  });

  it('lets go of everything when it is closed, even in the middle of a batch', () => {
    const { calls, arena, link, registered, send } = setUp();
    calls.refusals.push(EAGAIN);
    send(1);
    link.close();
    link.close();
    send(2);
    calls.incoming.push(packet(3));
    link.onReadiness(EPOLLIN | EPOLLOUT);
    expect([registered, calls.closed, arena.liveCount, calls.written, calls.incoming.length]).toEqual([
      [],
      FD,
      0,
      [],
      1,
    ]);
  });
});
