/**
 * Pending events in a binary heap of typed-array columns, ordered by time and, for equal times, by the order in
 * which they were scheduled: one run is one order. Nothing is allocated per event once the columns have grown.
 *
 * An event names a target and two integers; the target does the work in `onEvent`, so no closures are needed.
 */
export interface EventTarget {
  /**
   * The event's time has come.
   * @param kind  @param arg 32-bit integers, with the meaning that the target gave them when it scheduled the event
   */
  onEvent(kind: number, arg: number): void;
}

/** Identifies a scheduled event; 0 is never one. Stale once the event has fired or was cancelled. */
export type EventHandle = number;

const GENERATIONS = 0x1f_ffff; // 21 bits of generation above 32 bits of slot stay exact in a Number

/** See the head of this file. Executors are built on it; it keeps no time itself. */
export class EventQueue {
  private capacity = 64;
  private time = new Float64Array(this.capacity);
  private order = new Float64Array(this.capacity);
  private kind = new Int32Array(this.capacity);
  private arg = new Int32Array(this.capacity);
  private generation = new Int32Array(this.capacity);
  private position = new Int32Array(this.capacity).fill(-1);
  private readonly targets: (EventTarget | null)[] = [];
  private heap = new Int32Array(this.capacity);
  private readonly free: number[] = [];
  private count = 0;
  private used = 0;
  private nextOrder = 0;

  get size(): number {
    return this.count;
  }

  /** Time in nanoseconds of the first event, Infinity when there is none. */
  get nextTime(): number {
    return this.count === 0 ? Number.POSITIVE_INFINITY : this.time[this.heap[0]];
  }

  /** @param at nanoseconds  @returns a handle to cancel or move it by */
  /** The place in the order of scheduling of an event that stands elsewhere. */
  takeOrder(): number {
    return this.nextOrder++;
  }

  /** Whether an event stands here that comes before one of this time and place. */
  comesBefore(time: number, order: number): boolean {
    if (this.count === 0) return false;
    const first = this.heap[0];
    return this.time[first] < time || (this.time[first] === time && this.order[first] < order);
  }

  schedule(at: number, target: EventTarget, kind: number, arg: number): EventHandle {
    const slot = this.free.pop() ?? this.newSlot();
    this.time[slot] = at;
    this.order[slot] = this.nextOrder++;
    this.kind[slot] = kind;
    this.arg[slot] = arg;
    this.targets[slot] = target;
    this.heap[this.count] = slot;
    this.position[slot] = this.count;
    this.rise(this.count++);
    return this.generation[slot] * 4294967296 + slot + 1;
  }

  /** @returns false when the event has fired or was cancelled already */
  cancel(handle: EventHandle): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.removeAt(this.position[slot]);
    this.release(slot);
    return true;
  }

  /**
   * Moves a pending event; it then stands behind those scheduled before for the same time.
   * @param at nanoseconds
   * @returns false when the event has fired or was cancelled already
   */
  reschedule(handle: EventHandle, at: number): boolean {
    const slot = this.slotOf(handle);
    if (slot < 0) return false;
    this.time[slot] = at;
    this.order[slot] = this.nextOrder++;
    this.settle(this.position[slot]);
    return true;
  }

  /** Removes the first event and runs it. Call only when `size` is not 0. */
  fireNext(): void {
    const slot = this.heap[0];
    const target = this.targets[slot]!;
    const kind = this.kind[slot];
    const arg = this.arg[slot];
    this.removeAt(0);
    this.release(slot);
    target.onEvent(kind, arg);
  }

  private slotOf(handle: EventHandle): number {
    const generation = Math.floor(handle / 4294967296);
    const slot = handle - generation * 4294967296 - 1; // a remainder of Numbers would be a call into C
    if (slot < 0 || slot >= this.used || this.position[slot] < 0) return -1;
    return this.generation[slot] === generation ? slot : -1;
  }

  private newSlot(): number {
    if (this.used === this.capacity) this.grow();
    return this.used++;
  }

  private release(slot: number): void {
    this.position[slot] = -1;
    this.targets[slot] = null;
    this.generation[slot] = (this.generation[slot] + 1) & GENERATIONS;
    this.free.push(slot);
  }

  private removeAt(index: number): void {
    const last = --this.count;
    if (index === last) return;
    const moved = this.heap[last];
    this.heap[index] = moved;
    this.settle(index);
  }

  /** Moves what stands at `index` to where it belongs. */
  private settle(index: number): void {
    if (index > 0 && this.before(this.heap[index], this.heap[(index - 1) >> 1])) this.rise(index);
    else this.sink(index);
  }

  private before(a: number, b: number): boolean {
    return this.time[a] < this.time[b] || (this.time[a] === this.time[b] && this.order[a] < this.order[b]);
  }

  private rise(index: number): void {
    const slot = this.heap[index];
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = this.heap[parent];
      if (!this.before(slot, above)) break;
      this.heap[index] = above;
      this.position[above] = index;
      index = parent;
    }
    this.heap[index] = slot;
    this.position[slot] = index;
  }

  private sink(index: number): void {
    const slot = this.heap[index];
    for (;;) {
      let child = 2 * index + 1;
      if (child >= this.count) break;
      if (child + 1 < this.count && this.before(this.heap[child + 1], this.heap[child])) child++;
      const below = this.heap[child];
      if (!this.before(below, slot)) break;
      this.heap[index] = below;
      this.position[below] = index;
      index = child;
    }
    this.heap[index] = slot;
    this.position[slot] = index;
  }

  private grow(): void {
    const old = this.capacity;
    this.capacity = old * 2;
    this.time = grown(this.time, new Float64Array(this.capacity));
    this.order = grown(this.order, new Float64Array(this.capacity));
    this.kind = grown(this.kind, new Int32Array(this.capacity));
    this.arg = grown(this.arg, new Int32Array(this.capacity));
    this.generation = grown(this.generation, new Int32Array(this.capacity));
    this.position = grown(this.position, new Int32Array(this.capacity).fill(-1, old));
    this.heap = grown(this.heap, new Int32Array(this.capacity));
  }
}

const grown = <T extends Float64Array | Int32Array>(from: T, into: T): T => {
  into.set(from);
  return into;
};
