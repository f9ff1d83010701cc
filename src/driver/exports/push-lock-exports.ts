import type { KernelRoutine } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { ThreadLock } from '../thread-lock.ts';
import type { ExportTable } from './export-table.ts';
import { mustBeAbleToWait, selfDeadlock, violation } from './lock-checks.ts';

/** EX_PUSH_LOCK is a ULONG_PTR: 0 is a free one, which needs no other initialization. */
const show = (guest: Guest, address: number, lock: ThreadLock): void => {
  guest.memory.write32(address, lock.isFree ? 0 : 1);
  if (lock.isFree && !lock.isWaitedFor) guest.executive.pushLocks.delete(address);
};

function* acquire(guest: Guest, Address: number, exclusive: boolean, call: string): KernelRoutine<void> {
  const address = Address >>> 0;
  const { kernel, activity } = guest;
  const { pushLocks } = guest.executive;
  mustBeAbleToWait(guest, call, 0x33);
  guest.memory.check(address, 4, true, call);
  kernel.scheduler.switchPoint();
  const lock = pushLocks.at(address) ?? pushLocks.set(address, new ThreadLock());
  if (lock.owner === activity || (exclusive && lock.isSharedBy(activity))) selfDeadlock(guest, call, 'a push lock');
  const got = exclusive ? lock.tryExclusive(activity) : lock.tryShared(activity);
  if (!got) yield* lock.wait(kernel, exclusive, call);
  show(guest, address, lock);
}

const release =
  (call: string) =>
  (guest: Guest, Address: number): unknown => {
    const address = Address >>> 0;
    mustBeAbleToWait(guest, call, 0x33);
    guest.memory.check(address, 4, true, call);
    const lock = guest.executive.pushLocks.at(address);
    if (lock === null || !lock.release(guest.activity))
      return violation(guest, 0x1007, null, `${call} of a push lock that the caller does not have`);
    show(guest, address, lock);
    return guest.kernel.scheduler.switchPoint();
  };

const acquireBy =
  (call: string, exclusive: boolean) =>
  (guest: Guest, Address: number): KernelRoutine<void> =>
    acquire(guest, Address, exclusive, call);

/** Source: wdm.h and ntifs.h reference, the functions of these names. */
export const pushLockExports: ExportTable = {
  plain: {
    ExInitializePushLock: (guest: Guest, Address: number) => {
      guest.memory.write32(Address >>> 0, 0);
      guest.executive.pushLocks.delete(Address >>> 0);
    },
    FsRtlInitializePushLock: (guest: Guest, Address: number) => guest.memory.write32(Address >>> 0, 0),
    ExReleasePushLockExclusiveEx: release('ExReleasePushLockExclusiveEx'),
    ExReleasePushLockSharedEx: release('ExReleasePushLockSharedEx'),
    ExReleasePushLockEx: release('ExReleasePushLockEx'),
  },
  waiting: {
    ExAcquirePushLockExclusiveEx: acquireBy('ExAcquirePushLockExclusiveEx', true),
    ExAcquirePushLockSharedEx: acquireBy('ExAcquirePushLockSharedEx', false),
  },
};
