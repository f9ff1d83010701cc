import { NT_SUCCESS, STATUS_SUCCESS } from '../../base/index.ts';
import {
  type DRIVER_CANCEL,
  IoMarkIrpPending,
  IoReleaseCancelSpinLock,
  IoSetCancelRoutine,
  type KernelRoutine,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import type { GuestIrp } from '../guest-irp.ts';
import { IRP as Irp } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** IO_CSQ (wdm.h): the driver's functions. Type says which form of CsqInsertIrp it has. */
const Csq = { Type: 0, Insert: 4, Remove: 8, Peek: 12, Acquire: 16, Release: 20, Complete: 24, size: 32 } as const;
const PLAIN = 1;
const EX = 3;
/** IO_CSQ_IRP_CONTEXT. Its Type differs from those of a queue, so that one pointer in the IRP can be either. */
const Context = { Type: 0, Irp: 4, Csq: 8 } as const;
const CONTEXT = 2;
/** Tail.Overlay.DriverContext[3] is the queue's while the IRP is in it. */
const LINK = Irp.DriverContext + 12;

const initialize =
  (type: number) =>
  (guest: Guest, address: number, ...routines: number[]): number => {
    const csq = address >>> 0;
    guest.memory.fill(csq, Csq.size, 0);
    guest.memory.write32(csq + Csq.Type, type);
    for (let i = 0; i < 6; i++) guest.memory.write32(csq + Csq.Insert + 4 * i, routines[i]);
    return STATUS_SUCCESS;
  };

const call = (guest: Guest, csq: number, routine: number, ...args: number[]): KernelRoutine<number> =>
  guest.calls.call(guest.memory.readU32(csq + routine), [csq, ...args]);

/** Runs `body` under the queue's lock, which the driver's functions take and give back. */
function* locked<T>(guest: Guest, csq: number, body: () => KernelRoutine<T>): KernelRoutine<T> {
  const { memory, pool } = guest;
  const irql = guest.allocateInternal(1);
  yield* call(guest, csq, Csq.Acquire, irql);
  const result = yield* body();
  const old = memory.read8(irql);
  pool.release(irql);
  yield* call(guest, csq, Csq.Release, old);
  return result;
}

/** Takes an IRP out of its queue; the lock is held. */
function* remove(guest: Guest, csq: number, irp: GuestIrp): KernelRoutine<void> {
  const { memory } = guest;
  yield* call(guest, csq, Csq.Remove, irp.address);
  const link = memory.readU32(irp.address + LINK);
  if (link !== 0 && memory.read32(link + Context.Type) === CONTEXT) memory.write32(link + Context.Irp, 0);
  memory.write32(irp.address + LINK, 0);
}

/** @returns whether it was still there: the cancel routine has not begun to run */
const takeFromCancel = (guest: Guest, irp: GuestIrp): boolean => IoSetCancelRoutine(guest.kernel, irp, null) !== null;

function* insert(guest: Guest, csq: number, irp: GuestIrp, context: number, insertContext: number) {
  const { memory, kernel } = guest;
  if (context !== 0) {
    memory.write32(context + Context.Type, CONTEXT);
    memory.write32(context + Context.Irp, irp.address);
    memory.write32(context + Context.Csq, csq);
  }
  memory.write32(irp.address + LINK, context === 0 ? csq : context);
  let cancelled = false;
  const status = yield* locked(guest, csq, function* () {
    const ex = memory.read32(csq + Csq.Type) === EX;
    const inserted = yield* call(guest, csq, Csq.Insert, irp.address, ...(ex ? [insertContext] : []));
    if (ex && !NT_SUCCESS(inserted | 0)) return inserted | 0;
    IoMarkIrpPending(kernel, irp);
    IoSetCancelRoutine(kernel, irp, cancelRoutine(guest));
    // Cancelled before it had a cancel routine: nobody else will see to that.
    cancelled = irp.Cancel && takeFromCancel(guest, irp);
    if (cancelled) yield* remove(guest, csq, irp);
    return STATUS_SUCCESS;
  });
  if (cancelled) yield* call(guest, csq, Csq.Complete, irp.address);
  return status;
}

const routines = new WeakMap<Guest, DRIVER_CANCEL>();

/** The cancel routine of the IRPs in a driver's queues. */
const cancelRoutine = (guest: Guest): DRIVER_CANCEL => {
  let routine = routines.get(guest);
  if (routine === undefined) {
    routine = (_device, irp) => void guest.calls.runBody(cancel(guest, irp as GuestIrp));
    routines.set(guest, routine);
  }
  return routine;
};

function* cancel(guest: Guest, irp: GuestIrp): KernelRoutine<number> {
  const { memory } = guest;
  IoReleaseCancelSpinLock(guest.kernel, irp.CancelIrql);
  const link = memory.readU32(irp.address + LINK);
  const csq = memory.read32(link + Context.Type) === CONTEXT ? memory.readU32(link + Context.Csq) : link;
  yield* locked(guest, csq, () => remove(guest, csq, irp));
  yield* call(guest, csq, Csq.Complete, irp.address);
  return 0;
}

/** Source: wdm.h reference, the functions of these names. */
export const csqExports: ExportTable = {
  plain: { IoCsqInitialize: initialize(PLAIN), IoCsqInitializeEx: initialize(EX) },
  waiting: {
    *IoCsqInsertIrp(guest: Guest, Queue: number, Address: number, IrpContext: number) {
      const irp = guest.irps.at(Address >>> 0, 'IoCsqInsertIrp');
      yield* insert(guest, Queue >>> 0, irp, IrpContext >>> 0, 0);
    },
    IoCsqInsertIrpEx: (guest: Guest, Queue: number, Address: number, IrpContext: number, InsertContext: number) => {
      const irp = guest.irps.at(Address >>> 0, 'IoCsqInsertIrpEx');
      return insert(guest, Queue >>> 0, irp, IrpContext >>> 0, InsertContext);
    },
    IoCsqRemoveIrp: (guest: Guest, Queue: number, IrpContext: number) =>
      locked(guest, Queue >>> 0, function* () {
        const address = guest.memory.readU32((IrpContext >>> 0) + Context.Irp);
        if (address === 0) return 0;
        const irp = guest.irps.at(address, 'IoCsqRemoveIrp');
        if (!takeFromCancel(guest, irp)) return 0;
        yield* remove(guest, Queue >>> 0, irp);
        return address;
      }),
    IoCsqRemoveNextIrp: (guest: Guest, Queue: number, PeekContext: number) =>
      locked(guest, Queue >>> 0, function* () {
        let address = 0;
        for (;;) {
          address = (yield* call(guest, Queue >>> 0, Csq.Peek, address, PeekContext)) >>> 0;
          if (address === 0) return 0;
          const irp = guest.irps.at(address, 'IoCsqRemoveNextIrp');
          // One whose cancel routine runs is left to that.
          if (!takeFromCancel(guest, irp)) continue;
          yield* remove(guest, Queue >>> 0, irp);
          return address;
        }
      }),
  },
};
