import { foldChecksum } from '../../link/index.ts';
import { PROTOCOL_TCP } from '../wire/protocols.ts';
import { ACK, CWR, ECE, RST, SYN, TCP } from '../wire/tcp.ts';
import { writeSynOptions } from './syn-options.ts';
import { NEVER, type Tcb } from './tcb.ts';

/**
 * Builds one segment in an arena packet and hands it to the link: headers are written as big-endian words, payload
 * is gathered from the client's memory, and both checksums start from what the path knows already.
 */
const TIMESTAMP_HEADER = 0x0101080a; // two no-operations, kind 8, length 10
const TIMESTAMP_BYTES = 12;
const ECT_0 = 2; // RFC 3168, section 5

export const timestampBytes = (connection: Tcb): number => (connection.hasTimestamps ? TIMESTAMP_BYTES : 0);

/** Room that options take from each segment's MSS. */
export const optionBytes = (connection: Tcb): number =>
  connection.sackReceiver === null
    ? timestampBytes(connection)
    : timestampBytes(connection) + connection.sackReceiver.bytes(TCP.mostOptionBytes - timestampBytes(connection));

/** The window field, and the new right edge that it promises. */
const advertise = (connection: Tcb, scale: number): number => {
  const { rcvNxt, receiveQueue } = connection;
  let window = connection.receiveBuffer - receiveQueue.bytes - connection.lent;
  const promised = (connection.rcvAdvertised - rcvNxt) | 0;
  // RFC 1122, section 4.2.3.3: the edge moves by at least a segment or half the buffer, and never back.
  if (window - promised < Math.min(connection.receiveBuffer >> 1, connection.mss)) window = promised;
  if (window < 0) window = 0;
  const field = Math.min(window >>> scale, 0xffff);
  // Rounding by the scale may say a little less than was promised before; what comes within the promise is taken.
  const edge = (rcvNxt + (field << scale)) | 0;
  if (((edge - connection.rcvAdvertised) | 0) > 0) connection.rcvAdvertised = edge;
  return field;
};

/** Sends a segment: `count` bytes from `seq` on, with `flags`. @returns false when there was no packet to be had */
export const transmit = (connection: Tcb, seq: number, count: number, flags: number, cause: number): boolean => {
  const { stack, path } = connection;
  const { arena } = stack;
  const packet = arena.allocate();
  if (packet === 0) {
    stack.counters.ipOutNoBuffers++;
    return false;
  }
  const chunk = arena.chunkOf(packet);
  const { bytes, view } = chunk;
  const base = arena.baseOf(packet);
  const tcp = base + path.ipHeader;
  let header = 20;
  let window: number;
  if ((flags & SYN) !== 0) {
    header += writeSynOptions(connection, view, bytes, tcp + 20, flags);
    window = Math.min(connection.receiveBuffer, 0xffff); // RFC 7323, section 2.2: not scaled in a SYN
    connection.rcvAdvertised = (connection.rcvNxt + window) | 0;
  } else {
    if (connection.hasTimestamps) {
      view.setInt32(tcp + 20, TIMESTAMP_HEADER);
      view.setInt32(tcp + 24, stack.timestampOf(connection));
      view.setInt32(tcp + 28, connection.tsRecent);
      header += TIMESTAMP_BYTES;
    }
    if (connection.sackReceiver !== null && (flags & RST) === 0) {
      // With old data there may be no room beside it.
      const room = Math.min(TCP.headerBytes + TCP.mostOptionBytes, path.mss + TCP.headerBytes - count) - header;
      const sacks = connection.sackReceiver.bytes(room);
      if (sacks > 0) connection.sackReceiver.write(view, tcp + header, sacks);
      header += sacks;
    }
    window = advertise(connection, connection.rcvScale);
  }
  let ecn = 0;
  if (connection.hasEcn && (flags & (SYN | RST)) === 0) {
    if (connection.ecnEcho) flags |= ECE;
    // RFC 3168, section 6.1: only new data is sent as capable of ECN, and the first of it tells that ECE was heard.
    if (count > 0 && ((seq - connection.sndMax) | 0) >= 0 && !connection.persisting) {
      ecn = ECT_0;
      if (connection.cwrDue) flags |= CWR;
      connection.cwrDue = false;
    }
  }
  let ack = 0;
  if ((flags & ACK) !== 0) {
    ack = connection.rcvNxt;
    connection.lastAckSent = ack;
    connection.ackNow = false;
    connection.segmentsToAck = 0;
    connection.delayedAckAt = NEVER;
  }
  view.setInt32(tcp, connection.ports);
  view.setInt32(tcp + 4, seq);
  view.setInt32(tcp + 8, ack);
  view.setInt32(tcp + 12, (header << 26) | (flags << 16) | window);
  view.setInt32(tcp + 16, 0);
  if (count > 0) {
    connection.sendQueue.gather((flags & SYN) !== 0 ? (seq + 1) | 0 : seq, count, bytes, tcp + header);
    if (cause === 0) cause = connection.sendQueue.lastCause;
  }
  const length = header + count;
  const sum = arena.sum(chunk, tcp, length) + path.addressSum + PROTOCOL_TCP + length;
  view.setUint16(tcp + 16, ~foldChecksum(sum));
  arena.cause[packet] = cause;
  stack.counters.tcpOutSegs++;
  stack.sendIp(path, packet, length, PROTOCOL_TCP, ecn);
  return true;
};

/**
 * The sequence number of a segment without data. It must lie in the peer's window, or its acknowledgment is lost on
 * the peer: behind all that was ever sent, since after a timeout SND.NXT has gone back, but not beyond the window,
 * as a probe of a closed one is. Rounding by the window scale makes the edge seem to move back a little (RFC 7323,
 * section 2.4): what was sent within the old edge has been taken all the same.
 */
const emptySeq = (connection: Tcb): number => {
  const edge = (connection.sndUna + connection.sndWnd) | 0;
  const beyond = (connection.sndMax - edge) | 0;
  const isRounding = beyond < 1 << connection.sndScale && !connection.persisting;
  return beyond > 0 && !isRounding ? edge : connection.sndMax;
};

/** RFC 9293, section 3.5.2: <SEQ=SND.NXT><CTL=RST>, with an acknowledgment once there is something to acknowledge. */
export const sendReset = (connection: Tcb, cause: number): void => {
  connection.stack.counters.tcpOutRsts++;
  transmit(connection, emptySeq(connection), 0, RST | ACK, cause);
};

export const sendAck = (connection: Tcb): void => {
  transmit(connection, emptySeq(connection), 0, ACK, 0);
};
