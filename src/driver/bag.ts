/** Something that a Bag can hold. */
export interface InBag {
  /** Where it is in the bag; the bag's own. */
  slot: number;
}

/** Things in no order, that come and go at no cost: a Map of few would be made anew every few changes. */
export class Bag<T extends InBag> {
  private readonly held: T[] = [];

  get items(): readonly T[] {
    return this.held;
  }

  add(item: T): void {
    item.slot = this.held.length;
    this.held.push(item);
  }

  /** @param item that is in it */
  delete(item: T): void {
    const last = this.held.pop()!;
    if (last === item) return;
    this.held[item.slot] = last;
    last.slot = item.slot;
  }
}
