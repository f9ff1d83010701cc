import { copySockaddr, type NTSTATUS, type SockaddrOut, STATUS_PENDING, STATUS_SUCCESS } from '../base/index.ts';
import { lendMdl, type PMDL, type Ref } from '../kernel/index.ts';
import {
  MSG_BCAST,
  MSG_CTRUNC,
  MSG_MCAST,
  MSG_TRUNC,
  WSK_EVENT_RECEIVE_FROM,
  WSK_FLAG_AT_DISPATCH_LEVEL,
} from './constants.ts';
import { packetInfoSize, writePacketInfo } from './control-info.ts';
import type { WskRequest } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import type { SocketObject } from './socket.ts';
import type { WSK_DATAGRAM_INDICATION } from './structures.ts';
import { type DatagramEndpoint, DatagramInfo, type DatagramLease } from './transport.ts';

/** Datagrams shown to WskReceiveFromEvent at a time. */
const MOST_IN_A_LIST = 32;

/** Where a WskReceiveFrom wants what comes with the bytes: the `work` of its request. */
export interface ReceiveFromWork {
  readonly remoteAddress: SockaddrOut | null;
  readonly controlLength: Ref<number> | null;
  readonly controlInfo: Uint8Array | null;
  readonly controlFlags: Ref<number> | null;
}

/**
 * Where received datagrams go: one each to the WskReceiveFrom calls that wait, in the order of the calls, and only when
 * none waits to WskReceiveFromEvent, in lists.
 */
export class ReceiveFromQueue {
  private readonly socket: SocketObject;
  private readonly endpoint: DatagramEndpoint;
  private readonly queue = new RequestQueue();
  private readonly info: DatagramInfo;
  /** Lists that the client keeps; made when it keeps the first. */
  private retained: Map<WSK_DATAGRAM_INDICATION, readonly DatagramLease[]> | null = null;
  /** The list that WskReceiveFromEvent has just been given. */
  private shown: WSK_DATAGRAM_INDICATION | null = null;
  private indicating = false;

  constructor(socket: SocketObject, endpoint: DatagramEndpoint) {
    this.socket = socket;
    this.endpoint = endpoint;
    this.info = new DatagramInfo(socket.family);
  }

  push(request: WskRequest): void {
    this.queue.push(request);
    if (this.queue.first === request) this.serve();
  }

  /** Serves a new call at once if nothing waits before it. @returns whether it has its datagram */
  serveNow(request: WskRequest): boolean {
    return this.queue.first === null && this.take(request);
  }

  /** Takes one back. @returns false when its result is on the way */
  remove(request: WskRequest): boolean {
    return this.queue.remove(request);
  }

  /** Moves the datagrams that have come into the buffers that wait for them. */
  serve(): void {
    for (let request = this.queue.first; request !== null; request = this.queue.first) {
      if (!this.take(request)) return;
      this.queue.shift();
      request.completeSoon(STATUS_SUCCESS, request.filled);
    }
  }

  private take(request: WskRequest): boolean {
    const { info } = this;
    const data = request.data!;
    if (!this.endpoint.receive(data, info)) return false;
    request.filled = Math.min(info.length, data.length);
    const { remoteAddress, controlLength, controlInfo, controlFlags } = request.work as ReceiveFromWork;
    remoteAddress?.assign(info.remote);
    let flags = castFlag(info);
    if (info.length > data.length) flags |= MSG_TRUNC;
    if (controlLength !== null && !this.writeControl(controlLength, controlInfo)) flags |= MSG_CTRUNC;
    if (controlFlags !== null) controlFlags.value = flags;
    return true;
  }

  /** @returns false when there is control information and no room for it */
  private writeControl(length: Ref<number>, into: Uint8Array | null): boolean {
    const size = this.controlSize;
    const fits = size <= Math.min(length.value, into?.length ?? 0);
    if (fits && size > 0) writePacketInfo(this.info, into!);
    length.value = fits ? size : 0;
    return fits;
  }

  /** Bytes of control information that go with each datagram. */
  private get controlSize(): number {
    return this.endpoint.getOption('packetInfo') === 1 ? packetInfoSize(this.socket.family) : 0;
  }

