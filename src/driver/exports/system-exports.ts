import { STATUS_INVALID_PARAMETER, STATUS_SUCCESS } from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import type { ExportTable } from './export-table.ts';

const PROCESSORS = 2;
const ALL_PROCESSORS = (1 << PROCESSORS) - 1;

/** A version 4 UUID (RFC 9562, section 5.4), as a GUID lies in memory. */
const uuid = (guest: Guest, address: number): number => {
  const bytes = guest.executive.randomBytes(16);
  bytes[7] = (bytes[7] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  guest.memory.bytes(address >>> 0, 16).set(bytes);
  return STATUS_SUCCESS;
};

/**
 * What the system is: two processors in one group, of which code always seems to run on the first. (Its version is the
 * runtime's to tell.)
 * Source: wdm.h and ntddk.h reference, the functions of these names.
 */
export const systemExports: ExportTable = {
  plain: {
    /** NULL for what the driver does not import by name as well: its table of functions has no others. */
    MmGetSystemRoutineAddress: (guest: Guest, Name: number) =>
      guest.functions.pointerTo(guest.memory.unicodeString(Name >>> 0)),
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
      yield* guest.calls.call(Callout >>> 0, [Parameter]);
      return STATUS_SUCCESS;
    },
    *KeExpandKernelStackAndCalloutEx(guest: Guest, Callout: number, Parameter: number, _Size: number) {
      yield* guest.calls.call(Callout >>> 0, [Parameter]);
      return STATUS_SUCCESS;
    },
  },
};
