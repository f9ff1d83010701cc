import { checksumWords, foldChecksum } from '../../link/index.ts';
import type { Path } from '../path.ts';
import { PROTOCOL_TCP } from '../wire/protocols.ts';
import { TCP } from '../wire/tcp.ts';
import type { TcpServices } from './tcb.ts';

/** Sends a bare segment that no connection stands behind: resets, the ACKs of TIME-WAIT, with window 0; and SYN cookies. */
const MSS_OPTION = 0x02040000; // kind 2, length 4

export const sendRawSegment = (
  stack: TcpServices,
  path: Path,
  ports: number,
  seq: number,
  ack: number,
  flags: number,
  mss = 0,
  window = 0,
): void => {
  const { arena } = stack;
  const packet = arena.allocate();
  if (packet === 0) {
    stack.counters.ipOutNoBuffers++;
    return;
  }
  const length = TCP.headerBytes + (mss > 0 ? 4 : 0);
  const { view, words } = arena.chunkOf(packet);
  const tcp = arena.baseOf(packet) + path.ipHeader;
  view.setInt32(tcp, ports);
  view.setInt32(tcp + TCP.sequence, seq);
  view.setInt32(tcp + TCP.acknowledgment, ack);
  view.setInt32(tcp + TCP.offsetAndFlags, (length << 26) | (flags << 16) | window);
  view.setInt32(tcp + TCP.checksum, 0);
  if (mss > 0) view.setInt32(tcp + TCP.headerBytes, MSS_OPTION | mss);
  const sum = checksumWords(words, tcp, length) + path.addressSum + PROTOCOL_TCP + length;
  view.setUint16(tcp + TCP.checksum, ~foldChecksum(sum));
  stack.counters.tcpOutSegs++;
  stack.sendIp(path, packet, length, PROTOCOL_TCP, 0);
};
