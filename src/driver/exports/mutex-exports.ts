import {
  KeInitializeMutex,
  KeReadStateMutex,
  KeReleaseMutex,
  KMUTANT,
  STATUS_MUTANT_NOT_OWNED,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { DISPATCHER_HEADER as Header, KMUTANT as Mutant, ObjectType } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** Source: wdm.h reference, the functions of these names. */
export const mutexExports: ExportTable = {
  plain: {
    KeInitializeMutex: (guest: Guest, Address: number, Level: number) => {
      const address = Address >>> 0;
      const { memory, pointers } = guest;
      const mutex = new KMUTANT();
      memory.fill(address, Mutant.size, 0);
      guest.objects.place(address, mutex, ObjectType.Mutant, Mutant.size);
      mutex.onState = () => {
        memory.write32(address + Header.SignalState, mutex.signalState);
        memory.write32(address + Mutant.OwnerThread, mutex.owner === null ? 0 : pointers.known(mutex.owner));
      };
      KeInitializeMutex(guest.kernel, mutex, Level);
    },
    KeReleaseMutex: (guest: Guest, Address: number, Wait: number) => {
      const mutex = guest.objects.at(Address >>> 0, KMUTANT, 'KeReleaseMutex');
      if (mutex.owner === null || mutex.owner !== guest.kernel.thread) return guest.raise(STATUS_MUTANT_NOT_OWNED);
      return KeReleaseMutex(guest.kernel, mutex, (Wait & 0xff) !== 0);
    },
    KeReadStateMutex: (guest: Guest, Address: number) =>
      KeReadStateMutex(guest.kernel, guest.objects.at(Address >>> 0, KMUTANT, 'KeReadStateMutex')),
  },
  waiting: {},
};
