import {
  type ADDRESS_FAMILY,
  copySockaddr,
  NT_SUCCESS,
  type NTSTATUS,
  type SOCKADDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  STATUS_ACCESS_DENIED,
  STATUS_ADDRESS_ALREADY_ASSOCIATED,
  STATUS_CANCELLED,
  STATUS_CONNECTION_ABORTED,
  STATUS_CONNECTION_REFUSED,
  STATUS_CONNECTION_RESET,
  STATUS_FILE_FORCED_CLOSED,
  STATUS_INVALID_ADDRESS_COMPONENT,
  STATUS_INVALID_DEVICE_STATE,
  STATUS_IO_TIMEOUT,
  STATUS_NETWORK_UNREACHABLE,
  STATUS_NOT_SUPPORTED,
  STATUS_SUCCESS,
} from '../../src/base/index.ts';
import { SECOND } from '../../src/time/index.ts';
import type {
  EarlyData,
  Gather,
  Lease,
  Scatter,
  StreamEndpoint,
  StreamEvents,
  StreamOption,
  TransportOp,
} from '../../src/wsk/transport.ts';
import { hostOf, isAny, isOurs, type MemoryNetwork } from './memory-network.ts';

const SEGMENT = 1420;
/** How long a connect to a silent host lasts, as on Windows. */
const CONNECT_TIMEOUT = 21 * SECOND;

interface Send {
  readonly data: Gather;
  readonly op: TransportOp | null;
  sent: number;
}

/** One end of a connection in memory, or a listener. */
export class MemoryEndpoint implements StreamEndpoint {
  events: StreamEvents;
  isListening = false;
  inspectId = 0;
  earlyData: EarlyData = { bytesInSyn: 0, acked: false };
  readonly idealBacklog = 65_536;
  private readonly network: MemoryNetwork;
  private readonly family: ADDRESS_FAMILY;
  private readonly options = new Map<StreamOption, number>([['receiveBuffer', 65_536]]);
  private local: SOCKADDR | null = null;
  private remote: SOCKADDR | null = null;
  private peer: MemoryEndpoint | null = null;
  private state: 'open' | 'connecting' | 'connected' | 'dead' | 'closed' = 'open';
  private readonly incoming: MemoryEndpoint[] = [];
  /** Not accepted yet: its events are its listener's, who must not take its reset for their own. */
  private isWaiting = false;
  private readonly inspections = new Map<number, { admit(inspectId: number): void; refuse(): void }>();
  private nextInspection = 1;
  /** Set on a client whose connection is being looked at: tells the listener that it has given up. */
  private onGone: (() => void) | null = null;
  private inspectedOp: TransportOp | null = null;
  private readonly sends: Send[] = [];
  /** Bytes sent of which the peer has not told that it took them. */
  private inFlight = 0;
  private readonly received: Uint8Array[] = [];
  private receivedBytes = 0;
  private lent = 0;
  private peerEnded = false;
  private endedAcked = false;
  /** Ops that wait for an answer of the network. */
  private readonly waiting = new Set<TransportOp>();
  private finOp: TransportOp | null = null;
  private finSent = false;

  constructor(network: MemoryNetwork, family: ADDRESS_FAMILY, events: StreamEvents) {
    this.network = network;
    this.family = family;
    this.events = events;
  }

  bind(address: SOCKADDR, op: TransportOp): void {
    if (!isOurs(address)) {
      this.report(op, STATUS_INVALID_ADDRESS_COMPONENT);
      return;
    }
    if (this.network.forbiddenPorts.has(address.port)) {
      this.report(op, STATUS_ACCESS_DENIED);
      return;
    }
    this.local = this.network.bind(this, address);
    this.report(op, this.local === null ? STATUS_ADDRESS_ALREADY_ASSOCIATED : STATUS_SUCCESS);
  }

  listen(op: TransportOp): void {
    this.isListening = true;
    this.report(op, STATUS_SUCCESS);
  }

