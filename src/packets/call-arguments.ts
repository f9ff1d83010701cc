import { parseAddress } from '../link/index.ts';
import { CONSTANTS } from './constants.ts';
import type { Address, SocketWorld } from './posix-socket.ts';
import type { ScriptCall, Value } from './script.ts';
import { syntaxError, unsupported } from './script-error.ts';

const MOST_BYTES = 1 << 30;
const MOST_PORT = 65_535;
const AF_INET6 = 10;

export interface PollRecord {
  readonly fd: number;
  readonly events: number;
  /** null when the script does not say. */
  readonly revents: number | null;
}

/** A socket of either kind, as far as addresses are concerned. */
interface AddressedSocket {
  readonly world: SocketWorld;
  readonly version: 4 | 6;
}

/** The arguments of one call, read as what the call needs; all else is an error with the line. */
export class CallArguments {
  readonly line: number;
  private readonly call: ScriptCall;

  constructor(call: ScriptCall, line: number) {
    this.call = call;
    this.line = line;
  }

  has(index: number): boolean {
    return index < this.call.args.length;
  }

  value(index: number): Value {
    if (!this.has(index)) throw syntaxError(this.line, `${this.call.name}() has too few arguments`);
    return this.call.args[index];
  }

  isAny(index: number): boolean {
    return this.has(index) && this.value(index).kind === 'any';
  }

  number(index: number): number {
    return this.numberOf(this.value(index));
  }

  /** A pointer that leads nowhere, in place of the `...` or the text that memory to read or write is. */
  isNull(index: number): boolean {
    const value = this.value(index);
    if (value.kind === 'word' && value.name === 'NULL') return true;
    if (value.kind !== 'any' && value.kind !== 'text') throw unsupported(this.line, `the buffer ${this.show(index)}`);
    return false;
  }

  /** A length, from 0. */
  count(index: number): number {
    return this.checkCount(this.number(index));
  }

  /** `[1]`: the one number of a list. */
  single(index: number): number {
    const value = this.value(index);
    return this.numberOf(value.kind === 'list' && value.items.length === 1 ? value.items[0] : value);
  }

  bytes(index: number): Uint8Array {
    const value = this.value(index);
    if (value.kind !== 'text') throw syntaxError(this.line, `argument ${index + 1} of ${this.call.name}() is a text`);
    return value.bytes;
  }

  field(index: number, name: string): Value {
    const found = this.fieldOrNull(index, name);
    if (found === null)
      throw syntaxError(this.line, `argument ${index + 1} of ${this.call.name}() has a field ${name}`);
    return found;
  }

  fieldOrNull(index: number, name: string): Value | null {
    const value = this.value(index);
    return value.kind === 'struct' ? (value.fields.find((field) => field.name === name)?.value ?? null) : null;
  }

  fieldNumber(index: number, name: string): number {
    return this.numberOf(this.field(index, name));
  }

  /** `[{..., 100}, {..., 200}]`: bytes altogether. */
  vectorBytes(value: Value): number {
    if (value.kind !== 'list') throw syntaxError(this.line, `${this.call.name}() takes a list such as [{..., 100}]`);
    let total = 0;
    for (const item of value.items) {
      if (item.kind !== 'struct' || item.fields.length !== 2) throw syntaxError(this.line, 'an element is {..., 100}');
      total += this.checkCount(this.numberOf(item.fields[1].value));
    }
    return this.checkCount(total);
  }

  pollRecords(index: number): PollRecord[] {
    const value = this.value(index);
    if (value.kind !== 'list') throw syntaxError(this.line, 'poll() takes a list such as [{fd=3, events=POLLIN}]');
    return value.items.map((item) => {
      const field = (name: string): number | null => {
        const found = item.kind === 'struct' ? item.fields.find((one) => one.name === name) : undefined;
        return found === undefined ? null : this.numberOf(found.value);
      };
      return { fd: field('fd') ?? -1, events: field('events') ?? 0, revents: field('revents') };
    });
  }

  /** Where to connect to: the script's remote side for `...`. */
  address(index: number, socket: AddressedSocket): Address {
    const { remote4, remote6, connectPort } = socket.world.addresses;
    const { version } = socket;
    if (index < 0 || !this.has(index) || this.isAny(index)) {
      return { version, words: version === 4 ? remote4 : remote6, port: connectPort };
    }
    const found = this.readAddress(index);
    if (found.version !== version) throw unsupported(this.line, 'an address of the other family');
    return found;
  }

  /** What to bind to: any address and the usual port for `...`. */
  localAddress(index: number, socket: AddressedSocket): Address {
    const { version, world } = socket;
    if (!this.has(index) || this.isAny(index)) return { version, words: null, port: world.addresses.bindPort };
    const found = this.readAddress(index);
    if (found.version !== version) throw unsupported(this.line, 'an address of the other family');
    return found.words!.every((word) => word === 0) ? { ...found, words: null } : found;
  }

  /** The argument as it might be written, for messages. */
  show(index: number): string {
    return this.has(index) ? showValue(this.value(index)) : '';
  }

  /** `{sa_family = AF_INET, sin_port = htons(8080), sin_addr = inet_addr("192.0.2.1")}`. */
  private readAddress(index: number): Address {
    if (this.fieldOrNull(index, 'sa_family') === null) throw unsupported(this.line, `the address ${this.show(index)}`);
    const family = this.fieldNumber(index, 'sa_family');
    const version = family === AF_INET6 ? 6 : 4;
    const port = this.field(index, version === 4 ? 'sin_port' : 'sin6_port');
    const number = port.kind === 'apply' && port.args.length === 1 ? this.numberOf(port.args[0]) : this.numberOf(port);
    const address = this.fieldOrNull(index, 'sin_addr') ?? this.field(index, 'sin6_addr');
    const text = address.kind === 'apply' && address.args.length > 0 ? address.args[address.args.length - 1] : address;
    if (text.kind !== 'text' || number < 0 || number > MOST_PORT) throw syntaxError(this.line, 'a socket address');
    try {
      const { version: found, words } = parseAddress(new TextDecoder().decode(text.bytes));
      if (found === version) return { version, words, port: number };
    } catch {
      // told below
    }
    throw syntaxError(this.line, `${showValue(text)} is not an IPv${version} address`);
  }

  private checkCount(count: number): number {
    if (count < 0 || count > MOST_BYTES) throw syntaxError(this.line, `a number of bytes from 0 to ${MOST_BYTES}`);
    return count;
  }

  numberOf(value: Value): number {
    if (value.kind === 'number') return value.value;
    if (value.kind === 'or') return value.parts.reduce((sum, part) => sum | this.numberOf(part), 0);
    if (value.kind === 'word') {
      const known = CONSTANTS.get(value.name);
      if (known !== undefined) return known;
      throw unsupported(this.line, value.name);
    }
    throw syntaxError(this.line, `${this.call.name}(): ${showValue(value)} is not a number`);
  }
}

export const showValue = (value: Value): string => {
  switch (value.kind) {
    case 'any':
      return '...';
    case 'number':
      return `${value.value}`;
    case 'word':
      return value.name;
    case 'text':
      return JSON.stringify(String.fromCharCode(...value.bytes.subarray(0, 64)));
    case 'or':
      return value.parts.map(showValue).join('|');
    case 'list':
      return `[${value.items.map(showValue).join(', ')}]`;
    case 'struct':
      return `{${value.fields.map((field) => `${field.name && `${field.name}=`}${showValue(field.value)}`).join(', ')}}`;
    case 'apply':
      return `${value.name}(${value.args.map(showValue).join(', ')})`;
  }
};
