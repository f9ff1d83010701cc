import type { NTSTATUS } from '../base/index.ts';
import type { KernelRoutine } from './thread.ts';

/** DRIVER_OBJECT, as far as it is here. */
export interface DRIVER_OBJECT {
  /** Set by DriverEntry when the driver can be unloaded; a plain function or a generator that waits. */
  DriverUnload: ((DriverObject: DRIVER_OBJECT) => KernelRoutine<void> | void) | null;
  readonly DriverName: string;
}

/**
 * DriverEntry of a TypeScript driver: a plain function or a generator. Everything that a C driver calls by name comes
 * in `nt`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the kernel cannot name netio's functions, which stand above it
export type DriverEntry<Nt = any> = (
  DriverObject: DRIVER_OBJECT,
  RegistryPath: string,
  nt: Nt,
) => KernelRoutine<NTSTATUS> | NTSTATUS;
