import { BugCheckCode, type Kernel, type MDL, type PMDL } from '../kernel/index.ts';
import type { WSK_BUF } from './structures.ts';
import type { Gather, Scatter } from './transport.ts';

/** The bytes that a WSK_BUF describes, as a transport reads or writes them, straight in the client's memory. */
export class BufferChain implements Gather, Scatter {
  readonly length: number;
  private readonly first: PMDL;
  private readonly offset: number;
  // Where the last access ended: accesses go forward nearly always.
  private mdl: PMDL;
  private mdlStart: number;

  constructor(mdl: PMDL, offset: number, length: number) {
    this.first = mdl;
    this.offset = offset;
    this.length = length;
    this.mdl = mdl;
    this.mdlStart = -offset;
  }

  view(from: number): Uint8Array {
    const mdl = this.seek(from);
    const within = from - this.mdlStart;
    return mdl.space.bytes(mdl.base + within, Math.min(mdl.ByteCount - within, this.length - from));
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    for (let done = 0; done < count; ) {
      const piece = this.view(from + done);
      const take = Math.min(piece.length, count - done);
      into.set(take === piece.length ? piece : piece.subarray(0, take), at + done);
      done += take;
    }
  }

  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    for (let done = 0; done < count; ) {
      const piece = this.view(at + done);
      const take = Math.min(piece.length, count - done);
      piece.set(from.subarray(offset + done, offset + done + take));
      done += take;
    }
  }

  /** The MDL that holds byte `from`; empty ones are passed over. */
  private seek(from: number): MDL {
    if (from < this.mdlStart) {
      this.mdl = this.first;
      this.mdlStart = -this.offset;
    }
    while (from >= this.mdlStart + this.mdl!.ByteCount) {
      this.mdlStart += this.mdl!.ByteCount;
      this.mdl = this.mdl!.Next;
    }
    return this.mdl!;
  }
}

/** Bytes of WSK's own: what WskConnectEx captured. */
export class CapturedBytes implements Gather {
  readonly length: number;
  private readonly bytes: Uint8Array;

  constructor(chain: BufferChain) {
    this.bytes = new Uint8Array(chain.length);
    this.length = chain.length;
    chain.copyTo(0, this.bytes, 0, chain.length);
  }

  view(from: number): Uint8Array {
    return this.bytes.subarray(from);
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    into.set(this.bytes.subarray(from, from + count), at);
  }
}

/**
 * The chain of a client's WSK_BUF. Windows does not check a Length beyond the MDL chain (R17) or an Offset beyond
 * the first MDL (R18) but crashes: here either is a bug check.
 */
export const bufferChain = (kernel: Kernel, buffer: WSK_BUF, call: string): BufferChain => {
  const { Mdl, Offset, Length } = buffer;
  if (Length === 0) return new BufferChain(null, 0, 0);
  if (Mdl === null || Offset < 0 || Offset >= Mdl.ByteCount) {
    const what =
      Mdl === null ? `Mdl NULL with Length ${Length}` : `Offset ${Offset} beyond the first MDL (${Mdl.ByteCount})`;
    kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R18', `${call}: WSK_BUF with ${what}`);
  }
  let room = -Offset;
  for (let mdl: PMDL = Mdl; mdl !== null && room < Length; mdl = mdl.Next) room += mdl.ByteCount;
  if (Length < 0 || room < Length) {
    const message = `${call}: WSK_BUF.Length ${Length}, but the MDL chain holds ${room} bytes from Offset ${Offset}`;
    kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R17', message);
  }
  return new BufferChain(Mdl, Offset, Length);
};
