import type { Socket } from 'node:net';
import type { Gather, TransportOp } from '../../wsk/transport.ts';

interface Write {
  readonly data: Gather;
  /** Null for WskConnectEx's Buffer, whose op has completed already. */
  readonly op: TransportOp | null;
}

/**
 * What is left to hand to a socket, first in, first out. One write at a time is with the socket, so that the others can
 * still be taken back; it refers to the client's memory, which stays in place until its op completes.
 */
export class WriteQueue {
  private readonly queue: Write[] = [];
  private busy = false;

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  push(data: Gather, op: TransportOp | null): void {
    this.queue.push({ data, op });
  }

  /**
   * Gives the socket the next write, unless it still has one.
   * @param done called when the system has taken every byte of a write; calls `pump` again
   */
  pump(socket: Socket, done: (op: TransportOp | null, bytes: number) => void): void {
    if (this.busy || this.queue.length === 0) return;
    this.busy = true;
    const write = this.queue[0];
    const { data, op } = write;
    socket.cork();
    for (let at = 0; at < data.length; ) {
      const piece = data.view(at);
      at += piece.length;
      if (at < data.length) {
        socket.write(piece);
        continue;
      }
      socket.write(piece, (error) => {
        this.busy = false;
        // A destroyed socket calls back without an error, too: what was taken from the queue has been answered.
        if (error || this.queue[0] !== write) return;
        this.queue.shift();
        done(op, data.length);
      });
    }
    socket.uncork();
  }

  /** Takes a write back. @returns true when some of its bytes may have left; null when it is not in the queue */
  remove(op: TransportOp): boolean | null {
    const index = this.queue.findIndex((write) => write.op === op);
    if (index < 0) return null;
    this.queue.splice(index, 1);
    return index === 0 && this.busy;
  }

  /** Empties the queue. @returns the ops that waited */
  takeAll(): TransportOp[] {
    return this.queue.splice(0).flatMap((write) => write.op ?? []);
  }
}