  accept(): MemoryEndpoint | null {
    const accepted = this.incoming.shift() ?? null;
    if (accepted !== null) {
      accepted.isWaiting = false;
      if (accepted.state === 'dead') this.network.after(0, () => accepted.events.onReset(STATUS_CONNECTION_RESET));
    }
    return accepted;
  }

  connect(to: SOCKADDR, early: Gather | null, op: TransportOp): void {
    this.state = 'connecting';
    this.waiting.add(op);
    if (isAny(this.local!)) this.local!.assign(loopbackLike(to, this.local!.port));
    const failure = this.network.failing.get(hostOf(to));
    if (failure !== undefined) this.network.after(0, () => this.connectEnded(op, failure));
    else if (this.network.unreachable.has(hostOf(to))) {
      this.network.after(0, () => this.connectEnded(op, STATUS_NETWORK_UNREACHABLE));
    } else if (this.network.silent.has(hostOf(to))) {
      this.network.after(CONNECT_TIMEOUT / this.network.delay, () => this.connectEnded(op, STATUS_IO_TIMEOUT));
    } else {
      this.sendSyn(to, early, op);
    }
  }

  private sendSyn(to: SOCKADDR, early: Gather | null, op: TransportOp): void {
    const wanted = this.options.get('fastOpen') === 1 && early !== null;
    const cookie = `${hostOf(this.local!)}>${hostOf(to)}`;
    const inSyn = wanted && this.network.cookies.has(cookie) ? Math.min(SEGMENT, early.length) : 0;
    const synData = new Uint8Array(inSyn);
    if (inSyn > 0) early!.copyTo(0, synData, 0, inSyn);
    this.remote = copySockaddr(to);
    const refuse = (): void => this.network.after(1, () => this.connectEnded(op, STATUS_CONNECTION_REFUSED));
    this.network.after(1, () => {
      const listener = this.network.listenerAt(to);
      if (listener === null) {
        refuse();
        return;
      }
      const admit = (inspectId: number): void => {
        const taken = listener.options.get('fastOpen') === 1;
        if (wanted && taken) this.network.cookies.add(cookie);
        const server = listener.spawn(this, to);
        server.inspectId = inspectId;
        if (taken && inSyn > 0) {
          server.arrive(synData);
          listener.announce(server);
        }
        this.network.after(1, () => {
          const acked = taken && inSyn > 0;
          if (!this.waiting.has(op)) return;
          this.peer = server;
          this.earlyData = { bytesInSyn: inSyn, acked };
          this.connectEnded(op, STATUS_SUCCESS);
          if (early !== null) this.sends.push({ data: early, op: null, sent: acked ? inSyn : 0 });
          if (!acked) this.network.after(1, () => listener.announce(server));
          this.pump();
        });
      };
      if (listener.options.get('conditionalAccept') === 1) this.inspectedBy(listener, to, op, admit, refuse);
      else admit(0);
    });
  }

  private inspectedBy(
    listener: MemoryEndpoint,
    to: SOCKADDR,
    op: TransportOp,
    admit: (inspectId: number) => void,
    refuse: () => void,
  ): void {
    const id = listener.nextInspection++;
    const action = listener.events.onInspect(id, to, this.local!);
    if (action === 'accept') admit(id);
    else if (action === 'reject') refuse();
    else {
      listener.inspections.set(id, { admit, refuse });
      this.onGone = () => {
        this.network.after(1, () => {
          if (listener.inspections.delete(id)) listener.events.onInspectAborted(id);
        });
      };
      this.inspectedOp = op;
    }
  }

  inspectComplete(id: number, accept: boolean): boolean {
    const waiting = this.inspections.get(id);
    if (!this.inspections.delete(id)) return false;
    if (accept) waiting!.admit(id);
    else waiting!.refuse();
    return true;
  }

  private connectEnded(op: TransportOp, status: NTSTATUS): void {
    if (!this.waiting.delete(op)) return;
    this.state = NT_SUCCESS(status) ? 'connected' : 'open';
    op.onTransportComplete(status, 0);
  }

