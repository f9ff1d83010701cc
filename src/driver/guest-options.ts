import type { FiberExports } from './fibers.ts';
import type { HostServices } from './host-services.ts';
import type { LineTable } from './line-table.ts';
import type { PoolOptions } from './pool.ts';
import type { WasmGlobal } from './webassembly.ts';

/** What a compiled driver exports for the host. */
export interface GuestExports extends FiberExports {
  readonly __heap_base: WasmGlobal;
  readonly DriverEntry: CallableFunction;
  readonly __wasm_call_ctors?: () => void;
  readonly OwskDispatchTable: (which: number) => number;
}

export interface GuestOptions extends PoolOptions, HostServices {
  /** Which line of source an instruction belongs to. */
  readonly lines?: LineTable | null;
  /** Branches that the driver may take in one go, without returning or waiting: 200 million unless given. A kernel call counts as 500. */
  readonly fuel?: number;
  /** Branches of a whole run, 50 times `fuel` unless given, without end on a real network. */
  readonly work?: number;
  /** Bytes of C stack of a thread, 64 KiB unless given: more than Windows' 12 to 24, since checked frames are larger. */
  readonly stackSize?: number;
}
