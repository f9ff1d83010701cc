import { ACK } from '../wire/tcp.ts';
import { FAST_OPEN_EXPERIMENT, MOST_WINDOW_SCALE, TCP_OPTION } from '../wire/tcp-options.ts';
import { COOKIE_BYTES } from './fast-open-server.ts';
import type { Tcb } from './tcb.ts';

/**
 * The options of a SYN or SYN-ACK: MSS always; window scale, SACK and timestamps when asked for, and in a SYN-ACK only when
 * the peer's SYN had them (RFC 7323, sections 2.2 and 3.2); the Fast Open option as RFC 7413 has it. A SYN that is
 * sent again carries no Fast Open option (RFC 7413, section 4.2).
 */
export const writeSynOptions = (
  connection: Tcb,
  view: DataView,
  bytes: Uint8Array,
  at: number,
  flags: number,
): number => {
  const { stack, path } = connection;
  const start = at;
  const isAnswer = (flags & ACK) !== 0;
  view.setInt32(at, (TCP_OPTION.mss << 24) | (4 << 16) | (stack.profile.offersPathMtu ? path.mss : path.offeredMss));
  at += 4;
  if (isAnswer ? connection.scaleOffered : true) {
    view.setInt32(at, (TCP_OPTION.noOperation << 24) | (TCP_OPTION.windowScale << 16) | (3 << 8) | connection.rcvScale);
    at += 4;
  }
  const timestamps = isAnswer ? connection.hasTimestamps : stack.profile.timestamps === 'ask';
  const sack = isAnswer ? connection.sackPermitted : stack.profile.sack;
  if (sack && !timestamps) {
    view.setInt32(at, 0x01010402); // two no-operations, kind 4, length 2
    at += 4;
  }
  if (timestamps) {
    view.setInt32(at, sack ? 0x0402080a : 0x0101080a); // kind 4 or two no-operations, kind 8, length 10
    view.setInt32(at + 4, stack.timestampOf(connection));
    view.setInt32(at + 8, isAnswer ? connection.tsRecent : 0);
    at += 12;
  }
  if (isAnswer) {
    if (connection.sendCookie && connection.synRetries === 0) {
      at = writeFastOpenHead(connection, view, at, COOKIE_BYTES);
      stack.fastOpenServer.writeCookie(connection.path, view, at);
      stack.counters.fastOpenCookiesSent++;
      at += COOKIE_BYTES;
    }
  } else if (connection.fastOpenAsked && connection.synRetries === 0) {
    const cookie = stack.fastOpenCache.lookup(connection.path)?.cookie ?? null;
    at = writeFastOpenHead(connection, view, at, cookie === null ? 0 : cookie.length);
    if (cookie !== null) {
      bytes.set(cookie, at);
      at += cookie.length;
    }
  }
  while (((at - start) & 3) !== 0) view.setUint8(at++, TCP_OPTION.noOperation);
  return at - start;
};

const writeFastOpenHead = (connection: Tcb, view: DataView, at: number, length: number): number => {
  if (!connection.fastOpenExperimental) {
    view.setUint16(at, (TCP_OPTION.fastOpen << 8) | (2 + length));
    return at + 2;
  }
  view.setUint16(at, (TCP_OPTION.experiment << 8) | (4 + length));
  view.setUint16(at + 2, FAST_OPEN_EXPERIMENT);
  return at + 4;
};

/** The least shift with which the field can tell the whole buffer, and at least the profile's. */
export const windowScaleFor = (receiveBuffer: number, least: number): number => {
  let scale = least;
  while (scale < MOST_WINDOW_SCALE && receiveBuffer >>> scale > 0xffff) scale++;
  return scale;
};
