import {
  STATUS_INVALID_DEVICE_REQUEST,
  STATUS_NO_MEMORY,
  STATUS_OBJECT_NAME_NOT_FOUND,
  STATUS_PENDING,
} from '../base/index.ts';
import {
  Executive,
  IoCancelIrp,
  KEVENT,
  KeInitializeEvent,
  KernelMode,
  type KernelRoutine,
  KeSetEvent,
  KeWaitForSingleObject,
  MDL_PAGES_LOCKED,
  NotificationEvent,
} from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { GuestIrp } from './guest-irp.ts';
import { mdlSize, writeMdl } from './guest-mdl.ts';
import {
  DEVICE_OBJECT as Device,
  DRIVER_OBJECT as Driver,
  IRP as Irp,
  STACK_LOCATION as Location,
  MDL as Mdl,
} from './layout.ts';

// IRP_MJ_… (wdm.h).
export const IRP_MJ_CREATE = 0x00;
export const IRP_MJ_CLOSE = 0x02;
export const IRP_MJ_READ = 0x03;
export const IRP_MJ_WRITE = 0x04;
export const IRP_MJ_DEVICE_CONTROL = 0x0e;
export const IRP_MJ_CLEANUP = 0x12;

// How an IOCTL's buffers are passed: the low two bits of its code.
const METHOD_IN_DIRECT = 1;
const METHOD_OUT_DIRECT = 2;
const METHOD_NEITHER = 3;

/** What an application asks of a device. */
export interface DeviceRequest {
  /** `\\Device\\Name`, or a symbolic link to it such as `\\DosDevices\\Name`. */
  readonly device: string;
  readonly major: number;
  /** IoControlCode, for IRP_MJ_DEVICE_CONTROL. */
  readonly code?: number;
  readonly input?: Uint8Array;
  /** Bytes of room for the answer. */
  readonly outputLength?: number;
}

export interface DeviceAnswer {
  readonly status: number;
  readonly information: number;
  readonly output: Uint8Array;
}

/** One IRP of an application to a driver's device, as the I/O manager makes and ends it. */
export class DeviceCall {
  private readonly guest: Guest;
  private readonly done = new KEVENT();
  private irp: GuestIrp | null = null;

  constructor(guest: Guest) {
    this.guest = guest;
    KeInitializeEvent(guest.kernel, this.done, NotificationEvent, false);
  }

  /** Sends the request and waits for its end. Runs in a kernel thread, which stands for the application's. */
  *run(request: DeviceRequest): KernelRoutine<DeviceAnswer> {
    const { guest } = this;
    const nothing = new Uint8Array();
    const device = guest.devices.find(request.device);
    if (device === null) return { status: STATUS_OBJECT_NAME_NOT_FOUND, information: 0, output: nothing };
    const routine = guest.memory.readU32(guest.driverObject + Driver.MajorFunction + 4 * request.major);
    if (routine === 0) return { status: STATUS_INVALID_DEVICE_REQUEST, information: 0, output: nothing };
    const buffers = new IoBuffers(guest, request);
    const irp = this.build(device.address, request, buffers);
    if (irp === null) return { status: STATUS_NO_MEMORY, information: 0, output: nothing };
    this.irp = irp;
    const status = (yield* guest.calls.call(routine, [device.address, irp.address])) | 0;
    if (status === STATUS_PENDING || !this.done.signalled)
      yield* KeWaitForSingleObject(guest.kernel, this.done, Executive, KernelMode, false, null);
    const answer = { status: irp.IoStatus.Status, information: irp.IoStatus.Information as number };
    const output = buffers.output(answer.information);
    this.irp = null;
    buffers.free();
    guest.irps.delete(irp);
    irp.owner = 'freed';
    guest.pool.release(irp.address, null);
    return { ...answer, output };
  }

  /** R35: a request that was cancelled, and has not completed although nothing is left to happen. */
  reportOverdue(): void {
    const { irp, guest } = this;
    if (irp === null || !irp.Cancel) return;
    const message = 'a request that its application has cancelled does not complete';
    const evidence = { frames: irp.history.pendedFrames, details: irp.history.lines };
    guest.kernel.report('error', 'R35', message, evidence);
  }

