import type { EventTarget } from './event-queue.ts';

/** Posted work, first in, first out, in columns that double: nothing is allocated per entry. */
export class PostedRing {
  private capacity = 64;
  private targets: (EventTarget | null)[] = new Array(this.capacity).fill(null);
  private kinds = new Int32Array(this.capacity);
  private args = new Int32Array(this.capacity);
  private orders = new Float64Array(this.capacity);
  private head = 0;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** The place of the first entry among all events; call only when there is one. */
  get firstOrder(): number {
    return this.orders[this.head];
  }

  push(target: EventTarget, kind: number, arg: number, order: number): void {
    if (this.count === this.capacity) this.grow();
    const at = (this.head + this.count++) & (this.capacity - 1);
    this.targets[at] = target;
    this.kinds[at] = kind;
    this.args[at] = arg;
    this.orders[at] = order;
  }

  /** Takes the first entry and runs it. */
  fireFirst(): void {
    const at = this.head;
    const target = this.targets[at]!;
    this.targets[at] = null;
    this.head = (at + 1) & (this.capacity - 1);
    this.count--;
    target.onEvent(this.kinds[at], this.args[at]);
  }

  private grow(): void {
    const { capacity, targets, kinds, args, orders, head } = this;
    this.capacity = capacity * 2;
    this.targets = new Array(this.capacity).fill(null);
    this.kinds = new Int32Array(this.capacity);
    this.args = new Int32Array(this.capacity);
    this.orders = new Float64Array(this.capacity);
    for (let i = 0; i < capacity; i++) {
      const from = (head + i) & (capacity - 1);
      this.targets[i] = targets[from];
      this.kinds[i] = kinds[from];
      this.args[i] = args[from];
      this.orders[i] = orders[from];
    }
    this.head = 0;
  }
}
