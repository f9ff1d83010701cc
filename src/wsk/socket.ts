import { type ADDRESS_FAMILY, type NTSTATUS, type SOCKADDR, STATUS_FILE_FORCED_CLOSED } from '../base/index.ts';
import { BugCheckCode } from '../kernel/index.ts';
import type { EventTarget } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import { AcceptQueue } from './accept-queue.ts';
import type { WskClient } from './client.ts';
import {
  WSK_EVENT_ACCEPT,
  WSK_EVENT_DISCONNECT,
  WSK_EVENT_RECEIVE,
  WSK_EVENT_RECEIVE_FROM,
  WSK_EVENT_SEND_BACKLOG,
  WSK_FLAG_ABORTIVE,
  WSK_FLAG_AT_DISPATCH_LEVEL,
} from './constants.ts';
import type { Datagrams } from './datagrams.ts';
import { EventCallbacks } from './event-callbacks.ts';
import { Inspection } from './inspection.ts';
import { ReceiveQueue } from './receive-queue.ts';
import type { WskRequest } from './request.ts';
import type {
  WSK_CLIENT_CONNECTION_DISPATCH,
  WSK_CLIENT_DATAGRAM_DISPATCH,
  WSK_CLIENT_LISTEN_DISPATCH,
  WSK_CLIENT_STREAM_DISPATCH,
  WSK_INSPECT_ID,
  WSK_PROVIDER_BASIC_DISPATCH,
  WSK_SOCKET,
} from './structures.ts';
import {
  type DatagramEvents,
  type Endpoint,
  type InspectAction,
  noOp,
  type StreamEndpoint,
  type StreamEvents,
} from './transport.ts';
import type { Wsk } from './wsk.ts';

export type SocketCategory = 'basic' | 'listen' | 'connection' | 'datagram' | 'stream';

/**
 * Where a socket stands. A basic socket stays as it was created, a datagram socket gets no further than bound. A listening socket listens once it is bound; a stream socket is bound until WskListen or a
 * connect commits it. `dead`: the connection, or the socket, is over (`deathStatus` says why) and only closing is of use.
 */
export type SocketState =
  | 'created'
  | 'binding'
  | 'bound'
  | 'listening'
  | 'connecting'
  | 'connected'
  | 'dead'
  | 'closing'
  | 'closed';

export interface SocketParts {
  readonly wsk: Wsk;
  readonly client: WskClient;
  readonly category: SocketCategory;
  readonly family: ADDRESS_FAMILY;
  readonly Dispatch: WSK_PROVIDER_BASIC_DISPATCH;
  readonly SocketContext: unknown;
  readonly clientDispatch: object | null;
}

// Events of a socket: one that the executor brings, one that then runs on a processor at DISPATCH_LEVEL.
const INDICATION_POSTED = 0;
const INDICATE = 1;
// One that a transport's signal causes: first the calls that wait, then the callbacks.
const SIGNALLED = 2;

/** What stands behind a PWSK_SOCKET. The functions of the dispatch tables work on it, one file each. */
export class SocketObject implements WSK_SOCKET, StreamEvents, DatagramEvents, EventTarget {
  readonly Dispatch: WSK_PROVIDER_BASIC_DISPATCH;
  readonly id: number;
  readonly wsk: Wsk;
  readonly client: WskClient;
  readonly category: SocketCategory;
  readonly family: ADDRESS_FAMILY;
  SocketContext: unknown;
  clientDispatch: object | null;
  state: SocketState = 'created';
  /** Null for basic and datagram sockets, and for those that Windows creates and then cannot bind. */
  endpoint: StreamEndpoint | null = null;
  /** Of datagram sockets only. */
  datagrams: Datagrams | null = null;
  /** True once this side was ended by a graceful WskDisconnect. */
  sendClosed = false;
  deathStatus: NTSTATUS = STATUS_FILE_FORCED_CLOSED;
  /** Requests whose IRP has not completed yet, oldest first. */
  private firstPending: WskRequest | null = null;
  private lastPending: WskRequest | null = null;
  pendingCount = 0;
  readonly receives = new ReceiveQueue(this);
  /** Neighbours in the client's list. */
  olderSocket: SocketObject | null = null;
  newerSocket: SocketObject | null = null;
  private acceptQueue: AcceptQueue | null = null;
  private inspections: Inspection | null = null;
  /** Of a connection that came in after WskInspectEvent had seen it. */
  inspectId: WSK_INSPECT_ID | null = null;
  readonly callbacks: EventCallbacks;
  /** Set while WskCloseSocket waits for the last pending request and of the running callbacks. */
  onQuiet: (() => void) | null = null;
  private indicationPosted = false;
  /** The peer has ended its side, and WskDisconnectEvent has not been told. */
  private endToTell = false;

