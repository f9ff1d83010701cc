import { type NTSTATUS, ntStatusName } from '../base/index.ts';
import type { IrpHistory, SourceFrame } from '../kernel/index.ts';
import type { Guest } from './guest.ts';
import type { GuestIrp } from './guest-irp.ts';
import { lendForIrp, takeBackFromIrp } from './irp-loans.ts';

interface Step {
  what: string;
  /** The call it was handed to, or the status it was completed with. */
  detail: string | NTSTATUS;
  where: Error | null;
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
  /** The others, in a ring. */
  private readonly ring: Step[] = [];
  private oldest = 0;
  /** Where it was last handed to WSK. */
  sentAt: Error | null = null;

  constructor(guest: Guest, irp: GuestIrp) {
    this.address = irp.address;
    this.guest = guest;
    this.irp = irp;
  }

  note(what: string, where: Error | null, detail: Step['detail'] = ''): void {
    if (this.first === null) this.first = { what, detail, where };
    else if (this.ring.length < KEPT) this.ring.push({ what, detail, where });
    else {
      const step = this.ring[this.oldest];
      step.what = what;
      step.detail = detail;
      step.where = where;
      this.oldest = (this.oldest + 1) % KEPT;
    }
  }

  sent(call: string): void {
    const where = this.guest.places.here();
    this.sentAt = where;
    this.note('handed to', where, call);
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
    this.note('completed by WSK with', null, status);
    takeBackFromIrp(this.guest, this.irp);
  }

  get lines(): string[] {
    return this.steps.map(({ what, detail, where }) => {
      const whole = `${what} ${typeof detail === 'number' ? ntStatusName(detail) : detail}`.trimEnd();
      const place = where === null ? '' : this.guest.places.nameOf(where);
      return place === '' ? `the IRP was ${whole}` : `the IRP was ${whole} at ${place}`;
    });
  }

  private get steps(): Step[] {
    const others = [...this.ring.slice(this.oldest), ...this.ring.slice(0, this.oldest)];
    return this.first === null ? others : [this.first, ...others];
  }
}
