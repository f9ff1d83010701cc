import { STATUS_CONNECTION_REFUSED } from '../../base/index.ts';
import { MILLISECOND } from '../../time/index.ts';
import type { Path } from '../path.ts';
import { ACK, CWR, ECE, FIN, RST, SYN } from '../wire/tcp.ts';
import { takeAcknowledged } from './acknowledge.ts';
import { armAt, armHandshake, armRetransmission } from './alarms.ts';
import type { SendRequest } from './client.ts';
import { discard } from './close.ts';
import { judgeSynAck, planSynData, synTimedOut } from './fast-open-client.ts';
import { COOKIE_INVALID, COOKIE_OF_OLD_KEY } from './fast-open-server.ts';
import { failConnection } from './notify.ts';
import { followPath } from './path-mtu.ts';
import type { Segment } from './segment.ts';
import { ESTABLISHED, FIN_WAIT_1, SYN_RECEIVED, SYN_SENT } from './states.ts';
import { windowScaleFor } from './syn-options.ts';
import { NEVER, type PassiveOpener, type Tcb, type TcpServices, TELL_CONNECTED, TIMER_RETRANSMISSION } from './tcb.ts';
import { receiveText } from './text.ts';
import { sendReset, transmit } from './transmit.ts';

/** The three-way handshake from both sides (RFC 9293, section 3.5), with Fast Open (RFC 7413) on the way. */

/** RFC 9293, section 3.7.1: what a peer takes that sends no MSS option. */
const defaultMss = (path: Path): number => (path.version === 4 ? 536 : 1220);

/** Active open: <SEQ=ISS><CTL=SYN>, with the first bytes of `early` if a cookie allows. */
export const openActive = (connection: Tcb, early: SendRequest | null): void => {
  start(connection);
  if (early !== null && early.length > 0) connection.sendQueue.push(early);
  const { stack } = connection;
  connection.rcvScale = windowScaleFor(connection.receiveBuffer, stack.profile.windowScale);
  connection.enter(SYN_SENT);
  planSynData(connection);
  connection.sndNxt = connection.sndMax = (connection.iss + 1 + connection.synData) | 0;
  connection.timedEnd = connection.sndNxt;
  connection.timedAt = stack.now();
  const ecn = stack.profile.ecn === 'ask' ? ECE | CWR : 0; // RFC 3168, section 6.1.1
  transmit(connection, connection.iss, connection.synData, SYN | ecn, connection.connectCause);
  armHandshake(connection);
};

const start = (connection: Tcb): void => {
  const { stack } = connection;
  connection.iss = stack.initialSequence.generate(connection.path, connection.ports, stack.now());
  connection.timestampOffset = stack.initialSequence.timestampOffset();
  connection.sndUna = connection.iss;
  connection.sendQueue.start((connection.iss + 1) | 0);
  connection.sndNxt = connection.sndMax = connection.shortEnd = (connection.iss + 1) | 0;
  connection.quickAckAt = -stack.profile.delayedAck;
};

export const retransmitSyn = (connection: Tcb): void => {
  const { stack } = connection;
  connection.synRetries++;
  synTimedOut(connection);
  connection.sndNxt = (connection.iss + 1) | 0;
  connection.timedAt = NEVER;
  connection.rto.doubleAfterTimeout();
  stack.counters.tcpRetransSegs++;
  transmit(connection, connection.iss, 0, SYN, connection.connectCause);
  armRetransmission(connection);
};

/** RFC 7413, section 4.2.2: sent again without data and without the option. */
export const retransmitSynAck = (connection: Tcb): void => {
  connection.synRetries++;
  connection.timedAt = NEVER;
  connection.rto.doubleAfterTimeout();
  connection.stack.counters.tcpRetransSegs++;
  transmit(connection, connection.iss, 0, SYN | ACK | (connection.hasEcn ? ECE : 0), 0);
  armRetransmission(connection);
};

/** RFC 7323, section 4.1: the echo is of a SYN of ours, or the SYN-ACK is of an earlier connection. Some echo 0. */
const echoesOurSyn = (connection: Tcb, segment: Segment): boolean => {
  const { stack, silentSince, timedAt } = connection;
  const { hasTimestamps, timestampEcho } = segment.opt;
  const since = silentSince === NEVER ? timedAt : silentSince;
  if (stack.profile.timestamps !== 'ask' || !hasTimestamps || timestampEcho === 0 || since === NEVER) return true;
  const age = (stack.timestampOf(connection) - timestampEcho) | 0;
  return age >= 0 && age <= (stack.now() - since) / MILLISECOND + 1;
};

