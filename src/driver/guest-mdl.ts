import type { MDL, MemorySpace } from '../kernel/index.ts';
import type { GuestMemory } from './guest-memory.ts';
import { MDL as Mdl, PAGE_SIZE } from './layout.ts';

/** An MDL in a driver's memory. Made at each use: it holds nothing but the address. */
export class GuestMdl implements MDL {
  readonly address: number;
  private readonly memory: GuestMemory;

  private constructor(memory: GuestMemory, address: number) {
    this.memory = memory;
    this.address = address;
  }

  /** The MDL at an address, null at 0. */
  static at(memory: GuestMemory, address: number): GuestMdl | null {
    return address === 0 ? null : new GuestMdl(memory, address);
  }

  get space(): MemorySpace {
    return this.memory;
  }
  get base(): number {
    const { memory, address } = this;
    return memory.readU32(address + Mdl.StartVa) + memory.readU32(address + Mdl.ByteOffset);
  }
  get ByteCount(): number {
    return this.memory.readU32(this.address + Mdl.ByteCount);
  }
  get MdlFlags(): number {
    return this.memory.read16(this.address + Mdl.MdlFlags);
  }
  set MdlFlags(value: number) {
    this.memory.write16(this.address + Mdl.MdlFlags, value);
  }
  get Next(): GuestMdl | null {
    return GuestMdl.at(this.memory, this.memory.readU32(this.address + Mdl.Next));
  }
  set Next(value: MDL | null) {
    this.memory.write32(this.address + Mdl.Next, value instanceof GuestMdl ? value.address : 0);
  }
}

/** Bytes of an MDL that describes [va, va + length), with its PFNs. */
export const mdlSize = (va: number, length: number): number => {
  const pages = Math.ceil(((va & (PAGE_SIZE - 1)) + length) / PAGE_SIZE);
  return Mdl.size + 4 * pages;
};

/** Writes a fresh MDL's fields. */
export const writeMdl = (memory: GuestMemory, address: number, va: number, length: number): void => {
  const offset = va & (PAGE_SIZE - 1);
  memory.fill(address, Mdl.size, 0);
  memory.write16(address + Mdl.Size, mdlSize(va, length));
  memory.write32(address + Mdl.StartVa, va - offset);
  memory.write32(address + Mdl.ByteOffset, offset);
  memory.write32(address + Mdl.ByteCount, length);
};
