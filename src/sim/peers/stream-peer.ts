import type { InspectAction, Lease, StreamEndpoint, StreamEvents, TransportOp } from '../../wsk/index.ts';

/** Reports to nobody. */
export const unheard: TransportOp = { cause: 0, onTransportComplete: () => {} };

/** Into so many pieces at most does one answer fall. */
const MOST_PIECES = 64;

/**
 * One connection of a peer, straight on the transport: peers are the other side of a test, not WSK clients. A subclass
 * says what it does with bytes; the peer ends its side after the other, and closes when both have ended.
 */
export abstract class StreamPeer implements StreamEvents {
  protected readonly endpoint: StreamEndpoint;
  private ended = false;
  private pieceSize = Number.POSITIVE_INFINITY;
  private speaking = false;
  private readonly unsaid: { readonly bytes: Uint8Array; readonly done: () => void }[] = [];

  constructor(endpoint: StreamEndpoint) {
    this.endpoint = endpoint;
    endpoint.events = this;
  }

  /** Takes received bytes; the lease must be released, now or later. */
  protected abstract take(lease: Lease): void;

  /** The other side has ended; by default this side ends too. */
  protected takeEnd(): void {
    this.endBoth();
  }

  /** From now on speaks in pieces, each once the one before has arrived. @param pieceSize bytes */
  speakIn(pieceSize: number): void {
    this.pieceSize = pieceSize;
  }

  /** @param done when all of it has arrived */
  protected say(bytes: Uint8Array, done: () => void = () => {}): void {
    if (this.pieceSize === Number.POSITIVE_INFINITY) {
      this.send(bytes, done);
      return;
    }
    const size = Math.max(this.pieceSize, Math.ceil(bytes.length / MOST_PIECES));
    for (let at = 0; at < bytes.length; at += size) {
      const isLast = at + size >= bytes.length;
      this.unsaid.push({ bytes: bytes.subarray(at, at + size), done: isLast ? done : () => {} });
    }
    if (!this.speaking) this.sayNext();
  }

  private sayNext(): void {
    const next = this.unsaid.shift();
    this.speaking = next !== undefined;
    if (next === undefined) {
      if (this.ended) this.shutdown();
      return;
    }
    this.send(next.bytes, () => {
      next.done();
      this.sayNext();
    });
  }

  private send(bytes: Uint8Array, done: () => void): void {
    this.endpoint.send(gatherOf(bytes), { cause: 0, onTransportComplete: done });
  }

  /** Resets the connection, and lets go. */
  reset(): void {
    this.ended = true;
    this.endpoint.close(unheard);
  }

  /** Ends this side after all that was said, then lets go. */
  endBoth(): void {
    if (this.ended) return;
    this.ended = true;
    if (!this.speaking) this.shutdown();
  }

  private shutdown(): void {
    this.endpoint.shutdown({ cause: 0, onTransportComplete: () => this.letGoAtEnd() });
  }

  private letGoAtEnd(): void {
    if (this.endpoint.endOfStream) this.endpoint.close(unheard);
  }

  onReadable(): void {
    for (let lease = this.endpoint.borrow(65_536); lease !== null; lease = this.endpoint.borrow(65_536))
      this.take(lease);
    if (!this.endpoint.endOfStream) return;
    if (this.ended) this.endpoint.close(unheard);
    else this.takeEnd();
  }

  onEof(): void {
    this.onReadable();
  }

  onReset(): void {
    this.reset();
  }

  onBacklog(): void {}
  onIncoming(): void {}
  onInspect(): InspectAction {
    return 'accept';
  }
  onInspectAborted(): void {}
}

/** Bytes of a peer's own, to send. */
export const gatherOf = (bytes: Uint8Array) => ({
  length: bytes.length,
  copyTo: (from: number, into: Uint8Array, at: number, count: number): void =>
    into.set(bytes.subarray(from, from + count), at),
  view: (from: number): Uint8Array => bytes.subarray(from),
});
