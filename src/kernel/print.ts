import { RecordKind } from '../trace/index.ts';
import type { Kernel } from './kernel.ts';

/**
 * Writes a text to the trace, already formatted (template strings do that in TypeScript). Beyond the machine's limit
 * texts are only counted.
 * Source: wdm.h reference, DbgPrint.
 */
export const DbgPrint = (kernel: Kernel, Text: string): void => {
  kernel.assertAlive();
  const { trace, machine, output } = kernel;
  const isKept = output.take(Text.length);
  kernel.onPrint(Text);
  if (trace === null) return;
  if (isKept) trace.record(RecordKind.Print, machine, trace.intern(Text), 0, 0, 0);
  else if (output.dropped === 1)
    trace.record(RecordKind.Print, machine, trace.intern(`limit: ${output.advice}; the rest is dropped\n`), 0, 0, 0);
};
