import { followPath } from './path-mtu.ts';
import type { SentLog } from './sent-log.ts';
import type { Tcb } from './tcb.ts';
import { timestampBytes } from './transmit.ts';

/**
 * Routers that drop what is too long for the next link and do not say so, or whose word is dropped by somebody else
 * (RFC 2923, section 2.1). A full-sized segment that stays without an answer is sent again as shorter ones, one of them
 * at first. When that one is acknowledged the path is known to be narrow, to all who use it, until its MTU ages; when
 * not, the peer is silent or gone, and the MSS is again what it was (decision 0019).
 */
export class BlackHoleProbe {
  /** Where the segment ends that stayed without an answer. */
  readonly end: number;
  /** The shorter one stayed without an answer too: no other try before something is acknowledged. */
  hasFailed = false;

  constructor(end: number) {
    this.end = end;
  }
}

const LEAST_MSS_V6 = 1220; // RFC 8200, section 5: every link carries 1,280 bytes

/** The retransmission timer has fired, for the `timeouts`th time in a row: what is sent now may be a probe. */
export const considerBlackHole = (connection: Tcb, log: SentLog, timeouts: number): void => {
  const { path, stack, congestion } = connection;
  const { blackHoleTimeouts, blackHoleMss } = stack.profile;
  if (connection.mss > path.mss) {
    followPath(connection); // somebody else has found out
    return;
  }
  if (blackHoleTimeouts === 0 || timeouts < blackHoleTimeouts || connection.blackHole !== null) return;
  const mss = path.version === 4 ? blackHoleMss : Math.max(blackHoleMss, LEAST_MSS_V6);
  const end = log.endOf(0);
  if (((end - log.startOf(0)) | 0) + timestampBytes(connection) <= mss) return;
  connection.blackHole = new BlackHoleProbe(end);
  connection.mss = mss;
  congestion.resize(mss);
  congestion.window = mss; // one only: an acknowledgment beyond it would be of what was sent before
};

/** The timer has fired again. @returns true when a probe was out; it does not count as a retransmission */
export const endProbe = (connection: Tcb): boolean => {
  const { blackHole } = connection;
  if (blackHole === null || blackHole.hasFailed) return false;
  blackHole.hasFailed = true;
  followPath(connection);
  return true;
};

/** Something new was acknowledged. */
export const judgeProbe = (connection: Tcb): void => {
  const { path, stack, sndUna } = connection;
  const { end, hasFailed } = connection.blackHole!;
  connection.blackHole = null;
  if (!hasFailed && ((sndUna - end) | 0) < 0) {
    stack.counters.tcpBlackHoles++;
    path.learnMtu(connection.mss + path.ipHeader + 20, 0, stack.now());
  }
  followPath(connection);
};
