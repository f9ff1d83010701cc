import { MDL_SOURCE_IS_NONPAGED_POOL } from '../../kernel/index.ts';
import type { WSK_DATA_INDICATION } from '../../wsk/index.ts';
import type { Guest } from '../guest.ts';
import { mdlSize, writeMdl } from '../guest-mdl.ts';
import { WSK_BUF as Buf, WSK_DATA_INDICATION as Indication, MDL as Mdl } from '../layout.ts';

/**
 * Received data that a driver's WskReceiveEvent is shown: the list, its MDLs and the bytes are copied into memory that
 * it can read, one block each, and freed when it gives the list back.
 */
export class Indications {
  private readonly guest: Guest;
  private readonly shown = new Map<number, { readonly list: WSK_DATA_INDICATION; readonly blocks: number[] }>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** @returns the address of the list's head */
  show(list: WSK_DATA_INDICATION): number {
    const blocks: number[] = [];
    for (let piece: WSK_DATA_INDICATION | null = list; piece !== null; piece = piece.Next) {
      blocks.push(this.copy(piece));
    }
    for (let i = 1; i < blocks.length; i++) this.guest.memory.write32(blocks[i - 1] + Indication.Next, blocks[i]);
    this.shown.set(blocks[0], { list, blocks });
    return blocks[0];
  }

  /** The list behind an address, to be given back to WSK; null when it lent none. */
  listAt(address: number): WSK_DATA_INDICATION | null {
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

  private copy({ Buffer }: WSK_DATA_INDICATION): number {
    const { guest } = this;
    const { memory, pool } = guest;
    const bytes = Buffer.Mdl!.space.bytes(Buffer.Mdl!.base + Buffer.Offset, Buffer.Length);
    // The bytes come last: a read behind them is seen.
    const mdlAt = Indication.size;
    const dataAt = mdlAt + ((mdlSize(0xfff, bytes.length) + 7) & ~7);
    const address = pool.allocate(dataAt + bytes.length, 'object', 'WSK_DATA_INDICATION');
    if (address === 0) return guest.allocateInternal(dataAt + bytes.length);
    memory.fill(address, dataAt, 0);
    memory.raw(address + dataAt, bytes.length).set(bytes);
    const mdl = address + mdlAt;
    writeMdl(memory, mdl, address + dataAt, bytes.length);
    memory.write16(mdl + Mdl.MdlFlags, MDL_SOURCE_IS_NONPAGED_POOL);
    memory.write32(mdl + Mdl.MappedSystemVa, address + dataAt);
    memory.write32(address + Indication.Buffer + Buf.Mdl, mdl);
    memory.write32(address + Indication.Buffer + Buf.Length, bytes.length);
    return address;
  }
}
