import type { NTSTATUS } from '../../base/index.ts';
import type { EventHandle, EventTarget, Nanoseconds } from '../../time/index.ts';
import type { Path } from '../path.ts';
import type { PortLease } from '../ports.ts';
import { type ByteSink, type ByteSource, SendRequest, type TcpClient } from './client.ts';
import { abortConnection, closeConnection } from './close.ts';
import type { Listener } from './listener.ts';
import { output, sendWindowUpdate } from './output.ts';
import { ReceiveQueue } from './receive-queue.ts';
import { Reno } from './reno.ts';
import { RtoEstimator } from './rto.ts';
import { SendQueue } from './send-queue.ts';
import {
  CLOSE_WAIT,
  CLOSED,
  ESTABLISHED,
  FIN_WAIT_1,
  LAST_ACK,
  SYN_RECEIVED,
  SYN_SENT,
  type TcpState,
} from './states.ts';
import type { TcpStack } from './tcp-stack.ts';
import { onTimer } from './timers.ts';

export const NEVER: Nanoseconds = Number.POSITIVE_INFINITY;

// What a connection has to tell its client once it is in order again; the lowest bit first.
export const TELL_CONNECTED = 1;
export const TELL_SENT = 2;
export const TELL_READABLE = 4;
export const TELL_EOF = 8;
export const TELL_FIN_ACKED = 16;
export const TELL_RESET = 32;

/**
 * One connection: the fields of RFC 9293's transmission control block under their names there, and what a client may
 * do with it. What happens to them stands in the files of this folder: input, acknowledge, output, transmit, timers,
 * handshake, close. All sequence numbers are int32.
 */
export class TcpConnection implements EventTarget {
  readonly stack: TcpStack;
  readonly path: Path;
  /** Local port in the upper half, remote port in the lower. */
  readonly ports: number;
  readonly lease: PortLease | null;
  client: TcpClient;
  nextInBucket: TcpConnection | null = null;
  state: TcpState = CLOSED;
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
  sndScale = 0;
  mss = 536; // RFC 9293, section 3.7.1: without an MSS option
  finQueued = false;
  finCause = 0;
  noDelay = false;

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
  /** The RTO deadline stands for a window probe. */
  persisting = false;
  retries = 0;
  keepAlive = false;
  keepAliveProbes = 0;
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
  listener: Listener | null = null;
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
  readonly congestion = new Reno();
  /** Acknowledged sends that the client has not been told of. */
  doneHead: SendRequest | null = null;
  doneTail: SendRequest | null = null;

  constructor(stack: TcpStack, path: Path, ports: number, lease: PortLease | null, client: TcpClient) {
    this.stack = stack;
    this.path = path;
    this.ports = ports;
    this.lease = lease;
    this.client = client;
    this.receiveBuffer = stack.profile.receiveBuffer;
    this.receiveQueue = new ReceiveQueue(stack.arena);
    this.rto = new RtoEstimator(stack.profile);
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

  /** Queues bytes. They are gathered when they are sent, and again when they are sent again, until acknowledged. */
  send(source: ByteSource, cause = 0, context: unknown = null): SendRequest {
    const request = new SendRequest(source, cause, context);
    this.sendQueue.push(request);
    if (this.state >= ESTABLISHED || this.fastOpened) output(this);
    return request;
  }

  /** True when bytes may be queued. */
  get canSend(): boolean {
    const { state } = this;
    if (this.finQueued) return false;
    return state === ESTABLISHED || state === CLOSE_WAIT || state === SYN_SENT || state === SYN_RECEIVED;
  }

  /** True when none of the request's bytes have left; it can then be taken back with no harm done. */
  isUnsent(request: SendRequest): boolean {
    const start = (request.endSeq - request.length) | 0;
    return ((start - this.sndMax) | 0) >= 0;
  }

  takeBack(request: SendRequest): void {
    this.sendQueue.remove(request);
  }

  /** For a client that ends the connection: the next send that has not been reported, whatever became of it. */
  takeSend(): SendRequest | null {
    const done = this.doneHead;
    if (done === null) return this.sendQueue.takeAny();
    this.doneHead = done.next;
    if (done.next === null) this.doneTail = null;
    done.next = null;
    return done;
  }

  /** @returns bytes moved; 0 for none now */
  read(into: ByteSink, at = 0): number {
    const count = this.receiveQueue.read(into, at);
    if (count > 0 && this.state >= ESTABLISHED) sendWindowUpdate(this);
    return count;
  }

  /** Lent bytes have come back. */
  giveBack(count: number): void {
    this.lent -= count;
    if (this.state >= ESTABLISHED) sendWindowUpdate(this);
  }

  get endOfStream(): boolean {
    return this.finReceived && this.receiveQueue.bytes === 0;
  }

  /** Ends our side once everything queued is out. */
  shutdown(cause = 0): void {
    if (this.finQueued || this.state === CLOSED) return;
    this.finQueued = true;
    this.finCause = cause;
    if (this.state === ESTABLISHED) this.state = FIN_WAIT_1;
    else if (this.state === CLOSE_WAIT) this.state = LAST_ACK;
    if (this.state >= ESTABLISHED || this.fastOpened) output(this);
  }

  /** Resets the connection. Sends that were not acknowledged are left in the queue for the caller to take. */
  abort(cause = 0): void {
    abortConnection(this, cause);
  }

  /** Lets go: gracefully when both sides have ended, else by a reset. The client hears no more. */
  close(cause = 0): void {
    closeConnection(this, cause);
  }

  onEvent(): void {
    onTimer(this);
  }
}
