import { RecordKind } from '../trace/index.ts';
import type { Kernel } from './kernel.ts';

/**
 * Writes a text to the trace, already formatted (template strings do that in TypeScript).
 * Source: wdm.h reference, DbgPrint.
 */
export const DbgPrint = (kernel: Kernel, Text: string): void => {
  kernel.assertAlive();
  const { trace, machine } = kernel;
  kernel.onPrint(Text);
  trace?.record(RecordKind.Print, machine, trace.intern(Text), 0, 0, 0);
};