  constructor(parts: SocketParts) {
    this.Dispatch = parts.Dispatch;
    this.id = parts.wsk.kernel.newId();
    this.wsk = parts.wsk;
    this.client = parts.client;
    this.category = parts.category;
    this.family = parts.family;
    this.SocketContext = parts.SocketContext;
    this.clientDispatch = parts.clientDispatch;
    this.callbacks = new EventCallbacks(parts.client.staticEvents);
    this.client.addSocket(this);
  }

  /** Only sockets that listen need one. */
  get accepts(): AcceptQueue {
    this.acceptQueue ??= new AcceptQueue(this);
    return this.acceptQueue;
  }

  get inspection(): Inspection {
    this.inspections ??= new Inspection(this);
    return this.inspections;
  }

  /** What a connection that has come in here was inspected as. */
  inspectIdOf(endpoint: StreamEndpoint): WSK_INSPECT_ID | null {
    return this.inspections?.cameIn(endpoint.inspectId ?? 0) ?? null;
  }

  addPending(request: WskRequest): void {
    const last = this.lastPending;
    request.isPending = true;
    request.olderPending = last;
    if (last === null) this.firstPending = request;
    else last.newerPending = request;
    this.lastPending = request;
    this.pendingCount++;
  }

  removePending(request: WskRequest): void {
    if (!request.isPending) return;
    const { olderPending, newerPending } = request;
    if (olderPending === null) this.firstPending = newerPending;
    else olderPending.newerPending = newerPending;
    if (newerPending === null) this.lastPending = olderPending;
    else newerPending.olderPending = olderPending;
    request.olderPending = request.newerPending = null;
    request.isPending = false;
    this.pendingCount--;
  }

  /** The functions whose IRPs are pending, oldest first. */
  pendingNames(): string[] {
    const names: string[] = [];
    for (let request = this.firstPending; request !== null; request = request.newerPending) names.push(request.name);
    return names;
  }

  /** What the socket has of its transport, stream or not. */
  get anyEndpoint(): Endpoint | null {
    return this.endpoint ?? this.datagrams?.endpoint ?? null;
  }

  /** Lists of indications that the client has kept and not released. */
  get retainedCount(): number {
    return this.datagrams?.receives.retainedCount ?? this.receives.retainedCount;
  }

  get isClosing(): boolean {
    return this.state === 'closing' || this.state === 'closed';
  }

  /** The transport has given the socket up: every call but WskCloseSocket says so. */
  get isForcedClosed(): boolean {
    return this.state === 'dead' && this.deathStatus === STATUS_FILE_FORCED_CLOSED;
  }

  /** The client's callbacks for a connection; a stream socket has a pair of tables. */
  get connectionDispatch(): WSK_CLIENT_CONNECTION_DISPATCH | null {
    if (this.category === 'stream') return (this.clientDispatch as WSK_CLIENT_STREAM_DISPATCH | null)?.Connect ?? null;
    return this.clientDispatch as WSK_CLIENT_CONNECTION_DISPATCH | null;
  }

  get listenDispatch(): WSK_CLIENT_LISTEN_DISPATCH | null {
    if (this.category === 'stream') return (this.clientDispatch as WSK_CLIENT_STREAM_DISPATCH | null)?.Listen ?? null;
    return this.clientDispatch as WSK_CLIENT_LISTEN_DISPATCH | null;
  }

