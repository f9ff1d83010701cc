import { CALL_CONTEXT } from '../../../../src/driver/call-context.ts';
import { type DriverModule, readDriverModule } from '../../../../src/driver/driver-module.ts';
import { shadowOffset } from '../../../../src/driver/shadow-layout.ts';

/** What is used here of an API that the types of Node do not have. */
interface Api {
  Memory: new (limits: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer };
  Module: (new (bytes: Uint8Array) => object) & { imports(module: object): { name: string; kind: string }[] };
  Instance: new (
    module: object,
    imports: { env: Record<string, unknown> },
  ) => { readonly exports: Record<string, ((...args: number[]) => number) & { value: number }> };
}

const { Instance, Memory, Module } = (globalThis as unknown as { WebAssembly: Api }).WebAssembly;

/** A frame of the guest's stack: the source line that its instruction belongs to. */
export interface Frame {
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

export interface Ran {
  /** What DriverEntry returned. */
  readonly status: number;
  /** Every import that was called, with its first two arguments, in order. */
  readonly calls: readonly string[];
  readonly memory: Uint8Array;
}

type Import = (...args: number[]) => number;

/**
 * As little of a driver host as tests of the compiler need: calls the constructors and DriverEntry, suspends at every
 * import that may suspend (all of them return their argument plus one), and hands every other import to `on`.
 */
export class MiniHost {
  readonly module: DriverModule;
  readonly memory: { readonly buffer: ArrayBuffer };
  /** One word: where the driver says which calls have led to where it is. */
  readonly context: BigInt64Array;
  readonly calls: string[] = [];
  suspensions = 0;
  readonly functionsSeen = new Set<string>();
  readonly #exports: InstanceType<Api['Instance']>['exports'];
  #slot = 0;

  constructor(wasm: Uint8Array, on: Readonly<Record<string, Import>> = {}) {
    this.module = readDriverModule(wasm, 'the test driver');
    const { guestMemory, suspending } = this.module.facts;
    const pages = guestMemory / 65_536;
    this.memory = new Memory({ initial: pages, maximum: pages });
    this.context = new BigInt64Array(this.memory.buffer, CALL_CONTEXT, 1);
    const compiled = new Module(wasm);
    const env: Record<string, unknown> = { memory: this.memory };
    for (const { name, kind } of Module.imports(compiled)) {
      if (kind !== 'function') continue;
      env[name] = suspending.includes(name) ? this.#suspending(name) : this.#plain(name, on[name] ?? (() => 0));
    }
    this.#exports = new Instance(compiled, { env }).exports;
  }

  run(): Ran {
    const { __wasm_call_ctors, DriverEntry, __stack_pointer } = this.#exports;
    __wasm_call_ctors();
    const top = __stack_pointer.value;
    // The unwound frames go to the guest's last page below the shadow.
    const data = shadowOffset(this.module.facts.guestMemory) - 65_536;
    const view = new DataView(this.memory.buffer);
    this.context[0] = 0n;
    let status = DriverEntry(0, 0);
    while (this.#exports.asyncify_get_state() === 1) {
      this.#exports.asyncify_stop_unwind();
      this.suspensions++;
      this.context[0] = 0n;
      this.#exports.asyncify_start_rewind(data);
      status = DriverEntry(0, 0);
    }
    __stack_pointer.value = top;
    view.setInt32(data, 0, true);
    return { status, calls: this.calls, memory: new Uint8Array(this.memory.buffer) };
  }

  /** The guest's stack as source lines, innermost first. */
  frames(): Frame[] {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 100;
    const stack = String(new Error().stack);
    Error.stackTraceLimit = limit;
    return [...stack.matchAll(/wasm-function\[\d+\]:0x([0-9a-f]+)/g)].map(([, hex]) => {
      const found = this.module.lines!.find(Number.parseInt(hex, 16)) ?? { function: '?', file: '?', line: 0 };
      this.functionsSeen.add(found.function);
      return found;
    });
  }

  #plain(name: string, does: Import): Import {
    return (...args) => {
      // What counts branches is in every driver, and at every branch.
      if (name !== '__sanitizer_cov_trace_pc') this.calls.push(`${name}(${args.slice(0, 2).join()})`);
      return does(...args);
    };
  }

  #suspending(name: string): Import {
    return (...args) => {
      if (this.#exports.asyncify_get_state() === 2) {
        this.#exports.asyncify_stop_rewind();
        return this.#slot;
      }
      this.calls.push(`${name}(${args.slice(0, 2).join()})`);
      this.#slot = (args[0] ?? 0) + 1;
      const data = shadowOffset(this.module.facts.guestMemory) - 65_536;
      const view = new DataView(this.memory.buffer);
      view.setInt32(data, data + 8, true);
      view.setInt32(data + 4, data + 65_536, true);
      this.#exports.asyncify_start_unwind(data);
      return 0;
    };
  }
}
