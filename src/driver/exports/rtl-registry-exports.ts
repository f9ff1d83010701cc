import {
  NT_SUCCESS,
  STATUS_BUFFER_TOO_SMALL,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_PARAMETER,
  STATUS_NO_MEMORY,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import type { KernelRoutine } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { UNICODE_STRING as Unicode } from '../layout.ts';
import { REG_MULTI_SZ, REG_SZ, type RegistryKey, type RegistryValue } from '../registry.ts';
import { STATUS_OBJECT_TYPE_MISMATCH } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';

/** RTL_QUERY_REGISTRY_TABLE (wdm.h). */
const Entry = {
  Routine: 0,
  Flags: 4,
  Name: 8,
  Context: 12,
  DefaultType: 16,
  DefaultData: 20,
  DefaultLength: 24,
  size: 28,
};
const OPTIONAL = 0x8000_0000;
const SUBKEY = 0x01;
const TOPKEY = 0x02;
const REQUIRED = 0x04;
const NOEXPAND = 0x10;
const DIRECT = 0x20;
const DELETE = 0x40;
const TYPECHECK = 0x100;
const REG_NONE = 0;
const REG_EXPAND_SZ = 2;

const CONTROL_SET = '\\Registry\\Machine\\System\\CurrentControlSet';
/** RTL_REGISTRY_…: absolute, services, control, WindowsNT, device map. */
const ROOTS = ['', `${CONTROL_SET}\\Services\\`, `${CONTROL_SET}\\Control\\`];

/** The key that RelativeTo and Path name; null for a root that is not here. */
const pathOf = (guest: Guest, relativeTo: number, path: number): string | null => {
  const root = ROOTS[relativeTo & 0x7fff_ffff];
  return root === undefined ? null : root + guest.memory.wideString(path >>> 0);
};

const isText = (type: number): boolean => type === REG_SZ || type === REG_EXPAND_SZ || type === REG_MULTI_SZ;

/** RTL_QUERY_REGISTRY_DIRECT: into a UNICODE_STRING, whose buffer is made when it has none. */
const storeText = (guest: Guest, at: number, data: Uint8Array): number => {
  const { memory, pool } = guest;
  const text = data.length >= 2 ? data.subarray(0, data.length - 2) : data;
  if (memory.read32(at + Unicode.Buffer) === 0) {
    const buffer = pool.allocate(data.length, 'pool', 'Reg', true, guest.places.here());
    if (buffer === 0) return STATUS_NO_MEMORY;
    memory.write32(at + Unicode.Buffer, buffer);
    memory.write16(at + Unicode.MaximumLength, data.length);
  }
  if (memory.read16(at + Unicode.MaximumLength) < data.length) return STATUS_BUFFER_TOO_SMALL;
  memory.bytes(memory.readU32(at + Unicode.Buffer), data.length).set(data);
  memory.write16(at + Unicode.Length, text.length);
  return STATUS_SUCCESS;
};

/** … or up to four bytes as they are; of more the first LONG there tells the room: negative, or with a header. */
const storeBytes = (guest: Guest, at: number, { type, data }: RegistryValue): number => {
  const { memory } = guest;
  const room = data.length <= 4 ? -data.length : memory.read32(at);
  const header = room < 0 ? 0 : 8;
  if (Math.abs(room) < data.length + header) return STATUS_BUFFER_TOO_SMALL;
  memory.bytes(at + header, data.length).set(data);
  if (header === 0) return STATUS_SUCCESS;
  memory.write32(at, data.length);
  memory.write32(at + 4, type);
  return STATUS_SUCCESS;
};

const storeDirect = (guest: Guest, entry: number, value: RegistryValue): number => {
  const flags = guest.memory.readU32(entry + Entry.Flags);
  if ((flags & TYPECHECK) !== 0 && flags >>> 24 !== value.type) return STATUS_OBJECT_TYPE_MISMATCH;
  const at = guest.memory.readU32(entry + Entry.Context);
  return isText(value.type) ? storeText(guest, at, value.data) : storeBytes(guest, at, value);
};

/** The strings of a REG_MULTI_SZ, each as a REG_SZ of its own. */
const separate = (value: RegistryValue): RegistryValue[] => {
  const parts: RegistryValue[] = [];
  let start = 0;
  for (let i = 0; i + 1 < value.data.length; i += 2) {
    if ((value.data[i] | value.data[i + 1]) !== 0) continue;
    if (i > start) parts.push({ name: value.name, type: REG_SZ, data: value.data.subarray(start, i + 2) });
    start = i + 2;
  }
  return parts;
};

function* callRoutine(guest: Guest, entry: number, value: RegistryValue, context: number): KernelRoutine<number> {
  const { memory, pool } = guest;
  const name = guest.allocateInternal(value.name.length * 2 + 2);
  const data = guest.allocateInternal(value.data.length);
  memory.writeWide(name, `${value.name}\0`);
  memory.raw(data, value.data.length).set(value.data);
  const args = [name, value.type, data, value.data.length, context, memory.readU32(entry + Entry.Context)];
  const status = (yield* guest.calls.call(memory.readU32(entry + Entry.Routine), args)) | 0;
  pool.release(name);
  pool.release(data);
  return status;
}

function* take(guest: Guest, entry: number, value: RegistryValue, context: number): KernelRoutine<number> {
  const flags = guest.memory.readU32(entry + Entry.Flags);
  if ((flags & DIRECT) !== 0) return storeDirect(guest, entry, value);
  const values = value.type === REG_MULTI_SZ && (flags & NOEXPAND) === 0 ? separate(value) : [value];
  for (const each of values) {
    const status = yield* callRoutine(guest, entry, each, context);
    if (!NT_SUCCESS(status)) return status;
  }
  return STATUS_SUCCESS;
}

/** The default that the table gives for a value that is not there. */
const defaultOf = (guest: Guest, entry: number, name: string): RegistryValue | null => {
  const { memory } = guest;
  const type = memory.readU32(entry + Entry.DefaultType) & 0xff;
  if (type === REG_NONE) return null;
  const at = memory.readU32(entry + Entry.DefaultData);
  const length = memory.readU32(entry + Entry.DefaultLength);
  const size = length === 0 && isText(type) ? memory.wideString(at).length * 2 + 2 : length;
  return { name, type, data: memory.bytes(at, size).slice() };
};

function* query(guest: Guest, key: RegistryKey, entry: number, context: number): KernelRoutine<number> {
  const { memory, executive } = guest;
  const flags = memory.readU32(entry + Entry.Flags);
  const nameAt = memory.readU32(entry + Entry.Name);
  if (nameAt === 0) {
    for (const value of key.values.values()) {
      const status = yield* take(guest, entry, value, context);
      if (!NT_SUCCESS(status)) return status;
    }
    return STATUS_SUCCESS;
  }
  const name = memory.wideString(nameAt);
  const value = executive.registry.value(key, name) ?? defaultOf(guest, entry, name);
  if (value === null) return (flags & REQUIRED) === 0 ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
  const status = yield* take(guest, entry, value, context);
  if ((flags & DELETE) !== 0 && NT_SUCCESS(status)) executive.registry.unset(key, name);
  return status;
}

function* queryAll(
  guest: Guest,
  relativeTo: number,
  path: number,
  table: number,
  context: number,
): KernelRoutine<number> {
  const { memory, executive } = guest;
  const named = pathOf(guest, relativeTo, path);
  if (named === null) return STATUS_INVALID_PARAMETER;
  const top = executive.registry.open(named);
  if (top === null) return (relativeTo & OPTIONAL) !== 0 ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
  let key = top;
  for (let entry = table >>> 0; ; entry += Entry.size) {
    const flags = memory.readU32(entry + Entry.Flags);
    const name = memory.readU32(entry + Entry.Name);
    const routine = memory.readU32(entry + Entry.Routine);
    if (routine === 0 && (flags & (SUBKEY | DIRECT)) === 0) return STATUS_SUCCESS;
    if ((flags & (SUBKEY | TOPKEY)) !== 0) key = top;
    if ((flags & SUBKEY) !== 0) {
      const below = executive.registry.open(`${top.path}\\${name === 0 ? '' : memory.wideString(name)}`);
      if (below === null && (flags & REQUIRED) !== 0) return STATUS_OBJECT_NAME_NOT_FOUND;
      key = below ?? { name: '', path: '', values: new Map(), deleted: true };
      if (routine === 0) continue;
    }
    const status = yield* query(guest, key, entry, context);
    if (!NT_SUCCESS(status)) return status;
  }
}

/** Runs a call on the key that is named. */
const onKey = (guest: Guest, relativeTo: number, path: number, act: (key: RegistryKey) => number): number => {
  const named = pathOf(guest, relativeTo, path);
  const key = named === null ? null : guest.executive.registry.open(named);
  return key === null ? STATUS_OBJECT_NAME_NOT_FOUND : act(key);
};

/** Source: wdm.h reference, the functions of these names. */
export const rtlRegistryExports: ExportTable = {
  plain: {
    RtlCheckRegistryKey: (guest: Guest, RelativeTo: number, Path: number) =>
      onKey(guest, RelativeTo, Path, () => STATUS_SUCCESS),
    RtlCreateRegistryKey: (guest: Guest, RelativeTo: number, Path: number) => {
      const path = pathOf(guest, RelativeTo, Path);
      if (path === null) return STATUS_INVALID_PARAMETER;
      return guest.executive.registry.create(path) === null ? STATUS_INSUFFICIENT_RESOURCES : STATUS_SUCCESS;
    },
    RtlWriteRegistryValue: (guest: Guest, RelativeTo: number, Path: number, ...value: number[]) =>
      onKey(guest, RelativeTo, Path, (key) => {
        const [Name, Type, Data, Length] = value;
        const data = guest.memory.bytes(Data >>> 0, Length >>> 0).slice();
        const kept = guest.executive.registry.set(key, guest.memory.wideString(Name >>> 0), Type, data);
        return kept ? STATUS_SUCCESS : STATUS_INSUFFICIENT_RESOURCES;
      }),
    RtlDeleteRegistryValue: (guest: Guest, RelativeTo: number, Path: number, Name: number) =>
      onKey(guest, RelativeTo, Path, (key) => {
        const name = guest.memory.wideString(Name >>> 0);
        return guest.executive.registry.unset(key, name) ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
      }),
  },
  waiting: {
    RtlQueryRegistryValues: (guest: Guest, RelativeTo: number, Path: number, Table: number, Context: number) =>
      queryAll(guest, RelativeTo, Path, Table, Context),
  },
};
