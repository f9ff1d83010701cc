import { APC_LEVEL, DISPATCH_LEVEL } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { PAGE_SIZE } from '../layout.ts';
import type { ExportTable } from './export-table.ts';
import { violation } from './lock-checks.ts';

/** Whole pages, as these functions give. @returns 0 without memory */
const allocate = (guest: Guest, size: number, call: string): number => {
  const { kernel, pool, memory } = guest;
  kernel.assertAlive();
  if (kernel.irql > DISPATCH_LEVEL) violation(guest, 0x02, 'R16', `${call} at IRQL ${kernel.irql}`);
  if (!kernel.mayAllocate()) return 0;
  const pages = Math.ceil(Math.max(size >>> 0, 1) / PAGE_SIZE) * PAGE_SIZE;
  const address = pool.allocate(pages, 'pool', call.slice(0, 4), false, guest.places.here());
  if (address !== 0) memory.raw(address, pages).fill(0);
  return address;
};

const free = (guest: Guest, Address: number, call: string): void => {
  const address = Address >>> 0;
  if (guest.kernel.irql > APC_LEVEL) violation(guest, 0x12, 'R16', `${call} at IRQL ${guest.kernel.irql}`);
  guest.memory.check(address, 1, true, call);
  if (guest.pool.blocks.get(address)?.kind !== 'pool')
    violation(guest, 0x10, 'R16', `${call} of 0x${address.toString(16)}, where nothing was allocated`);
  guest.release(address, call);
};

const isValid = (guest: Guest, address: number, size: number): boolean =>
  address + size <= guest.memory.limit && guest.memory.shadow.firstBad(address, size) < 0;

/** Memory is flat: an address is its physical one, and nothing is paged. Source: wdm.h reference. */
export const memoryExports: ExportTable = {
  plain: {
    MmIsAddressValid: (guest: Guest, Address: number) => isValid(guest, Address >>> 0, 1),
    MmIsNonPagedSystemAddressValid: (guest: Guest, Address: number) => isValid(guest, Address >>> 0, 1),
    MmAllocateContiguousMemory: (guest: Guest, Size: number) => allocate(guest, Size, 'MmAllocateContiguousMemory'),
    MmAllocateContiguousMemorySpecifyCache: (guest: Guest, Size: number) =>
      allocate(guest, Size, 'MmAllocateContiguousMemorySpecifyCache'),
    MmAllocateNonCachedMemory: (guest: Guest, Size: number) => allocate(guest, Size, 'MmAllocateNonCachedMemory'),
    MmFreeContiguousMemory: (guest: Guest, Address: number) => free(guest, Address, 'MmFreeContiguousMemory'),
    MmFreeContiguousMemorySpecifyCache: (guest: Guest, Address: number) =>
      free(guest, Address, 'MmFreeContiguousMemorySpecifyCache'),
    MmFreeNonCachedMemory: (guest: Guest, Address: number) => free(guest, Address, 'MmFreeNonCachedMemory'),
    /** Returns a PHYSICAL_ADDRESS, which C has the caller make room for. */
    MmGetPhysicalAddress: (guest: Guest, Result: number, Address: number) =>
      guest.memory.write64(Result >>> 0, BigInt(Address >>> 0)),
    MmQuerySystemSize: () => 2,
    MmLockPagableDataSection: (_guest: Guest, Address: number) => Address,
    MmUnlockPagableImageSection: () => {},
    MmPageEntireDriver: (_guest: Guest, Address: number) => Address,
    MmResetDriverPaging: () => {},
  },
  waiting: {},
};
