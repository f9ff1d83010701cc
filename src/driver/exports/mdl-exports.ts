import { STATUS_ACCESS_VIOLATION, STATUS_SUCCESS } from '../../base/index.ts';
import {
  BugCheckCode,
  MDL_MAPPED_TO_SYSTEM_VA,
  MDL_PAGES_LOCKED,
  MDL_PARTIAL,
  MDL_SOURCE_IS_NONPAGED_POOL,
  MdlMappingNoExecute,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { mdlSize, writeMdl } from '../guest-mdl.ts';
import { IRP as Irp, MDL as Mdl } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

const flagsOf = (guest: Guest, mdl: number): number => guest.memory.read16(mdl + Mdl.MdlFlags);
const setFlags = (guest: Guest, mdl: number, set: number, clear = 0): void =>
  guest.memory.write16(mdl + Mdl.MdlFlags, (flagsOf(guest, mdl) & ~clear) | set);
const STATUS_DATATYPE_MISALIGNMENT = 0x80000002 | 0;

/** Where the described bytes begin. */
const startOf = (guest: Guest, mdl: number): number =>
  guest.memory.readU32(mdl + Mdl.StartVa) + guest.memory.readU32(mdl + Mdl.ByteOffset);

/** R23: data are mapped as code could be. */
const executable = ({ kernel }: Guest): void =>
  kernel.report('advice', 'R23', 'MmGetSystemAddressForMdlSafe maps the pages as executable: add MdlMappingNoExecute');

const violation = (guest: Guest, parameter: number, rule: 'R19' | 'R20' | 'R21', message: string): never =>
  guest.kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_DETECTED_VIOLATION, parameter, rule, message);

/** Locked pages are not paged out, so that they may be touched at DISPATCH_LEVEL. */
const lockPages = (guest: Guest, mdl: number, count: 1 | -1): void => {
  const block = guest.pool.find(startOf(guest, mdl));
  if (block?.paged) block.locks += count;
};

/** Whether a range is memory that the driver could touch. */
const probe = (guest: Guest, address: number, length: number): number => {
  const { memory } = guest;
  const bad = address + length > memory.limit || memory.shadow.firstBad(address, length) >= 0;
  return bad ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
};

const attach = (guest: Guest, irp: number, mdl: number, secondary: boolean): void => {
  const { memory } = guest;
  let link = irp + Irp.MdlAddress;
  if (secondary) while (memory.readU32(link) !== 0) link = memory.readU32(link) + Mdl.Next;
  memory.write32(link, mdl);
};

