import { answerHeld, refuseHeld, type Tcb } from '../../tcpip/index.ts';
import type { InspectAction } from '../../wsk/transport.ts';

/** Handshakes of one listening endpoint that its client looks at before they are answered. */
export class Inspections {
  private readonly waiting = new Map<number, { readonly handshake: Tcb; isAsked: boolean }>();
  private lastId = 0;

  /** @returns the handshake's name */
  add(handshake: Tcb): number {
    handshake.inspectId = ++this.lastId;
    this.waiting.set(this.lastId, { handshake, isAsked: false });
    return this.lastId;
  }

  /** @returns the handshake to ask about, or null when it has ended meanwhile */
  ask(id: number): Tcb | null {
    const entry = this.waiting.get(id);
    if (entry === undefined) return null;
    entry.isAsked = true;
    return entry.handshake;
  }

  /** @returns false when no such handshake waits */
  answer(id: number, action: InspectAction): boolean {
    const entry = this.waiting.get(id);
    if (entry === undefined || action === 'pend') return entry !== undefined;
    this.waiting.delete(id);
    if (action === 'accept') answerHeld(entry.handshake);
    else refuseHeld(entry.handshake);
    return true;
  }

  /** A handshake has ended. @returns true when the client knows of it */
  gone(id: number): boolean {
    const entry = this.waiting.get(id);
    this.waiting.delete(id);
    return entry === undefined || entry.isAsked;
  }
}