  private spawn(client: MemoryEndpoint, local: SOCKADDR): MemoryEndpoint {
    const server = new MemoryEndpoint(this.network, this.family, this.events);
    for (const [name, value] of this.options) server.options.set(name, value);
    server.local = copySockaddr(local);
    server.remote = copySockaddr(client.local!);
    server.peer = client;
    server.isWaiting = true;
    server.state = 'connected';
    return server;
  }

  private announce(server: MemoryEndpoint): void {
    if (this.state === 'closed') server.abortPeer();
    else {
      this.incoming.push(server);
      this.events.onIncoming();
    }
  }

  send(data: Gather, op: TransportOp): void {
    if (this.state !== 'connected') {
      this.report(op, STATUS_INVALID_DEVICE_STATE);
      return;
    }
    this.sends.push({ data, op, sent: 0 });
    this.pump();
  }

  /** Sends as much as the peer's window takes. */
  private pump(): void {
    const { peer } = this;
    if (peer === null || this.state !== 'connected') return;
    while (this.sends.length > 0) {
      const send = this.sends[0];
      const room = peer.options.get('receiveBuffer')! - peer.receivedBytes - peer.lent - this.inFlight;
      const count = Math.min(room, send.data.length - send.sent, SEGMENT);
      if (count <= 0 && send.sent < send.data.length) return;
      const bytes = new Uint8Array(count);
      if (count > 0) send.data.copyTo(send.sent, bytes, 0, count);
      send.sent += count;
      this.inFlight += count;
      const done = send.sent === send.data.length ? this.sends.shift()!.op : null;
      if (done !== null) this.waiting.add(done);
      this.network.after(1, () => {
        this.inFlight -= count;
        peer.arrive(bytes);
        if (done !== null) this.network.after(1, () => this.answer(done, STATUS_SUCCESS, send.data.length));
      });
    }
    if (this.finOp !== null && !this.finSent) {
      this.finSent = true;
      const op = this.finOp;
      this.network.after(1, () => {
        peer.endArrives();
        this.network.after(1, () => {
          this.endedAcked = true;
          this.answer(op, STATUS_SUCCESS, 0);
        });
      });
    }
  }

  private arrive(bytes: Uint8Array): void {
    if (bytes.length === 0 || this.state !== 'connected') return;
    this.received.push(bytes);
    this.receivedBytes += bytes.length;
    this.events.onReadable();
  }

  private endArrives(): void {
    this.peerEnded = true;
    if (this.state === 'connected') this.events.onEof();
  }

  read(into: Scatter, at: number): number {
    let moved = 0;
    while (this.received.length > 0 && at + moved < into.length) {
      const piece = this.received[0];
      const count = Math.min(piece.length, into.length - at - moved);
      into.copyFrom(at + moved, piece, 0, count);
      moved += count;
      if (count === piece.length) this.received.shift();
      else this.received[0] = piece.subarray(count);
    }
    this.receivedBytes -= moved;
    if (moved > 0) this.windowOpened();
    return moved;
  }

  borrow(max: number): Lease | null {
    if (this.receivedBytes === 0) return null;
    const pieces: Uint8Array[] = [];
    let length = 0;
    while (this.received.length > 0 && length < max) {
      const piece = this.received.shift()!;
      const take = Math.min(piece.length, max - length);
      pieces.push(piece.subarray(0, take));
      if (take < piece.length) this.received.unshift(piece.subarray(take));
      length += take;
    }
    this.receivedBytes -= length;
    this.lent += length;
    const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
    let kept = length;
    return {
      length,
      pieces,
      trim: (count) => {
        this.received.unshift(whole.subarray(count));
        this.receivedBytes += length - count;
        this.lent -= length - count;
        kept = count;
      },
      release: () => {
        this.lent -= kept;
        kept = 0;
        this.windowOpened();
      },
    };
  }

  private windowOpened(): void {
    const { peer } = this;
    if (peer !== null) this.network.after(1, () => peer.pump());
  }

