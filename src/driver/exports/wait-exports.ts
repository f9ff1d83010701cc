import {
  DispatcherObject,
  KEVENT,
  KeWaitForMultipleObjects,
  type WAIT_TYPE,
  WaitAll,
  WaitAny,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { timeoutAt } from './event-exports.ts';
import type { ExportTable } from './export-table.ts';

/** The first bytes of the array, for the objects' addresses; no more are looked at than may be waited for. */
const objectsAt = (guest: Guest, count: number, array: number): DispatcherObject[] => {
  const objects: DispatcherObject[] = [];
  for (let i = 0; i < Math.min(count, 65); i++) {
    const address = guest.memory.readU32(array + 4 * i);
    objects.push(guest.objects.at(address, DispatcherObject, 'KeWaitForMultipleObjects'));
  }
  return objects;
};

/** Source: wdm.h reference, the functions of these names. */
export const waitExports: ExportTable = {
  plain: {
    /** Releases whom the event would release, and leaves it unset. @returns nonzero if it was set */
    KePulseEvent: (guest: Guest, Event: number, _Increment: number, _Wait: number) => {
      const event = guest.objects.at(Event >>> 0, KEVENT, 'KePulseEvent');
      const was = event.signal(true);
      event.signalled = false;
      guest.kernel.scheduler.switchPoint();
      return was;
    },
  },
  waiting: {
    *KeWaitForMultipleObjects(
      guest: Guest,
      Count: number,
      Objects: number,
      WaitType: number,
      Reason: number,
      Mode: number,
      Alertable: number,
      Timeout: number,
      WaitBlocks: number,
    ) {
      const count = Count >>> 0;
      const type: WAIT_TYPE = WaitType === WaitAny ? WaitAny : WaitAll;
      const objects = objectsAt(guest, count, Objects >>> 0);
      const blocks = WaitBlocks === 0 ? null : objects;
      const timeout = timeoutAt(guest, Timeout >>> 0);
      const alertable = (Alertable & 0xff) !== 0;
      return yield* KeWaitForMultipleObjects(
        guest.kernel,
        count,
        objects,
        type,
        Reason,
        Mode,
        alertable,
        timeout,
        blocks,
      );
    },
  },
};
