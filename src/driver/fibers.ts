import type { KernelThread } from '../kernel/index.ts';
import { Activation, type Resumable } from './activation.ts';
import type { CallContext } from './call-context.ts';
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

const REWINDING = 2;

/** Bytes for the frames of one suspended call into the driver. */
const FRAMES = 32 * 1024;

/** What fibers need of the host. */
export interface FiberHost {
  /** @returns address; a bug check when there is no memory */
  allocate(size: number): number;
  /** Prepares the frames' header: two words, position and end. */
  initialize(address: number, size: number): void;
  /** Takes what the driver's code has thrown: a trap, or an exception of a host function that it called. */
  thrown(error: unknown): never;
  /** The driver's code is about to run, or to go on. */
  entered(): void;
  /** The host works for a call of the driver's; it has done so. */
  calling(name: string): void;
  called(): void;
}

/**
 * Runs the driver's functions as code that can wait. WebAssembly cannot be suspended; asyncify lets a call unwind to
 * where the host made it, keeping its frames in memory, and rewind later. A call is an iterator, so that a thread of
 * the driver is a kernel thread like any other, and a callback that waits inside a call inside a callback just works.
 */
export class Fibers {
  exports!: FiberExports;
  readonly host: FiberHost;
  readonly context: CallContext;
  /** Branches that a call may take before it returns or waits. */
  readonly fuel: number;
  /** The call that runs. */
  active: Activation | null = null;
  /** Memory for frames that is free. */
  readonly spare: number[] = [];
  /** Calls that were suspended and resumed. */
  suspensions = 0;

  constructor(host: FiberHost, context: CallContext, fuel: number) {
    this.host = host;
    this.context = context;
    this.fuel = fuel;
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

  /** A call of a function of the driver's, to be run by its steps. @param stackTop as Activation has it */
  call(routine: CallableFunction, args: readonly number[], stackTop: number, thread: KernelThread | null): Activation {
    return new Activation(this, routine, args, stackTop, thread);
  }

  /** The function to give to WebAssembly for one that may suspend. */
  suspending(name: string, start: SuspendingImport): CallableFunction {
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
      const { exports, host } = this;
      if (exports.asyncify_get_state() === REWINDING) {
        exports.asyncify_stop_rewind();
        return this.active!.result | 0;
      }
      host.calling(name);
      const waitsIn = start(a, b, c, d, e, f, g, h, i, j, k, l);
      const result = typeof waitsIn === 'number' ? waitsIn : this.begin(name, waitsIn);
      host.called();
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
    self.frames ||= this.spare.pop() ?? this.host.allocate(FRAMES);
    this.host.initialize(self.frames, FRAMES);
    this.exports.asyncify_start_unwind(self.frames);
    return 0;
  }
}