/** RFC 9293, section 3.10.7.3: SYN-SENT. */
export const inputSynSent = (connection: Tcb, segment: Segment): void => {
  const { stack } = connection;
  const { flags, ack } = segment;
  const hasAck = (flags & ACK) !== 0;
  if (hasAck && (((ack - connection.iss) | 0) <= 0 || ((ack - connection.sndMax) | 0) > 0)) {
    if ((flags & RST) === 0) stack.sendRaw(connection.path, segment.ports, ack, 0, RST);
    return;
  }
  if ((flags & RST) !== 0) {
    if (hasAck) {
      stack.counters.tcpAttemptFails++;
      failConnection(connection, STATUS_CONNECTION_REFUSED);
    }
    return;
  }
  if ((flags & SYN) === 0) return;
  if (hasAck && !echoesOurSyn(connection, segment)) {
    stack.sendRaw(connection.path, segment.ports, ack, 0, RST);
    return;
  }
  connection.irs = segment.seq;
  connection.rcvNxt = (segment.seq + 1) | 0;
  connection.rcvAdvertised = (connection.rcvNxt + Math.min(connection.receiveBuffer, 0xffff)) | 0;
  agreeOnOptions(connection, segment, stack.profile.timestamps === 'ask');
  // RFC 6928: after more than one lost SYN the window starts with one segment.
  connection.congestion.start(connection.mss, connection.synRetries > 1 ? 1 : stack.profile.initialWindow);
  connection.sndWnd = connection.largestWindow = segment.window;
  connection.sndWl1 = segment.seq;
  connection.sndWl2 = hasAck ? ack : connection.iss;
  connection.rtoAt = NEVER;
  // A SYN sent again asked for no ECN (section 6.1.1.1).
  const mayEcn = stack.profile.ecn === 'ask' && connection.synRetries === 0;
  connection.hasEcn = hasAck && mayEcn && (flags & (ECE | CWR)) === ECE;
  if (!hasAck) {
    // Simultaneous open. Data of our SYN is not sent in the SYN-ACK (RFC 7413, appendix A.3): it follows.
    connection.synData = 0;
    connection.sndNxt = (connection.iss + 1) | 0;
    connection.enter(SYN_RECEIVED);
    connection.timedAt = NEVER;
    transmit(connection, connection.iss, 0, SYN | ACK, connection.connectCause);
    armRetransmission(connection);
    return;
  }
  // Before the handshake is over a server sends data for a cookie only (RFC 7413, section 3): it will come again.
  const asksOnly = connection.fastOpenAsked && (stack.fastOpenCache.lookup(connection.path)?.cookie ?? null) === null;
  if (connection.sendQueue.endSeq !== connection.sndMax) connection.quickAckAt = stack.now(); // data waits for it: an answer
  judgeSynAck(connection, segment);
  if (connection.timedAt !== NEVER) connection.rto.sample(stack.now() - connection.timedAt);
  if (connection.synRetries > 0) connection.rto.afterSynTimeout();
  connection.timedAt = NEVER;
  connection.sndUna = ack;
  connection.sndNxt = ack; // what was not acknowledged of the SYN's data is sent again at once
  takeAcknowledged(connection);
  connection.enter(connection.finQueued ? FIN_WAIT_1 : ESTABLISHED);
  connection.wasEstablished = true;
  connection.tell |= TELL_CONNECTED;
  stack.counters.tcpActiveOpens++;
  connection.ackNow = true;
  if (!asksOnly && (segment.dataLength > 0 || (flags & FIN) !== 0)) {
    segment.flags &= ~SYN;
    segment.seq = connection.rcvNxt;
    stack.arena.seq[segment.packet] = segment.seq;
    receiveText(connection, segment);
    connection.ackNow = true;
  }
};

/**
 * RFC 9293, section 3.10.7.2: a SYN for a listener; the rest was dealt with before.
 * @returns false when no connection came of it; the path is then still the caller's
 */
