import type { Nanoseconds } from '../../time/index.ts';

/**
 * What is in flight, segment by segment, in columns: where each ends, when it left last, and what is known of it. The
 * scoreboard of RFC 6675 and the transmission times of RFC 8985 in one. Records lie in a ring in the order of their
 * sequence numbers, without gaps, from SND.UNA to SND.NXT. A log goes back to its stack's pool when nothing is in
 * flight, so that idle connections have none and busy ones allocate nothing.
 */
export const SACKED = 1;
/** Counts as lost and was not sent again since. */
export const LOST = 2;
/** Was sent more than once. */
export const RESENT = 4;

const FIRST_CAPACITY = 64;

export class SentLog {
  private end = new Int32Array(FIRST_CAPACITY);
  private at = new Float64Array(FIRST_CAPACITY);
  private flags = new Uint8Array(FIRST_CAPACITY);
  private mask = FIRST_CAPACITY - 1;
  private first = 0;
  /** Sequence number of the first record's first byte. */
  private start = 0;
  /** Below the first record that may be LOST. */
  private hint = 0;
  count = 0;
  sackedBytes = 0;
  lostBytes = 0;
  /** Without SACK: what duplicate acknowledgments say has arrived. */
  ghostBytes = 0;

  // What the acknowledgment being looked at delivered.
  delivered = 0;
  /** The record sent last among them; -1 for none. */
  newestAt: Nanoseconds = -1;
  newestEnd = 0;
  /** Something arrived behind something sent later. */
  reordered = false;
  /** Something was delivered that was sent once only, or more than once. */
  deliveredFresh = false;
  deliveredResent = false;
  /** When the one of them that was sent again last was. */
  resentAt: Nanoseconds = 0;
  private highest = 0;
  private ambiguousAfter: Nanoseconds = 0;

  /** Bytes between SND.UNA and SND.NXT that are not in the network: RFC 6675's pipe is the rest. */
  get away(): number {
    return this.sackedBytes + this.lostBytes + this.ghostBytes;
  }

  /** When the newest record left; also once all are acknowledged. */
  get lastSentAt(): Nanoseconds {
    return this.at[(this.first + this.count - 1) & this.mask];
  }

  clear(): void {
    this.count = this.first = this.hint = 0;
    this.sackedBytes = this.lostBytes = this.ghostBytes = 0;
  }

  /** New data left, up to `end`. */
  push(seq: number, end: number, now: Nanoseconds): void {
    if (this.count > this.mask) this.grow();
    if (this.count === 0) this.start = this.highest = seq;
    const slot = (this.first + this.count++) & this.mask;
    this.end[slot] = end;
    this.at[slot] = now;
    this.flags[slot] = 0;
  }

  /** @param ambiguousAfter of a segment sent again later than this the first copy may have been delivered */
  beginAck(ambiguousAfter: Nanoseconds): void {
    this.delivered = 0;
    this.newestAt = -1;
    this.resentAt = 0;
    this.reordered = this.deliveredFresh = this.deliveredResent = false;
    this.ambiguousAfter = ambiguousAfter;
  }

  /** Everything before `una` was received in order. */
  acknowledge(una: number): void {
    while (this.count > 0) {
      const slot = this.first & this.mask;
      const end = this.end[slot];
      const whole = ((una - end) | 0) >= 0;
      const length = ((whole ? end : una) - this.start) | 0;
      if (length <= 0) return;
      const flags = this.flags[slot];
      if ((flags & SACKED) !== 0) this.sackedBytes -= length;
      else this.delivered += length;
      if ((flags & LOST) !== 0) this.lostBytes -= length;
      this.start = (this.start + length) | 0;
      if (!whole) return;
      if ((flags & SACKED) === 0) this.note(slot, end, flags);
      this.first = (this.first + 1) | 0;
      this.count--;
    }
  }

