import { STATUS_SUCCESS } from '../base/index.ts';
import type { SocketObject } from './socket.ts';
import type { AcceptRequest } from './wsk-accept.ts';

/** WskAccept calls that wait for a connection, served in the order of the calls. */
export class AcceptQueue {
  private readonly socket: SocketObject;
  private readonly queue: AcceptRequest[] = [];

  constructor(socket: SocketObject) {
    this.socket = socket;
  }

  push(request: AcceptRequest): void {
    this.queue.push(request);
    if (this.queue.length === 1) this.pump();
  }

  remove(request: AcceptRequest): boolean {
    const index = this.queue.indexOf(request);
    if (index >= 0) this.queue.splice(index, 1);
    return index >= 0;
  }

  /** Hands waiting connections to waiting calls. */
  pump(): void {
    while (this.queue.length > 0) {
      const endpoint = this.socket.endpoint!.accept();
      if (endpoint === null) return;
      const request = this.queue.shift()!;
      const accepted = this.socket.spawn(endpoint, request.socketContext, request.socketDispatch);
      request.localAddress?.assign(endpoint.localAddress()!);
      request.remoteAddress?.assign(endpoint.remoteAddress()!);
      request.completeSoon(STATUS_SUCCESS, accepted);
    }
  }

  endAll(status: number): void {
    for (const request of this.queue.splice(0)) request.completeSoon(status, 0);
  }
}
