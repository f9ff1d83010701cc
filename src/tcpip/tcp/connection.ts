import { type ByteSink, type ByteSource, SendRequest } from './client.ts';
import { abortConnection, closeConnection } from './close.ts';
import { output, sendWindowUpdate } from './output.ts';
import { CLOSE_WAIT, CLOSED, ESTABLISHED, FIN_WAIT_1, LAST_ACK, SYN_RECEIVED, SYN_SENT } from './states.ts';
import { Tcb } from './tcb.ts';
import { onTimer } from './timers.ts';

/** One connection as its client sees it. */
export class TcpConnection extends Tcb {
  /** Queues bytes. They are gathered when they are sent, and again when they are sent again, until acknowledged. */
  send(source: ByteSource, cause = 0, context: unknown = null): SendRequest {
    const request = new SendRequest(source, cause, context);
    this.sendQueue.push(request);
    if (this.state >= ESTABLISHED || this.fastOpened) output(this);
    return request;
  }

  /** True when bytes may be queued. */
  get canSend(): boolean {
    const { state } = this;
    if (this.finQueued) return false;
    return state === ESTABLISHED || state === CLOSE_WAIT || state === SYN_SENT || state === SYN_RECEIVED;
  }

  /** True when none of the request's bytes have left; it can then be taken back with no harm done. */
  isUnsent(request: SendRequest): boolean {
    const start = (request.endSeq - request.length) | 0;
    return ((start - this.sndMax) | 0) >= 0;
  }

  takeBack(request: SendRequest): void {
    this.sendQueue.remove(request);
  }

  /** For a client that ends the connection: the next send that has not been reported, whatever became of it. */
  takeSend(): SendRequest | null {
    const done = this.doneHead;
    if (done === null) return this.sendQueue.takeAny();
    this.doneHead = done.next;
    if (done.next === null) this.doneTail = null;
    done.next = null;
    return done;
  }

  /** @returns bytes moved; 0 for none now */
  read(into: ByteSink, at = 0): number {
    const count = this.receiveQueue.read(into, at);
    if (count > 0 && this.state >= ESTABLISHED) sendWindowUpdate(this);
    return count;
  }

  /** Lent bytes have come back. */
  giveBack(count: number): void {
    this.lent -= count;
    if (this.state >= ESTABLISHED) sendWindowUpdate(this);
  }

  get endOfStream(): boolean {
    return this.finReceived && this.receiveQueue.bytes === 0;
  }

  /** Ends our side once everything queued is out. */
  shutdown(cause = 0): void {
    if (this.finQueued || this.state === CLOSED) return;
    this.finQueued = true;
    this.finCause = cause;
    if (this.state === ESTABLISHED) this.enter(FIN_WAIT_1);
    else if (this.state === CLOSE_WAIT) this.enter(LAST_ACK);
    if (this.state >= ESTABLISHED || this.fastOpened) output(this);
  }

  /** Resets the connection. Sends that were not acknowledged are left in the queue for the caller to take. */
  abort(cause = 0): void {
    abortConnection(this, cause);
  }

  /** Lets go: gracefully when both sides have ended, else by a reset. The client hears no more. */
  close(cause = 0): void {
    closeConnection(this, cause);
  }

  onEvent(): void {
    onTimer(this);
  }
}
