import { IoAllocateMdl, type Kernel, MmBuildMdlForNonPagedPool } from '../kernel/index.ts';
import type { WSK_DATA_INDICATION } from './structures.ts';
import type { Lease } from './transport.ts';

/** The list of buffers that shows a lease's bytes to a client. */
export const dataIndication = (kernel: Kernel, lease: Lease): WSK_DATA_INDICATION => {
  let list: WSK_DATA_INDICATION | null = null;
  for (let i = lease.pieces.length - 1; i >= 0; i--) {
    const piece = lease.pieces[i];
    const Mdl = IoAllocateMdl(kernel, piece, piece.length)!;
    MmBuildMdlForNonPagedPool(kernel, Mdl);
    list = { Next: list, Buffer: { Mdl, Offset: 0, Length: piece.length } };
  }
  return list!;
};
