import { BugCheck, BugCheckCode, type RuleId } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { Block } from './pool.ts';
import { Poison } from './shadow.ts';
import { ThreadExit } from './thread-exit.ts';

/** Parameter 1 of UNEXPECTED_KERNEL_MODE_TRAP. */
const DOUBLE_FAULT = 8;

/** Bytes, as an address or a distance. */
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** An access that the shadow forbids, the driver's own or one on its behalf: the bug check that Windows would show. */
export const badAccess = (guest: Guest, address: number, size: number, write: boolean, what: string): void => {
  if (isLateReadOfOurs(guest, address, write, what) || isPagedForUs(guest, address, what)) return;
  const { kernel } = guest;
  const act = `${write ? 'write' : 'read'} of ${size} byte${size === 1 ? '' : 's'}`;
  const by = what === '' ? '' : `${what}: `;
  const { code, rule, text, details } = explain(guest, address);
  const parameters = [code === BugCheckCode.DRIVER_IRQL_NOT_LESS_OR_EQUAL ? kernel.irql : 0, write ? 1 : 0];
  const evidence = { details, parameters };
  const parameter1 = code === BugCheckCode.UNEXPECTED_KERNEL_MODE_TRAP ? DOUBLE_FAULT : address;
  kernel.bugCheck(code, parameter1, rule, `${by}${act} at ${hex(address)}, ${text}`, undefined, evidence);
};

/**
 * WSK reads memory for the driver that WSK itself gave out and took back, and that nobody else has got yet: an address of
 * a list after WskFreeAddressInfo, say. Windows would most likely get away with it, so that the run goes on.
 */
const isLateReadOfOurs = (guest: Guest, address: number, write: boolean, what: string): boolean => {
  const block = guest.pool.find(address);
  if (write || what === '' || block === null || block.kind !== 'object' || block.freed === null) return false;
  const message = `${what} reads memory of WSK's (${block.tag}) that was given back: Windows may have given its memory to somebody else`;
  guest.kernel.report('error', 'R28', message, { details: blockHistory(guest, block) });
  return true;
};

/**
 * A kernel function touches paged memory for the driver at DISPATCH_LEVEL: an event in paged pool, say. As long as the
 * page happens to be there Windows gets away with it, so that the run goes on.
 */
const isPagedForUs = (guest: Guest, address: number, what: string): boolean => {
  const { memory, kernel, pool } = guest;
  if (what === '' || address >= memory.limit || memory.shadow.at(address) !== Poison.Paged) return false;
  const block = pool.find(address);
  const message = `${what} touches paged pool${block === null ? '' : ` '${block.tag}'`} at IRQL ${kernel.irql}: it may be paged out`;
  kernel.report('error', 'R15', message, { details: block === null ? [] : blockHistory(guest, block) });
  return true;
};

/** Who allocated a block and who freed it, each at a line of the driver's. */
export const blockHistory = (guest: Guest, { allocated, freed }: Block): string[] => {
  const line = (what: string, stack: Error | null): string[] => {
    const [top] = stack === null ? [] : guest.places.frames(stack);
    return top === undefined ? [] : [`${what} at ${top.function} (${top.file}:${top.line})`];
  };
  return [...line('allocated', allocated), ...line('freed', freed)];
};

interface Explanation {
  readonly code: BugCheckCode;
  readonly rule: RuleId | null;
  readonly text: string;
  readonly details: readonly string[];
}

const explain = (guest: Guest, address: number): Explanation => {
  const block = guest.pool.find(address);
  const irp = block?.kind === 'IRP' && block.freed !== null ? guest.irps.goneAt(block.address) : null;
  const details = block === null || address < 0x10000 ? [] : (irp?.history.lines ?? blockHistory(guest, block));
  return { details, ...place(guest, address, block) };
};

