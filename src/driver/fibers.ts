import { type KernelRoutine, type KernelThread, SUSPEND } from '../kernel/index.ts';
import type { WasmGlobal, WasmTable } from './webassembly.ts';

/** What asyncify and the linker export for the host. */
export interface FiberExports {
  readonly __stack_pointer: WasmGlobal;
  readonly __indirect_function_table: WasmTable;
  readonly asyncify_start_unwind: (buffer: number) => void;
  readonly asyncify_stop_unwind: () => void;
  readonly asyncify_start_rewind: (buffer: number) => void;
  readonly asyncify_stop_rewind: () => void;
  readonly asyncify_get_state: () => number;
  readonly OwskSetFuel: (branches: number) => void;
  /** The innermost __try of the running fiber. @returns the one that was set before */
  readonly OwskSwapSehTop: (frame: number) => number;
}

/** A host function that may suspend its caller: gives its result, or what has to be gone on with when the fiber does. */
export type SuspendingImport = (...parameters: Parameter[]) => Resumable | number;

/** A parameter from WebAssembly; none where the function has fewer. */
type Parameter = number | bigint | undefined;

/** What is used of a generator. */
export interface Resumable {
  next(): { readonly done?: boolean; readonly value: unknown };
}

const UNWINDING = 1;
const REWINDING = 2;

/** Bytes for the frames of one suspended call into the driver. */
const FRAMES = 32 * 1024;

/** One call from the host into the driver that has not returned. */
interface Activation {
  readonly thread: KernelThread | null;
  /** The host function that the driver waits in. */
  waitsIn: Resumable | null;
  result: number;
  /** __stack_pointer while it is suspended. */
  stackPointer: number;
  /** Where asyncify keeps the frames; 0 until it suspends for the first time. */
  frames: number;
}

/** Where fibers get their memory. */
export interface FiberMemory {
  /** @returns address; a bug check when there is no memory */
  allocate(size: number): number;
  /** Prepares the frames' header: two words, position and end. */
  initialize(address: number, size: number): void;
  /** Takes what the driver's code has thrown: a trap, or an exception of a host function that it called. */
  thrown(error: unknown): never;
  /** The driver's code is about to run, or to go on. */
  entered(): void;
}

/**
 * Runs the driver's functions as code that can wait. WebAssembly cannot be suspended; asyncify lets a call unwind to
 * where the host made it, keeping its frames in memory, and rewind later. A call is a generator, so that a thread of
 * the driver is a kernel thread like any other, and a callback that waits inside a call inside a callback just works.
 */
export class Fibers {
  private exports!: FiberExports;
  private readonly memory: FiberMemory;
  private active: Activation | null = null;
  private readonly spare: number[] = [];
  /** Calls that were suspended and resumed. */
  suspensions = 0;

  constructor(memory: FiberMemory) {
    this.memory = memory;
  }

  /** The instance exists: before, its imports are made. */
  attach(exports: FiberExports): void {
    this.exports = exports;
  }

  /** Whether code of this thread is on the processor now, below whatever is to be called. */
  isOn(thread: KernelThread | null): boolean {
    return thread !== null && this.active !== null && this.active.thread === thread;
  }

  /** The C stack pointer now. */
  get stackPointer(): number {
    return this.exports.__stack_pointer.value;
  }

  /**
   * Calls a function of the driver.
   * @param stackTop where its C stack begins; 0 to go on with the stack in use, as a nested call does
   * @returns what it returns, 0 for void
   */
  *call(
    routine: CallableFunction,
    args: readonly number[],
    stackTop: number,
    thread: KernelThread | null,
  ): KernelRoutine<number> {
    const { exports } = this;
    const stack = exports.__stack_pointer;
    const self: Activation = { thread, waitsIn: null, result: 0, stackPointer: 0, frames: 0 };
    let outer = this.active;
    let outerStack = stack.value;
    // A call on the stack in use may raise through its caller's __try; one on a stack of its own may not.
    let tries = 0;
    let outerTries = exports.OwskSwapSehTop(0);
    if (stackTop === 0) exports.OwskSwapSehTop(outerTries);
    if (stackTop !== 0) stack.value = stackTop;
    this.active = self;
    this.memory.entered();
    try {
      let value = routine(...args) as number | undefined;
      while (exports.asyncify_get_state() === UNWINDING) {
        exports.asyncify_stop_unwind();
        for (;;) {
          tries = exports.OwskSwapSehTop(outerTries);
          this.active = outer;
          stack.value = outerStack;
          yield SUSPEND;
          outer = this.active;
          outerStack = stack.value;
          outerTries = exports.OwskSwapSehTop(tries);
          this.active = self;
          stack.value = self.stackPointer;
          this.memory.entered();
          const step = self.waitsIn!.next();
          if (!step.done) continue;
          self.result = Number(step.value ?? 0);
          break;
        }
        this.suspensions++;
        exports.asyncify_start_rewind(self.frames);
        value = routine(...args) as number | undefined;
      }
      return value ?? 0;
    } catch (error) {
      return this.memory.thrown(error);
    } finally {
      this.active = outer;
      stack.value = outerStack;
      exports.OwskSwapSehTop(outerTries);
      if (self.frames !== 0) this.spare.push(self.frames);
    }
  }

  /** The function to give to WebAssembly for one that may suspend. */
  suspending(start: SuspendingImport): CallableFunction {
    return (
      a: Parameter,
      b: Parameter,
      c: Parameter,
      d: Parameter,
      e: Parameter,
      f: Parameter,
      g: Parameter,
      h: Parameter,
      i: Parameter,
      j: Parameter,
      k: Parameter,
      l: Parameter,
    ): number => {
      const { exports } = this;
      if (exports.asyncify_get_state() === REWINDING) {
        exports.asyncify_stop_rewind();
        return this.active!.result | 0;
      }
      const waitsIn = start(a, b, c, d, e, f, g, h, i, j, k, l);
      if (typeof waitsIn === 'number') return waitsIn | 0;
      const step = waitsIn.next();
      if (step.done) return Number(step.value ?? 0) | 0;
      const self = this.active!;
      self.waitsIn = waitsIn;
      self.stackPointer = exports.__stack_pointer.value;
      self.frames ||= this.spare.pop() ?? this.memory.allocate(FRAMES);
      this.memory.initialize(self.frames, FRAMES);
      exports.asyncify_start_unwind(self.frames);
      return 0;
    };
  }
}
