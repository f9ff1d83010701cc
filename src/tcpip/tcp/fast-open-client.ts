import type { Path } from '../path.ts';
import type { Segment } from './segment.ts';
import { ESTABLISHED } from './states.ts';
import type { Tcb, TcpServices } from './tcb.ts';

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
  const { profile } = stack;
  if (!connection.fastOpen || !stack.fastOpenCache.mayTry(path, connection.remotePort, stack.now())) return;
  const queued = (sendQueue.endSeq - connection.iss - 1) | 0;
  const entry = stack.fastOpenCache.lookup(path);
  const isCookieless = profile.fastOpenCookieless === 'client' || profile.fastOpenCookieless === 'both';
  if (!isCookieless && (entry === null || entry.cookie === null)) {
    connection.fastOpenAsked = true;
    connection.fastOpenExperimental = profile.fastOpenExperimental && entry?.unanswered === 1;
    return;
  }
  if (queued <= 0 && !profile.fastOpenWithoutData) return; // a cookie is of use with data only
  const room = roomInSyn(stack, path);
  if (room <= 0) return;
  connection.fastOpenAsked = !isCookieless;
  connection.fastOpenExperimental = !isCookieless && entry!.isExperimental;
  connection.synData = Math.min(queued, room);
  if (connection.synData > 0) stack.counters.fastOpenActive++;
};

/** How much data the SYN to a server may carry. */
export const roomInSyn = (stack: TcpServices, path: Path): number => {
  const mss = stack.fastOpenCache.lookup(path)?.mss ?? 0;
  const known = mss === 0 ? (path.version === 4 ? UNKNOWN_MSS_V4 : UNKNOWN_MSS_V6) : mss;
  return Math.min(known, path.mss) - stack.profile.fastOpenOptionRoom;
};

/** The SYN timer fired: the next one is bare, and the path is suspect for a while (sections 4.1.3.1 and 4.2.1). */
export const synTimedOut = (connection: Tcb): void => {
  if ((!connection.fastOpenAsked && connection.synData === 0) || connection.synRetries > 1) return;
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
  if (!connection.fastOpenAsked) {
    // Nobody asked for a cookie: one that comes all the same is not kept.
    if (connection.synData > 0 && opt.mss !== 0) cache.learnMss(path, opt.mss);
    return;
  }
  if (opt.cookieLength > 0) {
    // Also when our SYN was sent again without the option: the timeout may have been spurious.
    const cookie = segment.bytes.slice(opt.cookieOffset, opt.cookieOffset + opt.cookieLength);
    cache.learn(path, remotePort, cookie, opt.mss, opt.cookieExperimental);
  } else {
    if (opt.mss !== 0) cache.learnMss(path, opt.mss);
    if (stack.profile.fastOpenExperimental && connection.synData === 0 && connection.synRetries === 0) {
      cache.notAnswered(path);
    }
  }
  if (connection.synRetries > 0) return; // the failure was noted when the timer fired
  if (connection.synDataAcked) cache.succeeded(path, remotePort);
  else if (connection.synData > 0) {
    stack.counters.fastOpenActiveFail++;
    // No data taken and no new cookie: the server, or somebody on the way, does not want it (section 4.1.3.1).
    if (opt.cookieLength <= 0) cache.failed(path, remotePort, stack.now());
  }
};

/** Retransmissions without an answer after which something on the way is to blame; as Linux. */
const SWALLOWED_AFTER = 2;

/**
 * The timer has fired after `retries` retransmissions. Middleboxes are known that swallow not the SYN but all that
 * follows it (section 7.1): nothing was heard since the data of our SYN was sent, or acknowledged.
 *
 * @param isLast the connection is given up now
 */
export const judgeSilence = (connection: Tcb, retries: number, isLast: boolean): void => {
  if (connection.synData === 0 || hasProgress(connection)) return;
  if (retries === SWALLOWED_AFTER || (retries < SWALLOWED_AFTER && isLast)) suspectBlackHole(connection);
};

/** A FIN or reset came out of its place, and no data before it: something on the way took it, or made the end up. */
export const judgeEarlyEnd = (connection: Tcb): void => {
  if (connection.fastOpenAsked && !hasReceived(connection) && !connection.receiveQueue.hasEarly) {
    suspectBlackHole(connection);
  }
};

/** The connection is over. A Fast Open one that brought data clears the way of suspicion; not over loopback. */
export const judgeEnd = (connection: Tcb): void => {
  const { path, stack } = connection;
  if (!connection.synDataAcked || !hasReceived(connection)) return;
  if (path.local.some((word, i) => word !== path.remote[i])) stack.fastOpenCache.noBlackHole();
};

const suspectBlackHole = ({ stack }: Tcb): void => {
  if (stack.fastOpenCache.blackHole(stack.now())) stack.counters.fastOpenBlackhole++;
};

/** Data of the peer came; its FIN alone is none. */
const hasReceived = ({ rcvNxt, irs, finReceived }: Tcb): boolean => ((rcvNxt - irs) | 0) > (finReceived ? 2 : 1);

const hasProgress = (connection: Tcb): boolean =>
  connection.state >= ESTABLISHED &&
  (hasReceived(connection) || ((connection.sndUna - connection.iss - 1 - connection.synData) | 0) > 0);
