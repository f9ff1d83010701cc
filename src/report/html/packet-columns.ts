import type { PacketFacts } from '../packet-facts.ts';
import { ColumnReader, ColumnWriter } from './columns.ts';

/** A packet to be written: what is kept of its bytes, and what is known beside them. */
export interface PacketRow {
  readonly bytes: Uint8Array;
  readonly facts: PacketFacts;
  /** Nanoseconds under way; null for a packet that never arrives. */
  readonly delay: number | null;
  readonly to: number;
  readonly connection: number;
  /** Bytes of payload kept. */
  readonly keep: number;
  /** What it resembles: packets with the same number come from one end of one connection. */
  readonly stream: number;
}

/**
 * Headers hardly change from one packet of a stream to the next: each byte is written as the difference from the same
 * byte of the header before, and the bytes at one offset of all headers of one length stand together.
 */
export class PacketColumns {
  private readonly facts = new ColumnWriter();
  private readonly lengths = new ColumnWriter();
  private readonly ways = new ColumnWriter();
  private readonly payloads = new ColumnWriter();
  private readonly before = new Map<string, Uint8Array>();
  private readonly groups = new Map<number, Uint8Array[]>();

  add({ bytes, facts, delay, to, connection, keep, stream }: PacketRow): void {
    const header = bytes.subarray(0, headerBytes(bytes, facts));
    const payload = bytes.subarray(header.length, header.length + keep);
    this.lengths.unsigned(bytes.length);
    this.lengths.unsigned(header.length);
    this.lengths.unsigned(payload.length);
    this.ways.unsigned(delay === null ? 0 : delay + 1);
    this.ways.unsigned(to);
    this.facts.unsigned(connection);
    this.facts.unsigned(facts.marks);
    this.facts.unsigned(facts.sequenceFrom);
    this.facts.unsigned(facts.acknowledgmentFrom);
    this.facts.unsigned(stream);
    this.payloads.raw(payload);
    const group = this.groups.get(header.length);
    const difference = differenceFrom(this.before, `${stream}/${header.length}`, header);
    if (group === undefined) this.groups.set(header.length, [difference]);
    else group.push(difference);
  }

  take(): Record<string, Uint8Array> {
    const headers = new ColumnWriter();
    for (const [length, group] of this.groups) {
      headers.unsigned(length);
      headers.unsigned(group.length);
      const turned = new Uint8Array(length * group.length);
      group.forEach((bytes, i) => {
        for (let at = 0; at < length; at++) turned[at * group.length + i] = bytes[at];
      });
      headers.raw(turned);
    }
    return {
      lengths: this.lengths.take(),
      ways: this.ways.take(),
      facts: this.facts.take(),
      payloads: this.payloads.take(),
      headers: headers.take(),
    };
  }
}

const headerBytes = (bytes: Uint8Array, { head }: PacketFacts): number =>
  head === null ? Math.min(bytes.length, 40) : Math.min(bytes.length, head.payload);

const differenceFrom = (before: Map<string, Uint8Array>, key: string, header: Uint8Array): Uint8Array => {
  const last = before.get(key);
  before.set(key, header);
  return last === undefined ? header.slice() : header.map((byte, at) => byte - last[at]);
};

/** The packets of a report, in columns. */
export interface PacketTable {
  readonly count: number;
  /** Bytes on the wire, and of those the bytes kept, from `start` in `bytes`. */
  readonly length: Int32Array;
  readonly start: Int32Array;
  readonly kept: Int32Array;
  readonly bytes: Uint8Array;
  /** Nanoseconds under way; -1 for a packet that never arrives. */
  readonly delay: Float64Array;
  readonly to: Int32Array;
  readonly connection: Int32Array;
  readonly marks: Uint8Array;
  readonly sequenceFrom: Float64Array;
  readonly acknowledgmentFrom: Float64Array;
}

/** @param column the columns by the names that PacketColumns gave them */
export const readPackets = (count: number, column: (name: string) => Uint8Array): PacketTable => {
  const [lengths, ways, facts] = ['lengths', 'ways', 'facts'].map((name) => new ColumnReader(column(name)));
  const ints = (): Int32Array => new Int32Array(count);
  const [length, start, kept, to, connection, header, stream] = [
    ints(),
    ints(),
    ints(),
    ints(),
    ints(),
    ints(),
    ints(),
  ];
  const [delay, sequenceFrom, acknowledgmentFrom] = [0, 0, 0].map(() => new Float64Array(count));
  const marks = new Uint8Array(count);
  let total = 0;
  for (let i = 0; i < count; i++) {
    length[i] = lengths.unsigned();
    header[i] = lengths.unsigned();
    kept[i] = header[i] + lengths.unsigned();
    start[i] = total;
    total += kept[i];
    delay[i] = ways.unsigned() - 1;
    to[i] = ways.unsigned();
    connection[i] = facts.unsigned();
    marks[i] = facts.unsigned();
    sequenceFrom[i] = facts.unsigned();
    acknowledgmentFrom[i] = facts.unsigned();
    stream[i] = facts.unsigned();
  }
  const bytes = new Uint8Array(total);
  fillBytes(bytes, start, kept, header, stream, new ColumnReader(column('headers')), column('payloads'));
  return { count, length, start, kept, bytes, delay, to, connection, marks, sequenceFrom, acknowledgmentFrom };
};

const fillBytes = (
  bytes: Uint8Array,
  start: Int32Array,
  kept: Int32Array,
  header: Int32Array,
  stream: Int32Array,
  headers: ColumnReader,
  payloads: Uint8Array,
): void => {
  const groups = new Map<number, { readonly turned: Uint8Array; readonly size: number; next: number }>();
  const lengths = new Set(header);
  for (let left = lengths.size; left > 0; left--) {
    const [length, size] = [headers.unsigned(), headers.unsigned()];
    groups.set(length, { turned: headers.raw(length * size), size, next: 0 });
  }
  const before = new Map<number, number>();
  let payload = 0;
  for (let i = 0; i < header.length; i++) {
    const group = groups.get(header[i]);
    if (group === undefined) continue;
    const { turned, size } = group;
    const [key, row] = [stream[i] * 65536 + header[i], group.next++];
    const last = before.get(key) ?? -1;
    for (let at = 0; at < header[i]; at++) {
      bytes[start[i] + at] = turned[at * size + row] + (last < 0 ? 0 : bytes[last + at]);
    }
    before.set(key, start[i]);
    const rest = kept[i] - header[i];
    bytes.set(payloads.subarray(payload, payload + rest), start[i] + header[i]);
    payload += rest;
  }
};