const place = (guest: Guest, address: number, block: Block | null): Omit<Explanation, 'details'> => {
  const poison = address >= guest.memory.limit ? Poison.Unallocated : guest.memory.shadow.at(address);
  if (address < 0x10000) {
    const where = address < 0x1000 ? `NULL plus ${address}` : 'in the first 64 KiB';
    return { code: BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, rule: 'R44', text: `${where}: the pointer was never set` };
  }
  if (poison === Poison.Freed && block !== null) {
    const code = BugCheckCode.DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL;
    return {
      code,
      rule: ruleOfFreed(block),
      text: `${address - block.address} bytes into ${describe(block)} that was freed`,
    };
  }
  if (poison === Poison.Paged && block !== null) {
    const text = `in paged pool '${block.tag}' at IRQL ${guest.kernel.irql}: it may be paged out`;
    return { code: BugCheckCode.DRIVER_IRQL_NOT_LESS_OR_EQUAL, rule: 'R15', text };
  }
  if (poison === Poison.StackGuard)
    return { code: BugCheckCode.UNEXPECTED_KERNEL_MODE_TRAP, rule: 'R46', text: STACK_EXHAUSTED };
  const local = STACK_OR_GLOBAL[poison];
  if (local !== undefined)
    return { code: BugCheckCode.DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION, rule: 'R43', text: local };
  if (block !== null) {
    const behind = address - (block.address + block.size);
    const place = behind >= 0 ? `${behind} bytes behind` : `${block.address - address} bytes before`;
    const code = BugCheckCode.DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
    return { code, rule: 'R43', text: `${place} ${describe(block)}` };
  }
  const text = 'where there is no memory of the driver';
  return { code: BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, rule: 'R44', text };
};

/** Tags of what WSK gives out in a driver's memory. */
const SOCKET = 'socket';
const ADDRESS_LIST = 'ADDRINFOEXW';

/** A freed IRP is one that others may hold still; anything else is memory. */
const ruleOfFreed = ({ kind, tag }: Block): RuleId => {
  if (kind === 'IRP') return 'R7';
  return tag === SOCKET ? 'R25' : tag === ADDRESS_LIST ? 'R28' : 'R42';
};

const STACK_EXHAUSTED =
  'the kernel stack is exhausted: recursion that does not end, or large local variables; a kernel stack has 12 to 24 KiB';

const STACK_OR_GLOBAL: Record<number, string> = {
  [Poison.StackLeft]: 'before a local variable',
  [Poison.StackMid]: 'behind a local variable',
  [Poison.StackRight]: 'behind a local variable',
  [Poison.StackPartial]: 'behind a local variable',
  [Poison.StackUseAfterScope]: 'in a local variable whose block has ended',
  [Poison.Global]: 'behind a global variable',
};

const describe = ({ kind, tag, size }: { kind: string; tag: string; size: number }): string =>
  kind === 'pool'
    ? `${size} bytes of pool${tag === '' ? '' : ` '${tag}'`}`
    : `an object (${tag || kind}) of ${size} bytes`;

/** What the driver's code has thrown: passed on when it is ours, else the bug check for what the trap means. */
export const trapped = (guest: Guest, error: unknown): never => {
  if (error instanceof BugCheck || error instanceof ThreadExit) throw error;
  const { kernel } = guest;
  if (kernel.crash !== null) throw kernel.crash;
  if (error instanceof Error) guest.places.trap = error;
  if (error instanceof RangeError || isBelowStack(guest, error)) {
    return kernel.bugCheck(BugCheckCode.UNEXPECTED_KERNEL_MODE_TRAP, DOUBLE_FAULT, 'R46', STACK_EXHAUSTED, error);
  }
  if (error instanceof Error && error.name === 'RuntimeError') {
    const [code, text, rule] = trapOf(error.message);
    return kernel.bugCheck(code, 0, rule, text, error);
  }
  throw error;
};

/**
 * The stack has grown past its guard, which a function's own prologue may unpoison: some compilers' do, before the first
 * access there is checked.
 */
const isBelowStack = (guest: Guest, error: unknown): boolean =>
  error instanceof Error &&
  /^memory access out of bounds/.test(error.message) &&
  guest.stacks.at(guest.fibers.stackPointer) === null;

const trapOf = (message: string): [BugCheckCode, string, RuleId | null] => {
  if (/out of bounds/.test(message) && /table/.test(message))
    return [
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      'a call through a function pointer that points to no function',
      'R44',
    ];
  if (/out of bounds/.test(message))
    return [BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 'an access where there is no memory at all', 'R44'];
  if (/divide/.test(message)) return [BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 'an integer was divided by zero', null];
  if (/signature|null function/.test(message))
    return [
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      'a call through a function pointer whose function has other parameters',
      'R44',
    ];
  if (/unreachable/.test(message))
    return [
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      'code that must not be reached was (__debugbreak, __fastfail, …)',
      null,
    ];
  return [BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, message, null];
};
