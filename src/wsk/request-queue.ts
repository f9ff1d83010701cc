import type { WskRequest } from './request.ts';

/** Requests that wait for something, first in, first out, linked through themselves: a socket needs no arrays. */
export class RequestQueue {
  first: WskRequest | null = null;
  private last: WskRequest | null = null;

  /** @param request one that is in no queue */
  push(request: WskRequest): void {
    if (this.last === null) this.first = request;
    else this.last.nextWaiting = request;
    this.last = request;
  }

  /** Takes the first one off. */
  shift(): WskRequest | null {
    const { first } = this;
    if (first !== null) this.unlink(null, first);
    return first;
  }

  /** @returns false when it is not in the queue */
  remove(request: WskRequest): boolean {
    let before: WskRequest | null = null;
    let at = this.first;
    while (at !== null && at !== request) {
      before = at;
      at = at.nextWaiting;
    }
    if (at === null) return false;
    this.unlink(before, request);
    return true;
  }

  private unlink(before: WskRequest | null, request: WskRequest): void {
    const { nextWaiting } = request;
    if (before === null) this.first = nextWaiting;
    else before.nextWaiting = nextWaiting;
    if (nextWaiting === null) this.last = before;
    request.nextWaiting = null;
  }
}
