import type { SourceFrame } from '../kernel/index.ts';
import type { LineTable } from './line-table.ts';

/** Frames of the engine's stack that are looked at: those of the host lie above those of the driver. */
const DEEPEST = 64;

/** V8 knows it; others have frames of their own making. */
const ErrorClass = Error as { new (): Error; stackTraceLimit?: number };

/** The stack now. Its text is made when it is first looked at. */
export const captureStack = (depth = DEEPEST): Error => {
  const limit = ErrorClass.stackTraceLimit;
  ErrorClass.stackTraceLimit = depth;
  const stack = new ErrorClass();
  if (limit !== undefined) ErrorClass.stackTraceLimit = limit;
  return stack;
};

/** The driver's frames in a stack, the innermost first, with their lines of source. */
export const driverFrames = (stack: Error, lines: LineTable | null): SourceFrame[] => {
  const frames: SourceFrame[] = [];
  if (lines === null) return frames;
  for (const [, offset] of (stack.stack ?? '').matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)) {
    const found = lines.find(Number.parseInt(offset, 16));
    // The runtime's own frames are of no use to anybody.
    if (found !== null && !found.file.startsWith('runtime/')) frames.push(found);
  }
  return frames;
};
