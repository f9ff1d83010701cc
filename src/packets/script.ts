import type { Nanoseconds } from '../time/index.ts';

/** A packet script as values. Every event knows the line it starts on. */
export interface Script {
  readonly options: readonly ScriptOption[];
  readonly events: readonly ScriptEvent[];
}

/** `--local_ip=10.0.0.1` at the head of a script; the value is empty for a bare flag. */
export interface ScriptOption {
  readonly line: number;
  readonly name: string;
  readonly value: string;
}

export interface ScriptEvent {
  readonly line: number;
  readonly time: EventTime;
  readonly action: Action;
}

/**
 * - `at`: since the start of the script; `from` and `to` differ for a range `a~b`
 * - `after`: since the event before
 * - `any`: whenever it happens (`*`)
 */
export interface EventTime {
  readonly kind: 'at' | 'after' | 'any';
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
  readonly isRange: boolean;
}

export type Action =
  | { readonly kind: 'tcp'; readonly packet: ScriptPacket }
  | { readonly kind: 'udp'; readonly datagram: ScriptDatagram }
  | { readonly kind: 'icmp'; readonly message: ScriptIcmp }
  | { readonly kind: 'call'; readonly call: ScriptCall }
  | { readonly kind: 'shell'; readonly text: string }
  | { readonly kind: 'code'; readonly text: string };

export type Direction = 'in' | 'out';

/** A segment as the script writes it: sequence numbers relative to the initial ones, flags as header bits. */
export interface ScriptPacket {
  readonly direction: Direction;
  /** Both ports when written out (`40000 > 8080`). */
  readonly ports: readonly [source: number, destination: number] | null;
  /** The two ECN bits of the IP header; null when the script does not say. */
  readonly ecn: number | null;
  readonly flags: number;
  readonly seq: number;
  readonly length: number;
  readonly ack: number | null;
  readonly window: number | null;
  readonly urgent: number | null;
  /** null for `<...>`: any. */
  readonly options: readonly ScriptTcpOption[] | null;
}

export type ScriptTcpOption =
  | { readonly kind: 'nop' }
  | { readonly kind: 'eol' }
  | { readonly kind: 'mss'; readonly mss: number }
  | { readonly kind: 'wscale'; readonly shift: number }
  | { readonly kind: 'sackOK' }
  | { readonly kind: 'sack'; readonly blocks: readonly (readonly [number, number])[] }
  | { readonly kind: 'TS'; readonly value: number; readonly echo: number }
  /** `cookie` is null for TFO_COOKIE, the cookie that our listener gives to this peer. */
  | { readonly kind: 'FO'; readonly cookie: Uint8Array | null; readonly experimental: boolean }
  | { readonly kind: 'unknown'; readonly number: number; readonly bytes: Uint8Array };

export interface ScriptIcmp {
  readonly direction: Direction;
  readonly type: string;
  readonly code: string | null;
  readonly mtu: number;
  /** Sequence number of the segment that the error quotes. */
  readonly seq: number;
  /** Identifier of an echo. */
  readonly id: number | null;
  /** Payload of the datagram that the error quotes; null when it is about TCP, or no error. */
  readonly quoted: number | null;
}

/** `udp (100)`: of its bytes only the number is told. */
export interface ScriptDatagram {
  readonly direction: Direction;
  /** Both ports when written out (`40000 > 8080`). */
  readonly ports: readonly [source: number, destination: number] | null;
  readonly ecn: number | null;
  readonly length: number;
}

export interface ScriptCall {
  readonly name: string;
  readonly args: readonly Value[];
  /** A call that blocks, `0.1...0.2`: when it returns, counted like the event's own time. */
  readonly end: Nanoseconds | null;
  readonly result: Value;
  readonly errno: string | null;
}

/** An argument or result of a call. */
export type Value =
  | { readonly kind: 'any' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly name: string }
  | { readonly kind: 'text'; readonly bytes: Uint8Array }
  | { readonly kind: 'or'; readonly parts: readonly Value[] }
  | { readonly kind: 'list'; readonly items: readonly Value[] }
  | { readonly kind: 'struct'; readonly fields: readonly Field[] }
  | { readonly kind: 'apply'; readonly name: string; readonly args: readonly Value[] };

/** `fd=3`; the name is empty for a bare value. */
export interface Field {
  readonly name: string;
  readonly value: Value;
}
