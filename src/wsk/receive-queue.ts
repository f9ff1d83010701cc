import { type NTSTATUS, STATUS_PENDING, STATUS_SUCCESS } from '../base/index.ts';
import { WSK_EVENT_RECEIVE, WSK_FLAG_AT_DISPATCH_LEVEL, WSK_FLAG_DRAIN, WSK_FLAG_WAITALL } from './constants.ts';
import { dataIndication } from './data-indication.ts';
import type { WskRequest } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import type { SocketObject } from './socket.ts';
import type { WSK_DATA_INDICATION } from './structures.ts';
import type { Lease, StreamEndpoint } from './transport.ts';

/** Bytes shown to WskReceiveEvent at a time. */
const LARGEST_INDICATION = 65_536;
/** How much is thrown away at a time with WSK_FLAG_DRAIN. */
const DRAINED_AT_ONCE = 65_536;

/**
 * Where received bytes go: to the WskReceive calls that wait, in the order of the calls, and only when none waits to
 * WskReceiveEvent. A client that did not take an indication whole gets no more of them until a WskReceive has completed.
 */
export class ReceiveQueue {
  private readonly socket: SocketObject;
  private readonly queue = new RequestQueue();
  /** Lists that the client keeps; made when it keeps the first. */
  private retained: Map<WSK_DATA_INDICATION, Lease> | null = null;
  /** The list that WskReceiveEvent has just been given. */
  private shown: WSK_DATA_INDICATION | null = null;
  private armed = true;
  private indicating = false;

  constructor(socket: SocketObject) {
    this.socket = socket;
  }

  push(request: WskRequest): void {
    this.queue.push(request);
    if (this.queue.first === request) this.serve();
  }

  /** Serves a new call at once if nothing waits before it. @returns whether it has all it asked for */
  serveNow(request: WskRequest): boolean {
    if (this.queue.first !== null) return false;
    const endpoint = this.socket.endpoint!;
    for (;;) {
      const bytes = takeBytes(request, endpoint);
      if (bytes === 0) return endpoint.endOfStream;
      if (isSatisfied(request)) return true;
    }
  }

  /** Takes one back. @returns false when its result is on the way */
  remove(request: WskRequest): boolean {
    return this.queue.remove(request);
  }

  /** Moves what has arrived into the buffers that wait for it. */
  serve(): void {
    const endpoint = this.socket.endpoint!;
    for (let request = this.queue.first; request !== null; request = this.queue.first) {
      const bytes = takeBytes(request, endpoint);
      if (bytes === 0 && !endpoint.endOfStream) return;
      // The peer's end completes every waiting receive, with what it has so far: 0 bytes for most.
      if (bytes > 0 && !isSatisfied(request)) continue;
      this.queue.shift();
      request.completeSoon(STATUS_SUCCESS, request.filled);
    }
  }

  /** A WskReceive has completed: the client is ready for indications again, and may have read the last byte. */
  rearm(): void {
    this.armed = true;
    this.socket.indicateSoon();
  }

  /** Shows the client what no WskReceive waits for. Runs at DISPATCH_LEVEL, as an event of its own. */
  indicate(): void {
    // A callback may call WskReceive and so bring us back here: the outer loop goes on for it.
    if (this.indicating) return;
    this.indicating = true;
    while (this.queue.first === null && this.armed && this.socket.wants(WSK_EVENT_RECEIVE)) {
      const lease = this.socket.endpoint!.borrow(LARGEST_INDICATION);
      if (lease === null) break;
      this.show(lease);
    }
    this.indicating = false;
  }

  private show(lease: Lease): void {
    const { socket } = this;
    const indication = dataIndication(lease);
    const accepted = { value: lease.length };
    this.shown = indication;
    const status = socket.callback('WskReceiveEvent', WSK_EVENT_RECEIVE, lease.length, () =>
      socket.connectionDispatch!.WskReceiveEvent!(
        socket.SocketContext,
        WSK_FLAG_AT_DISPATCH_LEVEL,
        indication,
        lease.length,
        accepted,
      ),
    );
    const isReleased = this.shown === null;
    this.shown = null;
    // Another processor, or the callback itself, may be done with the list before the callback returns.
    if (isReleased) {
      lease.release();
      return;
    }
    if (status === STATUS_PENDING) {
      this.retained ??= new Map();
      this.retained.set(indication, lease);
      return;
    }
    const taken = status === STATUS_SUCCESS ? Math.min(Math.max(accepted.value, 0), lease.length) : 0;
    if (taken < lease.length) {
      this.armed = false;
      lease.trim(taken);
    }
    lease.release();
  }

  /** @returns false when the client does not hold this list */
  release(indication: WSK_DATA_INDICATION): boolean {
    if (indication === this.shown) {
      this.shown = null;
      return true;
    }
    const lease = this.retained?.get(indication);
    if (lease === undefined) return false;
    this.retained!.delete(indication);
    lease.release();
    // There is room again for what was not lent because too much was on loan.
    this.socket.indicateSoon();
    return true;
  }

  /** Lists that the client has kept and not released. */
  get retainedCount(): number {
    return this.retained?.size ?? 0;
  }

  endAll(status: NTSTATUS): void {
    for (let request = this.queue.shift(); request !== null; request = this.queue.shift())
      request.completeSoon(status, request.filled);
  }
}

/** True when a receive has all it asked for. More than one piece go with WSK_FLAG_WAITALL. */
const isSatisfied = ({ flags, filled, data }: WskRequest): boolean => {
  if ((flags & WSK_FLAG_DRAIN) !== 0) return false;
  return (flags & WSK_FLAG_WAITALL) === 0 || filled === data!.length;
};

/** Takes what there is. @returns bytes; 0 for none now */
const takeBytes = (request: WskRequest, endpoint: StreamEndpoint): number => {
  if ((request.flags & WSK_FLAG_DRAIN) === 0) {
    const bytes = endpoint.read(request.data!, request.filled);
    request.filled += bytes;
    return bytes;
  }
  const lease = endpoint.borrow(DRAINED_AT_ONCE);
  lease?.release();
  return lease?.length ?? 0;
};
