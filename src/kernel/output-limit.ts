/** Characters of a machine's output that are kept in its trace unless an option says otherwise. */
export const OUTPUT_LIMIT = 16 * 1024 * 1024;

/** What a print counts beside its characters. */
const RECORD = 16;

/** How much drivers have printed: a trace keeps only so much of it. */
export class OutputLimit {
  readonly limit: number;
  /** Prints beyond the limit. */
  dropped = 0;
  private kept = 0;

  /** @param limit characters */
  constructor(limit = OUTPUT_LIMIT) {
    this.limit = limit;
  }

  /** Counts a print. @returns whether it is kept */
  take(length: number): boolean {
    this.kept += RECORD + length;
    if (this.dropped === 0 && this.kept <= this.limit) return true;
    this.dropped++;
    return false;
  }

  /** What to do about it. */
  get advice(): string {
    return `the driver printed more than ${this.limit} characters: give it more with --output-limit`;
  }
}
