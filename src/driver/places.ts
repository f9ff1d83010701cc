import type { SourceFrame } from '../kernel/index.ts';
import { captureStack, driverFrames, sourceOf } from './backtrace.ts';
import type { CallContext } from './call-context.ts';
import type { LineTable } from './line-table.ts';

/** Contexts whose stacks are remembered: more than a driver has calls, unless recursion makes ever new ones. */
const MOST = 10_000;

interface Known {
  readonly high: number;
  readonly stack: Error;
}

/**
 * The places in a driver's source where things were done. To look at the engine's stack takes ten microseconds: it is
 * done once for each context of calls, which is the same whenever the driver comes there by the same calls.
 */
export class Places {
  /** What the engine has thrown, while its bug check is made: its stack is the driver's, the present one is not. */
  trap: Error | null = null;
  private readonly context: CallContext;
  private readonly lines: LineTable | null;
  private readonly known = new Map<number, Known>();

  constructor(context: CallContext, lines: LineTable | null) {
    this.context = context;
    this.lines = lines;
  }

  /** Where the driver is now, to be shown if what happens here turns out to matter. */
  here(): Error {
    const { low, high } = this.context;
    const known = this.known.get(low);
    if (known !== undefined && known.high === high) return known.stack;
    const stack = captureStack();
    if (known === undefined && this.known.size < MOST) this.known.set(low, { high, stack });
    return stack;
  }

  /** The driver's frames now: for findings. */
  backtrace(): SourceFrame[] {
    return this.frames(this.trap ?? captureStack());
  }

  /** The driver's frames of a stack that was captured. */
  frames(stack: Error): SourceFrame[] {
    return driverFrames(stack, this.lines);
  }

  /** `function (file:line)` of the innermost frame of the driver's; '' when no line is known. */
  nameOf(stack: Error): string {
    const [top] = this.frames(stack);
    return top === undefined ? '' : `${top.function} (${top.file}:${top.line})`;
  }

  /** Where one of the driver's routines begins. */
  beginOf(routine: object): SourceFrame[] {
    return sourceOf(this.lines, routine);
  }
}
