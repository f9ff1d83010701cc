import { IoAllocateMdl, type Kernel, MmBuildMdlForNonPagedPool, type PMDL } from '../kernel/index.ts';

/** One MDL for each piece, chained; null for no pieces, undefined when there is no memory for one. */
export const mdlChain = (kernel: Kernel, pieces: readonly Uint8Array[]): PMDL | undefined => {
  let first: PMDL = null;
  for (let i = pieces.length - 1; i >= 0; i--) {
    const mdl = IoAllocateMdl(kernel, pieces[i], pieces[i].length);
    if (mdl === null) return undefined;
    MmBuildMdlForNonPagedPool(kernel, mdl);
    mdl.Next = first;
    first = mdl;
  }
  return first;
};
