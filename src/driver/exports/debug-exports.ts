import { STATUS_SUCCESS } from '../../base/index.ts';
import { type BugCheckCode, BugCheckCode as Code, DbgPrint } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

const hex = (value: number): string => `0x${(value >>> 0).toString(16)}`;

const bugCheck = (guest: Guest, code: number, parameters: number[]): never => {
  if (code >>> 0 === Code.KERNEL_SECURITY_CHECK_FAILURE) securityCheck(guest, parameters[0] ?? 0, parameters.slice(1));
  return guest.kernel.bugCheck(
    (code >>> 0) as BugCheckCode,
    (parameters[0] ?? 0) >>> 0,
    null,
    `the driver called KeBugCheckEx(${[code, ...parameters].map(hex).join(', ')})`,
    undefined,
    { parameters: parameters.slice(1) },
  );
};

/** FAST_FAIL_CORRUPT_LIST_ENTRY (winnt.h). */
const CORRUPT_LIST_ENTRY = 3;

const fastFail = (code: number): string =>
  code === CORRUPT_LIST_ENTRY
    ? 'a LIST_ENTRY is damaged: an entry was removed twice, or freed while it was in the list'
    : `__fastfail(${code})`;

const securityCheck = ({ kernel }: Guest, which: number, parameters: number[]): never =>
  kernel.bugCheck(
    Code.KERNEL_SECURITY_CHECK_FAILURE,
    which >>> 0,
    which === CORRUPT_LIST_ENTRY ? 'R45' : null,
    fastFail(which),
    undefined,
    { parameters },
  );

/** Source: wdm.h reference, the functions of these names; Owsk… are the runtime's. */
export const debugExports: ExportTable = {
  plain: {
    /** DbgPrint, DbgPrintEx, KdPrint …: the runtime has formatted the text. */
    OwskDbgPrint: (guest: Guest, _Component: number, _Level: number, Text: number, Length: number) => {
      DbgPrint(guest.kernel, guest.memory.text(Text >>> 0, Length >>> 0));
      return STATUS_SUCCESS;
    },
    /** WPP and TraceLogging messages. */
    OwskTracePrint: (guest: Guest, Text: number, Length: number) =>
      DbgPrint(guest.kernel, guest.memory.text(Text >>> 0, Length >>> 0)),
    /** Of runtime/fuel.c. */
    OwskOutOfFuel: (guest: Guest) => guest.work.refuel(),
    KeBugCheck: (guest: Guest, Code: number) => bugCheck(guest, Code, []),
    KeBugCheckEx: (guest: Guest, Code: number, P1: number, P2: number, P3: number, P4: number) =>
      bugCheck(guest, Code, [P1, P2, P3, P4]),
    OwskAssertFailed: (guest: Guest, Expression: number, File: number, Line: number) => {
      const text = `${guest.memory.string(File >>> 0)}:${Line}: ASSERT(${guest.memory.string(Expression >>> 0)}) failed`;
      guest.kernel.bugCheck(Code.KMODE_EXCEPTION_NOT_HANDLED, 0x80000003, null, text);
    },
    OwskFastFail: (guest: Guest, Code: number) => securityCheck(guest, Code, []),
    RtlAssert: (guest: Guest, Failed: number, File: number, Line: number, _Message: number) => {
      const text = guest.memory.string(Failed >>> 0);
      const file = guest.memory.string(File >>> 0);
      guest.kernel.bugCheck(
        Code.KMODE_EXCEPTION_NOT_HANDLED,
        0x80000003,
        null,
        `${file}:${Line}: ASSERT(${text}) failed`,
      );
    },
    DbgBreakPoint: (guest: Guest) =>
      guest.kernel.bugCheck(
        Code.KMODE_EXCEPTION_NOT_HANDLED,
        0x80000003,
        null,
        'a breakpoint (DbgBreakPoint, __debugbreak) was hit',
      ),
    DbgBreakPointWithStatus: (guest: Guest, Status: number) =>
      guest.kernel.bugCheck(Code.KMODE_EXCEPTION_NOT_HANDLED, Status >>> 0, null, 'a breakpoint was hit'),
    KeQueryActiveProcessorCount: () => 2,
    KeQueryActiveProcessorCountEx: () => 2,
    KeQueryMaximumProcessorCountEx: () => 2,
    KeQueryMaximumProcessorCount: () => 2,
    KeGetCurrentProcessorNumber: () => 0,
    KeGetCurrentProcessorNumberEx: (guest: Guest, Number_: number) => {
      if (Number_ !== 0) guest.memory.write32(Number_ >>> 0, 0);
      return 0;
    },
  },
  waiting: {},
};
