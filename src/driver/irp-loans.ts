import type { Guest } from './guest.ts';
import type { GuestIrp } from './guest-irp.ts';
import { IRP as Irp } from './layout.ts';

/** An IRP was handed to WSK: what its call goes on using is lent until it completes (R22, R33). */
export const lendForIrp = (guest: Guest, irp: GuestIrp, call: string, where: Error): void => {
  const context = irp.stackLocation(irp.CurrentLocation - 1).Context as number;
  const pieces = guest.lending;
  guest.lending = [];
  if (guest.stacks.at(context) !== null)
    pieces.push({ address: context, size: 1, what: 'the context of the completion routine (the event)' });
  if (irp.isRaw && guest.stacks.at(irp.address) !== null)
    pieces.push({ address: irp.address, size: 1, what: 'the IRP' });
  if (pieces.length > 0) irp.loan = guest.lent.lend(pieces, `${call}, which is pending`, 'R22', where);
};

/** It has completed; if it made a socket, that was made where the IRP was handed in. */
export const takeBackFromIrp = (guest: Guest, irp: GuestIrp): void => {
  if (irp.loan !== null) guest.lent.takeBack(irp.loan);
  irp.loan = null;
  const made = guest.memory.readU32(irp.address + Irp.Information);
  if (made !== 0) guest.sockets.madeBy(made, irp.history.sentAt);
};
