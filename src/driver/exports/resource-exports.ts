import { STATUS_SUCCESS } from '../../base/index.ts';
import {
  BugCheckCode,
  KeEnterCriticalRegion,
  KeLeaveCriticalRegion,
  type KernelRoutine,
  KernelThread,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { Activity } from '../routine.ts';
import { ThreadLock } from '../thread-lock.ts';
import type { ExportTable } from './export-table.ts';
import { mustBeAbleToWait, selfDeadlock, violation } from './lock-checks.ts';

/** ERESOURCE (wdm.h), of which a debugger shows this much. */
const Resource = { ActiveCount: 12, Flag: 14, size: 56 } as const;
const OWNED_EXCLUSIVE = 0x80;

type Sharing = 'polite' | 'starve exclusive' | 'wait for exclusive';

const lockAt = (guest: Guest, address: number, call: string): ThreadLock => {
  guest.memory.check(address, Resource.size, true, call);
  const lock = guest.executive.resources.at(address);
  return lock ?? violation(guest, 0x1002, null, `${call} of a resource that ExInitializeResourceLite has not made`);
};

const show = (guest: Guest, address: number, lock: ThreadLock): void => {
  guest.memory.write16(address + Resource.ActiveCount, lock.owner === null ? lock.sharers.size : 1);
  guest.memory.write16(address + Resource.Flag, lock.owner === null ? 0 : OWNED_EXCLUSIVE);
};

const takeExclusive = (lock: ThreadLock, activity: Activity): boolean => {
  if (lock.owner !== activity) return lock.tryExclusive(activity);
  lock.depth++;
  return true;
};

const takeShared = (lock: ThreadLock, activity: Activity, sharing: Sharing): boolean => {
  if (lock.owner === activity) {
    lock.depth++;
    return true;
  }
  const mayOvertake = sharing === 'starve exclusive' || (sharing === 'polite' && lock.isSharedBy(activity));
  return lock.tryShared(activity, mayOvertake);
};

function* acquire(guest: Guest, Address: number, wait: number, call: string, sharing: Sharing | null) {
  const address = Address >>> 0;
  const { kernel, activity } = guest;
  mustBeAbleToWait(guest, call, 0x37);
  const lock = lockAt(guest, address, call);
  kernel.scheduler.switchPoint();
  const got = sharing === null ? takeExclusive(lock, activity) : takeShared(lock, activity, sharing);
  if (!got) {
    if ((wait & 0xff) === 0) return 0;
    if (lock.isSharedBy(activity)) selfDeadlock(guest, call, 'a resource');
    yield* lock.wait(kernel, sharing === null, call, sharing === 'starve exclusive');
  }
  show(guest, address, lock);
  return 1;
}

const release = (guest: Guest, Address: number, activity: Activity, call: string): void => {
  const address = Address >>> 0;
  mustBeAbleToWait(guest, call, 0x38);
  const lock = lockAt(guest, address, call);
  if (!lock.release(activity)) {
    const message = `${call} of a resource that the thread does not own`;
    guest.kernel.bugCheck(BugCheckCode.RESOURCE_NOT_OWNED, address, null, message);
  }
  show(guest, address, lock);
  guest.kernel.scheduler.switchPoint();
};

const initialize = (guest: Guest, Address: number): number => {
  const address = Address >>> 0;
  guest.memory.fill(address, Resource.size, 0);
  guest.executive.resources.set(address, new ThreadLock());
  return STATUS_SUCCESS;
};

/** How often the calling thread has it, in whichever way. */
const timesOwned = (guest: Guest, address: number, call: string): number => {
  const lock = lockAt(guest, address >>> 0, call);
  return lock.owner === guest.activity ? lock.depth : (lock.sharers.get(guest.activity) ?? 0);
};

const ownerById = (guest: Guest, id: number): Activity => {
  const object = guest.objects.find(id >>> 0);
  return object instanceof KernelThread ? object : guest.activity;
};

function* inCriticalRegion(
  guest: Guest,
  address: number,
  call: string,
  sharing: Sharing | null,
): KernelRoutine<number> {
  KeEnterCriticalRegion(guest.kernel);
  yield* acquire(guest, address, 1, call, sharing);
  return 0;
}

/** Source: wdm.h reference, the functions of these names. */
export const resourceExports: ExportTable = {
  plain: {
    ExInitializeResourceLite: initialize,
    ExReinitializeResourceLite: initialize,
    ExDeleteResourceLite: (guest: Guest, Address: number) => {
      const lock = lockAt(guest, Address >>> 0, 'ExDeleteResourceLite');
      if (!lock.isFree) violation(guest, 0x1006, null, 'ExDeleteResourceLite of a resource that somebody has');
      guest.executive.resources.delete(Address >>> 0);
      return STATUS_SUCCESS;
    },
    ExReleaseResourceLite: (guest: Guest, Address: number) =>
      release(guest, Address, guest.activity, 'ExReleaseResourceLite'),
    ExReleaseResourceForThreadLite: (guest: Guest, Address: number, Thread: number) =>
      release(guest, Address, ownerById(guest, Thread), 'ExReleaseResourceForThreadLite'),
    ExReleaseResourceAndLeaveCriticalRegion: (guest: Guest, Address: number) => {
      release(guest, Address, guest.activity, 'ExReleaseResourceAndLeaveCriticalRegion');
      KeLeaveCriticalRegion(guest.kernel);
    },
    ExConvertExclusiveToSharedLite: (guest: Guest, Address: number) => {
      const lock = lockAt(guest, Address >>> 0, 'ExConvertExclusiveToSharedLite');
      if (lock.owner !== guest.activity)
        guest.kernel.bugCheck(BugCheckCode.RESOURCE_NOT_OWNED, Address >>> 0, null, 'the resource is not owned');
      lock.share();
      show(guest, Address >>> 0, lock);
    },
    ExIsResourceAcquiredExclusiveLite: (guest: Guest, Address: number) =>
      lockAt(guest, Address >>> 0, 'ExIsResourceAcquiredExclusiveLite').owner === guest.activity,
    ExIsResourceAcquiredSharedLite: (guest: Guest, Address: number) =>
      timesOwned(guest, Address, 'ExIsResourceAcquiredSharedLite'),
    ExGetExclusiveWaiterCount: (guest: Guest, Address: number) =>
      lockAt(guest, Address >>> 0, 'ExGetExclusiveWaiterCount').exclusiveWaiters,
    ExGetSharedWaiterCount: (guest: Guest, Address: number) =>
      lockAt(guest, Address >>> 0, 'ExGetSharedWaiterCount').sharedWaiters,
  },
  waiting: {
    ExAcquireResourceExclusiveLite: (guest: Guest, Address: number, Wait: number) =>
      acquire(guest, Address, Wait, 'ExAcquireResourceExclusiveLite', null),
    ExAcquireResourceSharedLite: (guest: Guest, Address: number, Wait: number) =>
      acquire(guest, Address, Wait, 'ExAcquireResourceSharedLite', 'polite'),
    ExAcquireSharedStarveExclusive: (guest: Guest, Address: number, Wait: number) =>
      acquire(guest, Address, Wait, 'ExAcquireSharedStarveExclusive', 'starve exclusive'),
    ExAcquireSharedWaitForExclusive: (guest: Guest, Address: number, Wait: number) =>
      acquire(guest, Address, Wait, 'ExAcquireSharedWaitForExclusive', 'wait for exclusive'),
    ExEnterCriticalRegionAndAcquireResourceExclusive: (guest: Guest, Address: number) =>
      inCriticalRegion(guest, Address, 'ExEnterCriticalRegionAndAcquireResourceExclusive', null),
    ExEnterCriticalRegionAndAcquireResourceShared: (guest: Guest, Address: number) =>
      inCriticalRegion(guest, Address, 'ExEnterCriticalRegionAndAcquireResourceShared', 'polite'),
  },
};
