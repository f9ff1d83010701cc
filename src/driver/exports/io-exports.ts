import {
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_OBJECT_NAME_COLLISION,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_SUCCESS,
} from '../../base/index.ts';
import type { Guest } from '../guest.ts';
import { IRP as Irp } from '../layout.ts';
import { STATUS_NO_SUCH_DEVICE } from '../statuses.ts';
import type { ExportTable } from './export-table.ts';
import { threadExports } from './thread-exports.ts';

/** PID of the System process, in which everything runs here. */
const SYSTEM_PROCESS_ID = 4;
const IRP_SYNCHRONOUS_API = 0x04;

/** The stack of the code that runs, as [lowest address, address behind the highest]. */
const stackLimits = (guest: Guest): [number, number] => {
  const block = guest.pool.find(guest.fibers.stackPointer);
  return block === null ? [0, 0] : [block.address, block.address + block.size];
};

/**
 * Other drivers' devices are not here, so that none can be found or attached to. The machine is never shut down:
 * notifications of that are taken, and never sent. Source: wdm.h reference, the functions of these names.
 */
export const ioExports: ExportTable = {
  plain: {
    IoGetDeviceObjectPointer: () => STATUS_OBJECT_NAME_NOT_FOUND,
    IoAttachDevice: () => STATUS_OBJECT_NAME_NOT_FOUND,
    IoAttachDeviceToDeviceStack: () => 0,
    IoAttachDeviceToDeviceStackSafe: () => STATUS_NO_SUCH_DEVICE,
    IoDetachDevice: () => {},
    IoGetAttachedDevice: (_guest: Guest, Device: number) => Device,
    IoGetAttachedDeviceReference: (_guest: Guest, Device: number) => Device,
    IoRegisterShutdownNotification: () => STATUS_SUCCESS,
    IoRegisterLastChanceShutdownNotification: () => STATUS_SUCCESS,
    IoUnregisterShutdownNotification: () => {},
    IoGetRequestorProcess: (guest: Guest) => guest.systemProcess(),
    IoGetRequestorProcessId: () => SYSTEM_PROCESS_ID,
    IoIsOperationSynchronous: (guest: Guest, Address: number) => {
      const irp = guest.irps.at(Address >>> 0, 'IoIsOperationSynchronous');
      return (guest.memory.read32(irp.address + Irp.Flags) & IRP_SYNCHRONOUS_API) !== 0;
    },
    IoGetStackLimits: (guest: Guest, Low: number, High: number) => {
      const [low, high] = stackLimits(guest);
      guest.memory.write32(Low >>> 0, low);
      guest.memory.write32(High >>> 0, high);
    },
    IoGetRemainingStackSize: (guest: Guest) => guest.fibers.stackPointer - stackLimits(guest)[0],
    IoGetInitialStack: (guest: Guest) => stackLimits(guest)[1],
    IoAllocateDriverObjectExtension: (guest: Guest, _Driver: number, Id: number, Size: number, Result: number) => {
      const { executive, memory, pool, kernel } = guest;
      memory.write32(Result >>> 0, 0);
      if (executive.driverExtensions.has(Id)) return STATUS_OBJECT_NAME_COLLISION;
      const address = kernel.mayAllocate() ? pool.allocate(Size >>> 0, 'object', 'extension') : 0;
      if (address === 0) return STATUS_INSUFFICIENT_RESOURCES;
      memory.fill(address, Size >>> 0, 0);
      executive.driverExtensions.set(Id, address);
      memory.write32(Result >>> 0, address);
      return STATUS_SUCCESS;
    },
    IoGetDriverObjectExtension: (guest: Guest, _Driver: number, Id: number) =>
      guest.executive.driverExtensions.get(Id) ?? 0,
    /** The thread is the system's: the object that it keeps from being unloaded does not matter here. */
    IoCreateSystemThread: (guest: Guest, _IoObject: number, ...rest: number[]) =>
      threadExports.plain.PsCreateSystemThread(guest, ...rest),
  },
  waiting: {},
};
