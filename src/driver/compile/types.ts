import { OpenWskError } from '../../base/index.ts';
import type { Diagnostic } from '../driver-module.ts';
import type { LineTable } from '../line-table.ts';

export type { Diagnostic } from '../driver-module.ts';

/** Which compiler: the machine's own when it can make WebAssembly (auto), or one of the two. */
export type CompilerChoice = 'auto' | 'native' | 'bundled';

export interface CompileRequest {
  /** C and C++ files, and folders: of a folder, every source directly in it, or what its project file lists. */
  readonly inputs: readonly string[];
  readonly includeDirs: readonly string[];
  /** NAME or NAME=VALUE. */
  readonly defines: readonly string[];
  readonly compiler?: CompilerChoice;
  /** Check every access of the driver to memory. */
  readonly kasan: boolean;
  /** The imports of env that may suspend the driver. One that suspends and is not named here corrupts it silently. */
  readonly suspending: readonly string[];
  /** Bytes of guest memory, a multiple of GUEST_MEMORY_UNIT; 16 MiB unless given. */
  readonly guestMemory?: number;
  /** Read the sources as 64-bit code too, for what they would cut off there; true unless given. */
  readonly check64?: boolean;
  /** Where results are kept; $OWSK_CACHE, or the user's cache folder, unless given. */
  readonly cacheDir?: string;
  /** A folder with `include` and `runtime` to take instead of this package's. */
  readonly kit?: string;
  readonly progress?: (what: string, done: number, of: number) => void;
}

export interface CompiledDriver {
  /** The module after asyncify, its facts and lines in custom sections (see driver-module.ts). */
  readonly wasm: Uint8Array;
  readonly lines: LineTable | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly compiler: string;
  /** Whether nothing had to be compiled. */
  readonly cached: boolean;
}

/** The sources do not make a driver; `diagnostics` says where. */
export class CompileError extends OpenWskError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[] = []) {
    super('OWSK_COMPILE', message);
    this.diagnostics = diagnostics;
  }
}
