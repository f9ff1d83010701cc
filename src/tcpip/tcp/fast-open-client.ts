import type { Segment } from './segment.ts';
import type { Tcb } from './tcb.ts';

/**
 * The client's side of Fast Open (RFC 7413, section 4.2.1): whether to ask for a cookie or to use one, how much data
 * the SYN may carry, and what the SYN-ACK means for next time.
 */

/** Section 4.2.1: without a known MSS the data must fit into the smallest that every host takes. */
const UNKNOWN_MSS_V4 = 536;
const UNKNOWN_MSS_V6 = 1220;

/** Sets `fastOpenAsked` and `synData` for the first SYN. */
export const planSynData = (connection: Tcb): void => {
  const { stack, path, sendQueue } = connection;
  const queued = (sendQueue.endSeq - connection.iss - 1) | 0;
  if (!connection.fastOpen || !stack.fastOpenCache.mayTry(path, connection.remotePort, stack.now())) return;
  const entry = stack.fastOpenCache.lookup(path);
  if (entry === null || entry.cookie === null) {
    connection.fastOpenAsked = true;
    return;
  }
  if (queued <= 0) return; // a cookie is of use with data only
  const known = entry.mss === 0 ? (path.version === 4 ? UNKNOWN_MSS_V4 : UNKNOWN_MSS_V6) : entry.mss;
  const room = Math.min(known, path.mss) - stack.profile.fastOpenOptionRoom;
  if (room <= 0) return;
  connection.fastOpenAsked = true;
  connection.synData = Math.min(queued, room);
  stack.counters.fastOpenActive++;
};

/** The SYN timer fired: the next one is bare, and the path is suspect for a while (sections 4.1.3.1 and 4.2.1). */
export const synTimedOut = (connection: Tcb): void => {
  if (!connection.fastOpenAsked || connection.synRetries > 1) return;
  const { stack } = connection;
  stack.fastOpenCache.failed(connection.path, connection.remotePort, stack.now());
  if (connection.synData > 0) stack.counters.fastOpenActiveFail++;
};

/** Learns from a SYN-ACK; call before SND.UNA moves. */
export const judgeSynAck = (connection: Tcb, segment: Segment): void => {
  const { stack, path, remotePort } = connection;
  const { opt } = segment;
  const cache = stack.fastOpenCache;
  const acked = (segment.ack - connection.iss - 1) | 0;
  connection.synDataAcked = connection.synData > 0 && acked > 0;
  if (!connection.fastOpenAsked) return;
  if (opt.cookieLength > 0) {
    // Also when our SYN was sent again without the option: the timeout may have been spurious.
    cache.learn(path, remotePort, segment.bytes.slice(opt.cookieOffset, opt.cookieOffset + opt.cookieLength), opt.mss);
  } else if (opt.mss !== 0) cache.learnMss(path, opt.mss);
  if (connection.synRetries > 0) return; // the failure was noted when the timer fired
  if (connection.synDataAcked) cache.succeeded(path, remotePort);
  else if (connection.synData > 0) {
    stack.counters.fastOpenActiveFail++;
    // No data taken and no new cookie: the server, or somebody on the way, does not want it (section 4.1.3.1).
    if (opt.cookieLength <= 0) cache.failed(path, remotePort, stack.now());
  }
};