  /** Shows the client what no WskReceiveFrom waits for. Runs at DISPATCH_LEVEL, as an event of its own. */
  indicate(): void {
    // A callback may call WskReceiveFrom and so bring us back here: the outer loop goes on for it.
    if (this.indicating) return;
    this.indicating = true;
    while (this.queue.first === null && this.socket.wants(WSK_EVENT_RECEIVE_FROM)) {
      const leases = this.borrow();
      if (leases.length === 0 || !this.show(leases)) break;
    }
    this.indicating = false;
  }

  /** What is there and was addressed alike, for the flags are those of a whole list. */
  private borrow(): DatagramLease[] {
    const leases: DatagramLease[] = [];
    while (leases.length < MOST_IN_A_LIST) {
      const lease = this.endpoint.borrow();
      if (lease === null) break;
      if (leases.length > 0 && leases[0].info.cast !== lease.info.cast) {
        lease.putBack();
        break;
      }
      leases.push(lease);
    }
    return leases;
  }

  /** @returns whether the client took them */
  private show(leases: readonly DatagramLease[]): boolean {
    const { socket } = this;
    let list: WSK_DATAGRAM_INDICATION | null = null;
    for (let i = leases.length - 1; i >= 0; i--) list = this.indicationOf(leases[i], list);
    const indication = list!;
    const bytes = leases.reduce((sum, { info }) => sum + info.length, 0);
    const flags = WSK_FLAG_AT_DISPATCH_LEVEL | castFlag(leases[0].info);
    this.shown = indication;
    const status = socket.callback('WskReceiveFromEvent', WSK_EVENT_RECEIVE_FROM, bytes, () =>
      socket.datagramDispatch!.WskReceiveFromEvent!(socket.SocketContext, flags, indication),
    );
    // Another processor, or the callback itself, may be done with the list before the callback returns.
    const isReleased = this.shown === null;
    this.shown = null;
    if (status === STATUS_PENDING && !isReleased) {
      this.retained ??= new Map();
      this.retained.set(indication, leases);
      return true;
    }
    if (status === STATUS_SUCCESS || isReleased) {
      for (const lease of leases) lease.release();
      return true;
    }
    for (let i = leases.length - 1; i >= 0; i--) leases[i].putBack();
    // Statically enabled ones stay so, and are told again when the next datagram comes.
    socket.callbacks.disable(WSK_EVENT_RECEIVE_FROM);
    return false;
  }

  private indicationOf({ info, pieces }: DatagramLease, Next: WSK_DATAGRAM_INDICATION | null): WSK_DATAGRAM_INDICATION {
    const ControlInfoLength = this.controlSize;
    const ControlInfo = ControlInfoLength === 0 ? null : new Uint8Array(ControlInfoLength);
    if (ControlInfo !== null) writePacketInfo(info, ControlInfo);
    const Buffer = { Mdl: mdlChain(pieces), Offset: 0, Length: info.length };
    return { Next, Buffer, ControlInfo, ControlInfoLength, RemoteAddress: copySockaddr(info.remote) };
  }

  /** @returns false when the client does not hold this list */
  release(indication: WSK_DATAGRAM_INDICATION): boolean {
    if (indication === this.shown) {
      this.shown = null;
      return true;
    }
    const leases = this.retained?.get(indication);
    if (leases === undefined) return false;
    this.retained!.delete(indication);
    for (const lease of leases) lease.release();
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
      request.completeSoon(status, 0);
  }
}

/** MSG_BCAST, MSG_MCAST or neither. */
const castFlag = ({ cast }: DatagramInfo): number => {
  if (cast === 'unicast') return 0;
  return cast === 'broadcast' ? MSG_BCAST : MSG_MCAST;
};

/** One MDL for each piece; null for a datagram of no bytes. */
const mdlChain = (pieces: readonly Uint8Array[]): PMDL => {
  let first: PMDL = null;
  for (let i = pieces.length - 1; i >= 0; i--) {
    const mdl = lendMdl(pieces[i]);
    mdl.Next = first;
    first = mdl;
  }
  return first;
};
