import { APC_LEVEL, BugCheckCode, DISPATCH_LEVEL, irpEvidence } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { blockHistory } from '../memory-error.ts';
import type { ExportTable } from './export-table.ts';

// POOL_FLAGS (wdm.h), the low half of a 64-bit number.
const POOL_FLAG_UNINITIALIZED = 0x2n;
const POOL_FLAG_RAISE_ON_FAILURE = 0x20n;
const POOL_FLAG_PAGED = 0x100n;
/** POOL_TYPE: bit 0 tells paged from nonpaged. */
const PAGED_POOL = 1;

/** What fresh memory holds that nobody has cleared: visible in a debugger, and no valid pointer. */
const GARBAGE = 0xcd;

/** `Wsk1` of the ULONG '1ksW'. */
export const tagText = (tag: number): string =>
  String.fromCharCode(tag & 0xff, (tag >>> 8) & 0xff, (tag >>> 16) & 0xff, tag >>> 24).replace(/\0/g, '');

const allocate = (guest: Guest, size: number, tag: number, paged: boolean, zero: boolean): number => {
  const { kernel, pool, memory } = guest;
  kernel.assertAlive();
  if (kernel.irql > (paged ? APC_LEVEL : DISPATCH_LEVEL)) {
    const message = `${paged ? 'paged' : 'nonpaged'} pool allocated at IRQL ${kernel.irql}: above ${paged ? 'APC_LEVEL only nonpaged pool is allowed' : 'DISPATCH_LEVEL none is'}`;
    const code = BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION;
    kernel.bugCheck(code, paged ? 0x01 : 0x02, 'R16', message);
  }
  if (!kernel.mayAllocate()) return 0;
  const address = pool.allocate(size >>> 0, 'pool', tagText(tag >>> 0), paged, guest.places.here());
  if (address !== 0) memory.raw(address, size >>> 0).fill(zero ? 0 : GARBAGE);
  return address;
};

const free = (guest: Guest, address: number, tag: number, call: string): void => {
  const { kernel, pool } = guest;
  kernel.assertAlive();
  const at = address >>> 0;
  const block = pool.blocks.get(at);
  if (block === undefined || block.kind !== 'pool') badFree(guest, at, call);
  else if (tag !== 0 && block.tag !== tagText(tag)) {
    const message = `${call} with tag '${tagText(tag)}' of a block allocated with tag '${block.tag}'`;
    const details = blockHistory(guest, block);
    kernel.bugCheck(BugCheckCode.BAD_POOL_CALLER, 0x0a, 'R16', message, undefined, {
      details,
      parameters: [at, 0, tag],
    });
  }
  guest.release(at, call);
};

const badFree = (guest: Guest, address: number, call: string): never => {
  const { kernel, pool } = guest;
  const code = BugCheckCode.BAD_POOL_CALLER;
  if (address === 0) return kernel.bugCheck(code, 0x46, 'R16', `${call} of NULL`);
  const freed = pool.freed.get(address);
  if (freed !== undefined) {
    if (freed.kind === 'IRP') return freedIrp(guest, address, call);
    const message = `${call} of ${freed.size} bytes '${freed.tag}' that were freed already`;
    const evidence = { details: blockHistory(guest, freed), parameters: [0, 0, address] };
    return kernel.bugCheck(code, 0x07, 'R16', message, undefined, evidence);
  }
  const other = pool.blocks.get(address);
  if (other?.kind === 'IRP') {
    const message = `${call} of an IRP from IoAllocateIrp: IoFreeIrp frees those`;
    const irp = guest.irps.find(address);
    const evidence = irp === null ? {} : irpEvidence(irp, 2);
    return kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x105, 'R6', message, undefined, evidence);
  }
  const near = pool.find(address);
  const where = near === null ? 'where nothing was allocated' : `${address - near.address} bytes into a block`;
  return kernel.bugCheck(code, 0x46, 'R16', `${call} of 0x${address.toString(16)}, ${where}`);
};

const freedIrp = ({ kernel, irps }: Guest, address: number, call: string): never => {
  const details = irps.goneAt(address)?.history.lines ?? [];
  const message = `${call} of an IRP that was freed already`;
  return kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, 0x105, 'R6', message, undefined, { details });
};

/** Source: wdm.h reference, ExAllocatePool2, ExAllocatePoolWithTag, ExFreePoolWithTag and their like. */
export const poolExports: ExportTable = {
  plain: {
    ExAllocatePool2: (guest: Guest, Flags: bigint, NumberOfBytes: number, Tag: number) => {
      const paged = (Flags & POOL_FLAG_PAGED) !== 0n;
      const address = allocate(guest, NumberOfBytes, Tag, paged, (Flags & POOL_FLAG_UNINITIALIZED) === 0n);
      if (address === 0 && (Flags & POOL_FLAG_RAISE_ON_FAILURE) !== 0n) guest.raise(0xc000009a | 0);
      return address;
    },
    ExAllocatePoolWithTag: (guest: Guest, PoolType: number, NumberOfBytes: number, Tag: number) =>
      allocate(guest, NumberOfBytes, Tag, (PoolType & 0x1ff & PAGED_POOL) !== 0, false),
    ExAllocatePool: (guest: Guest, PoolType: number, NumberOfBytes: number) =>
      allocate(guest, NumberOfBytes, 0x656e6f4e, (PoolType & PAGED_POOL) !== 0, false),
    ExAllocatePoolWithQuotaTag: (guest: Guest, PoolType: number, NumberOfBytes: number, Tag: number) =>
      allocate(guest, NumberOfBytes, Tag, (PoolType & PAGED_POOL) !== 0, false),
    ExAllocatePoolZero: (guest: Guest, PoolType: number, NumberOfBytes: number, Tag: number) =>
      allocate(guest, NumberOfBytes, Tag, (PoolType & PAGED_POOL) !== 0, true),
    ExAllocatePoolUninitialized: (guest: Guest, PoolType: number, NumberOfBytes: number, Tag: number) =>
      allocate(guest, NumberOfBytes, Tag, (PoolType & PAGED_POOL) !== 0, false),
    ExFreePool: (guest: Guest, P: number) => free(guest, P, 0, 'ExFreePool'),
    ExFreePoolWithTag: (guest: Guest, P: number, Tag: number) => free(guest, P, Tag, 'ExFreePoolWithTag'),
    /** Of the runtime: its memory functions ask before they touch a range. */
    OwskCheckMemory: (guest: Guest, address: number, size: number, write: number) =>
      guest.memory.check(address >>> 0, size >>> 0, write !== 0, ''),
  },
  waiting: {},
};
