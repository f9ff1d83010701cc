import { type NTSTATUS, ntStatusName } from '../base/index.ts';
import type { IrpHistory, SourceFrame } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { GuestIrp } from './guest-irp.ts';
import { lendForIrp, takeBackFromIrp } from './irp-loans.ts';

interface Step {
  readonly what: string;
  readonly where: Error | null;
}

const PENDED = 'marked pending';

/** Steps that are kept beside the first. */
const KEPT = 5;

/** The last steps of an IRP's life, each with the line of the driver that made it. */
export class GuestIrpHistory implements IrpHistory {
  readonly address: number;
  private readonly guest: Guest;
  private readonly irp: GuestIrp;
  private first: Step | null = null;
  private readonly steps: Step[] = [];
  /** Where it was last handed to WSK. */
  sentAt: Error | null = null;

  constructor(guest: Guest, irp: GuestIrp) {
    this.address = irp.address;
    this.guest = guest;
    this.irp = irp;
  }

  note(what: string, where: Error | null): void {
    const step = { what, where };
    if (this.first === null) this.first = step;
    else {
      this.steps.push(step);
      if (this.steps.length > KEPT) this.steps.shift();
    }
  }

  sent(call: string): void {
    const where = this.guest.places.here();
    this.sentAt = where;
    this.note(`handed to ${call}`, where);
    lendForIrp(this.guest, this.irp, call, where);
  }

  /** Where the driver said that it keeps the IRP. */
  get pendedFrames(): readonly SourceFrame[] {
    const pended = this.steps.findLast(({ what }) => what === PENDED)?.where ?? null;
    return pended === null ? [] : this.guest.places.frames(pended);
  }

  /** IoMarkIrpPending. */
  pended(): void {
    this.note(PENDED, this.guest.places.here());
  }

  completed(status: NTSTATUS): void {
    this.note(`completed by WSK with ${ntStatusName(status)}`, null);
    takeBackFromIrp(this.guest, this.irp);
  }

  get lines(): string[] {
    const { first, steps } = this;
    return (first === null ? steps : [first, ...steps]).map(({ what, where }) => {
      const place = where === null ? '' : this.guest.places.nameOf(where);
      return place === '' ? `the IRP was ${what}` : `the IRP was ${what} at ${place}`;
    });
  }
}
