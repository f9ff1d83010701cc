import {
  BugCheckCode,
  Executive as ExecutiveReason,
  KEVENT,
  KeInitializeEvent,
  KernelMode,
  type KernelRoutine,
  KeWaitForSingleObject,
  NotificationEvent,
} from '../kernel/index.ts';
import type { Guest } from './guest.ts';

/** Count is twice the references; bit 0 (EX_RUNDOWN_ACTIVE) says that rundown has begun. */
const ACTIVE = 1;

/**
 * EX_RUNDOWN_REFs of a driver: references that keep something alive until rundown begins. The count lies in the driver's
 * memory, where a zeroed one is ready for use; only who waits for the last reference is known here.
 */
export class RundownTable {
  private readonly guest: Guest;
  private readonly waiting = new Map<number, KEVENT>();

  constructor(guest: Guest) {
    this.guest = guest;
  }

  /** @returns false once rundown has begun */
  acquire(address: number, count: number): boolean {
    const { memory, kernel } = this.guest;
    kernel.assertAlive();
    const value = memory.readU32(address);
    if ((value & ACTIVE) !== 0) return false;
    memory.write32(address, value + 2 * count);
    kernel.scheduler.switchPoint();
    return true;
  }

  release(address: number, count: number, call: string): void {
    const { memory, kernel } = this.guest;
    kernel.assertAlive();
    const value = memory.readU32(address);
    if (value < 2 * count) {
      const message = `${call} of more references than were acquired`;
      kernel.bugCheck(BugCheckCode.KERNEL_SECURITY_CHECK_FAILURE, 0x0e, null, message);
    }
    const left = value - 2 * count;
    memory.write32(address, left);
    if (left !== ACTIVE) kernel.scheduler.switchPoint();
    else this.waiting.get(address)?.signal(true);
  }

  /** Begins rundown and waits until the last reference is given back. */
  *wait(address: number, call: string): KernelRoutine<void> {
    const { memory, kernel } = this.guest;
    memory.check(address, 4, true, call);
    const value = memory.readU32(address);
    memory.write32(address, value | ACTIVE);
    if (value >>> 1 === 0) return;
    const event = new KEVENT();
    KeInitializeEvent(kernel, event, NotificationEvent, false);
    this.waiting.set(address, event);
    yield* KeWaitForSingleObject(kernel, event, ExecutiveReason, KernelMode, false, null);
    this.waiting.delete(address);
  }
}
