/**
 * What is used of the engine's WebAssembly, which every JavaScript engine has and the language's own library types do
 * not know.
 */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}
export interface WasmGlobal {
  value: number;
}
export interface WasmTable {
  readonly length: number;
  get(index: number): CallableFunction | null;
}
export interface WasmModule {
  readonly brand?: 'WasmModule';
}
export interface WasmImport {
  readonly module: string;
  readonly name: string;
  readonly kind: 'function' | 'memory' | 'table' | 'global' | 'tag';
}

interface Engine {
  readonly Memory: new (descriptor: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: (new (
    bytes: Uint8Array,
  ) => WasmModule) & {
    imports(module: WasmModule): WasmImport[];
    exports(module: WasmModule): { readonly name: string; readonly kind: string }[];
    customSections(module: WasmModule, name: string): ArrayBuffer[];
  };
  readonly Instance: new (
    module: WasmModule,
    imports: Record<string, Record<string, unknown>>,
  ) => {
    readonly exports: Record<string, unknown>;
  };
}

export const engine = (globalThis as unknown as { WebAssembly: Engine }).WebAssembly;

/** Pages of WebAssembly memory, in bytes. */
export const WASM_PAGE = 65_536;
