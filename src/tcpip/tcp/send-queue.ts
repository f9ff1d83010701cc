import type { SendRequest } from './client.ts';

/**
 * What the client wants sent, in order, as references to its own memory: there is no send buffer. A request gets its
 * sequence numbers when it is queued; each transmission copies from the requests it covers into a packet. A cursor
 * remembers where the last copy ended, so that new data is found at once and only retransmissions search.
 */
export class SendQueue {
  head: SendRequest | null = null;
  private tail: SendRequest | null = null;
  /** Sequence number of the first byte of `head`. */
  private headSeq = 0;
  /** Sequence number behind the last byte. */
  endSeq = 0;
  private cursor: SendRequest | null = null;
  private cursorSeq = 0;
  /** The cause of the bytes copied last: that of the request their first byte belongs to. */
  lastCause = 0;

  start(seq: number): void {
    this.headSeq = this.endSeq = this.cursorSeq = seq;
  }

  push(request: SendRequest): void {
    if (this.tail === null) {
      this.head = request;
      this.headSeq = this.endSeq;
    } else this.tail.next = request;
    this.tail = request;
    this.endSeq = (this.endSeq + request.length) | 0;
    request.endSeq = this.endSeq;
    if (this.cursor === null) {
      this.cursor = request;
      this.cursorSeq = (this.endSeq - request.length) | 0;
    }
  }

  /** Copies the bytes `seq`…`seq + count` to `into[at…]`. They must be in the queue. */
  gather(seq: number, count: number, into: Uint8Array, at: number): void {
    let request = this.cursor;
    let start = this.cursorSeq;
    if (request === null || ((seq - start) | 0) < 0) {
      request = this.head;
      start = this.headSeq;
    }
    while (((request!.endSeq - seq) | 0) <= 0) {
      start = request!.endSeq;
      request = request!.next;
    }
    this.lastCause = request!.cause;
    for (;;) {
      const from = (seq - start) | 0;
      const take = Math.min(count, request!.length - from);
      request!.source.copyTo(from, into, at, take);
      count -= take;
      if (count === 0) break;
      at += take;
      seq = (seq + take) | 0;
      start = request!.endSeq;
      request = request!.next;
    }
    this.cursor = request;
    this.cursorSeq = start;
  }

  /** Takes the first request off when all of it lies before `una`, else null. */
  takeAcknowledged(una: number): SendRequest | null {
    const request = this.head;
    if (request === null || ((request.endSeq - una) | 0) > 0) return null;
    this.shift(request);
    return request;
  }

  /** Takes the first request off whatever its state: the connection is gone. */
  takeAny(): SendRequest | null {
    const request = this.head;
    if (request !== null) this.shift(request);
    return request;
  }

  /** Takes back a request of which nothing has been sent; the ones behind it move up. */
  remove(request: SendRequest): void {
    let before: SendRequest | null = null;
    for (let at = this.head; at !== request; at = at!.next) before = at;
    if (before === null) this.head = request.next;
    else before.next = request.next;
    if (this.tail === request) this.tail = before;
    for (let at = request.next; at !== null; at = at.next) at.endSeq = (at.endSeq - request.length) | 0;
    this.endSeq = (this.endSeq - request.length) | 0;
    this.cursor = this.head;
    this.cursorSeq = this.headSeq;
    request.next = null;
  }

  private shift(request: SendRequest): void {
    this.head = request.next;
    this.headSeq = request.endSeq;
    if (this.head === null) this.tail = null;
    if (this.cursor === request) {
      this.cursor = this.head;
      this.cursorSeq = this.headSeq;
    }
    request.next = null;
  }
}
