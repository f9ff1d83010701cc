import type { Nanoseconds } from '../../time/index.ts';
import type { Tcb } from './tcb.ts';

/**
 * Path MTU discovery as a connection sees it (RFC 1191, RFC 8201): its segments are as long as its peer takes and the
 * path carries, as far as is known. What is known is the path's, for all connections that use it.
 */
export const followPath = (connection: Tcb): void => {
  const { path } = connection;
  const mss = Math.min(connection.peerMss, path.mss);
  connection.mtuAgesAt = path.mtuAgesAt;
  if (mss === connection.mss) return;
  connection.mss = mss;
  connection.congestion.resize(mss);
};

/** What was learned is old (RFC 1191, section 6.3): longer segments are tried, and lost if the path is as it was. */
export const tryLargerMtu = (connection: Tcb, now: Nanoseconds): void => {
  connection.path.age(now);
  if (connection.blackHole === null) followPath(connection);
  else connection.mtuAgesAt = connection.path.mtuAgesAt;
};
