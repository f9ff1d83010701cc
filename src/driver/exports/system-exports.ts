import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

/** Windows 10 22H2. */
const VERSION = { major: 10, minor: 0, build: 19045 } as const;
const VER_PLATFORM_WIN32_NT = 2;
const VER_NT_WORKSTATION = 1;
/** RTL_OSVERSIONINFOW and RTL_OSVERSIONINFOEXW (wdm.h). */
const VersionInfo = { Size: 0, Major: 4, Minor: 8, Build: 12, Platform: 16, ProductType: 282, size: 276, sizeEx: 284 };

const PROCESSORS = 2;
const ALL_PROCESSORS = (1 << PROCESSORS) - 1;

const version = (guest: Guest, Information: number): number => {
  const { memory } = guest;
  const at = Information >>> 0;
  const size = memory.readU32(at);
  if (size !== VersionInfo.size && size !== VersionInfo.sizeEx) return STATUS_INVALID_PARAMETER;
  memory.fill(at + VersionInfo.Major, size - VersionInfo.Major, 0);
  memory.write32(at + VersionInfo.Major, VERSION.major);
  memory.write32(at + VersionInfo.Minor, VERSION.minor);
  memory.write32(at + VersionInfo.Build, VERSION.build);
  memory.write32(at + VersionInfo.Platform, VER_PLATFORM_WIN32_NT);
  if (size === VersionInfo.sizeEx) memory.write8(at + VersionInfo.ProductType, VER_NT_WORKSTATION);
  return STATUS_SUCCESS;
};

const store = (guest: Guest, address: number, value: number): void => {
  if (address !== 0) guest.memory.write32(address >>> 0, value);
};

/** A version 4 UUID (RFC 9562, section 5.4), as a GUID lies in memory. */
const uuid = (guest: Guest, address: number): number => {
  const bytes = guest.executive.randomBytes(16);
  bytes[7] = (bytes[7] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  guest.memory.bytes(address >>> 0, 16).set(bytes);
  return STATUS_SUCCESS;
};

/**
 * What the system is: Windows 10 22H2 with two processors in one group, of which code always seems to run on the first.
 * Source: wdm.h and ntddk.h reference, the functions of these names.
 */
export const systemExports: ExportTable = {
  plain: {
    PsGetVersion: (guest: Guest, Major: number, Minor: number, Build: number, Csd: number) => {
      store(guest, Major, VERSION.major);
      store(guest, Minor, VERSION.minor);
      store(guest, Build, VERSION.build);
      if (Csd !== 0) guest.memory.fill(Csd >>> 0, 8, 0);
      return false; // not a checked build
    },
    RtlGetVersion: version,
    /** NULL for what the driver does not import by name as well: its table of functions has no others. */
    MmGetSystemRoutineAddress: (guest: Guest, Name: number) =>
      guest.importAddress(guest.memory.unicodeString(Name >>> 0)),
    ExUuidCreate: uuid,
    ExGetPreviousMode: () => 0,
    ExSetTimerResolution: () => 156_250,
    ExIsProcessorFeaturePresent: () => false,
    KeQueryActiveProcessors: () => ALL_PROCESSORS,
    KeQueryGroupAffinity: () => ALL_PROCESSORS,
    KeQueryActiveGroupCount: () => 1,
    KeQueryMaximumGroupCount: () => 1,
    KeQueryHighestNodeNumber: () => 0,
    KeGetCurrentNodeNumber: () => 0,
    KeGetCurrentProcessorIndex: () => 0,
    KeGetProcessorNumberFromIndex: (guest: Guest, Index: number, Result: number) => {
      if (Index >>> 0 >= PROCESSORS) return STATUS_INVALID_PARAMETER;
      guest.memory.write32(Result >>> 0, Index << 16);
      return STATUS_SUCCESS;
    },
    KeGetProcessorIndexFromNumber: (guest: Guest, Processor: number) => {
      const index = guest.memory.read8((Processor >>> 0) + 2);
      const exists = guest.memory.read16(Processor >>> 0) === 0 && index < PROCESSORS;
      return exists ? index : -1;
    },
    KeSetSystemAffinityThread: () => {},
    KeSetSystemAffinityThreadEx: () => 0,
    KeRevertToUserAffinityThread: () => {},
    KeRevertToUserAffinityThreadEx: () => {},
    KeSetSystemGroupAffinityThread: (guest: Guest, _Affinity: number, Previous: number) => {
      if (Previous !== 0) guest.memory.fill(Previous >>> 0, 12, 0);
    },
    KeRevertToUserGroupAffinityThread: () => {},
    /** Dumps are not written here: the routines are taken and never called. */
    KeInitializeCallbackRecord: () => {},
    KeRegisterBugCheckCallback: () => true,
    KeDeregisterBugCheckCallback: () => true,
    KeRegisterBugCheckReasonCallback: () => true,
    KeDeregisterBugCheckReasonCallback: () => true,
    KeRegisterNmiCallback: () => 1,
    KeDeregisterNmiCallback: () => STATUS_SUCCESS,
    /** Nobody listens to events of Event Tracing for Windows. */
    EtwRegister: (guest: Guest, _Id: number, _Callback: number, _Context: number, Handle: number) => {
      guest.memory.write64(Handle >>> 0, 1n);
      return STATUS_SUCCESS;
    },
    EtwUnregister: () => STATUS_SUCCESS,
    EtwWrite: () => STATUS_SUCCESS,
    EtwWriteEx: () => STATUS_SUCCESS,
    EtwWriteTransfer: () => STATUS_SUCCESS,
    EtwWriteString: () => STATUS_SUCCESS,
    EtwSetInformation: () => STATUS_SUCCESS,
    EtwEventEnabled: () => false,
    EtwProviderEnabled: () => false,
  },
  waiting: {
    /** Stacks are large enough: the routine is just called. */
    *KeExpandKernelStackAndCallout(guest: Guest, Callout: number, Parameter: number, _Size: number) {
      yield* guest.call(Callout >>> 0, [Parameter]);
      return STATUS_SUCCESS;
    },
    *KeExpandKernelStackAndCalloutEx(guest: Guest, Callout: number, Parameter: number, _Size: number) {
      yield* guest.call(Callout >>> 0, [Parameter]);
      return STATUS_SUCCESS;
    },
  },
};
