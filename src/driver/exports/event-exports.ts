import {
  DispatcherObject,
  KEVENT,
  KeClearEvent,
  KeInitializeEvent,
  KeReadStateEvent,
  KeResetEvent,
  type Kernel,
  KeSetEvent,
  KeWaitForSingleObject,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { DISPATCHER_HEADER as Header } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** A PLARGE_INTEGER of a timeout: null for NULL. */
export const timeoutAt = (guest: Guest, address: number): bigint | null =>
  address === 0 ? null : guest.memory.read64(address);

const eventAt = (guest: Guest, address: number, call: string): KEVENT => guest.objects.at(address >>> 0, KEVENT, call);

/** Source: wdm.h reference, the functions of these names. */
export const eventExports: ExportTable = {
  plain: {
    KeInitializeEvent: (guest: Guest, Event: number, Type: number, State: number) => {
      const event = guest.objects.placeEvent(Event >>> 0);
      KeInitializeEvent(guest.kernel, event, Type === 1 ? 1 : 0, (State & 0xff) !== 0);
      guest.memory.write8((Event >>> 0) + Header.Type, Type);
    },
    KeSetEvent: (guest: Guest, Event: number, Increment: number, Wait: number) =>
      KeSetEvent(guest.kernel, eventAt(guest, Event, 'KeSetEvent'), Increment, (Wait & 0xff) !== 0),
    KeResetEvent: (guest: Guest, Event: number) => KeResetEvent(guest.kernel, eventAt(guest, Event, 'KeResetEvent')),
    KeClearEvent: (guest: Guest, Event: number) => KeClearEvent(guest.kernel, eventAt(guest, Event, 'KeClearEvent')),
    KeReadStateEvent: (guest: Guest, Event: number) =>
      KeReadStateEvent(guest.kernel, eventAt(guest, Event, 'KeReadStateEvent')),
  },
  waiting: {
    KeWaitForSingleObject(
      guest: Guest,
      Object: number,
      Reason: number,
      Mode: number,
      Alertable: number,
      Timeout: number,
    ) {
      const object = guest.objects.at(Object >>> 0, DispatcherObject, 'KeWaitForSingleObject');
      const kernel: Kernel = guest.kernel;
      const timeout = timeoutAt(guest, Timeout >>> 0);
      return KeWaitForSingleObject(kernel, object, Reason, Mode, (Alertable & 0xff) !== 0, timeout);
    },
  },
};
