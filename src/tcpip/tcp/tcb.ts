import type { NTSTATUS } from '../../base/index.ts';
import type { PacketArena, PacketHandle } from '../../link/index.ts';
import type { EventHandle, EventTarget, Executor, Nanoseconds } from '../../time/index.ts';
import type { HostCounters } from '../counters.ts';
import type { Path } from '../path.ts';
import type { PortLease } from '../ports.ts';
import type { TcpProfile } from '../profile.ts';
import type { BlackHoleProbe } from './black-hole.ts';
import type { SendRequest, TcpClient } from './client.ts';
import type { CongestionControl } from './congestion.ts';
import { makeCongestionControl } from './congestion-choice.ts';
import type { FastOpenCache } from './fast-open-cache.ts';
import type { FastOpenServer } from './fast-open-server.ts';
import type { InitialSequence } from './isn.ts';
import { ReceiveQueue } from './receive-queue.ts';
import type { Recovery } from './recovery.ts';
import { RtoEstimator } from './rto.ts';
import type { SackReceiver } from './sack-receiver.ts';
import { SendQueue } from './send-queue.ts';
import type { SentLog } from './sent-log.ts';
import { CLOSED, ESTABLISHED, type TcpState } from './states.ts';
import type { SynCookies } from './syn-cookies.ts';

export const NEVER: Nanoseconds = Number.POSITIVE_INFINITY;

// What a connection has to tell its client once it is in order again; the lowest bit first.
export const TELL_CONNECTED = 1;
export const TELL_SENT = 2;
export const TELL_READABLE = 4;
export const TELL_EOF = 8;
export const TELL_FIN_ACKED = 16;
export const TELL_RESET = 32;

/** What the RTO deadline stands for: the timeout, a tail loss probe, or the end of RACK's reordering window. */
export const TIMER_RETRANSMISSION = 0;
export const TIMER_PROBE = 1;
export const TIMER_REORDERING = 2;

/** Watches connections. */
export interface TcpTap {
  /** The connection is in another state now. */
  onState(connection: Tcb): void;
  /** Its congestion window is another. */
  onWindow(connection: Tcb): void;
}

/** What a connection asks of the TCP it belongs to. */
export interface TcpServices {
  readonly arena: PacketArena;
  readonly executor: Executor;
  readonly counters: HostCounters;
  readonly profile: TcpProfile;
  readonly initialSequence: InitialSequence;
  readonly fastOpenCache: FastOpenCache;
  readonly fastOpenServer: FastOpenServer;
  readonly synCookies: SynCookies;
  readonly tap: TcpTap | null;
  now(): Nanoseconds;
  timestampOf(connection: Tcb): number;
  sendIp(path: Path, packet: PacketHandle, length: number, protocol: number, ecn: number): void;
  /** A segment that belongs to no connection. @param mss of the option; 0 for none  @param window as in the header */
  sendRaw(path: Path, ports: number, seq: number, ack: number, flags: number, mss?: number, window?: number): void;
  /** A challenge ACK (RFC 5961), not too often. */
  challenge(connection: Tcb): void;
  /** A connection that a SYN opens, in no table yet. */
  makePassive(path: Path, ports: number): Tcb;
  takeLog(): SentLog;
  giveLog(log: SentLog): void;
  add(connection: Tcb): void;
  /** The connection has left the state machine: nothing of it stays in tables, heap and ports. */
  forget(connection: Tcb): void;
  handshakeDone(connection: Tcb): void;
  /** The congestion window may have changed: the tap is told if it has. */
  tellWindow(connection: Tcb): void;
  /** Turns a connection into a TIME-WAIT record; what it received stays with its client. */
  enterTimeWait(connection: Tcb): void;
}

