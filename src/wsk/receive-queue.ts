import { type NTSTATUS, STATUS_SUCCESS } from '../base/index.ts';
import type { SocketObject } from './socket.ts';
import type { ReceiveRequest } from './wsk-receive.ts';

/** WskReceive calls that wait for data, served in the order of the calls. */
export class ReceiveQueue {
  private readonly socket: SocketObject;
  private readonly queue: ReceiveRequest[] = [];

  constructor(socket: SocketObject) {
    this.socket = socket;
  }

  push(request: ReceiveRequest): void {
    this.queue.push(request);
    if (this.queue.length === 1) this.pump();
  }

  /** Takes one back. @returns false when its result is on the way */
  remove(request: ReceiveRequest): boolean {
    const index = this.queue.indexOf(request);
    if (index >= 0) this.queue.splice(index, 1);
    return index >= 0;
  }

  /** Moves what has arrived into the buffers that wait for it. */
  pump(): void {
    const endpoint = this.socket.endpoint!;
    while (this.queue.length > 0) {
      const request = this.queue[0];
      const bytes = endpoint.read(request.buffer, request.filled);
      request.filled += bytes;
      if (bytes === 0 && !endpoint.endOfStream) return;
      // The peer's end completes every waiting receive, with what it has so far: 0 bytes for most.
      if (bytes > 0 && !request.isSatisfied) continue;
      this.queue.shift();
      request.completeSoon(STATUS_SUCCESS, request.filled);
    }
  }

  endAll(status: NTSTATUS): void {
    for (const request of this.queue.splice(0)) request.completeSoon(status, 0);
  }
}
