import { engine, WASM_PAGE, type WasmMemory } from './webassembly.ts';

/**
 * Memories of drivers that have ended, for the next ones: cleaning 16 MiB takes a fraction of what a new memory costs,
 * with the work of the garbage collector that it causes.
 */
export class MemoryStock {
  private readonly spare: WasmMemory[] = [];
  private readonly pages: number;

  /** @param size of each, in bytes */
  constructor(size: number) {
    this.pages = size / WASM_PAGE;
  }

  /** A memory full of zeros. */
  take(): WasmMemory {
    const memory = this.spare.pop();
    if (memory === undefined) return new engine.Memory({ initial: this.pages, maximum: this.pages });
    new Uint8Array(memory.buffer).fill(0);
    return memory;
  }

  /** Nothing of what lies in it is looked at any more. */
  give(memory: WasmMemory): void {
    this.spare.push(memory);
  }
}
