import { RecordKind } from '../trace/index.ts';
import type { Kernel } from './kernel.ts';

/** DbgPrint, with the text already formatted (template strings do that in TypeScript). */
export const DbgPrint = (kernel: Kernel, Text: string): void => {
  kernel.assertAlive();
  const { trace, machine } = kernel;
  trace?.record(RecordKind.Print, machine, trace.intern(Text), 0, 0, 0);
};
