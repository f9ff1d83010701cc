import type { Lease, Scatter } from '../wsk/transport.ts';

interface Piece {
  readonly bytes: Uint8Array;
  from: number;
  to: number;
}

/**
 * Received bytes that were taken from the system to be lent to an event callback, and those handed back unread. The
 * next read gets these first, so that the stream stays in order. At most one chunk is taken ahead.
 */
export class ReceiveLoan {
  private unread: Piece | null = null;
  private lent = 0;

  /** Bytes that were handed back. */
  get held(): number {
    return this.unread === null ? 0 : this.unread.to - this.unread.from;
  }

  moveTo(into: Scatter, at: number): number {
    const piece = this.unread;
    if (piece === null) return 0;
    const count = Math.min(piece.to - piece.from, into.length - at);
    into.copyFrom(at, piece.bytes, piece.from, count);
    piece.from += count;
    if (piece.from === piece.to) this.unread = null;
    return count;
  }

  /**
   * @param limit bytes that may be on loan at a time
   * @param take takes received bytes from the system, in memory that is ours from then on; null for none now
   */
  borrow(max: number, limit: number, take: () => Uint8Array | null): Lease | null {
    if (this.lent >= limit) return null;
    const piece = this.unread ?? wholePiece(take());
    if (piece === null) return null;
    const start = piece.from;
    const length = Math.min(max, piece.to - start);
    piece.from += length;
    this.unread = piece.from === piece.to ? null : piece;
    this.lent += length;
    let kept = length;
    return {
      length,
      pieces: [piece.bytes.subarray(start, start + length)],
      trim: (count) => {
        piece.from = start + count;
        this.unread = piece;
        this.lent -= kept - count;
        kept = count;
      },
      release: () => {
        this.lent -= kept;
        kept = 0;
      },
    };
  }
}

const wholePiece = (bytes: Uint8Array | null): Piece | null =>
  bytes === null ? null : { bytes, from: 0, to: bytes.length };
