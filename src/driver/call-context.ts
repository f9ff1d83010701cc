import type { WasmMemory } from './webassembly.ts';

/** Where a driver's code writes which of its calls it makes: 64 bits, in memory at NULL that is nobody's. */
export const CALL_CONTEXT = 8;

/** Marks the contexts of code that runs on another processor in the middle of the driver's call. */
const ON_TOP = 0x4000_0000;

/** Two contexts that are put aside while others are in use. */
export interface KeptContext {
  low: number;
  high: number;
}

/**
 * Which calls of the driver's have led to where it is: a number, kept by its own code (compile/call-contexts.ts). It is
 * 0 while nothing of the driver's is on the engine's stack.
 */
export class CallContext {
  private readonly words: Int32Array;

  constructor(memory: WasmMemory) {
    this.words = new Int32Array(memory.buffer, CALL_CONTEXT, 2);
  }

  get low(): number {
    return this.words[0];
  }
  get high(): number {
    return this.words[1];
  }

  /** Code of the driver's begins, or goes on. @param isOnTop of another call of its, which it is no part of */
  enter(outer: KeptContext, isOnTop: boolean): void {
    outer.low = this.words[0];
    outer.high = this.words[1];
    if (isOnTop) this.words[1] ^= ON_TOP;
  }

  /** It has ended, or waits. */
  leave(outer: KeptContext): void {
    this.words[0] = outer.low;
    this.words[1] = outer.high;
  }
}