  get datagramDispatch(): WSK_CLIENT_DATAGRAM_DISPATCH | null {
    return this.datagrams === null ? null : (this.clientDispatch as WSK_CLIENT_DATAGRAM_DISPATCH | null);
  }

  /** The connection-oriented socket of a connection that came in here. */
  spawn(endpoint: StreamEndpoint, SocketContext: unknown, clientDispatch: object | null): SocketObject {
    const { wsk, client, family } = this;
    const accepted = new SocketObject({
      wsk,
      client,
      category: 'connection',
      family,
      Dispatch: wsk.tables.connection,
      SocketContext,
      clientDispatch,
    });
    accepted.endpoint = endpoint;
    accepted.state = 'connected';
    endpoint.events = accepted;
    return accepted;
  }

  /** Gives up a socket that the client never took. */
  discard(): void {
    this.state = 'closed';
    this.client.socketClosed(this);
    this.endpoint!.close(noOp);
  }

  requestEnded(): void {
    this.onQuiet?.();
  }

  /** The connection or the socket is over: what waits ends with `status`, and so do later calls. */
  die(status: NTSTATUS): void {
    if (this.isClosing) return;
    this.state = 'dead';
    this.deathStatus = status;
    this.endWaiting(status);
  }

  /** Ends the calls that wait for data or connections. */
  endWaiting(status: NTSTATUS): void {
    this.receives.endAll(status);
    this.datagrams?.receives.endAll(status);
    this.acceptQueue?.endAll(status);
  }

  /** Whether the client wants this event and has a callback for it. */
  wants(event: number): boolean {
    if (this.isClosing || !this.callbacks.has(event)) return false;
    if (event === WSK_EVENT_ACCEPT) return Boolean(this.listenDispatch?.WskAcceptEvent);
    if (event === WSK_EVENT_RECEIVE_FROM) return Boolean(this.datagramDispatch?.WskReceiveFromEvent);
    const dispatch = this.connectionDispatch;
    if (dispatch === null || this.state === 'listening') return false;
    if (event === WSK_EVENT_RECEIVE) return Boolean(dispatch.WskReceiveEvent);
    return Boolean(event === WSK_EVENT_DISCONNECT ? dispatch.WskDisconnectEvent : dispatch.WskSendBacklogEvent);
  }

  /** Calls a client's event callback; disabling it and closing the socket wait for it. */
  callback(name: string, event: number, bytes: number, call: () => number): number {
    const { kernel } = this.wsk;
    this.callbacks.begin(event);
    const status = call();
    this.callbacks.end(event);
    kernel.trace?.record(RecordKind.Callback, kernel.machine, kernel.trace.intern(name), this.id, status, bytes);
    this.onQuiet?.();
    return status;
  }

  /** Looks for something to show to the client, as an event of its own: callbacks never run inside a call. */
  indicateSoon(): void {
    if (this.indicationPosted || this.callbacks.mask === 0) return;
    this.indicationPosted = true;
    this.wsk.kernel.executor.post(this, INDICATION_POSTED, 0);
  }

  onEvent(kind: number): void {
    if (kind === INDICATION_POSTED) {
      this.indicationPosted = false;
      this.wsk.kernel.runAtDispatch(this, INDICATE, 0);
      return;
    }
    const { state } = this;
    if (kind === SIGNALLED && state === 'listening') this.accepts.serve();
    if (kind === SIGNALLED && state === 'connected') this.receives.serve();
    if (kind === SIGNALLED && state === 'bound') this.datagrams?.receives.serve();
    if (this.callbacks.mask === 0) return;
    if (this.state === 'listening') this.accepts.indicate();
    else if (this.state === 'connected') this.indicateConnection();
    else if (this.state === 'bound') this.datagrams?.receives.indicate();
  }

  private indicateConnection(): void {
    this.receives.indicate();
    if (!this.endToTell || this.state !== 'connected' || !this.wants(WSK_EVENT_DISCONNECT)) return;
    if (!this.everythingWasRead()) return;
    this.endToTell = false;
    this.tellDisconnect(0);
  }

