import type { NTSTATUS } from '../base/index.ts';
import {
  BugCheckCode,
  type DEVICE_OBJECT,
  type DRIVER_CANCEL,
  type IO_COMPLETION_ROUTINE,
  type IO_STACK_LOCATION,
  type IRP,
  type IrpOwner,
  type PMDL,
  type ULONG_PTR,
} from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { GuestIrpHistory } from './guest-irp-history.ts';
import { GuestMdl } from './guest-mdl.ts';
import type { GuestMemory } from './guest-memory.ts';
import { IRP as Irp, STACK_LOCATION as Location } from './layout.ts';
import type { Loan } from './lent-memory.ts';

class GuestStackLocation implements IO_STACK_LOCATION {
  private readonly guest: Guest;
  private readonly memory: GuestMemory;
  private readonly address: number;

  constructor(guest: Guest, address: number) {
    this.guest = guest;
    this.memory = guest.memory;
    this.address = address;
  }

  get MajorFunction(): number {
    return this.memory.read8(this.address + Location.MajorFunction);
  }
  set MajorFunction(value: number) {
    this.memory.write8(this.address + Location.MajorFunction, value);
  }
  get MinorFunction(): number {
    return this.memory.read8(this.address + Location.MinorFunction);
  }
  set MinorFunction(value: number) {
    this.memory.write8(this.address + Location.MinorFunction, value);
  }
  get Control(): number {
    return this.memory.read8(this.address + Location.Control);
  }
  set Control(value: number) {
    this.memory.write8(this.address + Location.Control, value);
  }
  /** The union's 16 bytes; null clears them. */
  get Parameters(): unknown {
    return this.memory.bytes(this.address + Location.Parameters, 16).slice();
  }
  set Parameters(value: unknown) {
    const bytes = this.memory.bytes(this.address + Location.Parameters, 16);
    if (value instanceof Uint8Array) bytes.set(value);
    else bytes.fill(0);
  }
  get DeviceObject(): DEVICE_OBJECT | null {
    return this.guest.devices.at(this.memory.readU32(this.address + Location.DeviceObject));
  }
  set DeviceObject(value: DEVICE_OBJECT | null) {
    this.memory.write32(this.address + Location.DeviceObject, this.guest.pointers.addressOf(value));
  }
  get FileObject(): object | null {
    return null;
  }
  set FileObject(value: object | null) {
    this.memory.write32(this.address + Location.FileObject, this.guest.pointers.addressOf(value));
  }
  get CompletionRoutine(): IO_COMPLETION_ROUTINE | null {
    return this.guest.pointers.completionRoutine(this.memory.readU32(this.address + Location.CompletionRoutine));
  }
  set CompletionRoutine(value: IO_COMPLETION_ROUTINE | null) {
    this.memory.write32(this.address + Location.CompletionRoutine, this.guest.pointers.addressOf(value));
  }
  clear(): void {
    this.memory.fill(this.address, Location.size, 0);
  }
  /** A number: the driver's PVOID. */
  get Context(): unknown {
    return this.memory.readU32(this.address + Location.Context);
  }
  set Context(value: unknown) {
    this.memory.write32(this.address + Location.Context, typeof value === 'number' ? value : 0);
  }
}

class GuestIoStatus {
  private readonly guest: Guest;
  private readonly memory: GuestMemory;
  private readonly address: number;

  constructor(guest: Guest, address: number) {
    this.guest = guest;
    this.memory = guest.memory;
    this.address = address;
  }
  get Status(): NTSTATUS {
    return this.memory.read32(this.address + Irp.Status);
  }
  set Status(value: NTSTATUS) {
    this.memory.write32(this.address + Irp.Status, value);
  }
  get Information(): ULONG_PTR {
    return this.memory.readU32(this.address + Irp.Information);
  }
  set Information(value: ULONG_PTR) {
    this.memory.write32(
      this.address + Irp.Information,
      typeof value === 'number' ? value : this.guest.pointers.addressOf(value),
    );
  }
}

