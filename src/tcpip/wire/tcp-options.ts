/**
 * TCP options (RFC 9293, section 3.2), read in one pass into an object that is used again for every segment, so the
 * data path allocates nothing. An option with a length that its kind does not allow is ignored and noted; a length
 * that leaves the header ends the reading, since nothing behind it can be trusted.
 */
export const TCP_OPTION = Object.freeze({
  end: 0,
  noOperation: 1,
  mss: 2,
  windowScale: 3,
  sackPermitted: 4,
  sack: 5,
  timestamps: 8,
  fastOpen: 34, // RFC 7413, section 4.1.1
  experiment: 254, // RFC 6994
});
/** RFC 7413, appendix A: the experimental Fast Open option's identifier. */
export const FAST_OPEN_EXPERIMENT = 0xf989;
/** RFC 7413, section 4.1.1. */
export const LEAST_COOKIE = 4;
export const MOST_COOKIE = 16;
/** RFC 7323, section 2.3. */
export const MOST_WINDOW_SCALE = 14;
/** The most blocks that 40 bytes of options can carry (RFC 2018, section 3). */
export const MOST_SACK_BLOCKS = 4;

export class TcpOptions {
  /** 0 when absent. */
  mss = 0;
  /** -1 when absent; above 14 is read as 14 (RFC 7323, section 2.3). */
  windowScale = -1;
  sackPermitted = false;
  hasTimestamps = false;
  timestamp = 0;
  timestampEcho = 0;
  sackCount = 0;
  /** Left and right edges by turns. */
  readonly sackEdges = new Int32Array(2 * MOST_SACK_BLOCKS);
  /** -1: no Fast Open option; 0: cookie request; else the length of the cookie. */
  cookieLength = -1;
  /** Where the cookie starts in the bytes given. */
  cookieOffset = 0;
  /** It came in the experimental form. */
  cookieExperimental = false;
  /** An option was ignored because of its length, or the list was cut off. */
  malformed = false;

  clear(): void {
    this.mss = 0;
    this.windowScale = -1;
    this.sackPermitted = false;
    this.hasTimestamps = false;
    this.timestamp = 0;
    this.timestampEcho = 0;
    this.sackCount = 0;
    this.cookieLength = -1;
    this.cookieOffset = 0;
    this.cookieExperimental = false;
    this.malformed = false;
  }

  /** Reads the options between `from` and `to`. Those legal in a SYN only count when `syn`. */
  read(view: DataView, from: number, to: number, syn: boolean): void {
    this.clear();
    let at = from;
    while (at < to) {
      const kind = view.getUint8(at);
      if (kind === TCP_OPTION.end) return;
      if (kind === TCP_OPTION.noOperation) {
        at++;
        continue;
      }
      const length = at + 1 < to ? view.getUint8(at + 1) : 0;
      if (length < 2 || at + length > to) {
        this.malformed = true;
        return;
      }
      this.readOne(view, at, kind, length, syn);
      at += length;
    }
  }

  private readOne(view: DataView, at: number, kind: number, length: number, syn: boolean): void {
    if (kind === TCP_OPTION.timestamps && length === 10) {
      this.hasTimestamps = true;
      this.timestamp = view.getInt32(at + 2);
      this.timestampEcho = view.getInt32(at + 6);
    } else if (kind === TCP_OPTION.sack && length >= 10 && length <= 34 && (length - 2) % 8 === 0) {
      this.sackCount = (length - 2) >> 3;
      for (let i = 0; i < this.sackCount * 2; i++) this.sackEdges[i] = view.getInt32(at + 2 + 4 * i);
    } else if (kind === TCP_OPTION.mss && length === 4) {
      if (syn) this.mss = view.getUint16(at + 2);
    } else if (kind === TCP_OPTION.windowScale && length === 3) {
      if (syn) this.windowScale = Math.min(view.getUint8(at + 2), MOST_WINDOW_SCALE);
    } else if (kind === TCP_OPTION.sackPermitted && length === 2) {
      if (syn) this.sackPermitted = true;
    } else if (kind === TCP_OPTION.fastOpen) {
      if (syn) this.readCookie(at + 2, length - 2, false);
    } else if (kind === TCP_OPTION.experiment && length >= 4 && view.getUint16(at + 2) === FAST_OPEN_EXPERIMENT) {
      if (syn) this.readCookie(at + 4, length - 4, true);
    } else if (isKnown(kind)) {
      this.malformed = true;
    }
  }

  private readCookie(at: number, length: number, experimental: boolean): void {
    if (length !== 0 && (length < LEAST_COOKIE || length > MOST_COOKIE || length % 2 !== 0)) {
      this.malformed = true;
      return;
    }
    // Several Fast Open options: the last one counts, as in Linux.
    this.cookieLength = length;
    this.cookieOffset = at;
    this.cookieExperimental = experimental;
  }
}

const isKnown = (kind: number): boolean =>
  kind === TCP_OPTION.mss ||
  kind === TCP_OPTION.windowScale ||
  kind === TCP_OPTION.sackPermitted ||
  kind === TCP_OPTION.sack ||
  kind === TCP_OPTION.timestamps;
