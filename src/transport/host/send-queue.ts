import { type Libc, MSG_DONTWAIT, MSG_MORE, MSG_NOSIGNAL } from '../../system/libc.ts';
import type { Gather, TransportOp } from '../../wsk/transport.ts';
import { EAGAIN } from './errno.ts';

interface Send {
  readonly data: Gather;
  /** Null for the rest of WskConnectEx's Buffer, whose op has completed already. */
  readonly op: TransportOp | null;
  sent: number;
}

export interface SendTarget {
  /** Every byte of an op's data was taken. */
  sent(op: TransportOp, bytes: number): void;
}

/** What is left to hand to the system, first in, first out, straight out of the client's memory. */
export class SendQueue {
  private readonly queue: Send[] = [];

  get isEmpty(): boolean {
    return this.queue.length === 0;
  }

  push(data: Gather, op: TransportOp | null, sent: number): void {
    this.queue.push({ data, op, sent });
  }

  /**
   * Hands over as much as the system takes.
   * @returns 0, EAGAIN when the system takes no more now, or another errno
   */
  flush(libc: Libc, fd: number, target: SendTarget): number {
    while (this.queue.length > 0) {
      const send = this.queue[0];
      while (send.sent < send.data.length) {
        const piece = send.data.view(send.sent);
        const more = send.sent + piece.length < send.data.length || this.queue.length > 1 ? MSG_MORE : 0;
        const taken = Number(libc.send(fd, piece, piece.length, MSG_DONTWAIT | MSG_NOSIGNAL | more));
        if (taken < 0) return libc.errno();
        send.sent += taken;
        if (taken < piece.length) return EAGAIN;
      }
      this.queue.shift();
      if (send.op !== null) target.sent(send.op, send.data.length);
    }
    return 0;
  }

  /** Takes a send back. @returns bytes of it that have left, or -1 when it is not in the queue */
  remove(op: TransportOp): number {
    const index = this.queue.findIndex((send) => send.op === op);
    if (index < 0) return -1;
    return this.queue.splice(index, 1)[0].sent;
  }

  /** Empties the queue. @returns the ops that waited */
  takeAll(): TransportOp[] {
    return this.queue.splice(0).flatMap((send) => send.op ?? []);
  }
}
