import type { GuestMemory } from './guest-memory.ts';
import type { Block, Pool } from './pool.ts';
import { Poison } from './shadow.ts';

/** Bytes below each stack that nobody may touch. */
const STACK_GUARD = 4096;

/** The C stacks of a driver's threads and routines, which are used again and again. */
export class KernelStacks {
  private readonly memory: GuestMemory;
  private readonly pool: Pool;
  /** Of one stack, in bytes. */
  private readonly size: number;
  private readonly outOfMemory: () => never;
  private readonly blocks: Block[] = [];
  private readonly spare: number[] = [];

  constructor(memory: GuestMemory, pool: Pool, size: number, outOfMemory: () => never) {
    this.memory = memory;
    this.pool = pool;
    this.size = size;
    this.outOfMemory = outOfMemory;
  }

  /** @returns where the stack begins; it grows down */
  take(): number {
    return this.spare.pop() ?? this.make();
  }

  give(top: number): void {
    this.spare.push(top);
  }

  /** The stack that an address lies in. */
  at(address: number): Block | null {
    for (const block of this.blocks) if (address >= block.address && address < block.address + block.size) return block;
    return null;
  }

  /** Forgets the redzones on the stack there, whose frames are left without their ends; not the guard below it. */
  unpoison(address: number): void {
    const block = this.at(address);
    if (block !== null) this.memory.shadow.unpoison(block.address + STACK_GUARD, block.size - STACK_GUARD);
  }

  private make(): number {
    const size = STACK_GUARD + this.size;
    const address = this.pool.allocate(size, 'stack');
    if (address === 0) this.outOfMemory();
    this.blocks.push(this.pool.blocks.get(address)!);
    this.memory.shadow.poison(address, STACK_GUARD, Poison.StackGuard);
    return address + size;
  }
}
