import { BugCheckCode, type Kernel, type PMDL } from '../kernel/index.ts';
import type { WSK_BUF } from './structures.ts';
import type { Gather, Scatter } from './transport.ts';

/** Empty MDLs in a row beyond this are a chain that bites its own tail. */
const MOST_EMPTY_MDLS = 65_536;

/**
 * The bytes that a WSK_BUF describes, as a transport reads or writes them, straight in the client's memory.
 *
 * A chain that its client has spoilt meanwhile stops the machine (R17, R22). The transport that happens to touch it has
 * done no wrong and must not be torn out of its work: it gets bytes of no meaning instead of an exception, and whoever
 * called WSK meets the bug check when the call returns.
 */
export class BufferChain implements Gather, Scatter {
  readonly length: number;
  private readonly kernel: Kernel;
  private readonly call: string;
  private readonly first: PMDL;
  private readonly offset: number;
  // Where the last access ended: accesses go forward nearly always.
  private mdl: PMDL;
  private mdlStart: number;

  constructor(kernel: Kernel, call: string, mdl: PMDL, offset: number, length: number) {
    this.kernel = kernel;
    this.call = call;
    this.first = mdl;
    this.offset = offset;
    this.length = length;
    this.mdl = mdl;
    this.mdlStart = -offset;
  }

  view(from: number): Uint8Array {
    const mdl = this.seek(from);
    if (mdl === null) return this.noBytes(from);
    const within = from - this.mdlStart;
    const count = Math.min(mdl.ByteCount - within, this.length - from);
    try {
      const bytes = mdl.space.bytes(mdl.base + within, count);
      if (bytes.length === count) return bytes;
    } catch (error) {
      // A guest's memory has its own bug check for this.
      if (error === this.kernel.crash) return this.noBytes(from);
    }
    this.crash('R17', `an MDL of ${mdl.ByteCount} bytes describes memory that is not there`);
    return this.noBytes(from);
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    for (let done = 0; done < count; ) {
      const piece = this.view(from + done);
      const take = Math.min(piece.length, count - done);
      copyBytes(piece, 0, into, at + done, take);
      done += take;
    }
  }

  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    for (let done = 0; done < count; ) {
      const piece = this.view(at + done);
      const take = Math.min(piece.length, count - done);
      copyBytes(from, offset + done, piece, 0, take);
      done += take;
    }
  }

  /** The MDL that holds byte `from`; empty ones are passed over. Null when the chain was changed and has none. */
  private seek(from: number): PMDL {
    if (from < this.mdlStart) {
      this.mdl = this.first;
      this.mdlStart = -this.offset;
    }
    let empty = 0;
    while (this.mdl !== null && !(from < this.mdlStart + this.mdl.ByteCount)) {
      if (!(this.mdl.ByteCount > 0) && ++empty > MOST_EMPTY_MDLS) this.mdl = null;
      else {
        this.mdlStart += this.mdl.ByteCount;
        this.mdl = this.mdl.Next;
      }
    }
    if (this.mdl === null)
      this.crash('R22', `its MDL chain was changed before its IRP completed: byte ${from} is gone`);
    return this.mdl;
  }

  private crash(rule: 'R17' | 'R22', message: string): void {
    try {
      this.kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, rule, `${this.call}: ${message}`);
    } catch {
      // Said to the machine's crash listeners, and to the caller of WSK when the call returns.
    }
  }

  private noBytes(from: number): Uint8Array {
    return new Uint8Array(Math.min(this.length - from, 65_536));
  }
}

/** Below this, a loop is done before a view would have been made. */
const WORTH_A_VIEW = 128;

const copyBytes = (from: Uint8Array, start: number, into: Uint8Array, at: number, count: number): void => {
  if (count < WORTH_A_VIEW) for (let i = 0; i < count; i++) into[at + i] = from[start + i];
  else into.set(start === 0 && count === from.length ? from : from.subarray(start, start + count), at);
};

/**
 * The chain of a client's WSK_BUF. Windows does not check a Length beyond the MDL chain (R17) or an Offset beyond
 * the first MDL (R18) but crashes: here either is a bug check.
 */
export const bufferChain = (kernel: Kernel, buffer: WSK_BUF, call: string): BufferChain => {
  const { Mdl, Offset, Length } = buffer;
  if (Length === 0) return new BufferChain(kernel, call, null, 0, 0);
  if (Mdl === null || Offset < 0 || Offset >= Mdl.ByteCount) {
    const what =
      Mdl === null ? `Mdl NULL with Length ${Length}` : `Offset ${Offset} beyond the first MDL (${Mdl.ByteCount})`;
    kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R18', `${call}: WSK_BUF with ${what}`);
  }
  let room = -Offset;
  let empty = 0;
  for (let mdl: PMDL = Mdl; mdl !== null && room < Length && empty <= MOST_EMPTY_MDLS; mdl = mdl.Next) {
    room += mdl.ByteCount;
    if (!(mdl.ByteCount > 0)) empty++;
  }
  if (Length < 0 || room < Length) {
    const message = `${call}: WSK_BUF.Length ${Length}, but the MDL chain holds ${room} bytes from Offset ${Offset}`;
    kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R17', message);
  }
  return new BufferChain(kernel, call, Mdl, Offset, Length);
};
