import { OpenWskError } from '../base/index.ts';
import type { IRP } from './irp.ts';
import type { Kernel } from './kernel.ts';
import { HostSpace, type MemorySpace, type VirtualAddress } from './memory-space.ts';

export const MDL_MAPPED_TO_SYSTEM_VA = 0x1;
export const MDL_PAGES_LOCKED = 0x2;
export const MDL_SOURCE_IS_NONPAGED_POOL = 0x4;
export const MDL_PARTIAL = 0x10;

/** IO_ACCESS_TYPE for MmProbeAndLockPages. */
export const IoReadAccess = 0;
export const IoWriteAccess = 1;
export const IoModifyAccess = 2;

/** MM_PAGE_PRIORITY for MmGetSystemAddressForMdlSafe. */
export const NormalPagePriority = 16;
export const MdlMappingNoExecute = 0x40000000;

/** What WSK and transports need of an MDL; a guest's MDL reads these from its memory. */
export interface MDL {
  readonly space: MemorySpace;
  /** Address of the first byte in `space`: StartVa + ByteOffset. */
  readonly base: number;
  readonly ByteCount: number;
  MdlFlags: number;
  Next: MDL | null;
}
export type PMDL = MDL | null;

class HostMdl implements MDL {
  readonly space: MemorySpace;
  readonly base: number;
  readonly ByteCount: number;
  MdlFlags = 0;
  Next: PMDL = null;

  constructor(space: MemorySpace, base: number, byteCount: number) {
    this.space = space;
    this.base = base;
    this.ByteCount = byteCount;
  }
}

/**
 * Describes bytes of memory, in place. IRQL <= DISPATCH_LEVEL.
 * @param VirtualAddress the memory; a Uint8Array stands for its own first byte
 * @param Length in bytes
 * @param SecondaryBuffer with an IRP: false makes it Irp.MdlAddress, true the last of the chain there
 * @param _ChargeQuota ignored here
 * @returns the MDL, or null when the machine has no memory left; before use it needs MmBuildMdlForNonPagedPool or
 *   MmProbeAndLockPages
 * @throws OpenWskError OWSK_OUT_OF_RANGE when the Uint8Array is shorter than Length
 *
 * Source: wdm.h reference, IoAllocateMdl.
 */
export const IoAllocateMdl = (
  kernel: Kernel,
  VirtualAddress: VirtualAddress,
  Length: number,
  SecondaryBuffer = false,
  _ChargeQuota = false,
  Irp: IRP | null = null,
): PMDL => {
  if (!kernel.mayAllocate()) return null;
  let mdl: MDL;
  if (VirtualAddress instanceof Uint8Array) {
    if (Length > VirtualAddress.length) {
      const message = `IoAllocateMdl: Length ${Length} is more than the ${VirtualAddress.length} bytes of the buffer`;
      throw new OpenWskError('OWSK_OUT_OF_RANGE', message, 'Length');
    }
    mdl = new HostMdl(new HostSpace(VirtualAddress), 0, Length);
  } else {
    mdl = new HostMdl(VirtualAddress.space, VirtualAddress.base, Length);
  }
  if (Irp !== null) attach(mdl, Irp, SecondaryBuffer);
  return mdl;
};

/** An MDL of bytes that the system lends: it has the memory for it, whatever the driver has left. */
export const lendMdl = (bytes: Uint8Array): MDL => {
  const mdl = new HostMdl(new HostSpace(bytes), 0, bytes.length);
  mdl.MdlFlags = MDL_SOURCE_IS_NONPAGED_POOL;
  return mdl;
};

const attach = (mdl: MDL, irp: IRP, secondary: boolean): void => {
  let last = irp.MdlAddress;
  if (!secondary || last === null) {
    irp.MdlAddress = mdl;
    return;
  }
  while (last.Next !== null) last = last.Next;
  last.Next = mdl;
};

/** Frees one MDL, not those chained to it. IRQL <= DISPATCH_LEVEL. Source: wdm.h reference, IoFreeMdl. */
export const IoFreeMdl = (_kernel: Kernel, Mdl: MDL): void => {
  Mdl.MdlFlags = 0;
};

/** Makes an MDL of nonpaged memory ready for use; no locking. Source: wdm.h reference, MmBuildMdlForNonPagedPool. */
export const MmBuildMdlForNonPagedPool = (_kernel: Kernel, Mdl: MDL): void => {
  Mdl.MdlFlags |= MDL_SOURCE_IS_NONPAGED_POOL;
};

/**
 * Locks the pages of an MDL of pageable memory. Pair with MmUnlockPages. IRQL <= APC_LEVEL. Nothing is ever paged out
 * here, so that it cannot fail.
 * @param _Operation IoReadAccess, IoWriteAccess or IoModifyAccess: what the device does with the memory
 *
 * Source: wdm.h reference, MmProbeAndLockPages.
 */
export const MmProbeAndLockPages = (_kernel: Kernel, Mdl: MDL, _AccessMode: number, _Operation: number): void => {
  Mdl.MdlFlags |= MDL_PAGES_LOCKED;
};

/** Undoes MmProbeAndLockPages, before IoFreeMdl. IRQL <= DISPATCH_LEVEL. Source: wdm.h reference, MmUnlockPages. */
export const MmUnlockPages = (_kernel: Kernel, Mdl: MDL): void => {
  Mdl.MdlFlags &= ~MDL_PAGES_LOCKED;
};

/** Bytes that the MDL describes. Source: wdm.h reference, MmGetMdlByteCount. */
export const MmGetMdlByteCount = (_kernel: Kernel, Mdl: MDL): number => Mdl.ByteCount;

/**
 * The described bytes. The view is for use now: make a new one after every wait. IRQL <= DISPATCH_LEVEL.
 * Source: wdm.h reference, MmGetSystemAddressForMdlSafe.
 */
export const MmGetSystemAddressForMdlSafe = (_kernel: Kernel, Mdl: MDL, _Priority: number): Uint8Array =>
  Mdl.space.bytes(Mdl.base, Mdl.ByteCount);
