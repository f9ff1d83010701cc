import { KDPC, KeInitializeDpc, KTIMER } from '../../kernel/index.ts';
import { MILLISECOND } from '../../time/index.ts';
import type { Guest } from '../guest.ts';
import { ObjectType, KTIMER as Timer } from '../layout.ts';
import type { ExportTable } from './export-table.ts';
import { violation } from './lock-checks.ts';

/** EXT_DELETE_PARAMETERS (wdm.h). */
const Delete = { DeleteCallback: 8, DeleteContext: 12 } as const;

/** An EX_TIMER: a timer whose callback runs at DISPATCH_LEVEL. Its memory can be waited for, as a KTIMER's. */
export class ExTimer {
  readonly address: number;
  readonly timer = new KTIMER();
  readonly dpc = new KDPC();

  constructor(guest: Guest, address: number, callback: number, context: number, notification: boolean) {
    this.address = address;
    const type = notification ? ObjectType.NotificationTimer : ObjectType.SynchronizationTimer;
    guest.objects.place(address, this.timer, type, Timer.size);
    this.timer.initialize(notification ? 0 : 1);
    const routine = (): void => {
      if (callback !== 0) guest.calls.run(callback, [address, context]);
    };
    KeInitializeDpc(guest.kernel, this.dpc, routine, null);
  }
}

const EX_TIMER_NOTIFICATION = 0x8000_0000 | 0;

const timerAt = (guest: Guest, address: number, call: string): ExTimer => {
  guest.memory.check(address >>> 0, Timer.size, true, call);
  const timer = guest.executive.timers.get(address >>> 0);
  return timer ?? violation(guest, 0x1002, null, `${call} of what ExAllocateTimer has not made`);
};

/** Source: wdm.h reference, ExAllocateTimer and its like. */
export const exTimerExports: ExportTable = {
  plain: {
    ExAllocateTimer: (guest: Guest, Callback: number, Context: number, Attributes: number) => {
      const { kernel, pool, executive } = guest;
      const address = kernel.mayAllocate()
        ? pool.allocate(Timer.size, 'object', 'EX_TIMER', false, guest.places.here())
        : 0;
      if (address === 0) return 0;
      guest.memory.fill(address, Timer.size, 0);
      const notification = (Attributes & EX_TIMER_NOTIFICATION) !== 0;
      executive.timers.set(address, new ExTimer(guest, address, Callback >>> 0, Context >>> 0, notification));
      return address;
    },
    /** DueTime and Period in 100 ns units; DueTime negative: relative. */
    ExSetTimer: (guest: Guest, Address: number, DueTime: bigint, Period: bigint) => {
      const { timer, dpc } = timerAt(guest, Address, 'ExSetTimer');
      const { kernel } = guest;
      const period = Period === 0n ? 0 : Math.max(Number(Period) * 100, MILLISECOND / 1000);
      return timer.set(kernel, kernel.deadline(DueTime), period, dpc);
    },
    ExCancelTimer: (guest: Guest, Address: number) => timerAt(guest, Address, 'ExCancelTimer').timer.cancel(),
  },
  waiting: {
    /** A timer that is set is cancelled whatever Cancel says; a callback that is due has run when this returns. */
    *ExDeleteTimer(guest: Guest, Address: number, _Cancel: number, _Wait: number, Parameters: number) {
      const { timer, dpc, address } = timerAt(guest, Address, 'ExDeleteTimer');
      const { executive, memory, pool } = guest;
      const cancelled = timer.cancel();
      if (dpc.isQueued) dpc.overtake();
      executive.timers.delete(address);
      const callback = Parameters === 0 ? 0 : memory.readU32((Parameters >>> 0) + Delete.DeleteCallback);
      const context = Parameters === 0 ? 0 : memory.readU32((Parameters >>> 0) + Delete.DeleteContext);
      guest.objects.forget(address, Timer.size);
      pool.release(address, guest.places.here());
      if (callback !== 0) yield* guest.calls.call(callback, [context]);
      return cancelled ? 1 : 0;
    },
  },
};
