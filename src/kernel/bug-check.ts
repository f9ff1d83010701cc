/** Bug check codes with Microsoft's names (Debugger reference, "Bug Check Code Reference"). */
export const BugCheckCode = {
  IRQL_NOT_GREATER_OR_EQUAL: 0x09,
  IRQL_NOT_LESS_OR_EQUAL: 0x0a,
  MAXIMUM_WAIT_OBJECTS_EXCEEDED: 0x0c,
  BAD_POOL_HEADER: 0x19,
  KMODE_EXCEPTION_NOT_HANDLED: 0x1e,
  PANIC_STACK_SWITCH: 0x2b,
  NO_MORE_IRP_STACK_LOCATIONS: 0x35,
  MEMORY_MANAGEMENT: 0x1a,
  MULTIPLE_IRP_COMPLETE_REQUESTS: 0x44,
  CANCEL_STATE_IN_COMPLETED_IRP: 0x48,
  PAGE_FAULT_IN_NONPAGED_AREA: 0x50,
  KERNEL_MODE_EXCEPTION_NOT_HANDLED: 0x8e,
  PFN_LIST_CORRUPT: 0x4e,
  SPIN_LOCK_ALREADY_OWNED: 0x0f,
  SPIN_LOCK_NOT_OWNED: 0x10,
  UNEXPECTED_KERNEL_MODE_TRAP: 0x7f,
  ATTEMPTED_SWITCH_FROM_DPC: 0xb8,
  BAD_POOL_CALLER: 0xc2,
  TIMER_OR_DPC_INVALID: 0xc7,
  DRIVER_UNLOADED_WITHOUT_CANCELLING_PENDING_OPERATIONS: 0xce,
  DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL: 0xd5,
  DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION: 0xd6,
  DRIVER_IRQL_NOT_LESS_OR_EQUAL: 0xd1,
  DPC_WATCHDOG_VIOLATION: 0x133,
  KERNEL_SECURITY_CHECK_FAILURE: 0x139,
  DRIVER_VERIFIER_DETECTED_VIOLATION: 0xc4,
  DRIVER_VERIFIER_IOMANAGER_VIOLATION: 0xc9,
  MANUALLY_INITIATED_CRASH: 0xe2,
  RESOURCE_NOT_OWNED: 0xe3,
  WORKER_INVALID: 0xe4,
  THREAD_TERMINATE_HELD_MUTEX: 0x4000008a,
  WORKER_THREAD_RETURNED_AT_BAD_IRQL: 0xe1,
} as const;
export type BugCheckCode = (typeof BugCheckCode)[keyof typeof BugCheckCode];

/** The rules of the contract that are checked, by the ids `openwsk explain` takes. */
export type RuleId = `R${number}`;

/** A place in a driver's source. Lines and columns count from 1; column 0 is unknown. */
export interface SourceFrame {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
}

/** What is known of a misuse beside its message. */
export interface Evidence {
  /** A line each: where the memory was allocated, who freed it, who waits. */
  readonly details?: readonly string[];
  /** The place that is to blame, where it is not the one where the misuse was seen. */
  readonly frames?: readonly SourceFrame[];
  /** The bug check's parameters 2 to 4, as Windows documents them. */
  readonly parameters?: readonly number[];
}

/** What would crash Windows. The machine it happened on stops; the process lives. */
export class BugCheck extends Error {
  override readonly name = 'BugCheck';
  readonly code: BugCheckCode;
  /** The code's name, e.g. MULTIPLE_IRP_COMPLETE_REQUESTS. */
  readonly codeName: string;
  /** The first parameter as Windows documents it; for Driver Verifier's codes, which violation. */
  readonly parameter1: number;
  readonly rule: RuleId | null;
  /** All four, as the Windows debugger shows them; 0 where Windows documents nothing that exists here. */
  parameters: readonly number[];
  /** Where in the driver's source it happened, the innermost function first; none for a TypeScript driver. */
  frames: readonly SourceFrame[] = [];
  /** More to know, a line each: where the memory was allocated, who freed it, who waits. */
  details: readonly string[] = [];

  constructor(code: BugCheckCode, parameter1: number, rule: RuleId | null, message: string, options?: ErrorOptions) {
    const codeName = bugCheckName(code);
    const violation = parameter1 === 0 ? '' : `/0x${parameter1.toString(16).toUpperCase()}`;
    super(
      `0x${code.toString(16).toUpperCase()}${violation} ${codeName}${rule ? ` (${rule})` : ''}: ${message}`,
      options,
    );
    this.code = code;
    this.codeName = codeName;
    this.parameter1 = parameter1;
    this.rule = rule;
    this.parameters = [parameter1 >>> 0, 0, 0, 0];
  }
}

/** The code's name; UNKNOWN for one that is not in the table. */
export const bugCheckName = (code: number): string =>
  Object.entries(BugCheckCode).find(([, value]) => value === code)?.[0] ?? 'UNKNOWN';
