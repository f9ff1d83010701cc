/** A section of a WebAssembly module; offsets are in bytes from the start of the module. */
export interface WasmSection {
  /** 0 custom, 2 imports, 7 exports, 10 code, … */
  readonly id: number;
  /** The name of a custom section, else empty. */
  readonly name: string;
  /** Where the content starts: after the size, and after the name of a custom section. */
  readonly start: number;
  readonly end: number;
}

export const SECTION_TYPE = 1;
export const SECTION_IMPORT = 2;
export const SECTION_FUNCTION = 3;
export const SECTION_CODE = 10;

const text = new TextDecoder();

/** Reads what WebAssembly and DWARF are made of; past the end it reads zeros and says so in `failed`. */
export class BinaryReader {
  readonly bytes: Uint8Array;
  at: number;
  readonly end: number;
  failed = false;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = start;
    this.end = Math.min(end, bytes.length);
  }

  get done(): boolean {
    return this.at >= this.end;
  }

  u8(): number {
    if (this.at < this.end) return this.bytes[this.at++];
    this.failed = true;
    return 0;
  }

  u16(): number {
    return this.u8() | (this.u8() << 8);
  }

  u32(): number {
    return (this.u16() | (this.u16() << 16)) >>> 0;
  }

  /** An unsigned LEB128 number; bits above 32 are dropped. */
  uleb(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80 || this.failed) return value >>> 0;
    }
  }

  /** A signed LEB128 number; bits above 32 are dropped. */
  sleb(): number {
    let value = 0;
    for (let shift = 0; ; ) {
      const byte = this.u8();
      if (shift < 32) value |= (byte & 0x7f) << shift;
      shift += 7;
      if (byte < 0x80 || this.failed) return shift < 32 && byte & 0x40 ? value | (-1 << shift) : value;
    }
  }

  /** A string with its length before it. */
  name(): string {
    const length = this.uleb();
    const start = this.at;
    this.skip(length);
    return text.decode(this.bytes.subarray(start, this.at));
  }

  /** A string with a zero byte after it. */
  cString(): string {
    const start = this.at;
    while (this.u8() !== 0);
    return text.decode(this.bytes.subarray(start, this.failed ? this.at : this.at - 1));
  }

  skip(count: number): void {
    if (count > this.end - this.at) this.failed = true;
    this.at = Math.min(this.at + count, this.end);
  }
}

/** Whether bytes start as a WebAssembly module does. */
export const isWasm = (bytes: Uint8Array): boolean =>
  bytes.length >= 8 && bytes[0] === 0 && bytes[1] === 0x61 && bytes[2] === 0x73 && bytes[3] === 0x6d;

/** The sections of a module, in order; an empty list when the bytes are none. A section cut short ends with the bytes. */
export const sectionsOf = (wasm: Uint8Array): WasmSection[] => {
  const found: WasmSection[] = [];
  const reader = new BinaryReader(wasm, 8);
  while (isWasm(wasm) && !reader.done) {
    const id = reader.u8();
    const size = reader.uleb();
    const end = Math.min(reader.at + size, wasm.length);
    const content = new BinaryReader(wasm, reader.at, end);
    const name = id === 0 ? content.name() : '';
    found.push({ id, name, start: content.at, end });
    reader.at = end;
  }
  return found;
};

/** The content of a custom section, null when there is none. */
export const customSection = (wasm: Uint8Array, name: string): Uint8Array | null => {
  const found = sectionsOf(wasm).find((section) => section.id === 0 && section.name === name);
  return found === undefined ? null : wasm.subarray(found.start, found.end);
};

/** An unsigned LEB128 number, appended. */
export const pushUleb = (out: number[], value: number): void => {
  for (value >>>= 0; value >= 0x80; value >>>= 7) out.push((value & 0x7f) | 0x80);
  out.push(value);
};

/** The module with custom sections appended: what stood before keeps its offsets. */
export const withSections = (wasm: Uint8Array, added: Readonly<Record<string, Uint8Array>>): Uint8Array => {
  const parts = [wasm];
  for (const [name, content] of Object.entries(added)) {
    const title = new TextEncoder().encode(name);
    const head: number[] = [];
    pushUleb(head, title.length);
    const header: number[] = [0];
    pushUleb(header, head.length + title.length + content.length);
    parts.push(Uint8Array.from([...header, ...head, ...title]), content);
  }
  return joined(parts);
};

/** The module without the custom sections whose names the predicate takes. */
export const withoutSections = (wasm: Uint8Array, drop: (name: string) => boolean): Uint8Array => {
  const parts: Uint8Array[] = [];
  let from = 0;
  let previousEnd = 8;
  for (const section of sectionsOf(wasm)) {
    if (section.id === 0 && drop(section.name)) {
      parts.push(wasm.subarray(from, previousEnd));
      from = section.end;
    }
    previousEnd = section.end;
  }
  parts.push(wasm.subarray(from));
  return joined(parts);
};

/** Parts one after the other. */
export const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};
