import type { Random } from '../base/index.ts';
import { type EventTarget, type Executor, type Nanoseconds, SECOND } from '../time/index.ts';
import type { PacketArena, PacketHandle } from './arena.ts';
import { FaultRules } from './fault-rules.ts';
import { FATE, type LinkTap, type PacketFate, type PacketReceiver } from './link.ts';
import { ArenaPeek } from './packet-peek.ts';
import { PacketRing } from './packet-ring.ts';
import type { CheckedLinkSettings } from './settings.ts';

/**
 * One direction of a simulated link. A packet first meets the state of the link (held packets wait, a partition
 * drops), then loss and the fault rules, then the queue in front of the line (tail drop), the line itself (length
 * divided by rate) and at last the delay. Packets that keep their order stand in a ring with one event
 * for the first of them; only packets with jitter or an extra delay have an entry of their own.
 */
export type LinkState = 'up' | 'held' | 'partitioned';

const DELIVER_HEAD = 0;
const DELIVER_ONE = 1;

export class LinkDirection implements EventTarget {
  receiver: PacketReceiver | null = null;
  port = 0;
  tap: LinkTap | null = null;
  tapInterface = 0;
  /** The tap's number of the end that packets come out of. */
  tapDestination = 0;
  state: LinkState = 'up';
  private readonly executor: Executor;
  private readonly arena: PacketArena;
  private readonly random: Random;
  private readonly peek = new ArenaPeek();
  private readonly flight = new PacketRing();
  private readonly held = new PacketRing();
  private settings: CheckedLinkSettings;
  private rules: FaultRules;
  private isPlain = true;
  /** An event will come for the first packet in flight. */
  private isArmed = false;
  private lineFree: Nanoseconds = 0;
  private lastArrival: Nanoseconds = 0;
  private strays = 0;

  constructor(executor: Executor, arena: PacketArena, random: Random, settings: CheckedLinkSettings) {
    this.executor = executor;
    this.arena = arena;
    this.random = random;
    this.settings = settings;
    this.rules = new FaultRules(settings.rules, random);
    this.change(settings);
  }

  get mtu(): number {
    return this.settings.mtu;
  }

  /** Packets under way or held. */
  get inFlight(): number {
    return this.flight.size + this.held.size + this.strays;
  }

  /** New settings for packets sent from now on; the counts of fault rules start again. */
  change(settings: CheckedLinkSettings): void {
    this.settings = settings;
    this.rules = new FaultRules(settings.rules, this.random);
    this.isPlain =
      settings.loss === 0 &&
      settings.jitter === 0 &&
      settings.rate === Number.POSITIVE_INFINITY &&
      settings.rules.length === 0;
  }

  setState(state: LinkState): void {
    this.state = state;
    if (state === 'partitioned') while (this.held.size > 0) this.drop(this.held.shift(), FATE.partitioned);
    if (state === 'up') for (let left = this.held.size; left > 0; left--) this.send(this.held.shift());
  }

  send(packet: PacketHandle): void {
    if (this.arena.length[packet] > this.settings.mtu) {
      this.drop(packet, FATE.tooLong);
      return;
    }
    if (this.receiver === null) {
      this.drop(packet, FATE.noReceiver);
      return;
    }
    if (this.isPlain && this.state === 'up') {
      const arrival = this.inOrder(this.executor.now() + this.settings.delay);
      this.tell(packet, FATE.sent, arrival);
      this.enqueue(packet, arrival);
      return;
    }
    this.sendWithFaults(packet);
  }

  onEvent(kind: number, arg: number): void {
    if (kind === DELIVER_ONE) {
      this.strays--;
      this.receiver!.receive(arg, this.port);
      return;
    }
    this.isArmed = false;
    const now = this.executor.now();
    // Those that arrive meanwhile wait for their own entry: other events of this instant get their turn.
    for (let due = this.flight.size; due > 0 && this.flight.headTime <= now; due--) {
      this.receiver!.receive(this.flight.shift(), this.port);
    }
    this.arm();
  }

