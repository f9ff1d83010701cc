/**
 * Columns of integers as bytes, small before they are deflated: differences between neighbours, as variable-length
 * integers with seven bits per byte, the lowest first.
 */
export class ColumnWriter {
  private bytes = new Uint8Array(1 << 12);
  private used = 0;

  /** Not negative, at most 2^53 - 1. */
  unsigned(value: number): void {
    this.reserve(8);
    while (value >= 128) {
      this.bytes[this.used++] = (value % 128) | 128;
      value = Math.floor(value / 128);
    }
    this.bytes[this.used++] = value;
  }

  /** Positive and negative in turn, so that both are short when they are small. At most 2^52 in size. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  raw(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.bytes.set(bytes, this.used);
    this.used += bytes.length;
  }

  take(): Uint8Array {
    return this.bytes.subarray(0, this.used);
  }

  private reserve(count: number): void {
    if (this.used + count <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.bytes.length, this.used + count));
    larger.set(this.bytes);
    this.bytes = larger;
  }
}

/** Reads what a ColumnWriter wrote. Behind the end there are zeros. */
export class ColumnReader {
  private readonly bytes: Uint8Array;
  private at = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  unsigned(): number {
    let value = 0;
    for (let scale = 1; this.at < this.bytes.length; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) break;
    }
    return value;
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  raw(count: number): Uint8Array {
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }
}

/** Named columns one behind the other, with a head in JSON in front that says how long each is. */
export const packColumns = (head: object, columns: Readonly<Record<string, Uint8Array>>): Uint8Array => {
  const lengths = Object.fromEntries(Object.entries(columns).map(([name, { length }]) => [name, length]));
  const json = new TextEncoder().encode(JSON.stringify({ head, lengths }));
  const total = Object.values(columns).reduce((sum, { length }) => sum + length, 4 + json.length);
  const packed = new Uint8Array(total);
  new DataView(packed.buffer).setUint32(0, json.length, true);
  packed.set(json, 4);
  let at = 4 + json.length;
  for (const column of Object.values(columns)) {
    packed.set(column, at);
    at += column.length;
  }
  return packed;
};

export interface Packed<Head> {
  readonly head: Head;
  column(name: string): Uint8Array;
}

export const unpackColumns = <Head>(packed: Uint8Array): Packed<Head> => {
  const length = new DataView(packed.buffer, packed.byteOffset).getUint32(0, true);
  const { head, lengths } = JSON.parse(new TextDecoder().decode(packed.subarray(4, 4 + length)));
  const columns = new Map<string, Uint8Array>();
  let at = 4 + length;
  for (const [name, size] of Object.entries(lengths as Record<string, number>)) {
    columns.set(name, packed.subarray(at, at + size));
    at += size;
  }
  return { head, column: (name) => columns.get(name) ?? new Uint8Array(0) };
};
