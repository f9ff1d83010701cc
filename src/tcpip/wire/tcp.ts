import { checksumBytes, sumBytes, sumPseudoHeader } from './checksum.ts';
import { PROTOCOL_TCP } from './protocols.ts';
import { FAST_OPEN_EXPERIMENT, TCP_OPTION, TcpOptions } from './tcp-options.ts';
import { WireError } from './wire-error.ts';

/** TCP header (RFC 9293, section 3.1). Offsets, for the data path. */
export const TCP = Object.freeze({
  headerBytes: 20,
  mostOptionBytes: 40,
  sourcePort: 0,
  destinationPort: 2,
  sequence: 4,
  acknowledgment: 8,
  offsetAndFlags: 12,
  window: 14,
  checksum: 16,
  urgent: 18,
});
export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const URG = 0x20;
export const ECE = 0x40;
export const CWR = 0x80;

/** Sequence numbers are signed 32-bit numbers; comparison is by the sign of the difference (RFC 9293, section 3.4). */
export const seqLess = (a: number, b: number): boolean => ((a - b) | 0) < 0;
export const seqAtMost = (a: number, b: number): boolean => ((a - b) | 0) <= 0;
export const seqMax = (a: number, b: number): number => (((a - b) | 0) < 0 ? b : a);

/** One option as a value. Options of unknown kinds keep their bytes. */
export type TcpOptionValue =
  | { readonly kind: 'mss'; readonly mss: number }
  | { readonly kind: 'windowScale'; readonly shift: number }
  | { readonly kind: 'sackPermitted' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [left: number, right: number])[] }
  | { readonly kind: 'timestamps'; readonly value: number; readonly echo: number }
  | { readonly kind: 'fastOpen'; readonly cookie: Uint8Array; readonly experimental: boolean }
  | { readonly kind: 'unknown'; readonly number: number; readonly bytes: Uint8Array };

/** A segment as a value. `sequence` and `acknowledgment` are unsigned here, as people write them. */
export interface TcpSegment {
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly sequence: number;
  readonly acknowledgment: number;
  readonly flags: number;
  readonly window: number;
  readonly urgent: number;
  readonly options: readonly TcpOptionValue[];
  readonly payload: Uint8Array;
}

/** @param source @param destination the IP addresses, which the checksum covers */
export const parseTcp = (bytes: Uint8Array, source: Uint8Array, destination: Uint8Array): TcpSegment | WireError => {
  if (bytes.length < TCP.headerBytes) return new WireError('truncated', bytes.length);
  const header = (bytes[TCP.offsetAndFlags] >> 4) * 4;
  if (header < TCP.headerBytes || header > bytes.length) return new WireError('bad-header-length', TCP.offsetAndFlags);
  const pseudo = sumPseudoHeader(source, destination, PROTOCOL_TCP, bytes.length);
  if (sumBytes(bytes, 0, bytes.length, pseudo) !== 0xffff) return new WireError('bad-checksum', TCP.checksum);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const options = parseTcpOptions(view, TCP.headerBytes, header);
  if (options instanceof WireError) return options;
  return {
    sourcePort: view.getUint16(TCP.sourcePort),
    destinationPort: view.getUint16(TCP.destinationPort),
    sequence: view.getUint32(TCP.sequence),
    acknowledgment: view.getUint32(TCP.acknowledgment),
    flags: bytes[TCP.offsetAndFlags + 1],
    window: view.getUint16(TCP.window),
    urgent: view.getUint16(TCP.urgent),
    options,
    payload: bytes.slice(header),
  };
};

/** The options in their order, without padding; an option that makes no sense is an error here. */
export const parseTcpOptions = (view: DataView, from: number, to: number): TcpOptionValue[] | WireError => {
  const options: TcpOptionValue[] = [];
  const scan = new TcpOptions();
  let at = from;
  while (at < to) {
    const number = view.getUint8(at);
    if (number === TCP_OPTION.end) break;
    if (number === TCP_OPTION.noOperation) {
      at++;
      continue;
    }
    const length = at + 1 < to ? view.getUint8(at + 1) : 0;
    if (length < 2 || at + length > to) return new WireError('bad-option', at);
    scan.read(view, at, at + length, true);
    if (scan.malformed) return new WireError('bad-option', at);
    options.push(optionValue(scan, view, at, number, length));
    at += length;
  }
  return options;
};