/** An IRP in a driver's memory, which is the only place where its fields are; who holds it is the host's knowledge. */
export class GuestIrp implements IRP {
  readonly id: number;
  readonly address: number;
  owner: IrpOwner = 'client';
  holder: object | null = null;
  finished: (() => void) | null = null;
  readonly history: GuestIrpHistory;
  readonly IoStatus: { Status: NTSTATUS; Information: ULONG_PTR };
  readonly StackCount: number;
  /** Set when the driver gave its memory by itself and called IoInitializeIrp. */
  readonly isRaw: boolean;
  /** What its call goes on using until it completes. */
  loan: Loan | null = null;
  private readonly guest: Guest;
  private readonly memory: GuestMemory;
  private readonly locations: GuestStackLocation[] = [];

  constructor(guest: Guest, address: number, stackCount: number, isRaw: boolean) {
    this.id = guest.kernel.newId();
    this.guest = guest;
    this.memory = guest.memory;
    this.address = address;
    this.StackCount = stackCount;
    this.isRaw = isRaw;
    this.history = new GuestIrpHistory(guest, this);
    this.IoStatus = new GuestIoStatus(guest, address);
    for (let i = 0; i < stackCount; i++) {
      this.locations.push(new GuestStackLocation(guest, address + Irp.size + i * Location.size));
    }
  }

  get Type(): number {
    return this.memory.read16(this.address + Irp.Type);
  }
  get MdlAddress(): PMDL {
    return GuestMdl.at(this.memory, this.memory.readU32(this.address + Irp.MdlAddress));
  }
  set MdlAddress(value: PMDL) {
    this.memory.write32(this.address + Irp.MdlAddress, value instanceof GuestMdl ? value.address : 0);
  }
  get PendingReturned(): boolean {
    return this.memory.read8(this.address + Irp.PendingReturned) !== 0;
  }
  set PendingReturned(value: boolean) {
    this.memory.write8(this.address + Irp.PendingReturned, value ? 1 : 0);
  }
  get CurrentLocation(): number {
    return this.memory.read8(this.address + Irp.CurrentLocation);
  }
  set CurrentLocation(value: number) {
    this.memory.write8(this.address + Irp.CurrentLocation, value);
    const location = this.address + Irp.size + (value - 1) * Location.size;
    this.memory.write32(this.address + Irp.CurrentStackLocation, location);
  }
  get Cancel(): boolean {
    return this.memory.read8(this.address + Irp.Cancel) !== 0;
  }
  set Cancel(value: boolean) {
    this.memory.write8(this.address + Irp.Cancel, value ? 1 : 0);
  }
  get CancelIrql(): number {
    return this.memory.read8(this.address + Irp.CancelIrql);
  }
  set CancelIrql(value: number) {
    this.memory.write8(this.address + Irp.CancelIrql, value);
  }
  get CancelRoutine(): DRIVER_CANCEL | null {
    return this.guest.pointers.cancelRoutine(this.memory.readU32(this.address + Irp.CancelRoutine));
  }
  set CancelRoutine(value: DRIVER_CANCEL | null) {
    this.memory.write32(this.address + Irp.CancelRoutine, this.guest.pointers.addressOf(value));
  }
  /** A copy: drivers use these four pointers in place. */
  get DriverContext(): unknown[] {
    return [0, 4, 8, 12].map((offset) => this.memory.readU32(this.address + Irp.DriverContext + offset));
  }
  stackLocation(index: number): IO_STACK_LOCATION {
    return this.locations[index] ?? this.damaged();
  }
  /** CurrentLocation is none of its locations: the driver has written over it. */
  private damaged(): never {
    const { address, CurrentLocation, StackCount } = this;
    const message = `the IRP is damaged: its CurrentLocation is ${CurrentLocation} of ${StackCount}; does something write over it?`;
    return this.guest.kernel.bugCheck(BugCheckCode.NO_MORE_IRP_STACK_LOCATIONS, address, null, message);
  }
  reset(): void {
    const { memory, address, StackCount } = this;
    memory.fill(address + Irp.MdlAddress, Irp.StackCount - Irp.MdlAddress, 0);
    memory.fill(address + Irp.Cancel, Irp.size - Irp.Cancel + StackCount * Location.size, 0);
    this.CurrentLocation = StackCount + 1;
  }
}
