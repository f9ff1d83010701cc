import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** EX_RUNDOWN_ACTIVE */
const COMPLETED = 1;

const setCount =
  (value: number) =>
  (guest: Guest, Reference: number): void =>
    guest.memory.write32(Reference >>> 0, value);

const acquire = (guest: Guest, Reference: number, Count = 1): boolean =>
  guest.executive.rundown.acquire(Reference >>> 0, Count);

const release = (guest: Guest, Reference: number, Count = 1): void =>
  guest.executive.rundown.release(Reference >>> 0, Count, 'ExReleaseRundownProtection');

/**
 * A cache-aware reference counts per processor in Windows; here it is an ordinary one in memory of its own.
 * Source: wdm.h reference, the functions of these names.
 */
export const rundownExports: ExportTable = {
  plain: {
    ExInitializeRundownProtection: setCount(0),
    ExReInitializeRundownProtection: setCount(0),
    ExReInitializeRundownProtectionCacheAware: setCount(0),
    ExRundownCompleted: setCount(COMPLETED),
    ExRundownCompletedCacheAware: setCount(COMPLETED),
    ExAcquireRundownProtection: (guest: Guest, Reference: number) => acquire(guest, Reference),
    ExAcquireRundownProtectionEx: acquire,
    ExAcquireRundownProtectionCacheAware: (guest: Guest, Reference: number) => acquire(guest, Reference),
    ExAcquireRundownProtectionCacheAwareEx: acquire,
    ExReleaseRundownProtection: (guest: Guest, Reference: number) => release(guest, Reference),
    ExReleaseRundownProtectionEx: release,
    ExReleaseRundownProtectionCacheAware: (guest: Guest, Reference: number) => release(guest, Reference),
    ExReleaseRundownProtectionCacheAwareEx: release,
    ExAllocateCacheAwareRundownProtection: (guest: Guest, _PoolType: number, _Tag: number) => {
      if (!guest.kernel.mayAllocate()) return 0;
      const address = guest.pool.allocate(4, 'object', 'rundown', false, guest.places.here());
      if (address !== 0) guest.memory.write32(address, 0);
      return address;
    },
    ExFreeCacheAwareRundownProtection: (guest: Guest, Reference: number) => {
      guest.memory.check(Reference >>> 0, 4, true, 'ExFreeCacheAwareRundownProtection');
      guest.pool.release(Reference >>> 0, guest.places.here());
    },
  },
  waiting: {
    ExWaitForRundownProtectionRelease: (guest: Guest, Reference: number) =>
      guest.executive.rundown.wait(Reference >>> 0, 'ExWaitForRundownProtectionRelease'),
    ExWaitForRundownProtectionReleaseCacheAware: (guest: Guest, Reference: number) =>
      guest.executive.rundown.wait(Reference >>> 0, 'ExWaitForRundownProtectionReleaseCacheAware'),
  },
};
