import type { SourceFrame } from '../kernel/index.ts';
import type { LineTable } from './line-table.ts';

/** Frames of the engine's stack that are looked at: those of the host lie above those of the driver. */
const DEEPEST = 64;

/** V8 knows it; others have frames of their own making. */
const ErrorClass = Error as { new (): Error; stackTraceLimit?: number };

/** The stack now. Its text is made when it is first looked at. */
export const captureStack = (): Error => {
  const limit = ErrorClass.stackTraceLimit;
  ErrorClass.stackTraceLimit = DEEPEST;
  const stack = new ErrorClass();
  if (limit !== undefined) ErrorClass.stackTraceLimit = limit;
  return stack;
};

/** Where the kernel begins to run something else in the middle of a call. */
const OTHER_PROCESSOR = /\b(?:runAtDispatch|KernelThread\.resume) /;

/** The runtime, and inline functions of the headers. */
const isOurs = (file: string): boolean => file.startsWith('runtime/') || file.startsWith('include/openwsk/');

/** The driver's frames in a stack, the innermost first, with their lines of source. */
export const driverFrames = (stack: Error, lines: LineTable | null): SourceFrame[] => {
  const frames: SourceFrame[] = [];
  if (lines === null) return frames;
  for (const line of (stack.stack ?? '').split('\n')) {
    // Below lies what another processor was doing meanwhile.
    if (OTHER_PROCESSOR.test(line)) break;
    const offset = /wasm-function\[\d+\]:0x([0-9a-f]+)/.exec(line)?.[1];
    if (offset === undefined) continue;
    const found = lines.find(Number.parseInt(offset, 16));
    if (found !== null && !isOurs(found.file)) frames.push(found);
  }
  return frames;
};

/** Where one of the driver's routines begins: it has the name of its function. */
export const sourceOf = (lines: LineTable | null, routine: object): SourceFrame[] => {
  const frame = lines?.startOf((routine as { readonly name?: string }).name ?? '') ?? null;
  return frame === null ? [] : [frame];
};