export const inputListen = (stack: TcpServices, listener: PassiveOpener, path: Path, segment: Segment): boolean => {
  const { counters } = stack;
  // A cookie is an answer, and the client of a listener that inspects has to be asked first.
  const mayUseCookie = stack.profile.synCookies && !listener.inspects;
  if (listener.isFull || (listener.isFlooded && !mayUseCookie)) {
    counters.tcpListenOverflows++;
    return false;
  }
  if (listener.isFlooded) {
    const { ports, seq, opt } = segment;
    const cookie = stack.synCookies.make(path, ports, seq, opt.mss === 0 ? defaultMss(path) : opt.mss, stack.now());
    listener.flooded();
    counters.tcpSynCookiesSent++;
    const window = Math.min(listener.receiveBuffer, 0xffff);
    stack.sendRaw(path, ports, cookie, (seq + 1) | 0, SYN | ACK, path.offeredMss, window);
    return false;
  }
  const connection = stack.makePassive(path, segment.ports);
  connection.isPassive = true;
  connection.listener = listener;
  connection.receiveBuffer = listener.receiveBuffer;
  connection.irs = segment.seq;
  connection.rcvNxt = (segment.seq + 1) | 0;
  start(connection);
  agreeOnOptions(connection, segment, stack.profile.timestamps !== 'refuse');
  connection.hasEcn = stack.profile.ecn !== 'off' && (segment.flags & (ECE | CWR)) === (ECE | CWR);
  if (connection.scaleOffered) {
    connection.rcvScale = windowScaleFor(connection.receiveBuffer, stack.profile.windowScale);
  }
  connection.congestion.start(connection.mss, stack.profile.initialWindow);
  connection.sndWnd = connection.largestWindow = segment.window;
  connection.sndWl1 = segment.seq;
  connection.sndWl2 = connection.iss;
  connection.enter(SYN_RECEIVED);
  counters.tcpPassiveOpens++;
  stack.add(connection);
  if (listener.inspects) {
    // What rides in the SYN is left for the client to send again: nothing is taken before the answer.
    if (listener.fastOpen && segment.opt.cookieLength === 0) decideFastOpen(connection, listener, segment);
    hold(connection);
    listener.held(connection);
    return true;
  }
  if (listener.fastOpen) decideFastOpen(connection, listener, segment);
  connection.timedEnd = connection.sndNxt;
  connection.timedAt = stack.now();
  transmit(connection, connection.iss, 0, SYN | ACK | (connection.hasEcn ? ECE : 0), 0);
  armHandshake(connection);
  listener.opened(connection);
  return true;
};

/** As long as an answered handshake would last; each repetition of the SYN starts that again. */
export const hold = (connection: Tcb): void => {
  const { profile } = connection.stack;
  connection.isHeld = true;
  connection.timer = TIMER_RETRANSMISSION;
  connection.rtoAt = connection.stack.now() + profile.initialRto * (2 << profile.synAckRetries);
  armAt(connection, connection.rtoAt);
};

/** A segment for a SYN that is held: its repetition, or its end. */
export const inputHeld = (connection: Tcb, segment: Segment): void => {
  const { flags, seq } = segment;
  if ((flags & RST) !== 0) {
    if (seq !== connection.rcvNxt && seq !== connection.irs) return;
    connection.gotReset = true;
    connection.stack.counters.tcpAttemptFails++;
    discard(connection);
  } else if ((flags & (SYN | ACK)) === SYN && seq === connection.irs) hold(connection);
};

/** The handshake that was held goes on. */
export const answerHeld = (connection: Tcb): void => {
  const { stack } = connection;
  connection.isHeld = false;
  connection.timedEnd = connection.sndNxt;
  connection.timedAt = stack.now();
  transmit(connection, connection.iss, 0, SYN | ACK | (connection.hasEcn ? ECE : 0), 0);
  armHandshake(connection);
};

/** RFC 9293, section 3.10.7.2: as if nobody listened. */
export const refuseHeld = (connection: Tcb): void => {
  connection.isHeld = false;
  connection.inspectId = 0;
  sendReset(connection, 0);
  discard(connection);
};

/**
 * The final ACK of a handshake that left no trace but its SYN cookie: the connection becomes half-open as if the SYN
 * had just been answered, without options.
 * @returns it, or null when the number acknowledged is no cookie
 */
