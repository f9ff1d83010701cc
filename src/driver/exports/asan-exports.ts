import type { Guest } from '../guest.ts';
import { Poison } from '../shadow.ts';
import type { ExportTable, HostFunction } from './export-table.ts';

/** The instrumented code has seen that an access of `size` bytes must not be. */
const report =
  (size: number, write: boolean): HostFunction =>
  (guest: Guest, address: number) =>
    guest.reportAccess(address >>> 0, size, write);

const reportMany =
  (write: boolean): HostFunction =>
  (guest: Guest, address: number, size: number) =>
    guest.reportAccess(address >>> 0, size >>> 0, write);

const check =
  (write: boolean): HostFunction =>
  (guest: Guest, address: number, size: number) =>
    guest.memory.check(address >>> 0, size >>> 0, write, '');

/** What the compiler tells of a global variable: eight words. */
const GLOBAL = { beginning: 0, size: 4, sizeWithRedzone: 8, words: 32 } as const;

const sizes = [1, 2, 4, 8, 16];

/** What the compiler's instrumentation calls. Source: LLVM, AddressSanitizer's interface of the kernel's variant. */
export const asanExports: ExportTable = {
  plain: {
    ...Object.fromEntries(sizes.map((size) => [`__asan_report_load${size}`, report(size, false)])),
    ...Object.fromEntries(sizes.map((size) => [`__asan_report_store${size}`, report(size, true)])),
    __asan_report_load_n: reportMany(false),
    __asan_report_store_n: reportMany(true),
    __asan_loadN: check(false),
    __asan_storeN: check(true),
    __asan_register_globals: (guest: Guest, table: number, count: number) => {
      const { memory } = guest;
      for (let i = 0; i < count; i++) {
        const entry = (table >>> 0) + i * GLOBAL.words;
        const beginning = memory.readU32(entry + GLOBAL.beginning);
        const size = memory.readU32(entry + GLOBAL.size);
        memory.shadow.poison(beginning, memory.readU32(entry + GLOBAL.sizeWithRedzone), Poison.Global);
        memory.shadow.unpoison(beginning, size);
      }
    },
    __asan_unregister_globals: () => {},
    __asan_before_dynamic_init: () => {},
    __asan_after_dynamic_init: () => {},
    /** Before a longjmp or a call that does not return: the frames that are left lose their redzones. */
    __asan_handle_no_return: (guest: Guest) => guest.stacks.unpoison(guest.fibers.stackPointer),
    __asan_alloca_poison: (guest: Guest, address: number, size: number) => {
      const at = address >>> 0;
      guest.memory.shadow.poison(at - 32, 32, Poison.StackLeft);
      guest.memory.shadow.poison((at + size + 7) & -8, 32, Poison.StackRight);
      guest.memory.shadow.unpoison(at, size >>> 0);
    },
    __asan_allocas_unpoison: (guest: Guest, top: number, bottom: number) => {
      if (top !== 0 && bottom >>> 0 > top >>> 0) guest.memory.shadow.unpoison(top >>> 0, (bottom >>> 0) - (top >>> 0));
    },
    __asan_poison_stack_memory: (guest: Guest, address: number, size: number) =>
      guest.memory.shadow.poison(address >>> 0, size >>> 0, Poison.StackUseAfterScope),
    __asan_unpoison_stack_memory: (guest: Guest, address: number, size: number) =>
      guest.memory.shadow.unpoison(address >>> 0, size >>> 0),
  },
  waiting: {},
};
