import { STATUS_CANCELLED } from '../base/index.ts';
import { KEVENT, KeInitializeEvent, type Kernel, NotificationEvent } from '../kernel/index.ts';
import type { WskRequest } from './request.ts';
import { RequestQueue } from './request-queue.ts';
import type { SocketObject } from './socket.ts';
import { SocketList } from './socket-list.ts';
import type { WSK_CLIENT, WSK_CLIENT_NPI } from './structures.ts';
import type { Wsk } from './wsk.ts';

/** Sockets of a client at a time: some hundred MiB of host memory. */
const MOST_SOCKETS = 32_768;

/** One registration of a client with WSK: what a PWSK_CLIENT and a WSK_REGISTRATION stand for. */
export class WskClient implements WSK_CLIENT {
  readonly wskClient = true;
  readonly wsk: Wsk;
  readonly npi: WSK_CLIENT_NPI;
  readonly sockets = new SocketList();
  /** One that makes sockets in a loop is told that there is no memory. */
  get isFull(): boolean {
    return this.sockets.size >= MOST_SOCKETS;
  }
  /** WSK_SET_STATIC_EVENT_CALLBACKS: enabled on every socket, for good. */
  staticEvents = 0;
  /** Some client-wide settings come before the first socket. */
  hadSockets = false;
  /** Captures of the provider NPI that were not released. */
  captures = 0;
  deregistering = false;
  /** The WSK_TRANSPORT_LIST_CHANGE that wait, and how many have not completed yet. */
  readonly transportWatches = new RequestQueue();
  private watches = 0;
  /** Signalled when a deregistering client has nothing left. */
  readonly idle = new KEVENT();

  constructor(wsk: Wsk, npi: WSK_CLIENT_NPI) {
    this.wsk = wsk;
    this.npi = npi;
    KeInitializeEvent(wsk.kernel, this.idle, NotificationEvent, false);
  }

  addSocket(socket: SocketObject): void {
    this.sockets.add(socket);
    this.hadSockets = true;
  }

  socketClosed(socket: SocketObject): void {
    this.sockets.delete(socket);
    this.wsk.onSocketClosed?.(socket);
    this.checkIdle();
  }

  addWatch(request: WskRequest): void {
    this.transportWatches.push(request);
    this.watches++;
  }

  watchEnded(): void {
    this.watches--;
    this.checkIdle();
  }

  /** WskDeregister has come: `idle` is signalled when nothing is left that it waits for. */
  deregister(): void {
    this.deregistering = true;
    const { transportWatches } = this;
    for (let watch = transportWatches.shift(); watch !== null; watch = transportWatches.shift())
      watch.completeSoon(STATUS_CANCELLED, 0);
    this.checkIdle();
  }

  checkIdle(): void {
    const isIdle = this.captures === 0 && this.sockets.size === 0 && this.watches === 0;
    if (this.deregistering && isIdle) this.idle.signal(true);
  }

  get kernel(): Kernel {
    return this.wsk.kernel;
  }
}