/** What a passive open asks of its listener. */
export interface PassiveOpener {
  readonly receiveBuffer: number;
  readonly fastOpen: boolean;
  /** Its client looks at each SYN before it is answered. */
  readonly inspects: boolean;
  /** `accept` is far behind: no new connection. */
  readonly isFull: boolean;
  /** The backlog is used up by half-open connections. */
  readonly isFlooded: boolean;
  /** A SYN is answered by a cookie now. */
  flooded(): void;
  mayFastOpen(now: Nanoseconds): boolean;
  /** A SYN was accepted. */
  opened(connection: Tcb): void;
  /** A SYN came and waits for `answerHeld` or `refuseHeld`. */
  held(connection: Tcb): void;
  /** The final ACK came. */
  established(connection: Tcb): void;
  /** A half-open connection is gone before its final ACK. */
  gone(connection: Tcb, wasReset: boolean): void;
}

/**
 * The state of one connection: RFC 9293's transmission control block, its fields under their names there. What happens
 * to them stands in the files above: transmit, output, acknowledge, text, handshake, input, timers, close; what a
 * client may do with a connection in `connection.ts`. All sequence numbers are int32.
 */
export abstract class Tcb implements EventTarget {
  readonly stack: TcpServices;
  readonly path: Path;
  /** Local port in the upper half, remote port in the lower. */
  readonly ports: number;
  readonly lease: PortLease | null;
  client: TcpClient;
  nextInBucket: Tcb | null = null;
  state: TcpState = CLOSED;
  /** For the stack's tap: its name for this connection, and the congestion window that it was told of last. */
  tapName = -1;
  tapWindow = 0;
  /** What to tell the client, and the status of a reset. */
  tell = 0;
  resetStatus: NTSTATUS = 0;

  // Send sequence space
  iss = 0;
  sndUna = 0;
  sndNxt = 0;
  /** The highest SND.NXT so far: after a timeout SND.NXT goes back, but acknowledgments up to here are good. */
  sndMax = 0;
  sndWnd = 0;
  sndWl1 = 0;
  sndWl2 = 0;
  largestWindow = 0;
  /** The most that was in flight since a segment left before `flightEnd`. */
  mostFlight = 0;
  flightEnd = 0;
  /** When the last of what was in flight had left, once all of it was acknowledged. */
  emptiedAt: Nanoseconds = NEVER;
  sndScale = 0;
  mss = 536; // RFC 9293, section 3.7.1: without an MSS option
  /** What the peer takes; `mss` is less where the path carries less. */
  peerMss = 536;
  /** When what is known of the path's MTU is old and a larger one is tried. */
  mtuAgesAt: Nanoseconds = NEVER;
  /** Null unless a full-sized segment stays without an answer. */
  blackHole: BlackHoleProbe | null = null;
  finQueued = false;
  finCause = 0;
  noDelay = false;
  /** Where the last segment ended that was shorter than it might be. */
  shortEnd = 0;

  // Receive sequence space
  irs = 0;
  rcvNxt = 0;
  /** Right edge of the window as advertised; it never moves left. */
  rcvAdvertised = 0;
  rcvScale = 0;
  receiveBuffer: number;
  /** Bytes lent to the client: they count against the window. */
  lent = 0;
  /** Sequence number of a FIN that came early. */
  earlyFin = 0;
  hasEarlyFin = false;
  /** The peer's FIN was received in order. */
  finReceived = false;
  segmentsToAck = 0;
  ackNow = false;
  /** Segments that are still to be acknowledged at once, and when the last was. */
  quickAcks = 0;
  quickAckAt: Nanoseconds = 0;

  sackPermitted = false;

  // ECN (RFC 3168)
  hasEcn = false;
  /** A packet came marked: told in every segment until the peer answers. */
  ecnEcho = false;
  /** The window was reduced: the next new segment says so. */
  cwrDue = false;

  // Timestamps (RFC 7323)
  hasTimestamps = false;
  timestampOffset = 0;
  tsRecent = 0;
  lastAckSent = 0;

