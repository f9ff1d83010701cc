import {
  STATUS_ACCESS_DENIED,
  STATUS_BUFFER_OVERFLOW,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_HANDLE,
  STATUS_INVALID_PARAMETER,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import type { RegistryKey, RegistryValue } from '../registry.ts';
import { STATUS_KEY_DELETED, STATUS_NO_MORE_ENTRIES } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';

/** OBJECT_ATTRIBUTES (ntdef.h). */
const Attributes = { RootDirectory: 4, ObjectName: 8 } as const;
const REG_CREATED_NEW_KEY = 1;
const REG_OPENED_EXISTING_KEY = 2;
/** A key that a handle stands for. */
class KeyHandle {
  readonly key: RegistryKey;
  constructor(key: RegistryKey) {
    this.key = key;
  }
}

/** The path that OBJECT_ATTRIBUTES name; null when their RootDirectory is no key. */
const pathOf = (guest: Guest, attributes: number): string | null => {
  const { memory, handles } = guest;
  const root = memory.readU32(attributes + Attributes.RootDirectory);
  const name = memory.unicodeString(memory.readU32(attributes + Attributes.ObjectName));
  if (root === 0) return name;
  const parent = handles.find(root);
  return parent instanceof KeyHandle ? `${parent.key.path}\\${name}` : null;
};

const openKey = (guest: Guest, Handle: number, _Access: number, Object_: number): number => {
  guest.memory.check(Handle >>> 0, 4, true, 'ZwOpenKey');
  const path = pathOf(guest, Object_ >>> 0);
  if (path === null) return STATUS_INVALID_HANDLE;
  const key = guest.executive.registry.open(path);
  if (key === null) return STATUS_OBJECT_NAME_NOT_FOUND;
  return guest.handles.give(guest.memory, Handle, new KeyHandle(key));
};

/** Runs a call on the key that a handle stands for. */
const onKey = (guest: Guest, handle: number, act: (key: RegistryKey) => number): number => {
  const found = guest.handles.find(handle);
  if (!(found instanceof KeyHandle)) return STATUS_INVALID_HANDLE;
  return found.key.deleted ? STATUS_KEY_DELETED : act(found.key);
};

/** Gives a structure of variable length: all of it, what fits behind its fixed part, or nothing. */
const answer = (guest: Guest, bytes: Uint8Array, fixed: number, at: number, room: number, length: number): number => {
  guest.memory.write32(length >>> 0, bytes.length);
  if (room >>> 0 < fixed) return STATUS_BUFFER_TOO_SMALL;
  const fits = Math.min(bytes.length, room >>> 0);
  guest.memory.check(at >>> 0, fits, true);
  guest.memory.raw(at >>> 0, fits).set(bytes.subarray(0, fits));
  return fits < bytes.length ? STATUS_BUFFER_OVERFLOW : STATUS_SUCCESS;
};

const wide = (text: string): Uint8Array =>
  Uint8Array.from({ length: text.length * 2 }, (_, i) => text.charCodeAt(i >> 1) >>> (i & 1 ? 8 : 0));

/** Words of 32 bits, then bytes. */
const structure = (words: readonly number[], ...rest: readonly Uint8Array[]): Uint8Array => {
  const bytes = new Uint8Array(words.length * 4 + rest.reduce((sum, { length }) => sum + length, 0));
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  let at = words.length * 4;
  for (const part of rest) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

// KEY_VALUE_INFORMATION_CLASS: basic, full, partial. The fixed part is what stands before the name or the data.
const valueInformation = (kind: number, { name, type, data }: RegistryValue): [Uint8Array, number] | null => {
  const text = wide(name);
  if (kind === 0) return [structure([0, type, text.length], text), 12];
  if (kind === 2) return [structure([0, type, data.length], data), 12];
  if (kind !== 1) return null;
  const offset = (20 + text.length + 3) & -4;
  const padding = new Uint8Array(offset - 20 - text.length);
  return [structure([0, type, offset, data.length, text.length], text, padding, data), 20];
};

// KEY_INFORMATION_CLASS: basic and full; the time of the last write is 0.
const keyInformation = (guest: Guest, kind: number, key: RegistryKey): [Uint8Array, number] | null => {
  const text = wide(key.name);
  if (kind === 0) return [structure([0, 0, 0, text.length], text), 16];
  if (kind !== 2) return null;
  const below = guest.executive.registry.below(key);
  const values = [...key.values.values()];
  const longest = (lengths: number[]): number => Math.max(0, ...lengths);
  const names = [
    below.length,
    longest(below.map(({ name }) => name.length * 2)),
    0,
    values.length,
    longest(values.map(({ name }) => name.length * 2)),
    longest(values.map(({ data }) => data.length)),
  ];
  return [structure([0, 0, 0, 0xffff_ffff, 0, ...names, 0]), 44];
};

const give = (guest: Guest, found: [Uint8Array, number] | null, at: number, room: number, length: number): number =>
  found === null ? STATUS_INVALID_PARAMETER : answer(guest, found[0], found[1], at, room, length);

const createKey = (guest: Guest, Handle: number, _Access: number, Object_: number, ...rest: number[]): number => {
  const disposition = rest[3];
  const path = pathOf(guest, Object_ >>> 0);
  if (path === null) return STATUS_INVALID_HANDLE;
  const { registry } = guest.executive;
  const existed = registry.open(path) !== null;
  const key = registry.create(path);
  if (key === null) return STATUS_INSUFFICIENT_RESOURCES;
  const status = guest.handles.give(guest.memory, Handle, new KeyHandle(key));
  if (status !== STATUS_SUCCESS) return status;
  if (disposition !== 0) guest.memory.write32(disposition, existed ? REG_OPENED_EXISTING_KEY : REG_CREATED_NEW_KEY);
  return STATUS_SUCCESS;
};

/** Source: wdm.h reference, the functions of these names; IoOpenDriverRegistryKey opens the driver's Parameters key. */
export const registryExports: ExportTable = {
  plain: {
    ZwOpenKey: openKey,
    ZwOpenKeyEx: openKey,
    ZwCreateKey: createKey,
    ZwFlushKey: (guest: Guest, Key: number) => onKey(guest, Key, () => STATUS_SUCCESS),
    ZwDeleteKey: (guest: Guest, Key: number) =>
      onKey(guest, Key, (key) => (guest.executive.registry.remove(key) ? STATUS_SUCCESS : STATUS_ACCESS_DENIED)),
    ZwQueryKey: (guest: Guest, Key: number, Class: number, At: number, Room: number, Length: number) =>
      onKey(guest, Key, (key) => give(guest, keyInformation(guest, Class, key), At, Room, Length)),
    ZwEnumerateKey: (
      guest: Guest,
      Key: number,
      Index: number,
      Class: number,
      At: number,
      Room: number,
      Length: number,
    ) =>
      onKey(guest, Key, (key) => {
        const below = guest.executive.registry.below(key)[Index >>> 0];
        if (below === undefined) return STATUS_NO_MORE_ENTRIES;
        return give(guest, keyInformation(guest, Class, below), At, Room, Length);
      }),
    ZwQueryValueKey: (
      guest: Guest,
      Key: number,
      Name: number,
      Class: number,
      At: number,
      Room: number,
      Length: number,
    ) =>
      onKey(guest, Key, (key) => {
        const value = guest.executive.registry.value(key, guest.memory.unicodeString(Name >>> 0));
        if (value === null) return STATUS_OBJECT_NAME_NOT_FOUND;
        return give(guest, valueInformation(Class, value), At, Room, Length);
      }),
    ZwEnumerateValueKey: (
      guest: Guest,
      Key: number,
      Index: number,
      Class: number,
      At: number,
      Room: number,
      Length: number,
    ) =>
      onKey(guest, Key, (key) => {
        const value = [...key.values.values()][Index >>> 0];
        if (value === undefined) return STATUS_NO_MORE_ENTRIES;
        return give(guest, valueInformation(Class, value), At, Room, Length);
      }),
    ZwSetValueKey: (
      guest: Guest,
      Key: number,
      Name: number,
      _Index: number,
      Type: number,
      Data: number,
      Size: number,
    ) =>
      onKey(guest, Key, (key) => {
        const data = guest.memory.bytes(Data >>> 0, Size >>> 0).slice();
        const kept = guest.executive.registry.set(key, guest.memory.unicodeString(Name >>> 0), Type, data);
        return kept ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
      }),
    ZwDeleteValueKey: (guest: Guest, Key: number, Name: number) =>
      onKey(guest, Key, (key) => {
        const name = guest.memory.unicodeString(Name >>> 0);
        return guest.executive.registry.unset(key, name) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
      }),
    IoOpenDriverRegistryKey: (
      guest: Guest,
      _Driver: number,
      _Type: number,
      _Access: number,
      _Flags: number,
      Handle: number,
    ) => {
      const path = guest.memory.unicodeString(guest.registryPath);
      const key = guest.executive.registry.open(`${path}\\Parameters`);
      if (key === null) return STATUS_OBJECT_NAME_NOT_FOUND;
      return guest.handles.give(guest.memory, Handle, new KeyHandle(key));
    },
  },
  waiting: {},
};
