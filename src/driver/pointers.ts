import { STATUS_MORE_PROCESSING_REQUIRED } from '../base/index.ts';
import {
  continueCompletion,
  type DEVICE_OBJECT,
  type DRIVER_CANCEL,
  type IO_COMPLETION_ROUTINE,
} from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { GuestIrp } from './guest-irp.ts';

/** Where the host's routines seem to lie: no address of a driver's. */
const HOST_ROUTINES = 0xf000_0000;

/** The two ways from a number in a driver's memory to a routine or object of the host's and back. */
export class Pointers {
  private readonly guest: Guest;
  private readonly completionRoutines = new Map<number, IO_COMPLETION_ROUTINE>();
  private readonly cancelRoutines = new Map<number, DRIVER_CANCEL>();
  private readonly addresses = new WeakMap<object, number>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  completionRoutine(address: number): IO_COMPLETION_ROUTINE | null {
    if (address === 0) return null;
    let routine = this.completionRoutines.get(address);
    if (routine === undefined) {
      routine = (device, irp, context) => this.completed(address, device, irp as GuestIrp, context as number);
      Object.defineProperty(routine, 'name', { value: this.guest.functions.nameOf(address) });
      this.completionRoutines.set(address, routine);
      this.addresses.set(routine, address);
    }
    return routine;
  }

  private completed(fn: number, device: DEVICE_OBJECT | null, irp: GuestIrp, context: number): number {
    let status = STATUS_MORE_PROCESSING_REQUIRED;
    let late = false;
    this.guest.calls.run(fn, [this.addressOf(device), irp.address, context], (result) => {
      status = result | 0;
      if (late) continueCompletion(this.guest.kernel, irp, status, this.completionRoutine(fn)!);
    });
    late = true;
    return status;
  }

  cancelRoutine(address: number): DRIVER_CANCEL | null {
    if (address === 0) return null;
    let routine = this.cancelRoutines.get(address);
    if (routine === undefined) {
      routine = (device, irp) =>
        void this.guest.calls.run(address, [this.addressOf(device), (irp as GuestIrp).address]);
      this.cancelRoutines.set(address, routine);
      this.addresses.set(routine, address);
    }
    return routine;
  }

  /** The address of a routine that one of the two above has given, or of an object: 0 for null. */
  addressOf(object: object | null): number {
    if (object === null) return 0;
    const known = this.addresses.get(object);
    if (known !== undefined) return known;
    const isRoutine = typeof object === 'function';
    const address = isRoutine ? this.hostRoutine(object as DRIVER_CANCEL) : this.guest.sockets.addressOf(object);
    if (address !== 0) this.addresses.set(object, address);
    return address;
  }

  /** A pointer for a cancel routine of the host's own: no driver can call it. */
  private hostRoutine(routine: DRIVER_CANCEL): number {
    const address = HOST_ROUTINES + 16 * this.cancelRoutines.size;
    this.cancelRoutines.set(address, routine);
    return address;
  }

  /** The address that an object of the host's has in the driver's memory; 0 when it has none (yet). */
  known(object: object): number {
    return this.addresses.get(object) ?? 0;
  }

  /** Gives an object of the host's an address for the driver. */
  name(object: object, address: number): void {
    this.addresses.set(object, address);
  }
}
