import { STATUS_SUCCESS } from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';
import { lockExports } from './lock-exports.ts';
import { poolExports } from './pool-exports.ts';
import { timerExports } from './timer-exports.ts';

const STATUS_INSUFFICIENT_RESOURCES = 0xc000009a | 0;
const { ExAllocatePoolWithTag, ExAllocatePoolZero, ExAllocatePoolUninitialized } = poolExports.plain;

/** The functions with Quota in their names raise an exception where others give NULL. */
const orRaise =
  (allocate: typeof ExAllocatePoolZero) =>
  (guest: Guest, ...parameters: number[]): unknown => {
    const address = allocate(guest, ...parameters);
    return address === 0 ? guest.raise(STATUS_INSUFFICIENT_RESOURCES) : address;
  };

/**
 * Functions that are others with a parameter more, which has no effect here: priorities of pool, processors of DPCs. A
 * threaded DPC runs at DISPATCH_LEVEL as others do, which Windows may do too.
 * Source: wdm.h reference, the functions of these names.
 */
export const variantExports: ExportTable = {
  plain: {
    ExAllocatePoolWithTagPriority: ExAllocatePoolWithTag,
    ExAllocatePoolPriorityZero: ExAllocatePoolZero,
    ExAllocatePoolPriorityUninitialized: ExAllocatePoolUninitialized,
    ExAllocatePoolQuotaZero: orRaise(ExAllocatePoolZero),
    ExAllocatePoolQuotaUninitialized: orRaise(ExAllocatePoolUninitialized),
    KeInitializeThreadedDpc: timerExports.plain.KeInitializeDpc,
    KeRemoveQueueDpcEx: timerExports.plain.KeRemoveQueueDpc,
    KeSetTargetProcessorDpcEx: () => STATUS_SUCCESS,
    KeReleaseSpinLockForDpc: lockExports.plain.KeReleaseSpinLock,
    KeQueryUnbiasedInterruptTimePrecise: timerExports.plain.KeQueryInterruptTimePrecise,
  },
  waiting: { KeAcquireSpinLockForDpc: lockExports.waiting.KeAcquireSpinLockRaiseToDpc },
};
