import { BugCheckCode } from './bug-check.ts';
import type { Kernel } from './kernel.ts';
import type { Ref } from './types.ts';

/** An interrupt request level: what code may do, not when it runs. */
export type KIRQL = number;
/** Everything is allowed. */
export const PASSIVE_LEVEL: KIRQL = 0;
/** As PASSIVE_LEVEL, without asynchronous procedure calls. */
export const APC_LEVEL: KIRQL = 1;
/** No waiting: DPCs, completions caused by the network, holders of spin locks. */
export const DISPATCH_LEVEL: KIRQL = 2;
/** On x86. */
export const HIGH_LEVEL: KIRQL = 31;

/** The IRQL of the code that runs. */
export const KeGetCurrentIrql = (kernel: Kernel): KIRQL => kernel.irql;

/**
 * Raises the IRQL. R14: to a level below the present one is a bug check.
 * @param OldIrql receives the present IRQL, for KeLowerIrql
 *
 * Source: wdm.h reference, KeRaiseIrql.
 */
export const KeRaiseIrql = (kernel: Kernel, NewIrql: KIRQL, OldIrql: Ref<KIRQL>): void => {
  const old = kernel.irql;
  if (NewIrql < old) {
    const { DRIVER_VERIFIER_DETECTED_VIOLATION } = BugCheckCode;
    kernel.bugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x30, 'R14', `KeRaiseIrql to ${NewIrql}, below ${old}`);
  }
  OldIrql.value = old;
  kernel.irql = NewIrql;
};

/** Raises to DISPATCH_LEVEL. @returns the old IRQL, for KeLowerIrql. Source: wdm.h reference, KeRaiseIrqlToDpcLevel. */
export const KeRaiseIrqlToDpcLevel = (kernel: Kernel): KIRQL => {
  const old = { value: PASSIVE_LEVEL };
  KeRaiseIrql(kernel, DISPATCH_LEVEL, old);
  return old.value;
};

/** Lowers the IRQL to what the matching raise returned. R14: to a level above the present one is a bug check. */
export const KeLowerIrql = (kernel: Kernel, NewIrql: KIRQL): void => {
  if (NewIrql > kernel.irql) {
    const { DRIVER_VERIFIER_DETECTED_VIOLATION } = BugCheckCode;
    const message = `KeLowerIrql to ${NewIrql}, above ${kernel.irql}`;
    kernel.bugCheck(DRIVER_VERIFIER_DETECTED_VIOLATION, 0x31, 'R14', message);
  }
  kernel.irql = NewIrql;
};
