import { BugCheckCode, type Kernel } from '../kernel/index.ts';
import type { GuestOptions } from './guest-options.ts';

/** What a kernel call counts as, in branches: it takes a microsecond or more. */
const CALL = 500;

/** The same of a check of an access, which compiled code asks for by itself. */
const CHECK = 10;

/** What a call of an import counts as. */
export const callCost = (name: string): number => (/^(__asan_|OwskCheckMemory$)/.test(name) ? CHECK : CALL);

/** What entering the driver counts as, or going on with it after a wait. */
const ENTRY = 500;

/** Branches between two looks at the count, which compiled code keeps by itself in between. */
const PORTION = 1_000_000;

/** A whole run may take as much as this many goes. */
const GOES = 50;

/** How much a driver has done, in branches: one that does not stop by itself has to be stopped. */
export class Work {
  private readonly kernel: Kernel;
  private readonly perGo: number;
  private readonly perRun: number;
  private readonly setFuel: (branches: number) => void;
  private go = 0;
  private before = 0;

  /** @param setFuel tells the compiled code how many branches it may take before it has to ask again */
  constructor(
    kernel: Kernel,
    setFuel: (branches: number) => void,
    { fuel = 200_000_000, work = fuel * GOES }: Pick<GuestOptions, 'fuel' | 'work'>,
  ) {
    this.kernel = kernel;
    this.setFuel = setFuel;
    this.perGo = fuel;
    this.perRun = work;
  }

  /** Those are used up: it gets more, unless that is too much. */
  refuel(): void {
    const portion = Math.min(this.perGo, PORTION);
    this.spend(portion);
    this.setFuel(portion);
  }

  /** The driver begins, or goes on after a wait. */
  entered(): void {
    this.before += this.go;
    this.go = ENTRY;
    // Its next call has a line to show; but perhaps there is none.
    if (this.before > this.perRun + this.perGo) this.runTooLong();
  }

  /** The driver has done something, or calls the kernel. */
  spend(branches: number): void {
    this.go += branches;
    if (this.go > this.perGo) this.goTooLong();
    if (this.before + this.go > this.perRun) this.runTooLong();
  }

  private goTooLong(): never {
    const message =
      'a loop does not end: the driver ran too long without returning or waiting; wait for an event instead of polling';
    return this.kernel.bugCheck(BugCheckCode.DPC_WATCHDOG_VIOLATION, 0, 'R30', message);
  }

  private runTooLong(): never {
    const message =
      'limit: the driver has done more than a run may take; if it does not poll for ever, give it more with --fuel';
    return this.kernel.bugCheck(BugCheckCode.DPC_WATCHDOG_VIOLATION, 1, null, message);
  }
}
