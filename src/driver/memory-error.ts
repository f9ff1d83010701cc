import { BugCheck, BugCheckCode } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { Poison } from './shadow.ts';
import { ThreadExit } from './thread-exit.ts';

/** Bytes, as an address or a distance. */
const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

/** An access that the shadow forbids, the driver's own or one on its behalf: the bug check that Windows would show. */
export const badAccess = (guest: Guest, address: number, size: number, write: boolean, what: string): never => {
  const { kernel } = guest;
  const act = `${write ? 'write' : 'read'} of ${size} byte${size === 1 ? '' : 's'}`;
  const by = what === '' ? '' : `${what}: `;
  const { code, rule, text } = explain(guest, address);
  return kernel.bugCheck(code, address, rule, `${by}${act} at ${hex(address)}, ${text}`);
};

const explain = (guest: Guest, address: number) => {
  const poison = address >= guest.memory.limit ? Poison.Unallocated : guest.memory.shadow.at(address);
  const block = guest.pool.find(address);
  if (address < 0x10000) {
    const where = address < 0x1000 ? `NULL plus ${address}` : 'in the first 64 KiB';
    return { code: BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, rule: null, text: `${where}: the pointer was never set` };
  }
  if (poison === Poison.Freed && block !== null) {
    const code = BugCheckCode.DRIVER_PAGE_FAULT_IN_FREED_SPECIAL_POOL;
    return { code, rule: null, text: `${address - block.address} bytes into ${describe(block)} that was freed` };
  }
  const local = STACK_OR_GLOBAL[poison];
  if (local !== undefined)
    return { code: BugCheckCode.DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION, rule: null, text: local };
  if (block !== null) {
    const behind = address - (block.address + block.size);
    const place = behind >= 0 ? `${behind} bytes behind` : `${block.address - address} bytes before`;
    const code = BugCheckCode.DRIVER_PAGE_FAULT_BEYOND_END_OF_ALLOCATION;
    return { code, rule: null, text: `${place} ${describe(block)}` };
  }
  const text = 'where there is no memory of the driver';
  return { code: BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, rule: null, text };
};

const STACK_OR_GLOBAL: Record<number, string> = {
  [Poison.StackLeft]: 'before a local variable',
  [Poison.StackMid]: 'behind a local variable',
  [Poison.StackRight]: 'behind a local variable',
  [Poison.StackPartial]: 'behind a local variable',
  [Poison.StackUseAfterScope]: 'in a local variable whose block has ended',
  [Poison.Global]: 'behind a global variable',
};

const describe = ({ kind, tag, size }: { kind: string; tag: string; size: number }): string =>
  kind === 'pool' ? `${size} bytes of pool${tag === '' ? '' : ` '${tag}'`}` : `an object (${kind}) of ${size} bytes`;

/** What the driver's code has thrown: passed on when it is ours, else the bug check for what the trap means. */
export const trapped = (guest: Guest, error: unknown): never => {
  if (error instanceof BugCheck || error instanceof ThreadExit) throw error;
  const { kernel } = guest;
  if (kernel.crash !== null) throw kernel.crash;
  if (error instanceof Error) guest.trap = error;
  if (error instanceof RangeError) {
    const message = 'the stack is exhausted: recursion that does not end, or very large local variables';
    return kernel.bugCheck(BugCheckCode.UNEXPECTED_KERNEL_MODE_TRAP, 8, null, message, error);
  }
  if (error instanceof Error && error.name === 'RuntimeError') {
    const [code, text] = trapOf(error.message);
    return kernel.bugCheck(code, 0, null, text, error);
  }
  throw error;
};

const trapOf = (message: string): [BugCheckCode, string] => {
  if (/out of bounds/.test(message) && /table/.test(message))
    return [BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 'a call through a function pointer that points to no function'];
  if (/out of bounds/.test(message))
    return [BugCheckCode.PAGE_FAULT_IN_NONPAGED_AREA, 'an access where there is no memory at all'];
  if (/divide/.test(message)) return [BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 'an integer was divided by zero'];
  if (/signature|null function/.test(message))
    return [
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      'a call through a function pointer whose function has other parameters',
    ];
  if (/unreachable/.test(message))
    return [
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      'code that must not be reached was (__debugbreak, __fastfail, …)',
    ];
  return [BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, message];
};
