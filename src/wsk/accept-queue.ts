import { NT_SUCCESS, type NTSTATUS, type SOCKADDR, STATUS_SUCCESS } from '../base/index.ts';
import { WSK_EVENT_ACCEPT, WSK_FLAG_AT_DISPATCH_LEVEL } from './constants.ts';
import { CONNECTION_EVENTS } from './event-callbacks.ts';
import type { WskRequest } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import type { SocketObject } from './socket.ts';
import type { WSK_CLIENT_CONNECTION_DISPATCH, WSK_INSPECT_ID } from './structures.ts';
import { noOp, type StreamEndpoint } from './transport.ts';
import type { AcceptWork } from './wsk-accept.ts';

interface Incoming {
  readonly endpoint: StreamEndpoint;
  /** Null until somebody wants to know. */
  readonly local: SOCKADDR | null;
  readonly remote: SOCKADDR | null;
  readonly inspectId: WSK_INSPECT_ID | null;
}

const localOf = ({ endpoint, local }: Incoming): SOCKADDR => local ?? endpoint.localAddress()!;
const remoteOf = ({ endpoint, remote }: Incoming): SOCKADDR => remote ?? endpoint.remoteAddress()!;

/** Where incoming connections go: to the WskAccept calls that wait and, only when none waits, to WskAcceptEvent. */
export class AcceptQueue {
  private readonly socket: SocketObject;
  private readonly queue = new RequestQueue();

  constructor(socket: SocketObject) {
    this.socket = socket;
  }

  push(request: WskRequest): void {
    this.queue.push(request);
    if (this.queue.first === request) this.serve();
  }

  remove(request: WskRequest): boolean {
    return this.queue.remove(request);
  }

  /** Hands waiting connections to waiting calls. */
  serve(): void {
    for (let request = this.queue.first; request !== null; request = this.queue.first) {
      const accepted = this.take(request);
      if (accepted === null) return;
      this.queue.shift()!.completeSoon(STATUS_SUCCESS, accepted);
    }
  }

  /** Serves a new call at once if nothing waits before it. @returns the socket, or null */
  serveNow(request: WskRequest): SocketObject | null {
    return this.queue.first !== null ? null : this.take(request);
  }

  private take(request: WskRequest): SocketObject | null {
    const incoming = this.next();
    if (incoming === null) return null;
    const { socketContext, socketDispatch, localAddress, remoteAddress } = request.work as AcceptWork;
    const accepted = this.socket.spawn(incoming.endpoint, socketContext, socketDispatch);
    accepted.inspectId = incoming.inspectId;
    localAddress?.assign(localOf(incoming));
    remoteAddress?.assign(remoteOf(incoming));
    accepted.indicateSoon();
    return accepted;
  }

  /** The next connection that has come in. One that is gone so far that its addresses are, too, is passed over. */
  private next(): Incoming | null {
    for (;;) {
      const endpoint = this.socket.endpoint!.accept();
      if (endpoint === null) return null;
      const inspectId = this.socket.inspectIdOf(endpoint);
      if (endpoint.knowsAddresses === true) return { endpoint, local: null, remote: null, inspectId };
      const [local, remote] = [endpoint.localAddress(), endpoint.remoteAddress()];
      if (local !== null && remote !== null) return { endpoint, local, remote, inspectId };
      endpoint.close(noOp);
    }
  }

  /** Shows the client the connections that no WskAccept waits for. Runs at DISPATCH_LEVEL, as an event of its own. */
  indicate(): void {
    while (this.queue.first === null && this.socket.wants(WSK_EVENT_ACCEPT)) {
      const incoming = this.next();
      if (incoming === null) return;
      this.show(incoming);
    }
  }

  private show(incoming: Incoming): void {
    const { socket } = this;
    const [local, remote] = [localOf(incoming), remoteOf(incoming)];
    const accepted = socket.spawn(incoming.endpoint, null, null);
    accepted.inspectId = incoming.inspectId;
    // Connection events of the listening socket are handed down, but not to sockets that WskAccept delivers.
    accepted.callbacks.enable(socket.callbacks.mask & CONNECTION_EVENTS);
    const context: { value: unknown } = { value: null };
    const dispatch: { value: WSK_CLIENT_CONNECTION_DISPATCH | null } = { value: null };
    const status = socket.callback('WskAcceptEvent', WSK_EVENT_ACCEPT, 0, () =>
      socket.listenDispatch!.WskAcceptEvent!(
        socket.SocketContext,
        WSK_FLAG_AT_DISPATCH_LEVEL,
        local,
        remote,
        accepted,
        context,
        dispatch,
      ),
    );
    if (NT_SUCCESS(status)) {
      accepted.SocketContext = context.value;
      accepted.clientDispatch = dispatch.value;
      accepted.indicateSoon();
    } else {
      accepted.discard();
    }
  }

  endAll(status: NTSTATUS): void {
    for (let request = this.queue.shift(); request !== null; request = this.queue.shift())
      request.completeSoon(status, 0);
  }
}
