import { describe, expect, test } from 'vitest';
import { Rig } from '../../test/support/rig.ts';
import {
  IoReadAccess,
  MDL_PAGES_LOCKED,
  MDL_SOURCE_IS_NONPAGED_POOL,
  MdlMappingNoExecute,
  NormalPagePriority,
} from './mdl.ts';
import { HostSpace } from './memory-space.ts';

const PRIORITY = NormalPagePriority | MdlMappingNoExecute;

describe('an MDL', () => {
  test('shows the memory itself, not a copy', () => {
    const { nt } = new Rig();
    const memory = Uint8Array.from([1, 2, 3, 4]);
    const mdl = nt.IoAllocateMdl(memory.subarray(1), 2)!;
    nt.MmBuildMdlForNonPagedPool(mdl);
    const view = nt.MmGetSystemAddressForMdlSafe(mdl, PRIORITY);
    expect([[...view], nt.MmGetMdlByteCount(mdl)]).toEqual([[2, 3], 2]);
    view[0] = 9;
    expect([...memory]).toEqual([1, 9, 3, 4]);
  });

  test('can describe a part of a memory space', () => {
    const { nt } = new Rig();
    const space = new HostSpace(Uint8Array.from([1, 2, 3, 4]));
    const mdl = nt.IoAllocateMdl({ space, base: 2 }, 2)!;
    expect([...nt.MmGetSystemAddressForMdlSafe(mdl, PRIORITY)]).toEqual([3, 4]);
  });

  test('is refused where it would be longer than the buffer', () => {
    const { nt } = new Rig();
    expect(() => nt.IoAllocateMdl(new Uint8Array(4), 5)).toThrow(
      expect.objectContaining({ code: 'OWSK_OUT_OF_RANGE', field: 'Length' }),
    );
  });

  test('says by its flags whether it is ready for use', () => {
    const { nt } = new Rig();
    const mdl = nt.IoAllocateMdl(new Uint8Array(4), 4)!;
    expect(mdl.MdlFlags).toBe(0);
    nt.MmBuildMdlForNonPagedPool(mdl);
    expect(mdl.MdlFlags).toBe(MDL_SOURCE_IS_NONPAGED_POOL);
    nt.IoFreeMdl(mdl);
    expect(mdl.MdlFlags).toBe(0);
    nt.MmProbeAndLockPages(mdl, 0, IoReadAccess);
    expect(mdl.MdlFlags).toBe(MDL_PAGES_LOCKED);
    nt.MmUnlockPages(mdl);
    expect(mdl.MdlFlags).toBe(0);
  });
});

describe('MDLs of an IRP', () => {
  test('with SecondaryBuffer are appended, without they replace what was there', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(1, false)!;
    const make = (secondary: boolean) => nt.IoAllocateMdl(new Uint8Array(4), 4, secondary, false, irp)!;
    const first = make(true);
    expect(irp.MdlAddress).toBe(first);
    const [second, third] = [make(true), make(true)];
    expect([first.Next, second.Next, third.Next]).toEqual([second, third, null]);
    const alone = make(false);
    expect([irp.MdlAddress, alone.Next]).toEqual([alone, null]);
  });

  test('stay when the IRP is freed', () => {
    const { nt } = new Rig();
    const irp = nt.IoAllocateIrp(1, false)!;
    const mdl = nt.IoAllocateMdl(new Uint8Array(4), 4, false, false, irp)!;
    nt.MmBuildMdlForNonPagedPool(mdl);
    nt.IoFreeIrp(irp);
    expect([mdl.MdlFlags, mdl.ByteCount]).toEqual([MDL_SOURCE_IS_NONPAGED_POOL, 4]);
  });
});

describe('a memory space', () => {
  const space = new HostSpace(new Uint8Array(8));

  test.each([
    [-1, 2],
    [0, 9],
    [8, 1],
    [4, -1],
  ])('has no bytes at %d of length %d', (base, length) => {
    expect(() => space.bytes(base, length)).toThrow(expect.objectContaining({ code: 'OWSK_OUT_OF_RANGE' }));
  });

  test('has all of its own, none at the end included', () => {
    expect([space.bytes(0, 8).length, space.bytes(8, 0).length]).toEqual([8, 0]);
  });
});
