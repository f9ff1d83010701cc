import { checksumWords, foldChecksum } from '../../link/index.ts';
import type { Path } from '../path.ts';
import { PROTOCOL_TCP } from '../wire/protocols.ts';
import { TCP } from '../wire/tcp.ts';
import type { TcpServices } from './tcb.ts';

/** Sends a bare segment that no connection stands behind: resets, and the ACKs of TIME-WAIT. Window 0. */
export const sendRawSegment = (
  stack: TcpServices,
  path: Path,
  ports: number,
  seq: number,
  ack: number,
  flags: number,
): void => {
  const { arena } = stack;
  const packet = arena.allocate();
  if (packet === 0) {
    stack.counters.ipOutNoBuffers++;
    return;
  }
  const { view, words } = arena.chunkOf(packet);
  const tcp = arena.baseOf(packet) + path.ipHeader;
  view.setInt32(tcp, ports);
  view.setInt32(tcp + TCP.sequence, seq);
  view.setInt32(tcp + TCP.acknowledgment, ack);
  view.setInt32(tcp + TCP.offsetAndFlags, (TCP.headerBytes << 26) | (flags << 16));
  view.setInt32(tcp + TCP.checksum, 0);
  const sum = checksumWords(words, tcp, TCP.headerBytes) + path.addressSum + PROTOCOL_TCP + TCP.headerBytes;
  view.setUint16(tcp + TCP.checksum, ~foldChecksum(sum));
  stack.counters.tcpOutSegs++;
  stack.sendIp(path, packet, TCP.headerBytes, PROTOCOL_TCP, 0);
};
