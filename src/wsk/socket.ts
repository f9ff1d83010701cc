import { type ADDRESS_FAMILY, type NTSTATUS, STATUS_FILE_FORCED_CLOSED } from '../base/index.ts';
import { BugCheckCode } from '../kernel/index.ts';
import { AcceptQueue } from './accept-queue.ts';
import type { WskClient } from './client.ts';
import { ReceiveQueue } from './receive-queue.ts';
import type { WskRequest } from './request.ts';
import type { WSK_PROVIDER_BASIC_DISPATCH, WSK_SOCKET } from './structures.ts';
import type { StreamEndpoint, StreamEvents } from './transport.ts';
import type { Wsk } from './wsk.ts';

export type SocketCategory = 'basic' | 'listen' | 'connection' | 'datagram' | 'stream';

/**
 * Where a socket stands. A listening socket listens once it is bound. `dead`: the connection is over
 * (`deathStatus` says why) and only closing is of use.
 */
export type SocketState = 'created' | 'binding' | 'bound' | 'connecting' | 'connected' | 'dead' | 'closing' | 'closed';

export interface SocketParts {
  readonly wsk: Wsk;
  readonly client: WskClient;
  readonly category: SocketCategory;
  readonly family: ADDRESS_FAMILY;
  readonly Dispatch: WSK_PROVIDER_BASIC_DISPATCH;
  readonly SocketContext: unknown;
  readonly clientDispatch: object | null;
}

/** What stands behind a PWSK_SOCKET. The functions of the dispatch tables work on it, one file each. */
export class SocketObject implements WSK_SOCKET, StreamEvents {
  readonly Dispatch: WSK_PROVIDER_BASIC_DISPATCH;
  readonly id: number;
  readonly wsk: Wsk;
  readonly client: WskClient;
  readonly category: SocketCategory;
  readonly family: ADDRESS_FAMILY;
  readonly SocketContext: unknown;
  readonly clientDispatch: object | null;
  state: SocketState = 'created';
  /** Null for the sockets that Windows creates and then cannot bind. */
  endpoint: StreamEndpoint | null = null;
  /** True once this side was ended by a graceful WskDisconnect. */
  sendClosed = false;
  deathStatus: NTSTATUS = STATUS_FILE_FORCED_CLOSED;
  /** Requests whose IRP has not completed yet. */
  readonly pending = new Set<WskRequest>();
  readonly receives = new ReceiveQueue(this);
  readonly accepts = new AcceptQueue(this);
  /** Set while WskCloseSocket waits for the last of `pending`. */
  onRequestEnded: (() => void) | null = null;

  constructor(parts: SocketParts) {
    this.Dispatch = parts.Dispatch;
    this.id = parts.wsk.kernel.newId();
    this.wsk = parts.wsk;
    this.client = parts.client;
    this.category = parts.category;
    this.family = parts.family;
    this.SocketContext = parts.SocketContext;
    this.clientDispatch = parts.clientDispatch;
    this.client.sockets.add(this);
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

  requestEnded(): void {
    this.onRequestEnded?.();
  }

  /** The connection is over: what waits for data ends with `status`, and so do later calls. */
  die(status: NTSTATUS): void {
    if (this.state === 'closing' || this.state === 'closed') return;
    this.state = 'dead';
    this.deathStatus = status;
    this.receives.endAll(status);
  }

  onReadable(): void {
    this.receives.pump();
  }

  onEof(): void {
    this.receives.pump();
  }

  onReset(status: NTSTATUS): void {
    this.die(status);
  }

  onBacklog(): void {}

  onIncoming(): void {
    this.accepts.pump();
  }
}

/** The socket behind a pointer. R25: a closed one is not to be used any more. */
export const socketOf = (Socket: WSK_SOCKET, call: string): SocketObject => {
  const socket = Socket as SocketObject;
  socket.wsk.kernel.assertAlive();
  if (socket.state === 'closing' || socket.state === 'closed') {
    const message = `${call} on a socket that WskCloseSocket was called for: make no call after it`;
    socket.wsk.kernel.bugCheck(BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 0, 'R25', message);
  }
  return socket;
};
