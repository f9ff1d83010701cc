import type { EventTarget, Executor } from '../../time/index.ts';
import { output } from './output.ts';
import { CLOSED, TIME_WAIT } from './states.ts';
import type { Tcb } from './tcb.ts';

/**
 * Output of connections whose clients answer by posting (`TcpClient.answersLater`): it comes behind what they posted,
 * and once more behind what that posted, still within the same instant. A FIN is then answered by one segment when
 * the client ends its side in turn, and the handshake's last ACK carries the first data.
 */
const HOPS = 3;

export class DeferredOutput implements EventTarget {
  private readonly executor: Executor;
  // Two lists by turns, with the number of connections in the first: an array that is emptied loses its room.
  private waiting: (Tcb | null)[] = [];
  private spare: (Tcb | null)[] = [];
  private count = 0;

  constructor(executor: Executor) {
    this.executor = executor;
  }

  defer(connection: Tcb): void {
    this.waiting[this.count++] = connection;
    if (this.count === 1) this.executor.post(this, 0, HOPS - 1);
  }

  onEvent(_kind: number, hops: number): void {
    if (hops > 0) {
      this.executor.post(this, 0, hops - 1);
      return;
    }
    const { waiting, count } = this;
    this.waiting = this.spare;
    this.spare = waiting;
    this.count = 0;
    for (let i = 0; i < count; i++) {
      const connection = waiting[i]!;
      waiting[i] = null;
      if (connection.ackNow && connection.state !== CLOSED && connection.state !== TIME_WAIT) output(connection);
    }
  }
}
