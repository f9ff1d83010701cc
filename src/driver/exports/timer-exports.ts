import {
  DISPATCH_LEVEL,
  KeCancelTimer,
  KeInitializeDpc,
  KeInitializeTimerEx,
  KeInsertQueueDpc,
  KeQueryPerformanceCounter,
  KeQuerySystemTime,
  KeRemoveQueueDpc,
  KeSetTimerEx,
  KTIMER,
  PERFORMANCE_FREQUENCY,
  SUSPEND,
} from '../../kernel/index.ts';
import type { Guest } from '../guest.ts';
import { KDPC as Dpc, KTIMER as Timer } from '../layout.ts';
import type { ExportTable } from './export-table.ts';

/** Nanoseconds that a turn of a spinning loop takes. */
const SPIN = 1000;

/** 100 ns units per tick of 15.625 ms. */
const TICK = 156_250n;

const initializeTimer = (guest: Guest, address: number, type: 0 | 1): void => {
  const timer = new KTIMER();
  guest.objects.place(address >>> 0, timer, 8 + type, Timer.size);
  KeInitializeTimerEx(guest.kernel, timer, type);
};

const setTimer = (guest: Guest, address: number, due: number, period: number, dpc: number): boolean => {
  const timer = guest.objects.at(address >>> 0, KTIMER, 'KeSetTimerEx');
  guest.objects.timerSet(timer, guest.places.here());
  const queued = dpc === 0 ? null : guest.objects.dpcAt(dpc >>> 0, 'KeSetTimerEx');
  return KeSetTimerEx(guest.kernel, timer, guest.memory.read64(due >>> 0), period, queued);
};

/** Uptime in 100 ns units. */
const uptime = (guest: Guest): bigint => BigInt(Math.floor(guest.kernel.now() / 100));

/** Source: wdm.h reference, the functions of these names. A LARGE_INTEGER by value comes as a pointer to it. */
export const timerExports: ExportTable = {
  plain: {
    KeInitializeDpc: (guest: Guest, Address: number, Routine: number, Context: number) => {
      const address = Address >>> 0;
      guest.memory.fill(address, Dpc.size, 0);
      guest.memory.write8(address + Dpc.Type, 0x13);
      guest.memory.write32(address + Dpc.DeferredRoutine, Routine);
      guest.memory.write32(address + Dpc.DeferredContext, Context);
      KeInitializeDpc(
        guest.kernel,
        guest.objects.placeDpc(address),
        (_dpc, _context, argument1, argument2) => {
          guest.calls.run(Routine >>> 0, [address, Context >>> 0, Number(argument1 ?? 0), Number(argument2 ?? 0)]);
        },
        null,
      );
    },
    KeInsertQueueDpc: (guest: Guest, Address: number, Argument1: number, Argument2: number) =>
      KeInsertQueueDpc(guest.kernel, guest.objects.dpcAt(Address >>> 0, 'KeInsertQueueDpc'), Argument1, Argument2),
    KeRemoveQueueDpc: (guest: Guest, Address: number) =>
      KeRemoveQueueDpc(guest.kernel, guest.objects.dpcAt(Address >>> 0, 'KeRemoveQueueDpc')),
    KeSetImportanceDpc: () => {},
    KeSetTargetProcessorDpc: () => {},
    KeInitializeTimer: (guest: Guest, Address: number) => initializeTimer(guest, Address, 0),
    KeInitializeTimerEx: (guest: Guest, Address: number, Type: number) =>
      initializeTimer(guest, Address, Type === 1 ? 1 : 0),
    KeSetTimer: (guest: Guest, Address: number, DueTime: number, DpcAddress: number) =>
      setTimer(guest, Address, DueTime, 0, DpcAddress),
    KeSetTimerEx: (guest: Guest, Address: number, DueTime: number, Period: number, DpcAddress: number) =>
      setTimer(guest, Address, DueTime, Period, DpcAddress),
    KeSetCoalescableTimer: (guest: Guest, Address: number, DueTime: number, Period: number, _T: number, D: number) =>
      setTimer(guest, Address, DueTime, Period, D),
    KeCancelTimer: (guest: Guest, Address: number) =>
      KeCancelTimer(guest.kernel, guest.objects.at(Address >>> 0, KTIMER, 'KeCancelTimer')),
    KeReadStateTimer: (guest: Guest, Address: number) =>
      guest.objects.at(Address >>> 0, KTIMER, 'KeReadStateTimer').signalled,
    KeQuerySystemTime: (guest: Guest, Time: number) =>
      guest.memory.write64(Time >>> 0, KeQuerySystemTime(guest.kernel)),
    KeQuerySystemTimePrecise: (guest: Guest, Time: number) =>
      guest.memory.write64(Time >>> 0, KeQuerySystemTime(guest.kernel)),
    KeQueryTickCount: (guest: Guest, Count: number) => guest.memory.write64(Count >>> 0, uptime(guest) / TICK),
    KeQueryTimeIncrement: () => Number(TICK),
    KeQueryInterruptTime: (guest: Guest) => uptime(guest),
    KeQueryInterruptTimePrecise: (guest: Guest, Counter: number) => {
      guest.memory.write64(Counter >>> 0, uptime(guest));
      return uptime(guest);
    },
    KeQueryUnbiasedInterruptTime: (guest: Guest) => uptime(guest),
    /** Returns a LARGE_INTEGER, which C has the caller make room for. */
    KeQueryPerformanceCounter: (guest: Guest, Result: number, Frequency: number) => {
      guest.memory.write64(Result >>> 0, KeQueryPerformanceCounter(guest.kernel));
      if (Frequency !== 0) guest.memory.write64(Frequency >>> 0, PERFORMANCE_FREQUENCY);
    },
    ExSystemTimeToLocalTime: (guest: Guest, From: number, To: number) =>
      guest.memory.write64(To >>> 0, guest.memory.read64(From >>> 0)),
    ExLocalTimeToSystemTime: (guest: Guest, From: number, To: number) =>
      guest.memory.write64(To >>> 0, guest.memory.read64(From >>> 0)),
  },
  waiting: {
    /** DPCs that are queued run while the caller waits. */
    *KeFlushQueuedDpcs(guest: Guest) {
      const { thread, scheduler } = guest.kernel;
      if (thread === null) return;
      scheduler.makeReady(thread);
      yield SUSPEND;
    },
    /** A spinning driver's hint: others go on, and time with them. */
    *OwskYieldProcessor(guest: Guest) {
      const { thread, executor, irql } = guest.kernel;
      if (thread === null || irql >= DISPATCH_LEVEL) return;
      thread.beginWait(null, executor.now() + SPIN);
      yield SUSPEND;
    },
    /** Busy, but other processors are not: time passes for them too. */
    *KeStallExecutionProcessor(guest: Guest, Microseconds: number) {
      const { thread, executor } = guest.kernel;
      if (thread === null) return;
      thread.beginWait(null, executor.now() + (Microseconds >>> 0) * 1000);
      yield SUSPEND;
    },
  },
};
