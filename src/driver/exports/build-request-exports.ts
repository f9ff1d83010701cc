import { KEVENT, KeSetEvent, MDL_PAGES_LOCKED } from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { GuestIrp } from '../guest-irp.ts';
import { mdlSize, writeMdl } from '../guest-mdl.ts';
import { DEVICE_OBJECT as Device, IRP as Irp, STACK_LOCATION as Location, MDL as Mdl } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

const IRP_MJ_DEVICE_CONTROL = 0x0e;
const IRP_MJ_INTERNAL_DEVICE_CONTROL = 0x0f;
const METHOD_BUFFERED = 0;
const METHOD_NEITHER = 3;

interface Request {
  readonly code: number;
  readonly input: number;
  readonly inputLength: number;
  readonly output: number;
  readonly outputLength: number;
  readonly event: KEVENT | null;
  readonly statusBlock: number;
}

/** The buffers of a request as its method has them. @returns memory to be freed at its end */
const setBuffers = (guest: Guest, irp: number, parameters: number, request: Request): number[] => {
  const { memory } = guest;
  const { input, inputLength, output, outputLength } = request;
  const method = request.code & 3;
  if (method === METHOD_NEITHER) {
    memory.write32(parameters + 12, input);
    memory.write32(irp + Irp.UserBuffer, output);
    return [];
  }
  const made: number[] = [];
  const size = method === METHOD_BUFFERED ? Math.max(inputLength, outputLength) : inputLength;
  if (size > 0) {
    const system = guest.allocateInternal(size);
    memory.raw(system, size).fill(0);
    memory.raw(system, inputLength).set(memory.bytes(input, inputLength));
    memory.write32(irp + Irp.SystemBuffer, system);
    made.push(system);
  }
  if (method !== METHOD_BUFFERED && outputLength > 0) {
    const mdl = guest.allocateInternal(mdlSize(output, outputLength));
    writeMdl(memory, mdl, output, outputLength);
    memory.write16(mdl + Mdl.MdlFlags, MDL_PAGES_LOCKED);
    memory.write32(mdl + Mdl.MappedSystemVa, output);
    memory.write32(irp + Irp.MdlAddress, mdl);
    made.push(mdl);
  }
  return made;
};

/** What the I/O manager does when the IRP has come back to it: results to the caller, and the IRP is gone. */
const finish = (guest: Guest, irp: GuestIrp, request: Request, made: readonly number[]): void => {
  const { memory, kernel } = guest;
  const { Status, Information } = irp.IoStatus;
  const count = Math.min(Number(Information), request.outputLength);
  if ((request.code & 3) === METHOD_BUFFERED && Status >= 0 && count > 0)
    memory.bytes(request.output, count).set(memory.raw(made[0], count));
  const { call } = memory;
  memory.call = 'the I/O manager, completing an IRP of IoBuildDeviceIoControlRequest,';
  memory.write32(request.statusBlock, Status);
  memory.write32(request.statusBlock + 4, Number(Information));
  memory.call = call;
  for (const address of made) guest.pool.release(address);
  guest.irps.delete(irp);
  irp.owner = 'freed';
  kernel.liveIrps.delete(irp);
  guest.pool.release(irp.address);
  if (request.event !== null) KeSetEvent(kernel, request.event, 0, false);
};

const build = (guest: Guest, device: number, internal: boolean, request: Request): number => {
  const { memory, kernel, pool, irps } = guest;
  kernel.assertAlive();
  const stackSize = memory.read8(device + Device.StackSize);
  const size = Irp.size + stackSize * Location.size;
  const address = kernel.mayAllocate() ? pool.allocate(size, 'IRP', '', false, guest.places.here()) : 0;
  if (address === 0) return 0;
  const irp = irps.place(address, stackSize, false);
  kernel.liveIrps.add(irp);
  const location = address + Irp.size + (stackSize - 1) * Location.size;
  const parameters = location + Location.Parameters;
  memory.write8(location, internal ? IRP_MJ_INTERNAL_DEVICE_CONTROL : IRP_MJ_DEVICE_CONTROL);
  memory.write32(parameters, request.outputLength);
  memory.write32(parameters + 4, request.inputLength);
  memory.write32(parameters + 8, request.code);
  const made = setBuffers(guest, address, parameters, request);
  irp.finished = () => finish(guest, irp, request, made);
  return address;
};

/** Source: wdm.h reference, IoBuildDeviceIoControlRequest: the I/O manager frees the IRP when it has completed. */
export const buildRequestExports: ExportTable = {
  plain: {
    IoBuildDeviceIoControlRequest: (
      guest: Guest,
      code: number,
      DeviceAddress: number,
      Input: number,
      InputLength: number,
      Output: number,
      OutputLength: number,
      Internal: number,
      EventAddress: number,
      StatusBlock: number,
    ) =>
      build(guest, DeviceAddress >>> 0, (Internal & 0xff) !== 0, {
        code,
        input: Input >>> 0,
        inputLength: InputLength >>> 0,
        output: Output >>> 0,
        outputLength: OutputLength >>> 0,
        event:
          EventAddress === 0 ? null : guest.objects.at(EventAddress >>> 0, KEVENT, 'IoBuildDeviceIoControlRequest'),
        statusBlock: StatusBlock >>> 0,
      }),
  },
  waiting: {},
};
