import { type Nanoseconds, SECOND } from '../../time/index.ts';
import type { TcpConnection } from './connection.ts';
import type { PassiveOpener, Tcb, TcpServices } from './tcb.ts';

/** Hears from a listener: a connection waits for `accept`. */
export interface ListenerClient {
  onIncoming(): void;
  /** A handshake of a listener that inspects waits for `answerHeld` or `refuseHeld`. Called from within a segment. */
  onHandshake?(connection: Tcb): void;
  /** Such a handshake, answered or not, has ended without a connection. Called from within a segment, timer or call. */
  onHandshakeGone?(connection: Tcb): void;
}

export interface ListenerOptions {
  /** Connections not accepted yet, half-open ones included; the profile's unless given. */
  readonly backlog?: number;
  readonly fastOpen?: boolean;
  readonly inspects?: boolean;
  readonly receiveBuffer?: number;
}

/** Two periods of SYN cookies. */
const COOKIES_LAST: Nanoseconds = 128 * SECOND;

/** What a listener asks of the TCP it belongs to. */
export interface ListenerHome extends TcpServices {
  /** A listener that has a new connection to tell of once the segment is dealt with. */
  incoming: Listener | null;
  removeListener(listener: Listener): void;
}

/**
 * A passive open: half-open connections, those that wait for `accept`, and the limit on Fast Open requests that have
 * no final ACK yet (RFC 7413, section 4.2.1). A request that is reset keeps its place under the limit for a while
 * (section 5.1), else an attacker could spoof RSTs and start over.
 */
export class Listener implements PassiveOpener {
  readonly stack: ListenerHome;
  readonly version: 4 | 6;
  readonly port: number;
  /** null: any local address. */
  readonly address: Int32Array | null;
  /** An IPv6 listener that takes IPv4 connections as well. */
  readonly dual: boolean;
  readonly client: ListenerClient;
  readonly backlog: number;
  readonly receiveBuffer: number;
  fastOpen: boolean;
  inspects: boolean;
  halfOpen = 0;
  private cookiesUntil: Nanoseconds = -1;
  private readonly waiting: TcpConnection[] = [];
  private fastOpenWaiting = 0;
  private readonly resetUntil: Nanoseconds[] = [];

  constructor(
    stack: ListenerHome,
    version: 4 | 6,
    address: Int32Array | null,
    port: number,
    dual: boolean,
    client: ListenerClient,
    options: ListenerOptions,
  ) {
    this.stack = stack;
    this.version = version;
    this.address = address;
    this.port = port;
    this.dual = dual;
    this.client = client;
    this.backlog = options.backlog ?? stack.profile.backlog;
    this.fastOpen = options.fastOpen ?? false;
    this.inspects = options.inspects ?? false;
    this.receiveBuffer = options.receiveBuffer ?? stack.profile.receiveBuffer;
  }

  get isFull(): boolean {
    return this.waiting.length >= this.backlog;
  }

  get isFlooded(): boolean {
    return this.halfOpen + this.waiting.length >= this.backlog;
  }

  flooded(): void {
    this.cookiesUntil = this.stack.now() + COOKIES_LAST;
  }

  /** A cookie sent before may come back. */
  get expectsCookies(): boolean {
    return this.stack.now() < this.cookiesUntil;
  }

  /** Connections that wait for `accept`. */
  get waitingCount(): number {
    return this.waiting.length;
  }

  accept(): TcpConnection | null {
    const connection = this.waiting.shift() ?? null;
    if (connection !== null) connection.isWaiting = false;
    return connection;
  }

  close(): void {
    this.stack.removeListener(this);
  }

  mayFastOpen(now: Nanoseconds): boolean {
    while (this.resetUntil.length > 0 && this.resetUntil[0] <= now) this.resetUntil.shift();
    return this.fastOpenWaiting + this.resetUntil.length < this.stack.profile.fastOpenPending;
  }

  /** A SYN was accepted. */
  opened(connection: Tcb): void {
    if (!connection.fastOpened) {
      this.halfOpen++;
      return;
    }
    this.fastOpenWaiting++;
    connection.fastOpenPending = true;
    this.enqueue(connection);
  }

  held(connection: Tcb): void {
    this.halfOpen++;
    this.client.onHandshake?.(connection);
  }

  /** The final ACK came. */
  established(connection: Tcb): void {
    if (connection.fastOpenPending) {
      connection.fastOpenPending = false;
      this.fastOpenWaiting--;
      return;
    }
    this.halfOpen--;
    this.enqueue(connection);
  }

  /** A half-open connection is gone before its final ACK. */
  gone(connection: Tcb, wasReset: boolean): void {
    if (connection.inspectId !== 0) this.client.onHandshakeGone?.(connection);
    if (!connection.fastOpenPending) {
      this.halfOpen--;
      return;
    }
    connection.fastOpenPending = false;
    this.fastOpenWaiting--;
    if (wasReset) this.resetUntil.push(this.stack.now() + this.stack.profile.fastOpenResetHold);
  }

  /** Those that wait, for a listener that is closed. */
  takeWaiting(): TcpConnection[] {
    for (const connection of this.waiting) connection.isWaiting = false;
    return this.waiting.splice(0);
  }

  private enqueue(connection: Tcb): void {
    connection.isWaiting = true;
    this.waiting.push(connection as TcpConnection); // made by `makePassive`
    this.stack.incoming = this;
  }
}
