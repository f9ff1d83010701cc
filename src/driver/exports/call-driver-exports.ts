import { STATUS_INVALID_DEVICE_REQUEST } from '../../base/index.ts';
import { BugCheckCode, IoCompleteRequest, type KernelRoutine, mustOwn } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { GuestIrp } from '../guest-irp.ts';
import { DRIVER_OBJECT as Driver, IRP as Irp, STACK_LOCATION as Location } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** Moves on to the stack location of the driver below, which has been filled in. */
const advance = (guest: Guest, irp: GuestIrp, device: number, call: string): void => {
  const { kernel, memory } = guest;
  mustOwn(kernel, irp, call);
  if (guest.devices.at(device) === null) {
    const message = `${call} to 0x${device.toString(16)}, which is no device of this driver: others are not here`;
    kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, device, null, message);
  }
  if (irp.CurrentLocation <= 1) {
    const message = `${call} with no stack location left: give IoAllocateIrp the StackSize of the device`;
    kernel.bugCheck(BugCheckCode.NO_MORE_IRP_STACK_LOCATIONS, irp.address, 'R2', message);
  }
  irp.CurrentLocation -= 1;
  memory.write32(locationOf(irp) + Location.DeviceObject, device);
  irp.owner = 'provider';
};

const locationOf = (irp: GuestIrp): number => irp.address + Irp.size + (irp.CurrentLocation - 1) * Location.size;

const callDriver = (call: string) =>
  function* (guest: Guest, Device: number, Address: number): KernelRoutine<number> {
    const { kernel, memory } = guest;
    kernel.assertAlive();
    const irp = guest.irps.at(Address >>> 0, call);
    advance(guest, irp, Device >>> 0, call);
    const major = memory.read8(locationOf(irp) + Location.MajorFunction);
    const routine = memory.readU32(guest.driverObject + Driver.MajorFunction + 4 * major);
    if (routine !== 0) return (yield* guest.calls.call(routine, [Device >>> 0, irp.address])) | 0;
    // The routine that the I/O manager puts where the driver has none.
    irp.IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
    irp.IoStatus.Information = 0;
    IoCompleteRequest(kernel, irp, 0);
    yield* guest.calls.finishNested();
    return STATUS_INVALID_DEVICE_REQUEST;
  };

/** A driver may call the devices of its own; there are no others. Source: wdm.h reference, IoCallDriver. */
export const callDriverExports: ExportTable = {
  plain: { PoStartNextPowerIrp: () => {} },
  waiting: {
    IoCallDriver: callDriver('IoCallDriver'),
    IofCallDriver: callDriver('IoCallDriver'),
    PoCallDriver: callDriver('PoCallDriver'),
  },
};
