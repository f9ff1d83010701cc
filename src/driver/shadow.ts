/**
 * What the shadow says about 8 bytes of guest memory each, in the values of KASAN, which the compiled driver reads too:
 * 0 all may be used, 1 to 7 only that many, anything else none.
 */
export const Poison = {
  None: 0,
  /** Stack redzones, written by the compiled code. */
  StackLeft: 0xf1,
  StackMid: 0xf2,
  StackRight: 0xf3,
  StackPartial: 0xf4,
  StackUseAfterScope: 0xf8,
  Global: 0xf9,
  /** Around pool, IRPs, MDLs and other objects. */
  Redzone: 0xfa,
  /** Paged memory, at DISPATCH_LEVEL. */
  Paged: 0xf7,
  /** Below a kernel stack. */
  StackGuard: 0xfb,
  /** Address 0 and what follows: NULL plus an offset. */
  Null: 0xfc,
  Freed: 0xfd,
  /** Memory that nobody was given. */
  Unallocated: 0xfe,
} as const;
export type Poison = (typeof Poison)[keyof typeof Poison];

const GRANULE = 8;

/** The shadow of a guest's memory: `address >> 3` bytes into it. */
export class Shadow {
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Marks [address, address + size); the address is a multiple of 8, and so is the size rounded up. */
  poison(address: number, size: number, value: Poison): void {
    this.bytes.fill(value, address / GRANULE, (address + size + GRANULE - 1) >>> 3);
  }

  /** Makes exactly `size` bytes usable from `address`, a multiple of 8. */
  unpoison(address: number, size: number): void {
    const whole = size >>> 3;
    this.bytes.fill(0, address >>> 3, (address >>> 3) + whole);
    if ((size & 7) !== 0) this.bytes[(address >>> 3) + whole] = size & 7;
  }

  /** Whether a range lies in one granule all of which may be used: the quick answer for most fields. */
  isWhole(address: number, size: number): boolean {
    return (address & 7) + size <= GRANULE && this.bytes[address >>> 3] === 0;
  }

  /** @returns the first address in [address, address + size) that must not be touched; -1 for none */
  firstBad(address: number, size: number): number {
    if (size <= 0) return -1;
    const { bytes } = this;
    const last = (address + size - 1) >>> 3;
    for (let granule = address >>> 3; granule <= last; granule++) {
      const value = bytes[granule];
      if (value === 0) continue;
      if (value >= GRANULE) return Math.max(address, granule * GRANULE);
      const usable = granule * GRANULE + value;
      const end = granule === last ? address + size : (granule + 1) * GRANULE;
      if (end > usable) return Math.max(address, usable);
    }
    return -1;
  }

  /** What is said about the byte at `address`. */
  at(address: number): number {
    return this.bytes[address >>> 3];
  }
}
