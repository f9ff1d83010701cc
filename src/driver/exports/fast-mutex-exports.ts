import { APC_LEVEL, KeEnterGuardedRegion, KeLeaveGuardedRegion, type KernelRoutine } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { ThreadLock } from '../thread-lock.ts';
import type { ExportTable } from './export-table.ts';
import { mustBeAbleToWait, mustHaveApcsDisabled, selfDeadlock, violation } from './lock-checks.ts';
import { threadAddress } from './thread-exports.ts';

/** FAST_MUTEX and KGUARDED_MUTEX (wdm.h). Count is 1 when it is free. */
const Mutex = { Count: 0, Owner: 4, OldIrql: 28, size: 32 } as const;

const initialize = (guest: Guest, address: number): void => {
  guest.memory.fill(address, Mutex.size, 0);
  guest.executive.mutexes.set(address, new ThreadLock());
  guest.memory.write32(address + Mutex.Count, 1);
};

const lockAt = (guest: Guest, address: number, call: string): ThreadLock => {
  guest.memory.check(address, Mutex.size, true, call);
  const lock = guest.executive.mutexes.at(address);
  return lock ?? violation(guest, 0x1002, null, `${call} of a mutex that was not initialized`);
};

const show = (guest: Guest, address: number, lock: ThreadLock): void => {
  const { thread } = guest.kernel;
  guest.memory.write32(address + Mutex.Count, lock.isFree ? 1 : 0);
  guest.memory.write32(
    address + Mutex.Owner,
    lock.owner !== null && lock.owner === thread ? threadAddress(guest, thread) : 0,
  );
};

function* acquire(guest: Guest, address: number, call: string): KernelRoutine<void> {
  const lock = lockAt(guest, address, call);
  guest.kernel.scheduler.switchPoint();
  if (lock.owner === guest.activity) selfDeadlock(guest, call, 'a mutex');
  if (!lock.tryExclusive(guest.activity)) yield* lock.wait(guest.kernel, true, call);
  show(guest, address, lock);
}

const tryAcquire = (guest: Guest, address: number, call: string): boolean => {
  const lock = lockAt(guest, address, call);
  if (!lock.tryExclusive(guest.activity)) return false;
  show(guest, address, lock);
  return true;
};

const release = (guest: Guest, address: number, call: string): void => {
  const lock = lockAt(guest, address, call);
  if (lock.owner !== guest.activity) {
    const nobody = lock.owner === null;
    violation(guest, nobody ? 0x1007 : 0x1004, null, `${call} of a mutex that ${nobody ? 'nobody' : 'another'} has`);
  }
  lock.release(guest.activity);
  show(guest, address, lock);
};

/** Fast mutexes raise the IRQL to APC_LEVEL while they are held. @returns the old one */
const raise = (guest: Guest, call: string): number => {
  mustBeAbleToWait(guest, call, 0x33);
  const { irql } = guest.kernel;
  guest.kernel.irql = APC_LEVEL;
  return irql;
};

const releaseFast = (guest: Guest, address: number): void => {
  const { kernel } = guest;
  const call = 'ExReleaseFastMutex';
  if (kernel.irql !== APC_LEVEL)
    violation(guest, 0x34, 'R39', `${call} at IRQL ${kernel.irql}: it is held at APC_LEVEL`);
  const old = guest.memory.read8(address + Mutex.OldIrql);
  release(guest, address, call);
  kernel.irql = old;
  kernel.scheduler.switchPoint();
};

/** Source: wdm.h reference, the functions of these names. */
export const fastMutexExports: ExportTable = {
  plain: {
    ExInitializeFastMutex: (guest: Guest, Address: number) => initialize(guest, Address >>> 0),
    KeInitializeGuardedMutex: (guest: Guest, Address: number) => initialize(guest, Address >>> 0),
    ExReleaseFastMutex: (guest: Guest, Address: number) => releaseFast(guest, Address >>> 0),
    ExTryToAcquireFastMutex: (guest: Guest, Address: number) => {
      const old = raise(guest, 'ExTryToAcquireFastMutex');
      const got = tryAcquire(guest, Address >>> 0, 'ExTryToAcquireFastMutex');
      if (got) guest.memory.write8((Address >>> 0) + Mutex.OldIrql, old);
      else guest.kernel.irql = old;
      return got;
    },
    ExReleaseFastMutexUnsafe: (guest: Guest, Address: number) => {
      mustHaveApcsDisabled(guest, 'ExReleaseFastMutexUnsafe', 0x3a);
      release(guest, Address >>> 0, 'ExReleaseFastMutexUnsafe');
      guest.kernel.scheduler.switchPoint();
    },
    KeReleaseGuardedMutex: (guest: Guest, Address: number) => {
      release(guest, Address >>> 0, 'KeReleaseGuardedMutex');
      KeLeaveGuardedRegion(guest.kernel);
      guest.kernel.scheduler.switchPoint();
    },
    KeReleaseGuardedMutexUnsafe: (guest: Guest, Address: number) => {
      mustHaveApcsDisabled(guest, 'KeReleaseGuardedMutexUnsafe', 0x3a);
      release(guest, Address >>> 0, 'KeReleaseGuardedMutexUnsafe');
      guest.kernel.scheduler.switchPoint();
    },
    KeTryToAcquireGuardedMutex: (guest: Guest, Address: number) => {
      KeEnterGuardedRegion(guest.kernel);
      const got = tryAcquire(guest, Address >>> 0, 'KeTryToAcquireGuardedMutex');
      if (!got) KeLeaveGuardedRegion(guest.kernel);
      return got;
    },
  },
  waiting: {
    *ExAcquireFastMutex(guest: Guest, Address: number) {
      const old = raise(guest, 'ExAcquireFastMutex');
      yield* acquire(guest, Address >>> 0, 'ExAcquireFastMutex');
      guest.memory.write8((Address >>> 0) + Mutex.OldIrql, old);
    },
    *ExAcquireFastMutexUnsafe(guest: Guest, Address: number) {
      mustHaveApcsDisabled(guest, 'ExAcquireFastMutexUnsafe', 0x39);
      yield* acquire(guest, Address >>> 0, 'ExAcquireFastMutexUnsafe');
    },
    *KeAcquireGuardedMutex(guest: Guest, Address: number) {
      KeEnterGuardedRegion(guest.kernel);
      yield* acquire(guest, Address >>> 0, 'KeAcquireGuardedMutex');
    },
    *KeAcquireGuardedMutexUnsafe(guest: Guest, Address: number) {
      mustHaveApcsDisabled(guest, 'KeAcquireGuardedMutexUnsafe', 0x39);
      yield* acquire(guest, Address >>> 0, 'KeAcquireGuardedMutexUnsafe');
    },
  },
};