/** Source: wdm.h reference, the functions of these names. */
export const mdlExports: ExportTable = {
  plain: {
    IoAllocateMdl: (
      guest: Guest,
      Va: number,
      Length: number,
      Secondary: number,
      _Quota: number,
      IrpAddress: number,
    ) => {
      const { kernel, pool, memory } = guest;
      kernel.assertAlive();
      if (!kernel.mayAllocate()) return 0;
      const mdl = pool.allocate(mdlSize(Va >>> 0, Length >>> 0), 'MDL', '', false, guest.places.here());
      if (mdl === 0) return 0;
      memory.fill(mdl, mdlSize(Va >>> 0, Length >>> 0), 0);
      writeMdl(memory, mdl, Va >>> 0, Length >>> 0);
      if (IrpAddress !== 0) attach(guest, IrpAddress >>> 0, mdl, Secondary !== 0);
      return mdl;
    },
    IoFreeMdl: (guest: Guest, Address: number) => {
      const mdl = Address >>> 0;
      guest.memory.check(mdl, Mdl.size, true, 'IoFreeMdl');
      if ((flagsOf(guest, mdl) & MDL_PAGES_LOCKED) !== 0) {
        const message = 'IoFreeMdl of an MDL whose pages are locked: MmUnlockPages first';
        const locked = guest.lockedMdls.get(mdl);
        const details = locked === undefined ? [] : [`locked at ${guest.places.nameOf(locked)}`];
        guest.kernel.bugCheck(BugCheckCode.PFN_LIST_CORRUPT, 0x07, 'R21', message, undefined, { details });
      }
      guest.lent.givenUp(mdl, Mdl.size, 'IoFreeMdl');
      guest.pool.release(mdl, guest.places.here());
    },
    MmInitializeMdl: (guest: Guest, Address: number, Va: number, Length: number) =>
      writeMdl(guest.memory, Address >>> 0, Va >>> 0, Length >>> 0),
    MmSizeOfMdl: (_guest: Guest, Va: number, Length: number) => mdlSize(Va >>> 0, Length >>> 0),
    MmBuildMdlForNonPagedPool: (guest: Guest, Address: number) => {
      const mdl = Address >>> 0;
      const start = startOf(guest, mdl);
      const block = guest.pool.find(start);
      if (block?.kind === 'pool' && block.paged) {
        violation(guest, 0x7f, 'R19', `MmBuildMdlForNonPagedPool of paged pool '${block.tag}'`);
      }
      if (block?.kind === 'stack') {
        violation(
          guest,
          0x140,
          'R19',
          'MmBuildMdlForNonPagedPool of a buffer on a kernel stack: allocate it from pool',
        );
      }
      setFlags(guest, mdl, MDL_SOURCE_IS_NONPAGED_POOL);
      guest.memory.write32(mdl + Mdl.MappedSystemVa, start);
    },
    /** MmProbeAndLockPages, which the runtime lets raise what this returns. */
    OwskProbeAndLockPages: (guest: Guest, Address: number, _Mode: number, _Operation: number) => {
      const mdl = Address >>> 0;
      const flags = flagsOf(guest, mdl);
      if ((flags & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_PAGES_LOCKED)) !== 0) {
        const why = (flags & MDL_PAGES_LOCKED) !== 0 ? 'is locked already' : 'describes nonpaged pool';
        violation(guest, 0xb0, 'R20', `MmProbeAndLockPages of an MDL that ${why}`);
      }
      const status = probe(guest, startOf(guest, mdl), guest.memory.readU32(mdl + Mdl.ByteCount));
      if (status !== STATUS_SUCCESS) return status;
      setFlags(guest, mdl, MDL_PAGES_LOCKED);
      guest.lockedMdls.set(mdl, guest.places.here());
      lockPages(guest, mdl, 1);
      return status;
    },
    /** ProbeForRead, ProbeForWrite: raised by the runtime. */
    OwskProbe: (guest: Guest, Address: number, Length: number, Alignment: number, _Write: number) => {
      if (Length === 0) return STATUS_SUCCESS;
      if (((Address >>> 0) & ((Alignment >>> 0) - 1)) !== 0) return STATUS_DATATYPE_MISALIGNMENT;
      return probe(guest, Address >>> 0, Length >>> 0);
    },
    MmUnlockPages: (guest: Guest, Address: number) => {
      const mdl = Address >>> 0;
      const flags = flagsOf(guest, mdl);
      if ((flags & MDL_SOURCE_IS_NONPAGED_POOL) !== 0)
        violation(guest, 0x7d, 'R20', 'MmUnlockPages of an MDL of nonpaged pool, which is never locked');
      if ((flags & MDL_PARTIAL) !== 0) violation(guest, 0xb4, 'R20', 'MmUnlockPages of a partial MDL');
      if ((flags & MDL_PAGES_LOCKED) === 0)
        violation(guest, 0x7c, 'R21', 'MmUnlockPages of an MDL that is not locked (any more)');
      guest.lent.givenUp(mdl, Mdl.size, 'MmUnlockPages');
      setFlags(guest, mdl, 0, MDL_PAGES_LOCKED | MDL_MAPPED_TO_SYSTEM_VA);
      guest.lockedMdls.delete(mdl);
      lockPages(guest, mdl, -1);
    },
    IoBuildPartialMdl: (guest: Guest, Source: number, Target: number, Va: number, Length: number) => {
      const { memory } = guest;
      const source = Source >>> 0;
      const target = Target >>> 0;
      const end = startOf(guest, source) + memory.readU32(source + Mdl.ByteCount);
      const length = Length === 0 ? end - (Va >>> 0) : Length >>> 0;
      writeMdl(memory, target, Va >>> 0, length);
      setFlags(guest, target, MDL_PARTIAL | (flagsOf(guest, source) & MDL_SOURCE_IS_NONPAGED_POOL));
      memory.write32(target + Mdl.MappedSystemVa, Va);
    },
    MmPrepareMdlForReuse: (guest: Guest, Address: number) =>
      setFlags(guest, Address >>> 0, 0, MDL_PARTIAL | MDL_MAPPED_TO_SYSTEM_VA),
    MmGetSystemAddressForMdlSafe: (guest: Guest, Address: number, Priority: number) => {
      const mdl = Address >>> 0;
      const start = startOf(guest, mdl);
      if ((flagsOf(guest, mdl) & (MDL_SOURCE_IS_NONPAGED_POOL | MDL_MAPPED_TO_SYSTEM_VA)) === 0) {
        if ((Priority & MdlMappingNoExecute) === 0) executable(guest);
        setFlags(guest, mdl, MDL_MAPPED_TO_SYSTEM_VA);
      }
      guest.memory.write32(mdl + Mdl.MappedSystemVa, start);
      return start;
    },
    MmMapLockedPagesSpecifyCache: (guest: Guest, Address: number) => {
      setFlags(guest, Address >>> 0, MDL_MAPPED_TO_SYSTEM_VA);
      return startOf(guest, Address >>> 0);
    },
    MmMapLockedPages: (guest: Guest, Address: number) => startOf(guest, Address >>> 0),
    MmUnmapLockedPages: (guest: Guest, _Base: number, Address: number) =>
      setFlags(guest, Address >>> 0, 0, MDL_MAPPED_TO_SYSTEM_VA),
  },
  waiting: {},
};