  /** The peer has `left`…`right`; records that lie in it in part only do not count. */
  sack(left: number, right: number): void {
    let low = 0;
    let high = this.count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (((this.startOf(middle) - left) | 0) < 0) low = middle + 1;
      else high = middle;
    }
    for (let i = low; i < this.count; i++) {
      const slot = (this.first + i) & this.mask;
      const end = this.end[slot];
      if (((end - right) | 0) > 0) return;
      const flags = this.flags[slot];
      if ((flags & SACKED) !== 0) continue;
      const length = this.lengthOf(i);
      if ((flags & LOST) !== 0) this.lostBytes -= length;
      this.flags[slot] = (flags & RESENT) | SACKED;
      this.sackedBytes += length;
      this.delivered += length;
      this.note(slot, end, flags);
    }
  }

  /**
   * RACK's rule: marks as LOST what was sent before (`sentAt`, `end`) and more than `window` ago.
   * @returns how long until the last of those that are not that old will be, or 0
   */
  markOlder(sentAt: Nanoseconds, end: number, window: Nanoseconds, now: Nanoseconds): Nanoseconds {
    let wait = 0;
    for (let i = 0; i < this.count; i++) {
      const slot = (this.first + i) & this.mask;
      if ((this.flags[slot] & (SACKED | LOST)) !== 0) continue;
      const at = this.at[slot];
      if (at > sentAt || (at === sentAt && ((this.end[slot] - end) | 0) >= 0)) continue;
      const left = at + window - now;
      if (left <= 0) this.markLost(i);
      else if (left > wait) wait = left;
    }
    return wait;
  }

  /** Of record `i`, counted from the first. */
  markLost(i: number): void {
    const slot = (this.first + i) & this.mask;
    if ((this.flags[slot] & (SACKED | LOST)) !== 0) return;
    this.flags[slot] |= LOST;
    this.lostBytes += this.lengthOf(i);
    const index = (this.first + i) | 0;
    if (((index - this.hint) | 0) < 0) this.hint = index;
  }

  /** What is longer than `most` cannot have got through. */
  markLonger(most: number): void {
    for (let i = 0; i < this.count; i++) if (this.lengthOf(i) > most) this.markLost(i);
  }

  markAllLost(): void {
    this.ghostBytes = 0;
    for (let i = 0; i < this.count; i++) this.markLost(i);
  }

  /** What counted as lost does not any more. */
  unmarkLost(): void {
    for (let i = 0; i < this.count; i++) this.flags[(this.first + i) & this.mask] &= ~LOST;
    this.lostBytes = 0;
  }

  /** The peer has dropped what it had (RFC 2018, section 8): true when the first record was SACKED. */
  forgetRenegedSacks(): void {
    if (this.count === 0 || (this.flags[this.first & this.mask] & SACKED) === 0) return;
    for (let i = 0; i < this.count; i++) this.flags[(this.first + i) & this.mask] &= ~SACKED;
    this.sackedBytes = 0;
  }

  /** @returns the first LOST record, or -1 */
  nextLost(): number {
    if (this.lostBytes === 0) return -1;
    if (((this.hint - this.first) | 0) < 0) this.hint = this.first;
    for (let i = (this.hint - this.first) | 0; i < this.count; i++) {
      if ((this.flags[(this.first + i) & this.mask] & LOST) !== 0) {
        this.hint = (this.first + i) | 0;
        return i;
      }
    }
    return -1;
  }

  /** Record `i` has left again. */
  resent(i: number, now: Nanoseconds): void {
    const slot = (this.first + i) & this.mask;
    if ((this.flags[slot] & LOST) !== 0) this.lostBytes -= this.lengthOf(i);
    this.flags[slot] = RESENT | (this.flags[slot] & SACKED);
    this.at[slot] = now;
  }

  startOf(i: number): number {
    return i === 0 ? this.start : this.end[(this.first + i - 1) & this.mask];
  }

  endOf(i: number): number {
    return this.end[(this.first + i) & this.mask];
  }

  flagsOf(i: number): number {
    return this.flags[(this.first + i) & this.mask];
  }

  /** Makes two records of one that has become too long for a segment. */
  split(i: number, seq: number): void {
    if (this.count > this.mask) this.grow();
    for (let j = this.count; j > i; j--) {
      const [to, from] = [(this.first + j) & this.mask, (this.first + j - 1) & this.mask];
      this.end[to] = this.end[from];
      this.at[to] = this.at[from];
      this.flags[to] = this.flags[from];
    }
    this.end[(this.first + i) & this.mask] = seq;
    this.count++;
  }

  private note(slot: number, end: number, flags: number): void {
    const at = this.at[slot];
    if ((flags & RESENT) !== 0) {
      this.deliveredResent = true;
      if (at > this.resentAt) this.resentAt = at;
      if (at > this.ambiguousAfter) return;
    } else {
      this.deliveredFresh = true;
      if (((end - this.highest) | 0) < 0) this.reordered = true;
    }
    if (((end - this.highest) | 0) > 0) this.highest = end;
    if (at > this.newestAt || (at === this.newestAt && ((end - this.newestEnd) | 0) > 0)) {
      this.newestAt = at;
      this.newestEnd = end;
    }
  }

  private lengthOf(i: number): number {
    return (this.endOf(i) - this.startOf(i)) | 0;
  }

  private grow(): void {
    const size = (this.mask + 1) * 2;
    const [end, at, flags] = [new Int32Array(size), new Float64Array(size), new Uint8Array(size)];
    for (let i = 0; i < this.count; i++) {
      const slot = (this.first + i) & this.mask;
      end[i] = this.end[slot];
      at[i] = this.at[slot];
      flags[i] = this.flags[slot];
    }
    this.end = end;
    this.at = at;
    this.flags = flags;
    this.mask = size - 1;
    this.hint = (this.hint - this.first) | 0;
    this.first = 0;
  }
}