  private sendWithFaults(packet: PacketHandle): void {
    if (this.state === 'partitioned') {
      this.drop(packet, FATE.partitioned);
      return;
    }
    if (this.state === 'held') {
      this.held.push(packet, 0);
      return;
    }
    const { random, settings, rules } = this;
    if (random.chance(settings.loss)) {
      this.drop(packet, FATE.lost);
      return;
    }
    if (rules.isEmpty) {
      this.transmit(packet, 0, false, FATE.sent);
      return;
    }
    const verdict = rules.judge(this.peek.aim(this.arena, packet));
    if (verdict.drop) {
      this.drop(packet, FATE.ruleDrop);
      return;
    }
    const { extraDelay, reorder, copies, corrupt } = verdict;
    for (let i = 0; i < copies; i++) {
      const twin = this.arena.copy(packet);
      if (twin !== 0) this.transmit(twin, 0, false, FATE.duplicate);
    }
    if (corrupt) this.flipBit(packet);
    this.transmit(packet, extraDelay, reorder, corrupt ? FATE.corrupted : FATE.sent);
  }

  private transmit(packet: PacketHandle, extraDelay: Nanoseconds, reorder: boolean, fate: PacketFate): void {
    const { executor, settings } = this;
    const now = executor.now();
    let departure = now;
    if (settings.rate !== Number.POSITIVE_INFINITY) {
      const start = Math.max(now, this.lineFree);
      const length = this.arena.length[packet];
      const waiting = ((start - now) * settings.rate) / (8 * SECOND);
      if (waiting > 0 && waiting + length > settings.queueBytes) {
        this.drop(packet, FATE.queueFull);
        return;
      }
      departure = start + Math.ceil((length * 8 * SECOND) / settings.rate);
      this.lineFree = departure;
    }
    const jitter = settings.jitter === 0 ? 0 : this.random.below(settings.jitter + 1);
    const arrival = departure + settings.delay + extraDelay + jitter;
    if (jitter === 0 && !reorder) {
      const orderly = this.inOrder(arrival);
      this.tell(packet, fate, orderly);
      this.enqueue(packet, orderly);
      return;
    }
    this.tell(packet, fate, arrival);
    this.strays++;
    executor.schedule(arrival, this, DELIVER_ONE, packet);
  }

  /** First in, first out: a packet behind one that was delayed by a rule, or sent before the delay was lowered, waits. */
  private inOrder(arrival: Nanoseconds): Nanoseconds {
    return arrival < this.lastArrival && this.flight.size > 0 ? this.lastArrival : arrival;
  }

  private enqueue(packet: PacketHandle, arrival: Nanoseconds): void {
    this.lastArrival = arrival;
    this.flight.push(packet, arrival);
    if (!this.isArmed) this.arm();
  }

  private arm(): void {
    if (this.flight.size === 0 || this.isArmed) return;
    this.isArmed = true;
    const { executor } = this;
    const at = this.flight.headTime;
    // What is due already needs no place in the heap; its place among the events of this instant is the same.
    if (at <= executor.now()) executor.post(this, DELIVER_HEAD, 0);
    else executor.schedule(at, this, DELIVER_HEAD, 0);
  }

  private flipBit(packet: PacketHandle): void {
    const bit = this.random.below(this.arena.length[packet] * 8);
    this.arena.chunkOf(packet).bytes[this.arena.baseOf(packet) + (bit >> 3)] ^= 1 << (bit & 7);
  }

  private tell(packet: PacketHandle, fate: PacketFate, arrival: Nanoseconds): void {
    const { tap, executor, arena } = this;
    if (tap === null) return;
    tap.onPacket(this.tapInterface, executor.now(), fate, arena, packet, arrival, this.tapDestination);
  }

  private drop(packet: PacketHandle, fate: PacketFate): void {
    this.tell(packet, fate, Number.NaN);
    this.arena.release(packet);
  }
}
