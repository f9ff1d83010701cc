import { lendMdl } from '../kernel/index.ts';
import type { WSK_DATA_INDICATION } from './structures.ts';
import type { Lease } from './transport.ts';

/** The list of buffers that shows a lease's bytes to a client. */
export const dataIndication = (lease: Lease): WSK_DATA_INDICATION => {
  let list: WSK_DATA_INDICATION | null = null;
  for (let i = lease.pieces.length - 1; i >= 0; i--) {
    const piece = lease.pieces[i];
    list = { Next: list, Buffer: { Mdl: lendMdl(piece), Offset: 0, Length: piece.length } };
  }
  return list!;
};
