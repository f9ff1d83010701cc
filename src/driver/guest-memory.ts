import type { MemorySpace } from '../kernel/index.ts';
import { Poison, Shadow } from './shadow.ts';
import { shadowOffset } from './shadow-layout.ts';
import type { WasmMemory } from './webassembly.ts';

/** Told of an access that must not happen. Returns only where the machine can go on. */
export type BadAccess = (address: number, size: number, write: boolean, what: string) => void;

/**
 * A driver's memory as the host sees it. Little-endian; addresses are unsigned. It never grows, so that views stay
 * good. Every access on the driver's behalf asks the shadow first, as the driver's own do.
 */
export class GuestMemory implements MemorySpace {
  readonly memory: WasmMemory;
  readonly shadow: Shadow;
  /** Bytes that a driver may use at all: the shadow lies behind them. */
  readonly limit: number;
  /** The call or completion for which the host touches memory now; '' while the driver's own code runs. */
  call = '';
  /** All of it, for the host's own use: nothing is checked. */
  readonly all: Uint8Array;
  private readonly data: DataView;
  private readonly bad: BadAccess;

  constructor(memory: WasmMemory, bad: BadAccess) {
    this.memory = memory;
    this.bad = bad;
    this.all = new Uint8Array(memory.buffer);
    this.data = new DataView(memory.buffer);
    this.limit = shadowOffset(memory.buffer.byteLength);
    this.shadow = new Shadow(this.all.subarray(this.limit));
    // The shadow's own shadow: nobody but the instrumented code may touch it.
    this.shadow.poison(this.limit, memory.buffer.byteLength - this.limit, Poison.Unallocated);
  }

  /** Ends in a bug check unless the driver itself could touch these bytes. */
  check(address: number, size: number, write: boolean, what = ''): void {
    if (size <= 0 || this.shadow.isWhole(address, size)) return;
    const at = address + size > this.limit ? address : this.shadow.firstBad(address, size);
    if (at >= 0) this.bad(at, size, write, what);
  }

  /** A view of [base, base + length), for use at once. */
  bytes(base: number, length: number): Uint8Array {
    this.check(base >>> 0, length, false);
    return this.raw(base, length);
  }

  /** The same without asking the shadow: for memory of the host's own in there. */
  raw(base: number, length: number): Uint8Array {
    const from = base >>> 0;
    return this.all.subarray(from, from + length);
  }

  read8(address: number): number {
    this.check(address >>> 0, 1, false);
    return this.data.getUint8(address >>> 0);
  }
  read16(address: number): number {
    this.check(address >>> 0, 2, false);
    return this.data.getUint16(address >>> 0, true);
  }
  /** Signed: a LONG, or a pointer to be made unsigned with `>>> 0` where it is compared. */
  read32(address: number): number {
    this.check(address >>> 0, 4, false);
    return this.data.getInt32(address >>> 0, true);
  }
  /** A pointer, ULONG or SIZE_T. */
  readU32(address: number): number {
    this.check(address >>> 0, 4, false);
    return this.data.getUint32(address >>> 0, true);
  }
  read64(address: number): bigint {
    this.check(address >>> 0, 8, false);
    return this.data.getBigInt64(address >>> 0, true);
  }
  write8(address: number, value: number): void {
    this.check(address >>> 0, 1, true);
    this.data.setUint8(address >>> 0, value);
  }
  write16(address: number, value: number): void {
    this.check(address >>> 0, 2, true);
    this.data.setUint16(address >>> 0, value, true);
  }
  write32(address: number, value: number): void {
    this.check(address >>> 0, 4, true);
    this.data.setInt32(address >>> 0, value, true);
  }
  write64(address: number, value: bigint): void {
    this.check(address >>> 0, 8, true);
    this.data.setBigInt64(address >>> 0, value, true);
  }
  fill(address: number, size: number, value: number): void {
    this.check(address >>> 0, size, true);
    this.all.fill(value, address >>> 0, (address >>> 0) + size);
  }

  /** UTF-16 units, as UNICODE_STRING and PCWSTR have them. */
  wideText(address: number, units: number): string {
    this.check(address >>> 0, units * 2, false);
    let text = '';
    for (let i = 0; i < units; i++) text += String.fromCharCode(this.data.getUint16((address >>> 0) + i * 2, true));
    return text;
  }
  /** A NUL-terminated PCWSTR. */
  wideString(address: number): string {
    let units = 0;
    while (this.read16(address + units * 2) !== 0) units++;
    return this.wideText(address, units);
  }
  writeWide(address: number, text: string): void {
    this.check(address >>> 0, text.length * 2, true);
    for (let i = 0; i < text.length; i++) this.data.setUint16((address >>> 0) + i * 2, text.charCodeAt(i), true);
  }
  /** Bytes as Latin-1, which is what drivers' narrow texts are. */
  text(address: number, length: number): string {
    let text = '';
    for (const byte of this.bytes(address, length)) text += String.fromCharCode(byte);
    return text;
  }
  /** A NUL-terminated PCSTR. */
  string(address: number): string {
    let length = 0;
    while (this.read8(address + length) !== 0) length++;
    return this.text(address, length);
  }
  /** A UNICODE_STRING's text; '' for NULL. */
  unicodeString(address: number): string {
    if (address === 0) return '';
    return this.wideText(this.readU32(address + 4), this.read16(address) >>> 1);
  }
}
