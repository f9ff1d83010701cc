import type { KernelThread } from '../kernel/index.ts';
import { Activation, type Resumable } from './activation.ts';
import type { CallContext } from './call-context.ts';
import type { WaitingFunction } from './exports/export-table.ts';
import type { Guest } from './guest.ts';
import type { WasmGlobal, WasmMemory, WasmTable } from './webassembly.ts';
import { callCost } from './work.ts';

/** What asyncify and the linker export for the host. */
export interface FiberExports {
  readonly __stack_pointer: WasmGlobal;
  readonly __indirect_function_table: WasmTable;
  readonly asyncify_start_unwind: (buffer: number) => void;
  readonly asyncify_stop_unwind: () => void;
  readonly asyncify_start_rewind: (buffer: number) => void;
  readonly asyncify_stop_rewind: () => void;
  /** Where the branches are counted that the driver may take before it returns or waits. */
  readonly OwskFuel: WasmGlobal;
  /** Where the innermost __try of the running fiber stands. */
  readonly OwskSehTop: WasmGlobal;
}

/** A parameter from WebAssembly; none where the function has fewer. */
type Parameter = number | bigint | undefined;

/** Bytes for the frames of one suspended call into the driver. */
const FRAMES = 32 * 1024;

/**
 * Runs the driver's functions as code that can wait. WebAssembly cannot be suspended; asyncify lets a call unwind to
 * where the host made it, keeping its frames in memory, and rewind later. A call is an iterator, so that a thread of
 * the driver is a kernel thread like any other, and a callback that waits inside a call inside a callback just works.
 */
export class Fibers {
  exports!: FiberExports;
  readonly guest: Guest;
  readonly context: CallContext;
  private readonly words: Int32Array;
  /** Indices among the words. */
  private fuelAt = 0;
  private triesAt = 0;
  /** The call that runs. */
  active: Activation | null = null;
  /** What asyncify does with the driver's frames: its calls to the host end, or begin, for that alone. */
  moves: 'not' | 'out' | 'in' = 'not';
  /** Memory for frames that is free. */
  readonly spare: number[] = [];
  /** Calls that were suspended and resumed. */
  suspensions = 0;

  constructor(guest: Guest, memory: WasmMemory, context: CallContext) {
    this.guest = guest;
    this.words = new Int32Array(memory.buffer);
    this.context = context;
  }

  /** The instance exists: before, its imports are made. */
  attach(exports: FiberExports): void {
    this.exports = exports;
    this.fuelAt = exports.OwskFuel.value >>> 2;
    this.triesAt = exports.OwskSehTop.value >>> 2;
  }

  /** The driver may take so many branches until it has to ask for more. */
  setFuel(branches: number): void {
    this.words[this.fuelAt] = branches;
  }

  /** Sets the innermost __try. @returns the one until now */
  swapTries(tries: number): number {
    const outer = this.words[this.triesAt];
    this.words[this.triesAt] = tries;
    return outer;
  }

  /** Whether code of this thread is on the processor now, below whatever is to be called. */
  isOn(thread: KernelThread | null): boolean {
    return thread !== null && this.active !== null && this.active.thread === thread;
  }

  /** The C stack pointer now. */
  get stackPointer(): number {
    return this.exports.__stack_pointer.value;
  }

  /** A call of a function of the driver's, to be run by its steps. @param stackTop as Activation has it */
  call(routine: CallableFunction, args: readonly number[], stackTop: number, thread: KernelThread | null): Activation {
    return new Activation(this, routine, args, stackTop, thread);
  }

  /** The function to give to WebAssembly for one that may suspend. No function here has more parameters. */
  suspending(name: string, start: WaitingFunction): CallableFunction {
    const cost = callCost(name);
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
      const { exports, guest } = this;
      if (this.moves === 'in') {
        exports.asyncify_stop_rewind();
        this.moves = 'not';
        return this.active!.result | 0;
      }
      guest.calling(name, cost);
      const waitsIn = start(guest, a, b, c, d, e, f, g, h, i, j, k, l);
      const result = typeof waitsIn === 'number' ? waitsIn : this.begin(name, waitsIn);
      guest.called();
      return result | 0;
    };
  }

  /** Runs a host function that may wait; if it does, so does the driver. @returns its result */
  private begin(name: string, waitsIn: Resumable): number {
    const step = waitsIn.next();
    if (step.done) return Number(step.value ?? 0);
    const self = this.active!;
    self.waitsIn = waitsIn;
    self.waitsInCall = name;
    self.stackPointer = this.exports.__stack_pointer.value;
    self.frames ||= this.spare.pop() ?? this.guest.allocateInternal(FRAMES);
    // Their header: where the next one goes, and where they end.
    this.words[self.frames >>> 2] = self.frames + 8;
    this.words[(self.frames >>> 2) + 1] = self.frames + FRAMES;
    this.exports.asyncify_start_unwind(self.frames);
    this.moves = 'out';
    return 0;
  }
}
