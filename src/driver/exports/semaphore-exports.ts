import {
  KeInitializeSemaphore,
  KeReadStateSemaphore,
  KeReleaseSemaphore,
  KSEMAPHORE,
  STATUS_SEMAPHORE_LIMIT_EXCEEDED,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { ObjectType, KSEMAPHORE as Semaphore } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** Source: wdm.h reference, the functions of these names. */
export const semaphoreExports: ExportTable = {
  plain: {
    KeInitializeSemaphore: (guest: Guest, Address: number, Count: number, Limit: number) => {
      const address = Address >>> 0;
      const semaphore = new KSEMAPHORE();
      guest.memory.check(address, Semaphore.size, true, 'KeInitializeSemaphore');
      guest.objects.place(address, semaphore, ObjectType.Semaphore, Semaphore.size);
      KeInitializeSemaphore(guest.kernel, semaphore, Count, Limit);
      guest.memory.write32(address + Semaphore.Limit, Limit);
    },
    KeReleaseSemaphore: (guest: Guest, Address: number, Increment: number, Adjustment: number, Wait: number) => {
      const semaphore = guest.objects.at(Address >>> 0, KSEMAPHORE, 'KeReleaseSemaphore');
      if (!semaphore.allows(Adjustment)) return guest.raise(STATUS_SEMAPHORE_LIMIT_EXCEEDED);
      return KeReleaseSemaphore(guest.kernel, semaphore, Increment, Adjustment, (Wait & 0xff) !== 0);
    },
    KeReadStateSemaphore: (guest: Guest, Address: number) =>
      KeReadStateSemaphore(guest.kernel, guest.objects.at(Address >>> 0, KSEMAPHORE, 'KeReadStateSemaphore')),
  },
  waiting: {},
};
