/** REG_… types of the values that a host can give. */
export const REG_SZ = 1;
export const REG_BINARY = 3;
export const REG_DWORD = 4;
export const REG_MULTI_SZ = 7;
export const REG_QWORD = 11;

/** A value of the host's: text is REG_SZ, a list REG_MULTI_SZ, a number REG_DWORD, a bigint REG_QWORD, bytes REG_BINARY. */
export type HostValue = string | readonly string[] | number | bigint | Uint8Array;

/** Keys by their whole paths (`\\Registry\\Machine\\…`), with their values by name; '' names a key's default value. */
export type RegistryContents = Readonly<Record<string, Readonly<Record<string, HostValue>>>>;

export interface RegistryValue {
  readonly name: string;
  readonly type: number;
  /** As the registry has it: little-endian, texts in UTF-16 with their NUL. */
  readonly data: Uint8Array;
}

export interface RegistryKey {
  /** The last part of its path. */
  readonly name: string;
  readonly path: string;
  readonly values: Map<string, RegistryValue>;
  deleted: boolean;
}

/** Bytes of keys and values: beyond, a driver is told that there is no memory. */
const MOST_BYTES = 16 * 1024 * 1024;

/** What a key or value counts beside its name, its path and its data. */
const ENTRY = 1024;

/** A small registry: keys by path, values by name; case matters to neither. Changes last as long as the driver. */
export class Registry {
  private readonly keys = new Map<string, RegistryKey>();
  private bytes = 0;

  constructor(contents: RegistryContents) {
    for (const [path, values] of Object.entries(contents)) {
      const key = this.create(path)!;
      for (const [name, value] of Object.entries(values)) this.set(key, name, ...encoded(value));
    }
  }

  open(path: string): RegistryKey | null {
    return this.keys.get(normal(path)) ?? null;
  }

  /** Opens or makes a key; those above it exist then too. @returns null without room */
  create(path: string): RegistryKey | null {
    const parts = path.split('\\').filter((part) => part !== '');
    let made: RegistryKey | null = null;
    for (let i = 1; i <= parts.length; i++) {
      const at = `\\${parts.slice(0, i).join('\\')}`;
      made = this.open(at);
      if (made !== null) continue;
      if (!this.take(keySize(at))) return null;
      made = { name: parts[i - 1], path: at, values: new Map(), deleted: false };
      this.keys.set(normal(at), made);
    }
    return made ?? { name: '', path: '', values: new Map(), deleted: false };
  }

  /** @returns whether there was such a key without keys below it */
  remove(key: RegistryKey): boolean {
    if (this.below(key).length > 0) return false;
    key.deleted = true;
    this.bytes -= keySize(key.path);
    for (const value of key.values.values()) this.bytes -= valueSize(value);
    return this.keys.delete(normal(key.path));
  }

  /** The keys directly below one, in the order in which they were made. */
  below(key: RegistryKey): RegistryKey[] {
    const prefix = `${normal(key.path)}\\`;
    return [...this.keys]
      .filter(([path]) => path.startsWith(prefix) && !path.slice(prefix.length).includes('\\'))
      .map(([, found]) => found);
  }

  value(key: RegistryKey, name: string): RegistryValue | null {
    return key.values.get(name.toLowerCase()) ?? null;
  }
  /** @returns false without room */
  set(key: RegistryKey, name: string, type: number, data: Uint8Array): boolean {
    const value = { name, type, data };
    const old = this.value(key, name);
    if (!this.take(valueSize(value) - (old === null ? 0 : valueSize(old)))) return false;
    key.values.set(name.toLowerCase(), value);
    return true;
  }
  /** @returns whether there was such a value */
  unset(key: RegistryKey, name: string): boolean {
    const old = this.value(key, name);
    if (old !== null) this.bytes -= valueSize(old);
    return key.values.delete(name.toLowerCase());
  }

  private take(bytes: number): boolean {
    if (this.bytes + bytes > MOST_BYTES) return false;
    this.bytes += bytes;
    return true;
  }
}

const keySize = (path: string): number => ENTRY + path.length * 4;
const valueSize = ({ name, data }: RegistryValue): number => ENTRY + name.length * 4 + data.length;

const normal = (path: string): string =>
  `\\${path
    .split('\\')
    .filter((part) => part !== '')
    .join('\\')}`.toLowerCase();

const wide = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    bytes[2 * i] = text.charCodeAt(i);
    bytes[2 * i + 1] = text.charCodeAt(i) >>> 8;
  }
  return bytes;
};

const encoded = (value: HostValue): [type: number, data: Uint8Array] => {
  if (typeof value === 'string') return [REG_SZ, wide(`${value}\0`)];
  if (value instanceof Uint8Array) return [REG_BINARY, value.slice()];
  if (typeof value === 'number') {
    const data = new Uint8Array(4);
    new DataView(data.buffer).setUint32(0, value, true);
    return [REG_DWORD, data];
  }
  if (typeof value === 'bigint') {
    const data = new Uint8Array(8);
    new DataView(data.buffer).setBigUint64(0, value, true);
    return [REG_QWORD, data];
  }
  return [REG_MULTI_SZ, wide(`${value.map((text) => `${text}\0`).join('')}\0`)];
};