export const openByCookie = (stack: TcpServices, listener: PassiveOpener, path: Path, segment: Segment): Tcb | null => {
  const iss = (segment.ack - 1) | 0;
  const irs = (segment.seq - 1) | 0;
  const mss = stack.synCookies.check(path, segment.ports, irs, iss, stack.now());
  if (mss === 0 || listener.isFull) return null;
  const connection = stack.makePassive(path, segment.ports);
  connection.isPassive = true;
  connection.listener = listener;
  connection.receiveBuffer = listener.receiveBuffer;
  connection.irs = irs;
  connection.rcvNxt = segment.seq;
  connection.rcvAdvertised = (connection.rcvNxt + Math.min(connection.receiveBuffer, 0xffff)) | 0;
  connection.iss = connection.sndUna = iss;
  connection.sndNxt = connection.sndMax = segment.ack;
  connection.sendQueue.start(segment.ack);
  connection.peerMss = mss;
  followPath(connection);
  connection.congestion.start(connection.mss, stack.profile.initialWindow);
  connection.enter(SYN_RECEIVED);
  stack.counters.tcpPassiveOpens++;
  stack.counters.tcpSynCookiesReceived++;
  stack.add(connection);
  listener.opened(connection);
  return connection;
};

/** RFC 7413, section 4.2.2. */
const decideFastOpen = (connection: Tcb, listener: PassiveOpener, segment: Segment): void => {
  const { stack } = connection;
  const { counters } = stack;
  const { cookieLength, cookieOffset, cookieExperimental } = segment.opt;
  const { fastOpenCookieless } = stack.profile;
  const isCookieless = fastOpenCookieless === 'server' || fastOpenCookieless === 'both';
  const needsCookie = !isCookieless || segment.dataLength === 0 || listener.inspects;
  if (needsCookie && cookieLength < 0) return;
  if (!listener.mayFastOpen(stack.now())) {
    counters.fastOpenListenOverflow++;
    return;
  }
  if (!needsCookie) {
    takeSynData(connection, segment);
    return;
  }
  connection.fastOpenExperimental = cookieExperimental;
  if (cookieLength === 0) {
    counters.fastOpenCookieReqd++;
    connection.sendCookie = true;
    return;
  }
  const verdict = stack.fastOpenServer.check(connection.path, segment.view, cookieOffset, cookieLength);
  if (verdict === COOKIE_INVALID) {
    counters.fastOpenPassiveFail++;
    connection.sendCookie = true;
    return;
  }
  if (verdict === COOKIE_OF_OLD_KEY) {
    counters.fastOpenPassiveAltKey++;
    connection.sendCookie = true;
  }
  takeSynData(connection, segment);
};

const takeSynData = (connection: Tcb, segment: Segment): void => {
  const { arena, counters } = connection.stack;
  counters.fastOpenPassive++;
  connection.fastOpened = true;
  const count = Math.min(segment.dataLength, connection.receiveBuffer);
  if (count === 0) return;
  segment.seq = connection.rcvNxt;
  arena.seq[segment.packet] = segment.seq;
  arena.dataLength[segment.packet] = count;
  connection.receiveQueue.append(segment.packet);
  segment.packet = 0;
  connection.rcvNxt = (connection.rcvNxt + count) | 0;
};

const agreeOnOptions = (connection: Tcb, segment: Segment, timestamps: boolean): void => {
  const { stack } = connection;
  const { opt } = segment;
  const offered = opt.mss === 0 ? defaultMss(connection.path) : opt.mss;
  connection.peerMss = Math.max(offered, LEAST_MSS);
  followPath(connection);
  connection.scaleOffered = opt.windowScale >= 0;
  if (connection.scaleOffered) connection.sndScale = opt.windowScale;
  else connection.rcvScale = 0;
  connection.sackPermitted = stack.profile.sack && opt.sackPermitted;
  connection.hasTimestamps = timestamps && opt.hasTimestamps;
  if (connection.hasTimestamps) connection.tsRecent = opt.timestamp;
  const windowInSegments = Math.floor(connection.receiveBuffer / connection.mss);
  connection.quickAcks = Math.min(stack.profile.quickAcks, Math.max(windowInSegments >> 1, 2));
};

/** A peer that claims to take a few bytes per segment would make us send a flood of headers; as Linux does. */
const LEAST_MSS = 48;
