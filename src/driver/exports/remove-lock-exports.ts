import { STATUS_SUCCESS } from '../../base/index.ts';
import {
  Executive,
  KEVENT,
  KeInitializeEvent,
  KernelMode,
  KeSetEvent,
  KeWaitForSingleObject,
  SynchronizationEvent,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';
import { violation } from './lock-checks.ts';

/** IO_REMOVE_LOCK (wdm.h). IoCount begins with 1, which IoReleaseRemoveLockAndWait takes away. */
const Lock = { Removed: 0, IoCount: 4, RemoveEvent: 8, size: 24 } as const;

const STATUS_DELETE_PENDING = 0xc0000056 | 0;

const add = (guest: Guest, address: number, change: 1 | -1, call: string): number => {
  const { memory } = guest;
  memory.check(address, Lock.size, true, call);
  const count = memory.read32(address + Lock.IoCount) + change;
  if (count < 0) violation(guest, 0x1007, null, `${call} of a remove lock more often than it was acquired`);
  memory.write32(address + Lock.IoCount, count);
  return count;
};

const release = (guest: Guest, address: number, call: string): void => {
  if (add(guest, address, -1, call) > 0) return;
  KeSetEvent(guest.kernel, guest.objects.at(address + Lock.RemoveEvent, KEVENT, call), 0, false);
};

/** Source: wdm.h reference, the functions of these names without Ex, which are macros. */
export const removeLockExports: ExportTable = {
  plain: {
    IoInitializeRemoveLockEx: (guest: Guest, Address: number) => {
      const address = Address >>> 0;
      guest.memory.fill(address, Lock.size, 0);
      guest.memory.write32(address + Lock.IoCount, 1);
      const event = guest.objects.placeEvent(address + Lock.RemoveEvent);
      KeInitializeEvent(guest.kernel, event, SynchronizationEvent, false);
    },
    IoAcquireRemoveLockEx: (guest: Guest, Address: number) => {
      const address = Address >>> 0;
      add(guest, address, 1, 'IoAcquireRemoveLock');
      guest.kernel.scheduler.switchPoint();
      if (guest.memory.read8(address + Lock.Removed) === 0) return STATUS_SUCCESS;
      release(guest, address, 'IoAcquireRemoveLock');
      return STATUS_DELETE_PENDING;
    },
    IoReleaseRemoveLockEx: (guest: Guest, Address: number) => release(guest, Address >>> 0, 'IoReleaseRemoveLock'),
  },
  waiting: {
    /** Gives up the caller's hold and the first one; waits until the others have been given up. */
    *IoReleaseRemoveLockAndWaitEx(guest: Guest, Address: number) {
      const call = 'IoReleaseRemoveLockAndWait';
      const address = Address >>> 0;
      const event = guest.objects.at(address + Lock.RemoveEvent, KEVENT, call);
      guest.memory.write8(address + Lock.Removed, 1);
      add(guest, address, -1, call);
      if (add(guest, address, -1, call) === 0) return;
      yield* KeWaitForSingleObject(guest.kernel, event, Executive, KernelMode, false, null);
    },
  },
};
