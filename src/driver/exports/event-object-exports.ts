import {
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_INVALID_HANDLE,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import { KEVENT, KeInitializeEvent, KeSetEvent } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { DISPATCHER_HEADER as Header } from '../layout.ts';
import { STATUS_OBJECT_TYPE_MISMATCH } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';

/** An event that a handle stands for. Its memory is the system's, and is kept while the driver is loaded. */
const create = (guest: Guest, type: number, state: number): { event: KEVENT; address: number } | null => {
  const address =
    guest.kernel.mayAllocate() && !guest.handles.isFull ? guest.pool.allocate(Header.size, 'object', 'event') : 0;
  if (address === 0) return null;
  const event = guest.objects.placeEvent(address);
  KeInitializeEvent(guest.kernel, event, type === 1 ? 1 : 0, (state & 0xff) !== 0);
  guest.memory.write8(address + Header.Type, type);
  guest.pointers.name(event, address);
  return { event, address };
};

/** Names of events: beyond, a driver is told that there is no memory. */
const MOST_NAMES = 1000;

/** A named event: each call that names it gives another handle to the same one. @returns PKEVENT, 0 without memory */
const named = (guest: Guest, name: number, handle: number, type: number): number => {
  const { namedEvents } = guest.executive;
  const text = guest.memory.unicodeString(name >>> 0).toLowerCase();
  const known = namedEvents.get(text);
  if (guest.handles.isFull || (known === undefined && namedEvents.size >= MOST_NAMES)) return 0;
  // IoCreate…Event gives an event that is set at first.
  const made = known ?? create(guest, type, 1);
  if (made === null) return 0;
  if (text !== '') namedEvents.set(text, made);
  guest.memory.write32(handle >>> 0, guest.handles.open(made.event));
  return made.address;
};

const change =
  (state: boolean) =>
  (guest: Guest, Handle: number, Previous: number): number => {
    const event = guest.handles.find(Handle);
    if (event === null) return STATUS_INVALID_HANDLE;
    if (!(event instanceof KEVENT)) return STATUS_OBJECT_TYPE_MISMATCH;
    const was = event.signalled ? 1 : 0;
    if (Previous !== 0) guest.memory.write32(Previous >>> 0, was);
    if (state) KeSetEvent(guest.kernel, event, 0, false);
    else event.signalled = false;
    return STATUS_SUCCESS;
  };

/** Source: wdm.h and ntifs.h reference, the functions of these names. */
export const eventObjectExports: ExportTable = {
  plain: {
    ZwCreateEvent: (
      guest: Guest,
      Handle: number,
      _Access: number,
      _Attributes: number,
      Type: number,
      State: number,
    ) => {
      guest.memory.check(Handle >>> 0, 4, true, 'ZwCreateEvent');
      const made = create(guest, Type, State);
      if (made === null) return STATUS_INSUFFICIENT_RESOURCES;
      return guest.handles.give(guest.memory, Handle, made.event);
    },
    ZwOpenEvent: () => STATUS_OBJECT_NAME_NOT_FOUND,
    ZwSetEvent: change(true),
    ZwResetEvent: change(false),
    ZwClearEvent: (guest: Guest, Handle: number) => change(false)(guest, Handle, 0),
    IoCreateNotificationEvent: (guest: Guest, Name: number, Handle: number) => named(guest, Name, Handle, 0),
    IoCreateSynchronizationEvent: (guest: Guest, Name: number, Handle: number) => named(guest, Name, Handle, 1),
  },
  waiting: {},
};