  /** As CancelIo does. @returns whether there was something to cancel */
  cancel(): boolean {
    return this.irp !== null && IoCancelIrp(this.guest.kernel, this.irp);
  }

  private build(device: number, { major, code = 0, input, outputLength = 0 }: DeviceRequest, buffers: IoBuffers) {
    const { guest } = this;
    const { memory } = guest;
    const stackSize = memory.read8(device + Device.StackSize);
    const address = guest.pool.allocate(Irp.size + stackSize * Location.size, 'IRP');
    if (address === 0) return null;
    const irp = guest.irps.place(address, stackSize, false);
    irp.finished = () => void KeSetEvent(guest.kernel, this.done, 0, false);
    irp.CurrentLocation = stackSize;
    const location = address + Irp.size + (stackSize - 1) * Location.size;
    const parameters = location + Location.Parameters;
    memory.write8(location + Location.MajorFunction, major);
    memory.write32(location + Location.DeviceObject, device);
    memory.write32(parameters, major === IRP_MJ_WRITE ? (input?.length ?? 0) : outputLength);
    if (major === IRP_MJ_DEVICE_CONTROL) {
      memory.write32(parameters + 4, input?.length ?? 0);
      memory.write32(parameters + 8, code);
      memory.write32(parameters + 12, buffers.type3Input);
    }
    memory.write32(address + Irp.SystemBuffer, buffers.system);
    memory.write32(address + Irp.MdlAddress, buffers.mdl);
    memory.write32(address + Irp.UserBuffer, buffers.user);
    return irp;
  }
}

/** The buffers of one request, in the driver's memory. */
class IoBuffers {
  system = 0;
  mdl = 0;
  user = 0;
  type3Input = 0;
  private readonly guest: Guest;
  private readonly answer: number;
  private readonly outputLength: number;

  constructor(guest: Guest, { major, code = 0, input = new Uint8Array(), outputLength = 0 }: DeviceRequest) {
    this.guest = guest;
    this.outputLength = outputLength;
    const method = major === IRP_MJ_DEVICE_CONTROL ? code & 3 : METHOD_OUT_DIRECT;
    if (method === 0) {
      const length = Math.max(input.length, outputLength);
      if (length > 0) this.system = this.copy(input, length);
      this.answer = this.system;
      return;
    }
    const inputAt = input.length > 0 ? this.copy(input, input.length) : 0;
    this.answer = outputLength > 0 ? this.copy(new Uint8Array(), outputLength) : 0;
    if (method === METHOD_NEITHER) [this.type3Input, this.user] = [inputAt, this.answer];
    else if (method === METHOD_IN_DIRECT || method === METHOD_OUT_DIRECT) {
      const direct = major === IRP_MJ_WRITE ? inputAt : this.answer;
      if (major === IRP_MJ_DEVICE_CONTROL) this.system = inputAt;
      if (direct !== 0) this.mdl = this.describe(direct, major === IRP_MJ_WRITE ? input.length : outputLength);
    }
  }

  /** What the driver has written. */
  output(information: number): Uint8Array {
    const count = Math.min(information, this.outputLength);
    return this.answer === 0 || count <= 0 ? new Uint8Array() : this.guest.memory.raw(this.answer, count).slice();
  }

  free(): void {
    const { pool } = this.guest;
    for (const address of new Set([this.system, this.mdl, this.user, this.type3Input, this.answer]))
      if (address !== 0) pool.release(address, null);
  }

  private copy(bytes: Uint8Array, length: number): number {
    const address = this.guest.allocateInternal(length);
    this.guest.memory.raw(address, length).fill(0);
    this.guest.memory.raw(address, bytes.length).set(bytes);
    return address;
  }

  private describe(address: number, length: number): number {
    const { memory } = this.guest;
    const mdl = this.guest.allocateInternal(mdlSize(address, length));
    writeMdl(memory, mdl, address, length);
    memory.write16(mdl + Mdl.MdlFlags, MDL_PAGES_LOCKED);
    memory.write32(mdl + Mdl.MappedSystemVa, address);
    return mdl;
  }
}