  // Timers: deadlines, and one entry in the event heap that is never later than the first of them
  rtoAt: Nanoseconds = NEVER;
  delayedAckAt: Nanoseconds = NEVER;
  keepAliveAt: Nanoseconds = NEVER;
  entry: EventHandle = 0;
  entryAt: Nanoseconds = NEVER;
  /** What the RTO deadline stands for. */
  timer: number = TIMER_RETRANSMISSION;
  /** The RTO deadline stands for a window probe. */
  persisting = false;
  retries = 0;
  keepAlive = false;
  keepAliveProbes = 0;
  /** Gives up when nothing is heard for so long while something is due (RFC 9293, section 3.8.3); 0 for the profile's. */
  userTimeout: Nanoseconds = 0;
  /** Since when nothing was heard, while the retransmission timer goes off. */
  silentSince: Nanoseconds = NEVER;
  /** The segment being timed: its end, and when it left; 0 for none. */
  timedEnd = 0;
  timedAt: Nanoseconds = NEVER;

  // Handshake and Fast Open
  isPassive = false;
  /** In a listener's queue for `accept`. */
  isWaiting = false;
  wasEstablished = false;
  /** A reset ended it. */
  gotReset = false;
  /** The failure being told is that of the handshake. */
  wasConnecting = false;
  /** When a segment out of the window was last answered. */
  challengedAt: Nanoseconds = -1;
  listener: PassiveOpener | null = null;
  /** A SYN that is not answered before the listener's client has looked at it (conditional accept). */
  isHeld = false;
  /** For that client: its name for the handshake; 0 for none. */
  inspectId = 0;
  connectCause = 0;
  synRetries = 0;
  scaleOffered = false;
  fastOpen = false;
  /** Bytes of data in our SYN. */
  synData = 0;
  /** The SYN carried a Fast Open option. */
  fastOpenAsked = false;
  /** The peer acknowledged data of our SYN with its SYN-ACK. */
  synDataAcked = false;
  /** Server: opened by a cookie, so data may flow before the final ACK; and it counts against the listener's limit. */
  fastOpened = false;
  fastOpenPending = false;
  /** The option takes the experimental form (RFC 7413, appendix A), as the client wrote it. */
  fastOpenExperimental = false;
  /** Server: our SYN-ACK carries a cookie. */
  sendCookie = false;

  readonly sendQueue = new SendQueue();
  readonly receiveQueue: ReceiveQueue;
  readonly rto: RtoEstimator;
  readonly congestion: CongestionControl;
  /** What is in flight; null when nothing is. */
  log: SentLog | null = null;
  /** Null until something goes wrong. */
  recovery: Recovery | null = null;
  /** Null until something comes early or twice. */
  sackReceiver: SackReceiver | null = null;
  /** Acknowledged sends that the client has not been told of. */
  doneHead: SendRequest | null = null;
  doneTail: SendRequest | null = null;

  constructor(stack: TcpServices, path: Path, ports: number, lease: PortLease | null, client: TcpClient) {
    this.stack = stack;
    this.path = path;
    this.ports = ports;
    this.lease = lease;
    this.client = client;
    this.receiveBuffer = stack.profile.receiveBuffer;
    this.receiveQueue = new ReceiveQueue(stack.arena);
    this.rto = new RtoEstimator(stack.profile);
    this.congestion = makeCongestionControl(stack.profile);
  }

  /** Every change of state goes through here. */
  enter(state: TcpState): void {
    this.state = state;
    if (this.stack.tap !== null) this.stack.tap.onState(this);
  }

  get localPort(): number {
    return this.ports >>> 16;
  }
  get remotePort(): number {
    return this.ports & 0xffff;
  }

  /** True from ESTABLISHED until the connection is gone. */
  get isSynchronized(): boolean {
    return this.state >= ESTABLISHED;
  }

  /** The entry in the event heap is due. */
  abstract onEvent(): void;
}
