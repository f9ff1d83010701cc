import type { PacketHandle } from '../../link/index.ts';

/** A fragment on its way into reassembly. One object, filled anew for each. */
export class Fragment {
  packet: PacketHandle = 0;
  /** The interface that it came by. */
  port = 0;
  version: 4 | 6 = 4;
  readonly local = new Int32Array(4);
  readonly remote = new Int32Array(4);
  /** Of what is behind the header; for IPv6 as the first fragment has it. */
  protocol = 0;
  id = 0;
  /** In bytes. */
  offset = 0;
  more = false;
  /** Bytes in front of the payload, the Fragment header of IPv6 included. */
  header = 0;
  /** IPv6: where the byte stands that names the Fragment header. */
  nextAt = 0;
  length = 0;
  ecn = 0;
}