  get endOfStream(): boolean {
    return this.peerEnded && this.received.length === 0;
  }

  get receiveBacklog(): number {
    return this.receivedBytes;
  }

  shutdown(op: TransportOp): void {
    this.finOp = op;
    this.waiting.add(op);
    this.pump();
  }

  abort(op: TransportOp): void {
    this.endAll(STATUS_CONNECTION_ABORTED);
    this.abortPeer();
    this.state = 'dead';
    this.report(op, STATUS_SUCCESS);
  }

  close(op: TransportOp): void {
    this.endAll(STATUS_CANCELLED);
    const ended = this.peerEnded && this.endedAcked && this.received.length === 0;
    if (this.state === 'connected' && !ended) this.abortPeer();
    for (const waiting of this.incoming.splice(0)) waiting.abortPeer();
    if (this.local !== null && this.network.bound.get(`${this.family}:${this.local.port}`) === this) {
      this.network.unbind(this.local);
    }
    this.state = 'closed';
    this.isListening = false;
    this.report(op, STATUS_SUCCESS);
  }

  cancel(op: TransportOp): boolean {
    const index = this.sends.findIndex((send) => send.op === op);
    const partly = this.waiting.has(op) || (index >= 0 && this.sends[index].sent > 0);
    if (index < 0 && !this.waiting.delete(op)) return false;
    if (op === this.inspectedOp) this.onGone?.();
    if (index >= 0) this.sends.splice(index, 1);
    if (partly && this.state === 'connected') {
      this.endAll(STATUS_CONNECTION_ABORTED);
      this.abortPeer();
      this.state = 'dead';
      this.network.after(0, () => this.events.onReset(STATUS_CONNECTION_ABORTED));
    } else if (this.state === 'connecting') this.state = 'dead';
    return true;
  }

  /** For tests: the transport gives this endpoint up. */
  forceClose(): void {
    this.endAll(STATUS_FILE_FORCED_CLOSED);
    this.state = 'dead';
    this.network.after(0, () => this.events.onReset(STATUS_FILE_FORCED_CLOSED));
  }

  /** Ours reset the connection: the peer learns of it one delay later. */
  private abortPeer(): void {
    const { peer } = this;
    this.onGone?.();
    this.onGone = null;
    this.peer = null;
    if (peer !== null) this.network.after(1, () => peer.resetArrives());
  }

  resetArrives(): void {
    if (this.state !== 'connected') return;
    this.state = 'dead';
    this.received.length = 0;
    this.receivedBytes = 0;
    this.endAll(STATUS_CONNECTION_RESET);
    if (!this.isWaiting) this.network.after(0, () => this.events.onReset(STATUS_CONNECTION_RESET));
  }

  private endAll(status: NTSTATUS): void {
    const ops = [...this.waiting, ...this.sends.flatMap((send) => send.op ?? [])];
    this.sends.length = 0;
    this.waiting.clear();
    for (const op of ops) this.report(op, status);
  }

  private report(op: TransportOp, status: NTSTATUS): void {
    this.network.after(0, () => op.onTransportComplete(status, 0));
  }

  private answer(op: TransportOp, status: NTSTATUS, information: number): void {
    if (this.waiting.delete(op)) op.onTransportComplete(status, information);
  }

  localAddress(): SOCKADDR | null {
    return this.local;
  }

  remoteAddress(): SOCKADDR | null {
    return this.remote;
  }

  setOption(option: StreamOption, value: number): NTSTATUS {
    if (this.network.missingOptions.has(option)) return STATUS_NOT_SUPPORTED;
    this.options.set(option, value);
    return STATUS_SUCCESS;
  }

  getOption(option: StreamOption): number {
    return this.options.get(option) ?? 0;
  }
}

const loopbackLike = (to: SOCKADDR, port: number): SOCKADDR =>
  to.sa_family === 2 ? new SOCKADDR_IN('10.0.0.1', port) : new SOCKADDR_IN6('fd00::1', port);
