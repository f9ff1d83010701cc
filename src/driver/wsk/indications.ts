import { sockaddrSize } from '../../base/index.ts';
import { MDL_SOURCE_IS_NONPAGED_POOL, type PMDL } from '../../kernel/index.ts';
import type { WSK_BUF, WSK_DATA_INDICATION, WSK_DATAGRAM_INDICATION } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { mdlSize, writeMdl } from '../guest-mdl.ts';
import {
  WSK_BUF as Buf,
  WSK_DATA_INDICATION as Data,
  WSK_DATAGRAM_INDICATION as Datagram,
  MDL as Mdl,
} from '../layout.ts';
import { writeSockaddr } from './arguments.ts';

/** Rounds up to where a structure may begin. */
const aligned = (size: number): number => (size + 7) & ~7;

/**
 * Received data that a driver's callback is shown: the list, its MDLs and the bytes are copied into memory that it can
 * read, one block each, and freed when it gives the list back.
 */
abstract class Indications<List extends { readonly Next: List | null; readonly Buffer: WSK_BUF }> {
  protected readonly guest: Guest;
  private readonly shown = new Map<number, { readonly list: List; readonly blocks: number[] }>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Copies one element. @returns its address */
  protected abstract copy(element: List): number;

  /** @returns the address of the list's head */
  show(list: List): number {
    const blocks: number[] = [];
    for (let element: List | null = list; element !== null; element = element.Next) blocks.push(this.copy(element));
    for (let i = 1; i < blocks.length; i++) this.guest.memory.write32(blocks[i - 1] + Data.Next, blocks[i]);
    this.shown.set(blocks[0], { list, blocks });
    return blocks[0];
  }

  /** The list behind an address, to be given back to WSK; null when it lent none. */
  listAt(address: number): List | null {
    return this.shown.get(address)?.list ?? null;
  }

  release(address: number): void {
    const entry = this.shown.get(address);
    if (entry === undefined) return;
    this.shown.delete(address);
    for (const block of entry.blocks) {
      this.guest.lent.givenUp(block, this.guest.pool.blocks.get(block)!.size, 'giving back');
      this.guest.pool.release(block, this.guest.places.here());
    }
  }

  /** A block with an element's structure of `size` bytes, its MDL and its data, which come last: a read behind them is seen. */
  protected block(size: number, tag: string, { Mdl: first, Offset, Length }: WSK_BUF): number {
    const { guest } = this;
    const { memory, pool } = guest;
    const mdlAt = aligned(size);
    const dataAt = mdlAt + aligned(mdlSize(0xfff, Length));
    const address = pool.allocate(dataAt + Length, 'object', tag);
    if (address === 0) return guest.allocateInternal(dataAt + Length);
    memory.fill(address, dataAt, 0);
    if (Length === 0) return address;
    copyChain(first, Offset, memory.raw(address + dataAt, Length));
    const mdl = address + mdlAt;
    writeMdl(memory, mdl, address + dataAt, Length);
    memory.write16(mdl + Mdl.MdlFlags, MDL_SOURCE_IS_NONPAGED_POOL);
    memory.write32(mdl + Mdl.MappedSystemVa, address + dataAt);
    memory.write32(address + Data.Buffer + Buf.Mdl, mdl);
    memory.write32(address + Data.Buffer + Buf.Length, Length);
    return address;
  }
}

/** For WskReceiveEvent. */
export class DataIndications extends Indications<WSK_DATA_INDICATION> {
  protected copy({ Buffer }: WSK_DATA_INDICATION): number {
    return this.block(Data.size, 'WSK_DATA_INDICATION', Buffer);
  }
}

/** For WskReceiveFromEvent: the sender's address and the control information lie behind the structure. */
export class DatagramIndications extends Indications<WSK_DATAGRAM_INDICATION> {
  protected copy({ Buffer, ControlInfo, ControlInfoLength, RemoteAddress }: WSK_DATAGRAM_INDICATION): number {
    const { guest } = this;
    const { memory } = guest;
    const controlAt = Datagram.size + sockaddrSize(RemoteAddress.sa_family);
    const address = this.block(controlAt + ControlInfoLength, 'WSK_DATAGRAM_INDICATION', Buffer);
    writeSockaddr(guest, address + Datagram.size, RemoteAddress);
    memory.write32(address + Datagram.RemoteAddress, address + Datagram.size);
    if (ControlInfo !== null) {
      memory.raw(address + controlAt, ControlInfoLength).set(ControlInfo);
      memory.write32(address + Datagram.ControlInfo, address + controlAt);
      memory.write32(address + Datagram.ControlInfoLength, ControlInfoLength);
    }
    return address;
  }
}

/** The bytes of a chain of MDLs in one piece. */
const copyChain = (first: PMDL, offset: number, into: Uint8Array): void => {
  let skip = offset;
  let at = 0;
  for (let mdl = first; mdl !== null && at < into.length; mdl = mdl.Next) {
    const count = Math.min(mdl.ByteCount - skip, into.length - at);
    into.set(mdl.space.bytes(mdl.base + skip, count), at);
    at += count;
    skip = 0;
  }
};
