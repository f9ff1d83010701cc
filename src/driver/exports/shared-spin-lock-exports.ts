import {
  DISPATCH_LEVEL,
  KeGetCurrentIrql,
  KeLowerIrql,
  KeRaiseIrqlToDpcLevel,
  type KernelRoutine,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** Raises to DISPATCH_LEVEL and takes the lock. @returns the old IRQL */
const acquire = (call: string, exclusive: boolean) =>
  function* (guest: Guest, Lock: number): KernelRoutine<number> {
    const old = KeGetCurrentIrql(guest.kernel);
    if (old < DISPATCH_LEVEL) KeRaiseIrqlToDpcLevel(guest.kernel);
    guest.kernel.scheduler.switchPoint();
    yield* guest.executive.spinLocks.acquire(Lock >>> 0, exclusive, call);
    return old;
  };

const release =
  (call: string, exclusive: boolean, lowers: boolean) =>
  (guest: Guest, Lock: number, Irql: number): void => {
    guest.executive.spinLocks.release(Lock >>> 0, exclusive, call);
    if (!lowers) return;
    KeLowerIrql(guest.kernel, Irql & 0xff);
    guest.kernel.scheduler.switchPoint();
  };

/** EX_SPIN_LOCK. Source: wdm.h reference, the functions of these names. */
export const sharedSpinLockExports: ExportTable = {
  plain: {
    ExReleaseSpinLockExclusive: release('ExReleaseSpinLockExclusive', true, true),
    ExReleaseSpinLockShared: release('ExReleaseSpinLockShared', false, true),
    ExReleaseSpinLockExclusiveFromDpcLevel: release('ExReleaseSpinLockExclusiveFromDpcLevel', true, false),
    ExReleaseSpinLockSharedFromDpcLevel: release('ExReleaseSpinLockSharedFromDpcLevel', false, false),
    ExTryConvertSharedSpinLockExclusive: (guest: Guest, Lock: number) =>
      guest.executive.spinLocks.tryConvert(Lock >>> 0),
  },
  waiting: {
    ExAcquireSpinLockExclusive: acquire('ExAcquireSpinLockExclusive', true),
    ExAcquireSpinLockShared: acquire('ExAcquireSpinLockShared', false),
    ExAcquireSpinLockExclusiveAtDpcLevel: acquire('ExAcquireSpinLockExclusiveAtDpcLevel', true),
    ExAcquireSpinLockSharedAtDpcLevel: acquire('ExAcquireSpinLockSharedAtDpcLevel', false),
  },
};
