import {
  DISPATCH_LEVEL,
  KeGetCurrentIrql,
  KeLowerIrql,
  KeRaiseIrql,
  KeRaiseIrqlToDpcLevel,
  type Ref,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** Raises to DISPATCH_LEVEL and takes the lock. @returns the old IRQL */
function* acquire(guest: Guest, lock: number, call: string) {
  const old = KeGetCurrentIrql(guest.kernel);
  if (old < DISPATCH_LEVEL) KeRaiseIrqlToDpcLevel(guest.kernel);
  guest.kernel.scheduler.switchPoint();
  yield* guest.locks.acquire(lock >>> 0, guest.activity, call);
  return old;
}

const release = (guest: Guest, lock: number, irql: number, call: string): void => {
  guest.locks.release(lock >>> 0, call);
  KeLowerIrql(guest.kernel, irql & 0xff);
  guest.kernel.scheduler.switchPoint();
};

const raise = (guest: Guest, irql: number, old: Ref<number>): void => {
  KeRaiseIrql(guest.kernel, irql & 0xff, old);
  guest.irqlChanged = guest.places.here();
};
const lower = (guest: Guest, irql: number): void => {
  KeLowerIrql(guest.kernel, irql & 0xff);
  guest.irqlChanged = guest.places.here();
};

/** KLOCK_QUEUE_HANDLE: where the old IRQL and the lock are kept. */
const QUEUE_HANDLE = { Lock: 4, OldIrql: 8 } as const;

/** Source: wdm.h reference, the functions of these names. */
export const lockExports: ExportTable = {
  plain: {
    KeInitializeSpinLock: (guest: Guest, Lock: number) => {
      guest.memory.write32(Lock >>> 0, 0);
      guest.locks.forget(Lock >>> 0, 4);
    },
    KeReleaseSpinLock: (guest: Guest, Lock: number, Irql: number) => release(guest, Lock, Irql, 'KeReleaseSpinLock'),
    KeReleaseSpinLockFromDpcLevel: (guest: Guest, Lock: number) =>
      guest.locks.release(Lock >>> 0, 'KeReleaseSpinLockFromDpcLevel'),
    KeReleaseInStackQueuedSpinLock: (guest: Guest, Handle: number) => {
      const handle = Handle >>> 0;
      const lock = guest.memory.readU32(handle + QUEUE_HANDLE.Lock);
      release(guest, lock, guest.memory.read8(handle + QUEUE_HANDLE.OldIrql), 'KeReleaseInStackQueuedSpinLock');
    },
    KeReleaseInStackQueuedSpinLockFromDpcLevel: (guest: Guest, Handle: number) =>
      guest.locks.release(guest.memory.readU32((Handle >>> 0) + QUEUE_HANDLE.Lock), 'KeReleaseInStackQueuedSpinLock'),
    KeTestSpinLock: (guest: Guest, Lock: number) => guest.memory.read32(Lock >>> 0) === 0,
    KeTryToAcquireSpinLockAtDpcLevel: (guest: Guest, Lock: number) =>
      guest.locks.tryAcquire(Lock >>> 0, guest.activity, 'KeTryToAcquireSpinLockAtDpcLevel'),
    KeGetCurrentIrql: (guest: Guest) => KeGetCurrentIrql(guest.kernel),
    KfRaiseIrql: (guest: Guest, Irql: number) => {
      const old = { value: 0 };
      raise(guest, Irql, old);
      return old.value;
    },
    KeRaiseIrql: (guest: Guest, Irql: number, Old: number) => {
      const old = { value: 0 };
      raise(guest, Irql, old);
      guest.memory.write8(Old >>> 0, old.value);
    },
    KeRaiseIrqlToDpcLevel: (guest: Guest) => {
      const old = { value: 0 };
      raise(guest, DISPATCH_LEVEL, old);
      return old.value;
    },
    KeLowerIrql: lower,
    KfLowerIrql: lower,
  },
  waiting: {
    *KeAcquireSpinLock(guest: Guest, Lock: number, Old: number) {
      guest.memory.write8(Old >>> 0, yield* acquire(guest, Lock, 'KeAcquireSpinLock'));
    },
    KeAcquireSpinLockRaiseToDpc: (guest: Guest, Lock: number) => acquire(guest, Lock, 'KeAcquireSpinLockRaiseToDpc'),
    KfAcquireSpinLock: (guest: Guest, Lock: number) => acquire(guest, Lock, 'KeAcquireSpinLock'),
    *KeAcquireSpinLockAtDpcLevel(guest: Guest, Lock: number) {
      guest.locks.mustBeAtDispatch('KeAcquireSpinLockAtDpcLevel');
      guest.kernel.scheduler.switchPoint();
      yield* guest.locks.acquire(Lock >>> 0, guest.activity, 'KeAcquireSpinLockAtDpcLevel');
    },
    *KeAcquireInStackQueuedSpinLock(guest: Guest, Lock: number, Handle: number) {
      const old = yield* acquire(guest, Lock, 'KeAcquireInStackQueuedSpinLock');
      guest.memory.write32((Handle >>> 0) + QUEUE_HANDLE.Lock, Lock);
      guest.memory.write8((Handle >>> 0) + QUEUE_HANDLE.OldIrql, old);
    },
    *KeAcquireInStackQueuedSpinLockAtDpcLevel(guest: Guest, Lock: number, Handle: number) {
      guest.locks.mustBeAtDispatch('KeAcquireInStackQueuedSpinLockAtDpcLevel');
      yield* guest.locks.acquire(Lock >>> 0, guest.activity, 'KeAcquireInStackQueuedSpinLockAtDpcLevel');
      guest.memory.write32((Handle >>> 0) + QUEUE_HANDLE.Lock, Lock);
    },
  },
};
