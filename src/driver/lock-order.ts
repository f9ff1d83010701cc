import { BugCheckCode, type Kernel } from '../kernel/index.ts';
import type { Places } from './places.ts';

/** R37: learns in which order a driver takes its locks, and tells when two are taken in both orders. */
export class LockOrder {
  private readonly kernel: Kernel;
  private readonly places: Places;
  /** Locks taken while this one was held, and where. */
  private readonly after = new Map<number, Map<number, Error>>();

  constructor(kernel: Kernel, places: Places) {
    this.kernel = kernel;
    this.places = places;
  }

  /** `lock` is about to be taken, waiting if need be, by one who holds `held`. */
  take(held: readonly number[], lock: number): void {
    for (const holding of held) {
      let next = this.after.get(holding);
      if (next?.has(lock)) continue;
      const against = this.path(lock, holding);
      if (against !== null) this.inverted(holding, lock, against);
      if (next === undefined) this.after.set(holding, (next = new Map()));
      next.set(lock, this.places.here());
    }
  }

  /** Memory is given up: other locks may lie there some day. */
  forget(address: number, size: number): void {
    if (this.after.size === 0) return;
    const isIn = (lock: number): boolean => lock >= address && lock < address + size;
    for (const [lock, next] of this.after) {
      if (isIn(lock)) this.after.delete(lock);
      else for (const other of next.keys()) if (isIn(other)) next.delete(other);
    }
  }

  /** Where, with `from` held, a lock was taken that leads to `to`; null when none was. */
  private path(from: number, to: number, seen = new Set<number>()): Error | null {
    if (seen.has(from)) return null;
    seen.add(from);
    for (const [lock, where] of this.after.get(from) ?? []) {
      if (lock === to || this.path(lock, to, seen) !== null) return where;
    }
    return null;
  }

  private inverted(held: number, lock: number, against: Error): never {
    const hex = (value: number): string => `0x${value.toString(16)}`;
    const place = this.places.nameOf(against);
    const message = `the spin lock at ${hex(lock)} is acquired while the one at ${hex(held)} is held, and elsewhere the other way round`;
    return this.kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x1001, 'R37', message, undefined, {
      details: place === '' ? [] : [`the other way round at ${place}`],
      parameters: [lock, held],
    });
  }
}