const optionValue = (scan: TcpOptions, view: DataView, at: number, number: number, length: number): TcpOptionValue => {
  const slice = (from: number, count: number) => new Uint8Array(view.buffer, view.byteOffset + from, count).slice();
  if (number === TCP_OPTION.mss) return { kind: 'mss', mss: scan.mss };
  if (number === TCP_OPTION.windowScale) return { kind: 'windowScale', shift: scan.windowScale };
  if (scan.sackPermitted) return { kind: 'sackPermitted' };
  if (scan.hasTimestamps) {
    return { kind: 'timestamps', value: scan.timestamp >>> 0, echo: scan.timestampEcho >>> 0 };
  }
  if (scan.sackCount > 0) {
    const blocks: [number, number][] = [];
    for (let i = 0; i < scan.sackCount; i++) {
      blocks.push([scan.sackEdges[2 * i] >>> 0, scan.sackEdges[2 * i + 1] >>> 0]);
    }
    return { kind: 'sack', blocks };
  }
  if (scan.cookieLength >= 0) {
    return {
      kind: 'fastOpen',
      cookie: slice(scan.cookieOffset, scan.cookieLength),
      experimental: scan.cookieExperimental,
    };
  }
  return { kind: 'unknown', number, bytes: slice(at + 2, length - 2) };
};

/** @returns the segment with its checksum; options are padded with end-of-list to a multiple of four bytes */
export const buildTcp = (segment: TcpSegment, source: Uint8Array, destination: Uint8Array): Uint8Array =>
  buildRawTcp({ ...segment, options: buildTcpOptions(segment.options) }, source, destination);

/** A segment whose options are bytes already, of a length divisible by four: malformed ones, say. */
export type RawTcpSegment = Omit<TcpSegment, 'options'> & { readonly options: Uint8Array };

export const buildRawTcp = (segment: RawTcpSegment, source: Uint8Array, destination: Uint8Array): Uint8Array => {
  const header = TCP.headerBytes + segment.options.length;
  const bytes = new Uint8Array(header + segment.payload.length);
  const view = new DataView(bytes.buffer);
  view.setUint16(TCP.sourcePort, segment.sourcePort);
  view.setUint16(TCP.destinationPort, segment.destinationPort);
  view.setUint32(TCP.sequence, segment.sequence);
  view.setUint32(TCP.acknowledgment, segment.acknowledgment);
  view.setUint16(TCP.offsetAndFlags, (header << 10) | segment.flags);
  view.setUint16(TCP.window, segment.window);
  view.setUint16(TCP.urgent, segment.urgent);
  bytes.set(segment.options, TCP.headerBytes);
  bytes.set(segment.payload, header);
  const pseudo = sumPseudoHeader(source, destination, PROTOCOL_TCP, bytes.length);
  view.setUint16(TCP.checksum, checksumBytes(bytes, 0, bytes.length, pseudo));
  return bytes;
};

export const buildTcpOptions = (options: readonly TcpOptionValue[]): Uint8Array => {
  const out: number[] = [];
  const uint16 = (value: number) => out.push((value >>> 8) & 0xff, value & 0xff);
  const uint32 = (value: number) => {
    uint16(value >>> 16);
    uint16(value & 0xffff);
  };
  for (const option of options) {
    if (option.kind === 'mss') {
      out.push(TCP_OPTION.mss, 4);
      uint16(option.mss);
    } else if (option.kind === 'windowScale') out.push(TCP_OPTION.windowScale, 3, option.shift);
    else if (option.kind === 'sackPermitted') out.push(TCP_OPTION.sackPermitted, 2);
    else if (option.kind === 'timestamps') {
      out.push(TCP_OPTION.timestamps, 10);
      uint32(option.value);
      uint32(option.echo);
    } else if (option.kind === 'sack') {
      out.push(TCP_OPTION.sack, 2 + 8 * option.blocks.length);
      for (const block of option.blocks) for (const edge of block) uint32(edge);
    } else if (option.kind === 'fastOpen') {
      if (option.experimental) {
        out.push(TCP_OPTION.experiment, 4 + option.cookie.length);
        uint16(FAST_OPEN_EXPERIMENT);
      } else out.push(TCP_OPTION.fastOpen, 2 + option.cookie.length);
      out.push(...option.cookie);
    } else out.push(option.number, 2 + option.bytes.length, ...option.bytes);
  }
  while (out.length % 4 !== 0) out.push(TCP_OPTION.end);
  return Uint8Array.from(out);
};
