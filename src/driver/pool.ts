import type { GuestMemory } from './guest-memory.ts';
import { PAGE_SIZE } from './layout.ts';
import { Poison } from './shadow.ts';

/** What a piece of guest memory is, for reports. */
export type BlockKind = 'pool' | 'IRP' | 'MDL' | 'object' | 'stack' | 'internal';

/** A piece of guest memory that was given out. */
export interface Block {
  readonly address: number;
  /** Bytes that may be used. */
  readonly size: number;
  readonly kind: BlockKind;
  /** `Wsk1` as the driver names its pool; '' for the host's own. */
  readonly tag: string;
  readonly paged: boolean;
  /** Number in the order of allocation. */
  readonly number: number;
  /** Where it was allocated and freed. */
  readonly allocated: Error | null;
  freed: Error | null;
  /** MDLs that have locked its pages: they are not paged out. */
  locks: number;
}

export interface PoolOptions {
  /** Untouchable bytes on both sides of each block, a multiple of 8. */
  readonly redzone?: number;
  /** Bytes of freed blocks that are kept from reuse, so that a late access is seen. */
  readonly quarantine?: number;
}

const SMALLEST_CLASS = 16;

/**
 * Gives out a driver's memory, and everything else that lies in guest memory: IRPs, MDLs, sockets, stacks. Each block
 * lies between redzones; a freed one stays poisoned in a quarantine for a while. Nothing of this is random.
 */
export class Pool {
  /** Blocks in use, by address. */
  readonly blocks = new Map<number, Block>();
  /** Freed blocks whose memory was not given out again. */
  readonly freed = new Map<number, Block>();
  /** Those of paged pool. */
  private readonly pagedBlocks = new Set<Block>();
  private pagedHidden = false;
  bytesInUse = 0;
  /** Most bytes in use at a time. */
  peak = 0;
  private readonly memory: GuestMemory;
  private readonly redzone: number;
  private readonly quarantine: number;
  private readonly end: number;
  private next: number;
  private readonly start: number;
  private readonly free = new Map<number, number[]>();
  private readonly waiting: Block[] = [];
  private waitingBytes = 0;
  private count = 0;

  /** @param start first byte that the compiled module does not use itself */
  constructor(memory: GuestMemory, start: number, options: PoolOptions = {}) {
    this.memory = memory;
    this.redzone = options.redzone ?? 16;
    this.quarantine = options.quarantine ?? 1 << 20;
    this.next = (start + PAGE_SIZE - 1) & -PAGE_SIZE;
    this.start = this.next;
    this.end = memory.limit;
    memory.shadow.poison(this.next, this.end - this.next, Poison.Unallocated);
  }

  /**
   * @param size bytes; 0 is given as 1
   * @returns the address, a multiple of 8 (of PAGE_SIZE from a page up, as in Windows); 0 when there is no room
   */
  allocate(size: number, kind: BlockKind, tag = '', paged = false, allocated: Error | null = null): number {
    const wanted = Math.max(size, 1);
    if (wanted > this.end) return 0;
    const room = classOf(wanted, this.redzone);
    const address = this.take(room, wanted >= PAGE_SIZE);
    if (address === 0) return 0;
    this.memory.shadow.unpoison(address, wanted);
    const block: Block = {
      address,
      size: wanted,
      kind,
      tag,
      paged,
      number: ++this.count,
      allocated,
      freed: null,
      locks: 0,
    };
    this.blocks.set(address, block);
    if (paged) this.pagedBlocks.add(block);
    this.freed.delete(address);
    this.bytesInUse += wanted;
    this.peak = Math.max(this.peak, this.bytesInUse);
    return address;
  }

  /** Gives a block back: poisoned, and kept from reuse for a while. @returns it, or null when none begins there */
  release(address: number, freed: Error | null = null): Block | null {
    const block = this.blocks.get(address);
    if (block === undefined) return null;
    this.blocks.delete(address);
    block.freed = freed;
    this.pagedBlocks.delete(block);
    this.freed.set(address, block);
    this.bytesInUse -= block.size;
    this.memory.shadow.poison(address, block.size, Poison.Freed);
    this.waiting.push(block);
    this.waitingBytes += block.size;
    while (this.waitingBytes > this.quarantine) this.reuse();
    return block;
  }

  /** Whether an address lies in memory that is given out and taken back: not in that of the module itself. */
  mayBeFreed(address: number): boolean {
    return address >= this.start;
  }

  /** Whether there is paged memory, so that `hidePaged` has something to do. */
  get hasPaged(): boolean {
    return this.pagedBlocks.size > 0;
  }

  /** Makes paged memory untouchable, as it is at DISPATCH_LEVEL (R15), or touchable again. Locked pages stay. */
  hidePaged(hidden: boolean): void {
    if (hidden === this.pagedHidden) return;
    this.pagedHidden = hidden;
    for (const { address, size, locks } of this.pagedBlocks) {
      if (!hidden) this.memory.shadow.unpoison(address, size);
      else if (locks === 0) this.memory.shadow.poison(address, size, Poison.Paged);
    }
  }

  /** The block of paged pool with an address in it that may be paged out; null for other memory. */
  pagedAt(address: number): Block | null {
    for (const block of this.pagedBlocks) {
      if (address >= block.address && address < block.address + block.size && block.locks === 0) return block;
    }
    return null;
  }

  /** The block that an address lies in or next to, and whether it is freed; for reports, so it may be slow. */
  find(address: number): Block | null {
    let nearest: Block | null = null;
    let distance = Number.POSITIVE_INFINITY;
    for (const blocks of [this.blocks, this.freed]) {
      for (const block of blocks.values()) {
        const before = block.address - address;
        const behind = address - (block.address + block.size - 1);
        const away = Math.max(before, behind, 0);
        if (away < distance) [nearest, distance] = [block, away];
      }
    }
    return distance <= Math.max(this.redzone, 64) ? nearest : null;
  }

  private take(room: number, pageAligned: boolean): number {
    const key = pageAligned ? -room : room;
    const list = this.free.get(key);
    const again = list?.pop();
    if (again !== undefined) return again;
    let address = this.next + this.redzone;
    if (pageAligned) address = (address + PAGE_SIZE - 1) & -PAGE_SIZE;
    if (address + room > this.end) {
      if (this.waiting.length === 0) return 0;
      // Rather an early reuse than a failure that the driver did not cause.
      while (this.waiting.length > 0) this.reuse();
      const late = this.free.get(key)?.pop();
      return late ?? 0;
    }
    this.next = address + room;
    this.memory.shadow.poison(address, room, Poison.Redzone);
    this.memory.shadow.poison(address - this.redzone, this.redzone, Poison.Redzone);
    return address;
  }

  private reuse(): void {
    const block = this.waiting.shift()!;
    this.waitingBytes -= block.size;
    this.freed.delete(block.address);
    const room = classOf(block.size, this.redzone);
    const key = block.size >= PAGE_SIZE ? -room : room;
    this.memory.shadow.poison(block.address, room, Poison.Redzone);
    const list = this.free.get(key);
    if (list === undefined) this.free.set(key, [block.address]);
    else list.push(block.address);
  }
}

/** Bytes reserved for a block of `size`: classes an eighth of a power of two apart, with the redzone behind. */
const classOf = (size: number, redzone: number): number => {
  const wanted = Math.max(size, SMALLEST_CLASS);
  let step = 16;
  while (step * 16 < wanted) step *= 2;
  return Math.ceil(wanted / step) * step + redzone;
};
