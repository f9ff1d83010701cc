import type { ByteSink, ByteSource } from '../tcpip/index.ts';

/**
 * What scripts send: they name lengths only, so each direction carries bytes that tell their place in the stream. A
 * lost, doubled or misplaced byte then shows, in a packet of ours as well as in what a read returns.
 */
export const patternByte = (offset: number): number => (offset * 31 + (offset >>> 8) * 7 + 1) & 0xff;

export const fillPattern = (into: Uint8Array, at: number, count: number, offset: number): void => {
  for (let i = 0; i < count; i++) into[at + i] = patternByte(offset + i);
};

/** The first offset at which bytes are not the pattern, or -1. */
export const patternFault = (bytes: Uint8Array, offset: number): number =>
  bytes.findIndex((byte, i) => byte !== patternByte(offset + i));

/** A stretch of the pattern as something to send. */
export class PatternSource implements ByteSource {
  readonly length: number;
  private readonly start: number;

  constructor(start: number, length: number) {
    this.start = start;
    this.length = length;
  }

  copyTo(from: number, into: Uint8Array, at: number, count: number): void {
    fillPattern(into, at, count, this.start + from);
  }
}

/** Takes received bytes and compares them with the pattern. */
export class PatternSink implements ByteSink {
  readonly length: number;
  /** How far into the stream the first wrong byte was, or -1. */
  fault = -1;
  private readonly start: number;

  constructor(start: number, length: number) {
    this.start = start;
    this.length = length;
  }

  copyFrom(at: number, from: Uint8Array, offset: number, count: number): void {
    const bad = patternFault(from.subarray(offset, offset + count), this.start + at);
    if (bad >= 0 && this.fault < 0) this.fault = this.start + at + bad;
  }
}
