import {
  type IO_COMPLETION_ROUTINE,
  IoAcquireCancelSpinLock,
  IoCancelIrp,
  IoCompleteRequest,
  IoFreeIrp,
  IoMarkIrpPending,
  IoReleaseCancelSpinLock,
  IoReuseIrp,
  IoSetCancelRoutine,
  IoSetCompletionRoutine,
  IoSetNextIrpStackLocation,
  irpEvidence,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { GuestIrp } from '../guest-irp.ts';
import { IRP as Irp, STACK_LOCATION as Location } from '../layout.ts';
import { type ExportTable, running } from './export-table.ts';

const sizeOf = (stackSize: number): number => Irp.size + (stackSize & 0xff) * Location.size;

/** Frees an IRP's memory and its place in the table. */
const freeIrp = (guest: Guest, address: number): void => {
  const irp = guest.irps.at(address >>> 0, 'IoFreeIrp');
  IoFreeIrp(guest.kernel, irp);
  guest.irps.delete(irp);
  guest.pool.release(irp.address, guest.places.here());
};

/** R32: the IRP's memory is not the driver's own. */
const initialized = ({ kernel }: Guest, irp: GuestIrp): void => {
  const message = 'IoInitializeIrp on an IRP from IoAllocateIrp: IoReuseIrp makes it ready again';
  kernel.report('error', 'R32', message, irpEvidence(irp));
};
const fromAbove = ({ kernel }: Guest, irp: GuestIrp): void => {
  const message = 'IoReuseIrp on an IRP that the driver was given: it forgets whose it is';
  kernel.report('error', 'R32', message, irpEvidence(irp));
};

/** Completes an IRP for the driver. R31: the routines above run inside, and may want the lock that is held. */
const complete = running((guest, Address: number, Boost: number) => {
  const irp = guest.irps.at(Address >>> 0, 'IoCompleteRequest');
  if (guest.locks.isHeldBy(guest.activity)) {
    const held = guest.locks.all.map(({ where }) => `acquired at ${guest.places.nameOf(where)}`);
    guest.kernel.report('error', 'R31', 'IoCompleteRequest with a spin lock held', { details: held });
  }
  irp.history.note('completed by the driver', guest.places.here());
  IoCompleteRequest(guest.kernel, irp, Boost);
});

const setRoutine = (
  guest: Guest,
  address: number,
  routine: number,
  context: number,
  success: number,
  error: number,
  cancel: number,
): void => {
  const irp = guest.irps.at(address >>> 0, 'IoSetCompletionRoutine');
  const invoked: IO_COMPLETION_ROUTINE | null = guest.pointers.completionRoutine(routine >>> 0);
  IoSetCompletionRoutine(guest.kernel, irp, invoked, context >>> 0, success !== 0, error !== 0, cancel !== 0);
};

/** Source: wdm.h reference, the functions of these names. */
export const irpExports: ExportTable = {
  plain: {
    IoAllocateIrp: (guest: Guest, StackSize: number, _ChargeQuota: number) => {
      const { kernel, pool, irps } = guest;
      kernel.assertAlive();
      if (!kernel.mayAllocate()) return 0;
      const address = pool.allocate(sizeOf(StackSize), 'IRP', '', false, guest.places.here());
      if (address === 0) return 0;
      kernel.liveIrps.add(irps.place(address, StackSize & 0xff, false));
      return address;
    },
    IoInitializeIrp: (guest: Guest, Address: number, _PacketSize: number, StackSize: number) => {
      const { irps } = guest;
      const allocated = irps.find(Address >>> 0);
      if (allocated !== null && !allocated.isRaw) initialized(guest, allocated);
      irps.forget(Address >>> 0, 1, 'IoInitializeIrp');
      const irp = irps.place(Address >>> 0, StackSize & 0xff, allocated === null || allocated.isRaw);
      if (allocated !== null && guest.kernel.liveIrps.delete(allocated)) guest.kernel.liveIrps.add(irp);
    },
    IoCleanupIrp: (_guest: Guest, _Irp: number) => {},
    IoReuseIrp: (guest: Guest, Address: number, Status: number) => {
      const irp = guest.irps.at(Address >>> 0, 'IoReuseIrp');
      if (irp.finished !== null) fromAbove(guest, irp);
      IoReuseIrp(guest.kernel, irp, Status);
      irp.history.note('reused', null);
    },
    IoFreeIrp: freeIrp,
    IoSizeOfIrp: (_guest: Guest, StackSize: number) => sizeOf(StackSize),
    IoSetCompletionRoutine: setRoutine,
    IoSetCompletionRoutineEx: (
      guest: Guest,
      _Device: number,
      Address: number,
      Routine: number,
      Context: number,
      Success: number,
      Error: number,
      Cancel: number,
    ) => {
      setRoutine(guest, Address, Routine, Context, Success, Error, Cancel);
      return 0;
    },
    IoMarkIrpPending: (guest: Guest, Address: number) => {
      const irp = guest.irps.at(Address >>> 0, 'IoMarkIrpPending');
      irp.history.pended();
      IoMarkIrpPending(guest.kernel, irp);
    },
    IoSetNextIrpStackLocation: (guest: Guest, Address: number) =>
      IoSetNextIrpStackLocation(guest.kernel, guest.irps.at(Address >>> 0, 'IoSetNextIrpStackLocation')),
    IoSetCancelRoutine: (guest: Guest, Address: number, Routine: number) => {
      const irp = guest.irps.at(Address >>> 0, 'IoSetCancelRoutine');
      return guest.pointers.addressOf(
        IoSetCancelRoutine(guest.kernel, irp, guest.pointers.cancelRoutine(Routine >>> 0)),
      );
    },
    IoAcquireCancelSpinLock: (guest: Guest, Irql: number) => {
      const old = { value: 0 };
      IoAcquireCancelSpinLock(guest.kernel, old);
      guest.memory.write8(Irql, old.value);
    },
    IoReleaseCancelSpinLock: (guest: Guest, Irql: number) => IoReleaseCancelSpinLock(guest.kernel, Irql & 0xff),
  },
  waiting: {
    IoCompleteRequest: complete,
    IofCompleteRequest: complete,
    IoCancelIrp: running((guest, Address: number) =>
      IoCancelIrp(guest.kernel, guest.irps.at(Address >>> 0, 'IoCancelIrp')),
    ),
  },
};
