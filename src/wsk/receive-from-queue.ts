import { copySockaddr, type NTSTATUS, type SockaddrOut, STATUS_PENDING, STATUS_SUCCESS } from '../base/index.ts';
import type { PMDL, Ref } from '../kernel/index.ts';
import {
  MSG_BCAST,
  MSG_CTRUNC,
  MSG_MCAST,
  MSG_TRUNC,
  WSK_EVENT_RECEIVE_FROM,
  WSK_FLAG_AT_DISPATCH_LEVEL,
} from './constants.ts';
import { packetInfoSize, writePacketInfo } from './control-info.ts';
import { mdlChain } from './mdl-chain.ts';
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

/** A datagram on loan to the client. */
interface Lent {
  readonly lease: DatagramLease;
  readonly Mdl: PMDL;
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
  private retained: Map<WSK_DATAGRAM_INDICATION, readonly Lent[]> | null = null;
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
      const lent = this.borrow();
      if (lent.length === 0 || !this.show(lent)) break;
    }
    this.indicating = false;
  }

  /** What is there and was addressed alike, for the flags are those of a whole list. */
  private borrow(): Lent[] {
    const lent: Lent[] = [];
    while (lent.length < MOST_IN_A_LIST) {
      const lease = this.endpoint.borrow();
      if (lease === null) break;
      if (lent.length > 0 && lent[0].lease.info.cast !== lease.info.cast) {
        lease.putBack();
        break;
      }
      const Mdl = mdlChain(this.socket.wsk.kernel, lease.pieces);
      // No memory for an MDL: the datagram is lost, as it may be.
      if (Mdl === undefined) lease.release();
      else lent.push({ lease, Mdl });
    }
    return lent;
  }

  /** @returns whether the client took them */
  private show(lent: readonly Lent[]): boolean {
    const { socket } = this;
    const indication = lent.reduceRight<WSK_DATAGRAM_INDICATION | null>(
      (Next, entry) => this.indicationOf(entry, Next),
      null,
    )!;
    const bytes = lent.reduce((sum, { lease }) => sum + lease.info.length, 0);
    const flags = WSK_FLAG_AT_DISPATCH_LEVEL | castFlag(lent[0].lease.info);
    const status = socket.callback('WskReceiveFromEvent', WSK_EVENT_RECEIVE_FROM, bytes, () =>
      socket.datagramDispatch!.WskReceiveFromEvent!(socket.SocketContext, flags, indication),
    );
    if (status === STATUS_PENDING) {
      this.retained ??= new Map();
      this.retained.set(indication, lent);
      return true;
    }
    if (status === STATUS_SUCCESS) {
      for (const { lease } of lent) lease.release();
      return true;
    }
    for (let i = lent.length - 1; i >= 0; i--) lent[i].lease.putBack();
    // Statically enabled ones stay so, and are told again when the next datagram comes.
    socket.callbacks.disable(WSK_EVENT_RECEIVE_FROM);
    return false;
  }

  private indicationOf({ lease, Mdl }: Lent, Next: WSK_DATAGRAM_INDICATION | null): WSK_DATAGRAM_INDICATION {
    const { info } = lease;
    const ControlInfoLength = this.controlSize;
    const ControlInfo = ControlInfoLength === 0 ? null : new Uint8Array(ControlInfoLength);
    if (ControlInfo !== null) writePacketInfo(info, ControlInfo);
    const RemoteAddress = copySockaddr(info.remote);
    return { Next, Buffer: { Mdl, Offset: 0, Length: info.length }, ControlInfo, ControlInfoLength, RemoteAddress };
  }

  /** @returns false when the client does not hold this list */
  release(indication: WSK_DATAGRAM_INDICATION): boolean {
    const lent = this.retained?.get(indication);
    if (lent === undefined) return false;
    this.retained!.delete(indication);
    for (const { lease } of lent) lease.release();
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
