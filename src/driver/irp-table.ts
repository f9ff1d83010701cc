import { BugCheckCode, mustOwn } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import { GuestIrp } from './guest-irp.ts';
import { IRP as Irp, STACK_LOCATION as Location } from './layout.ts';

/** IO_TYPE_IRP */
const TYPE = 6;

/** The IRPs in a driver's memory, by address. */
export class IrpTable {
  private readonly guest: Guest;
  private readonly irps = new Map<number, GuestIrp>();
  /** IRPs that were freed, until another lies there: for what is said about a late use. */
  private readonly gone = new Map<number, GuestIrp>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** Makes `address` an IRP that nobody holds. @param isRaw whether its memory is the driver's own */
  place(address: number, stackCount: number, isRaw: boolean): GuestIrp {
    const { guest } = this;
    const { memory } = guest;
    const size = Irp.size + stackCount * Location.size;
    memory.fill(address, size, 0);
    memory.write16(address + Irp.Type, TYPE);
    memory.write16(address + Irp.Size, size);
    memory.write8(address + Irp.StackCount, stackCount);
    const irp = new GuestIrp(guest, address, stackCount, isRaw);
    irp.CurrentLocation = stackCount + 1;
    irp.history.note(isRaw ? 'initialized' : 'allocated', guest.places.here());
    this.gone.delete(address);
    this.irps.set(address, irp);
    return irp;
  }

  /** The IRP behind a pointer; null for NULL. Anything else that is none is a bug check. */
  orNull(address: number, call: string): GuestIrp | null {
    return address === 0 ? null : this.at(address, call);
  }

  at(address: number, call: string): GuestIrp {
    const { memory, kernel, pool } = this.guest;
    const irp = this.irps.get(address);
    if (irp !== undefined) {
      // The pool's own stays whole until it is freed, and is no IRP from then on.
      if (irp.isRaw) memory.check(address, Irp.size, true, call);
      return irp;
    }
    const freed = pool.freed.get(address);
    if (freed?.kind === 'IRP') {
      const message = `${call} on an IRP that was freed: wait for its completion routine first`;
      const details = this.gone.get(address)?.history.lines ?? [];
      const code = call === 'IoCancelIrp' ? 'CANCEL_STATE_IN_COMPLETED_IRP' : 'MULTIPLE_IRP_COMPLETE_REQUESTS';
      kernel.bugCheck(BugCheckCode[code], address, 'R7', message, undefined, { details });
    }
    memory.check(address, Irp.size, true, call);
    const message = `${call} on 0x${address.toString(16)}, which is no IRP: IoAllocateIrp or IoInitializeIrp makes one`;
    return kernel.bugCheck(BugCheckCode.DRIVER_VERIFIER_IOMANAGER_VIOLATION, 0x01, 'R6', message);
  }

  /** The IRP that lies in memory which is given up, with R7 when a request holds it still. */
  forget(address: number, size: number, call: string): void {
    if (this.irps.size === 0) return;
    for (const [at, irp] of this.irps) {
      if (at < address || at >= address + size) continue;
      if (irp.owner === 'provider') mustOwn(this.guest.kernel, irp, call);
      this.irps.delete(at);
    }
  }

  /** Every IRP that is there. */
  get all(): GuestIrp[] {
    return [...this.irps.values()];
  }

  /** Whether an IRP lies exactly here. */
  find(address: number): GuestIrp | null {
    return this.irps.get(address) ?? null;
  }

  /** What became of an IRP that lay here. */
  goneAt(address: number): GuestIrp | null {
    return this.gone.get(address) ?? null;
  }

  delete(irp: GuestIrp): void {
    irp.history.note('freed', this.guest.places.here());
    this.gone.set(irp.address, irp);
    this.irps.delete(irp.address);
  }
}
