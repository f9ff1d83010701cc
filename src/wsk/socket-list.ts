import type { SocketObject } from './socket.ts';

/** The sockets of a client, oldest first, linked through themselves: a Set would hash each and grow with them. */
export class SocketList implements Iterable<SocketObject> {
  private first: SocketObject | null = null;
  private last: SocketObject | null = null;
  private count = 0;

  get size(): number {
    return this.count;
  }

  /** @param socket one that is in no list */
  add(socket: SocketObject): void {
    socket.olderSocket = this.last;
    if (this.last === null) this.first = socket;
    else this.last.newerSocket = socket;
    this.last = socket;
    this.count++;
  }

  /** Of a socket that is in no list any more it does nothing. */
  delete(socket: SocketObject): void {
    const { olderSocket, newerSocket } = socket;
    if (olderSocket === null && this.first !== socket) return;
    if (olderSocket === null) this.first = newerSocket;
    else olderSocket.newerSocket = newerSocket;
    if (newerSocket === null) this.last = olderSocket;
    else newerSocket.olderSocket = olderSocket;
    socket.olderSocket = socket.newerSocket = null;
    this.count--;
  }

  *[Symbol.iterator](): Iterator<SocketObject> {
    for (let socket = this.first; socket !== null; socket = socket.newerSocket) yield socket;
  }
}
