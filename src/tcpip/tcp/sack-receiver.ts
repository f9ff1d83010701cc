/**
 * The receiver's side of SACK (RFC 2018): the ranges that came early, the one that changed last first, so that each is
 * told in several acknowledgments; and, ahead of them and once, a range that came twice (DSACK, RFC 2883). A range that
 * falls off the end is told by nobody any more, which costs the sender a retransmission and nothing else.
 */
const MOST_RANGES = 8;
const MOST_BLOCKS = 4;

export class SackReceiver {
  private readonly left = new Int32Array(MOST_RANGES);
  private readonly right = new Int32Array(MOST_RANGES);
  private count = 0;
  private duplicateLeft = 0;
  private duplicateRight = 0;
  private hasDuplicate = false;

  /** `left`…`right` came early and was kept. */
  add(left: number, right: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (((this.left[i] - right) | 0) <= 0 && ((left - this.right[i]) | 0) <= 0) {
        if (((this.left[i] - left) | 0) < 0) left = this.left[i];
        if (((this.right[i] - right) | 0) > 0) right = this.right[i];
      } else {
        this.left[kept] = this.left[i];
        this.right[kept++] = this.right[i];
      }
    }
    this.count = Math.min(kept + 1, MOST_RANGES);
    for (let i = this.count - 1; i > 0; i--) {
      this.left[i] = this.left[i - 1];
      this.right[i] = this.right[i - 1];
    }
    this.left[0] = left;
    this.right[0] = right;
  }

  /** RCV.NXT has moved. */
  advance(rcvNxt: number): void {
    let kept = 0;
    for (let i = 0; i < this.count; i++) {
      if (((this.right[i] - rcvNxt) | 0) <= 0) continue;
      this.left[kept] = this.left[i];
      this.right[kept++] = this.right[i];
    }
    this.count = kept;
  }

  /** `left`…`right` came although it was there. */
  duplicate(left: number, right: number): void {
    this.duplicateLeft = left;
    this.duplicateRight = right;
    this.hasDuplicate = true;
  }

  clear(): void {
    this.count = 0;
    this.hasDuplicate = false;
  }

  get blocks(): number {
    return this.count + (this.hasDuplicate ? 1 : 0);
  }

  /** Bytes of options for `room` bytes of space. */
  bytes(room: number): number {
    const fit = Math.min(this.blocks, MOST_BLOCKS, (room - 4) >> 3);
    return fit <= 0 ? 0 : 4 + 8 * fit;
  }

  /** Writes as much as `bytes` said. */
  write(view: DataView, at: number, bytes: number): void {
    view.setInt32(at, 0x01010500 | (bytes - 2)); // two no-operations, kind 5, length
    const end = at + bytes;
    at += 4;
    if (this.hasDuplicate) {
      view.setInt32(at, this.duplicateLeft);
      view.setInt32(at + 4, this.duplicateRight);
      this.hasDuplicate = false;
      at += 8;
    }
    for (let i = 0; at < end; i++, at += 8) {
      view.setInt32(at, this.left[i]);
      view.setInt32(at + 4, this.right[i]);
    }
  }
}