  /** The peer's end is told after the last byte was taken. */
  private everythingWasRead(): boolean {
    const left = this.endpoint!.borrow(1);
    left?.trim(0);
    left?.release();
    return left === null && this.endpoint!.endOfStream;
  }

  private tellDisconnect(flags: number): void {
    this.callback('WskDisconnectEvent', WSK_EVENT_DISCONNECT, 0, () =>
      this.connectionDispatch!.WskDisconnectEvent!(this.SocketContext, flags | WSK_FLAG_AT_DISPATCH_LEVEL),
    );
  }

  onReadable(): void {
    this.wsk.kernel.runAtDispatch(this, SIGNALLED, 0);
  }

  onEof(): void {
    this.endToTell = true;
    this.onReadable();
  }

  onIncoming(): void {
    this.wsk.kernel.runAtDispatch(this, SIGNALLED, 0);
  }

  onReset(status: NTSTATUS): void {
    const over = this.state === 'dead' || this.isClosing;
    const listening = this.state === 'listening';
    this.die(status);
    if (!over) this.wsk.kernel.runAtDispatch({ onEvent: () => this.tellDeath(listening) }, 0, 0);
  }

  /** WskDisconnectEvent for a broken connection; a NULL indication or socket for a socket that the system gave up. */
  private tellDeath(listening: boolean): void {
    const forced = this.isForcedClosed;
    if (!forced && this.wants(WSK_EVENT_DISCONNECT)) this.tellDisconnect(WSK_FLAG_ABORTIVE);
    if (forced && !listening && this.wants(WSK_EVENT_RECEIVE)) {
      this.callback('WskReceiveEvent', WSK_EVENT_RECEIVE, 0, () =>
        this.connectionDispatch!.WskReceiveEvent!(this.SocketContext, WSK_FLAG_AT_DISPATCH_LEVEL, null, 0, {
          value: 0,
        }),
      );
    }
    if (forced && this.wants(WSK_EVENT_RECEIVE_FROM)) {
      this.callback('WskReceiveFromEvent', WSK_EVENT_RECEIVE_FROM, 0, () =>
        this.datagramDispatch!.WskReceiveFromEvent!(this.SocketContext, WSK_FLAG_AT_DISPATCH_LEVEL, null),
      );
    }
    if (forced && listening && this.wants(WSK_EVENT_ACCEPT)) {
      const none = { value: null };
      this.callback('WskAcceptEvent', WSK_EVENT_ACCEPT, 0, () =>
        this.listenDispatch!.WskAcceptEvent!(
          this.SocketContext,
          WSK_FLAG_AT_DISPATCH_LEVEL,
          null,
          null,
          null,
          none,
          none,
        ),
      );
    }
  }

  onBacklog(idealSize: number): void {
    if (this.state !== 'connected' || !this.wants(WSK_EVENT_SEND_BACKLOG)) return;
    const tell = (): void => {
      this.callback('WskSendBacklogEvent', WSK_EVENT_SEND_BACKLOG, idealSize, () =>
        this.connectionDispatch!.WskSendBacklogEvent!(this.SocketContext, idealSize),
      );
    };
    this.wsk.kernel.runAtDispatch({ onEvent: tell }, 0, 0);
  }

  onInspect(id: number, local: SOCKADDR, remote: SOCKADDR): InspectAction {
    let action: InspectAction = 'reject';
    const ask = (): void => {
      action = this.inspection.ask(id, local, remote);
    };
    this.wsk.kernel.runAtDispatch({ onEvent: ask }, 0, 0);
    return action;
  }

  onInspectAborted(id: number): void {
    this.wsk.kernel.runAtDispatch({ onEvent: () => this.inspection.aborted(id) }, 0, 0);
  }
}

/** The socket behind a pointer. R25: a closed one is not to be used any more. */
export const socketOf = (Socket: WSK_SOCKET, call: string): SocketObject => {
  const socket = Socket as SocketObject;
  socket.wsk.kernel.assertAlive();
  if (socket.isClosing) {
    const message = `${call} on a socket that WskCloseSocket was called for: make no call after it`;
    socket.wsk.kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R25', message);
  }
  return socket;
};
