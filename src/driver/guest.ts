import { STATUS_MORE_PROCESSING_REQUIRED } from '../base/index.ts';
import {
  BugCheckCode,
  continueCompletion,
  type DEVICE_OBJECT,
  DISPATCH_LEVEL,
  type DRIVER_CANCEL,
  type IO_COMPLETION_ROUTINE,
  KDPC,
  type Kernel,
  type KernelRoutine,
  type KernelThread,
  type SourceFrame,
  SUSPEND,
} from '../kernel/index.ts';
import type { Wsk } from '../wsk/index.ts';
import { captureStack, driverFrames, NOWHERE, sourceOf } from './backtrace.ts';
import { DeviceTable } from './devices.ts';
import { Executive } from './executive.ts';
import { Fibers, type SuspendingImport } from './fibers.ts';
import type { GuestIrp, Pointers } from './guest-irp.ts';
import { GuestMemory } from './guest-memory.ts';
import type { GuestExports, GuestOptions } from './guest-options.ts';
import { Handles } from './handles.ts';
import { lendForIrp, takeBackFromIrp } from './irp-loans.ts';
import { IrpTable } from './irp-table.ts';
import { LentMemory, type Piece } from './lent-memory.ts';
import type { LineTable } from './line-table.ts';
import { badAccess, trapped } from './memory-error.ts';
import { ObjectTable } from './objects.ts';
import { type Block, Pool, type PoolOptions } from './pool.ts';
import { type Activity, Routine } from './routine.ts';
import { mustReturnAsCalled } from './routine-checks.ts';
import { Poison } from './shadow.ts';
import { SpinLocks } from './spin-locks.ts';
import { ThreadExit } from './thread-exit.ts';
import type { WasmMemory } from './webassembly.ts';
import { Work } from './work.ts';
import { AddressLists } from './wsk/address-info.ts';
import { Indications } from './wsk/indications.ts';
import { Registrations } from './wsk/registrations.ts';
import { SocketTable } from './wsk/socket-table.ts';

/** Bytes at address 0 that nobody may touch: NULL, and the fields of a structure at NULL. */
const NULL_REGION = 64 * 1024;

/** Bytes below each stack that nobody may touch. */
const STACK_GUARD = 4096;

/** Where the host's routines seem to lie: no address of a driver's. */
const HOST_ROUTINES = 0xf000_0000;

/** A driver's compiled code in its memory, on one machine: everything that its imports work with. */
export class Guest implements Pointers {
  readonly kernel: Kernel;
  readonly wsk: Wsk;
  readonly memory: GuestMemory;
  pool!: Pool;
  readonly objects: ObjectTable;
  readonly locks: SpinLocks;
  readonly lent: LentMemory;
  /** What the WSK call that is being made goes on using until its IRP completes. */
  lending: readonly Piece[] = [];
  readonly irps: IrpTable;
  readonly handles: Handles;
  readonly devices: DeviceTable;
  readonly executive: Executive;
  readonly sockets: SocketTable;
  readonly registrations: Registrations;
  readonly indications: Indications;
  readonly addressLists: AddressLists;
  readonly work: Work;
  /** System threads that it has started and that have not ended, and where. */
  readonly threads = new Map<KernelThread, Error>();
  /** MDLs whose pages are locked, and where that was done. */
  readonly lockedMdls = new Map<number, Error>();
  /** Where the driver last called KeRaiseIrql or KeLowerIrql. */
  irqlChanged: Error | null = null;
  /** The functions that it imports, in the module's order. */
  functionImports: readonly string[] = [];
  /** DRIVER_OBJECT's address. */
  driverObject = 0;
  /** UNICODE_STRING with the path of its key in the registry, as DriverEntry gets it. */
  registryPath = 0;
  /** The routine that runs in no thread now. */
  routine: Routine | null = null;
  private readonly fibers: Fibers;
  private exports!: GuestExports;
  /** What the engine has thrown, while its bug check is made: its stack is the driver's, the present one is not. */
  trap: Error | null = null;
  private idle = 0;
  private process = 0;
  private readonly lines: LineTable | null;
  private readonly keepsPlaces: boolean;
  private readonly stackSize: number;
  private readonly poolOptions: PoolOptions;
  private readonly spareStacks: number[] = [];
  private readonly stacks: Block[] = [];
  /** Completions inside calls that could not finish at once, by the thread that made the call. */
  private readonly unfinished = new Map<KernelThread, Routine[]>();
  private readonly completionRoutines = new Map<number, IO_COMPLETION_ROUTINE>();
  private readonly cancelRoutines = new Map<number, DRIVER_CANCEL>();
  private readonly addresses = new WeakMap<object, number>();

  constructor(kernel: Kernel, wsk: Wsk, memory: WasmMemory, options: GuestOptions = {}) {
    this.kernel = kernel;
    this.wsk = wsk;
    this.memory = new GuestMemory(memory, (address, size, write, what) =>
      badAccess(this, address, size, write, what || this.whoTouches),
    );
    this.lines = options.lines ?? null;
    this.keepsPlaces = options.keepsPlaces ?? true;
    kernel.backtrace = () => this.frames(this.trap ?? captureStack());
    kernel.sourceOf = (routine) => sourceOf(this.lines, routine);
    this.stackSize = options.stackSize ?? 64 * 1024;
    this.poolOptions = options;
    this.work = new Work(kernel, options.fuel, options.work);
    this.fibers = new Fibers({
      allocate: (size) => this.allocateInternal(size),
      initialize: (address, size) => {
        this.memory.write32(address, address + 8);
        this.memory.write32(address + 4, address + size);
      },
      thrown: (error) => trapped(this, error),
      entered: () => {
        this.work.entered();
        this.syncPaged();
      },
    });
    this.objects = new ObjectTable(kernel, this.memory);
    this.locks = new SpinLocks(kernel, this.memory, this);
    this.lent = new LentMemory(kernel, this);
    this.irps = new IrpTable(this);
    this.handles = new Handles();
    this.devices = new DeviceTable(this);
    this.executive = new Executive(this, options);
    this.sockets = new SocketTable(this);
    this.registrations = new Registrations(this);
    this.indications = new Indications(this);
    this.addressLists = new AddressLists(this);
  }

  /** The C stack pointer of the code that runs. */
  get stackPointer(): number {
    return this.fibers.stackPointer;
  }

  /** Connects the instance of the module, whose imports need this object before it exists. */
  attach(exports: GuestExports): void {
    this.exports = exports;
    this.memory.shadow.poison(0, NULL_REGION, Poison.Null);
    this.pool = new Pool(this.memory, exports.__heap_base.value, this.poolOptions);
    this.fibers.attach(exports);
    this.work.attach(exports.OwskSetFuel);
  }

  /** The import for a host function that may suspend its caller. */
  suspending(start: SuspendingImport): CallableFunction {
    return this.fibers.suspending(start);
  }
  get suspensions(): number {
    return this.fibers.suspensions;
  }

  /** The address of one of the provider's dispatch tables, which lie in the driver's memory. */
  dispatchTable(which: number): number {
    return this.exports.OwskDispatchTable(which) >>> 0;
  }

  /** The call or completion for which the host touches the driver's memory. */
  private get whoTouches(): string {
    const { call } = this.memory;
    return call === '' && this.wsk.completing !== '' ? `WSK, completing ${this.wsk.completing},` : call;
  }

  /** Who runs now. */
  get activity(): Activity {
    return this.kernel.thread ?? this.routine ?? this.nobody();
  }

  /** Memory for the host's own use in there; running out of it is the machine's end. */
  allocateInternal(size: number): number {
    const address = this.pool.allocate(size, 'internal');
    if (address !== 0) return address;
    return this.kernel.bugCheck(
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      0,
      null,
      'the guest memory is full: give the driver more with --guest-memory',
    );
  }

  /** The driver's own code is about to touch what it must not. */
  reportAccess(address: number, size: number, write: boolean): never {
    const first = this.memory.shadow.firstBad(Math.min(address, this.memory.limit), size);
    badAccess(this, first < 0 ? address : first, size, write, '');
    throw new Error('unreachable');
  }

  /** Forgets the redzones on the stack in use, whose frames are left without their ends; not the guard below it. */
  unpoisonStack(): void {
    const block = this.stackAt(this.fibers.stackPointer);
    if (block !== null) this.memory.shadow.unpoison(block.address + STACK_GUARD, block.size - STACK_GUARD);
  }

  /** Frees memory of the driver's, with whatever lies in it. */
  release(address: number, call: string): void {
    const block = this.pool.blocks.get(address)!;
    this.irps.forget(address, block.size, call);
    this.lent.givenUp(address, block.size, call);
    this.locks.forget(address, block.size);
    this.executive.forget(address, block.size, call);
    const [busy] = this.objects.forget(address, block.size);
    if (busy !== undefined) {
      const what = busy.object instanceof KDPC ? 'a DPC that is queued' : 'an object that is waited for or set';
      const message = `${call} of memory with ${what}: take it back or wait for it first`;
      this.kernel.bugCheck(BugCheckCode.TIMER_OR_DPC_INVALID, busy.address, 'R41', message);
    }
    this.pool.release(address, this.where());
  }

  /** Raises an exception in the driver. Nothing of it handles one here: the bug check for an unhandled exception. */
  raise(status: number): never {
    const message = `the exception 0x${(status >>> 0).toString(16)} was raised, and nothing handles it`;
    return this.kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, status >>> 0, null, message);
  }

  /** PKTHREAD of code that runs in no thread, which Windows would call the idle thread's or whichever it interrupted. */
  idleThread(): number {
    this.idle ||= this.allocateInternal(64);
    return this.idle;
  }
  /** PEPROCESS of the System process. */
  systemProcess(): number {
    this.process ||= this.allocateInternal(64);
    return this.process;
  }

  /** Where the driver is now, to be shown if what happens here turns out to matter. */
  where(): Error {
    return this.keepsPlaces ? captureStack(16) : NOWHERE;
  }

  /** The driver's frames of a stack that was captured. */
  frames(stack: Error): SourceFrame[] {
    return driverFrames(stack, this.lines);
  }

  /** `function (file:line)` of the innermost frame of the driver's; '' when no line is known. */
  placeOf(stack: Error): string {
    const [top] = this.frames(stack);
    return top === undefined ? '' : `${top.function} (${top.file}:${top.line})`;
  }

  /** The kernel stack that an address lies in. */
  stackAt(address: number): Block | null {
    for (const block of this.stacks) if (address >= block.address && address < block.address + block.size) return block;
    return null;
  }

  /** The driver calls the kernel: something that is in use may lie on what was a function's stack (R28, R33). */
  watchStack(): void {
    if (this.lent.hasStacks) this.lent.watchStack(this.fibers.stackPointer);
  }

  /** The driver's code goes on: R15, paged memory is not to be touched at DISPATCH_LEVEL. */
  syncPaged(): void {
    if (this.pool.hasPaged) this.pool.hidePaged(this.kernel.irql >= DISPATCH_LEVEL);
  }

  irpSent(irp: GuestIrp, call: string, where: Error): void {
    lendForIrp(this, irp, call, where);
  }
  irpCompleted(irp: GuestIrp): void {
    takeBackFromIrp(this, irp);
  }

  /** Calls the driver in the thread that runs. */
  *call(fn: number, args: readonly number[]): KernelRoutine<number> {
    const { thread } = this.kernel;
    const stack = this.fibers.isOn(thread) ? 0 : this.takeStack();
    const result = yield* this.fibers.call(this.functionAt(fn), args, stack, thread);
    if (stack !== 0) this.giveStack(stack);
    return result;
  }

  /** The same with an export. */
  *callExport(name: 'DriverEntry', args: readonly number[]): KernelRoutine<number> {
    const { thread } = this.kernel;
    const stack = this.takeStack();
    this.exports.__wasm_call_ctors?.();
    const result = yield* this.fibers.call(this.exports[name], args, stack, thread);
    this.giveStack(stack);
    return result;
  }

  /** The body of a system thread. */
  *thread(fn: number, context: number): KernelRoutine<number> {
    const { thread } = this.kernel;
    const stack = this.takeStack();
    try {
      yield* this.fibers.call(this.functionAt(fn), [context], stack, thread);
      return 0;
    } catch (error) {
      // Its frames leave their redzones behind.
      this.memory.shadow.unpoison(stack - this.stackSize, this.stackSize);
      if (error instanceof ThreadExit) return error.status;
      throw error;
    } finally {
      if (this.kernel.crash === null) this.giveStack(stack);
      this.threads.delete(thread!);
    }
  }

  /**
   * Runs a routine of the driver now: a completion routine, a DPC. It may have to wait for a spin lock.
   * @param done told what it returned, before or after this returns
   */
  run(fn: number, args: readonly number[], done: (result: number) => void = () => {}): Routine {
    const { thread } = this.kernel;
    const nested = this.fibers.isOn(thread);
    const stack = nested ? 0 : this.takeStack();
    const { irql } = this.kernel;
    return this.runBody(this.fibers.call(this.functionAt(fn), args, stack, thread), (result, routine) => {
      mustReturnAsCalled(this, fn, routine, irql);
      if (stack !== 0) this.giveStack(stack);
      done(result);
    });
  }

  /** The same for a routine of the host's own, which calls the driver. */
  runBody(body: KernelRoutine<number>, done: (result: number, routine: Routine) => void = () => {}): Routine {
    const { thread } = this.kernel;
    const nested = this.fibers.isOn(thread);
    // Inside a call of a routine, not on another processor: that one goes on only after this one.
    const caller = !nested && this.kernel.nestedCompletions > 0 ? this.routine : null;
    const routine = new Routine(this.kernel, nested ? thread : null, this, body, done, caller);
    if (routine.step()) return routine;
    if (nested) {
      const list = this.unfinished.get(thread!);
      if (list === undefined) this.unfinished.set(thread!, [routine]);
      else list.push(routine);
    } else if (caller !== null) this.finish(routine);
    return routine;
  }

  /** Runs a callback of the driver, on a processor at DISPATCH_LEVEL, to its end: others go on while it waits for a spin lock. @returns its result */
  callback(fn: number, args: readonly number[]): number {
    let result = 0;
    const routine = this.run(fn, args, (value) => {
      result = value;
    });
    this.finish(routine);
    return result;
  }

  private finish(routine: Routine): void {
    while (!routine.finished) {
      if (routine.ready) routine.step();
      else if (!this.kernel.scheduler.runAnother()) this.deadlocked();
    }
  }

  /** Whether the running thread's call has begun routines that have not ended. */
  get hasUnfinished(): boolean {
    return this.unfinished.size > 0 && this.kernel.thread !== null && this.unfinished.has(this.kernel.thread);
  }

  /** Ends what a call has begun inside itself: the call returns only when the routines it has called have. */
  *finishNested(): KernelRoutine<void> {
    const { thread } = this.kernel;
    if (thread === null) return;
    const list = this.unfinished.get(thread);
    while (list !== undefined && list.length > 0) {
      const routine = list[list.length - 1];
      yield SUSPEND;
      if (routine.step()) list.pop();
    }
    this.unfinished.delete(thread);
  }

  completionRoutine(address: number): IO_COMPLETION_ROUTINE | null {
    if (address === 0) return null;
    let routine = this.completionRoutines.get(address);
    if (routine === undefined) {
      routine = (device, irp, context) => this.completed(address, device, irp as GuestIrp, context as number);
      Object.defineProperty(routine, 'name', { value: this.functionName(address) });
      this.completionRoutines.set(address, routine);
      this.addresses.set(routine, address);
    }
    return routine;
  }

  private completed(fn: number, device: DEVICE_OBJECT | null, irp: GuestIrp, context: number): number {
    let status = STATUS_MORE_PROCESSING_REQUIRED;
    let late = false;
    this.run(fn, [this.addressOf(device), irp.address, context], (result) => {
      status = result | 0;
      if (late) continueCompletion(this.kernel, irp, status, this.completionRoutine(fn)!);
    });
    late = true;
    return status;
  }

  cancelRoutine(address: number): DRIVER_CANCEL | null {
    if (address === 0) return null;
    let routine = this.cancelRoutines.get(address);
    if (routine === undefined) {
      routine = (device, irp) => void this.run(address, [this.addressOf(device), (irp as GuestIrp).address]);
      this.cancelRoutines.set(address, routine);
      this.addresses.set(routine, address);
    }
    return routine;
  }

  addressOf(object: object | null): number {
    if (object === null) return 0;
    const known = this.addresses.get(object);
    if (known !== undefined) return known;
    const address =
      typeof object === 'function' ? this.hostRoutine(object as DRIVER_CANCEL) : this.sockets.addressOf(object);
    if (address !== 0) this.addresses.set(object, address);
    return address;
  }
  /** A pointer for a cancel routine of the host's own: no driver can call it. */
  private hostRoutine(routine: DRIVER_CANCEL): number {
    const address = HOST_ROUTINES + 16 * this.cancelRoutines.size;
    this.cancelRoutines.set(address, routine);
    return address;
  }

  /** The address that an object of the host's has in the driver's memory; 0 when it has none (yet). */
  knownAddress(object: object): number {
    return this.addresses.get(object) ?? 0;
  }
  /** Gives an object of the host's an address for the driver. */
  nameAddress(object: object, address: number): void {
    this.addresses.set(object, address);
  }
  deviceAt(address: number): DEVICE_OBJECT | null {
    return this.devices.at(address);
  }

  /** The function pointer of an import, which it has when its address is used somewhere; else 0. */
  importAddress(name: string): number {
    const index = String(this.functionImports.indexOf(name));
    const table = this.exports.__indirect_function_table;
    // An exported function of WebAssembly is named after its index, and imports come first.
    for (let i = 1; i < table.length; i++) if (table.get(i)?.name === index) return i;
    return 0;
  }

  /** The driver's name for a function pointer, from the module's name section. */
  functionName(fn: number): string {
    const table = this.exports.__indirect_function_table;
    const routine = fn < table.length ? (table.get(fn) as { readonly name?: string } | null) : null;
    if (routine?.name === undefined) return `0x${fn.toString(16)}`;
    // JavaScript names an exported function after its index.
    return this.lines?.nameOf(Number(routine.name)) ?? routine.name;
  }

  private functionAt(fn: number): CallableFunction {
    const table = this.exports.__indirect_function_table;
    const routine = fn > 0 && fn < table.length ? table.get(fn) : null;
    if (routine !== null) return routine;
    return this.kernel.bugCheck(
      BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED,
      fn,
      null,
      `a call through the function pointer 0x${fn.toString(16)}, which points to no function`,
    );
  }

  /** Where a C stack begins; it grows down. */
  private takeStack(): number {
    return this.spareStacks.pop() ?? this.newStack();
  }
  private newStack(): number {
    const size = STACK_GUARD + this.stackSize;
    const address = this.pool.allocate(size, 'stack') || this.allocateInternal(size);
    const block = this.pool.blocks.get(address)!;
    this.stacks.push(block);
    this.memory.shadow.poison(address, STACK_GUARD, Poison.StackGuard);
    return address + size;
  }
  private giveStack(top: number): void {
    if (this.lent.hasStacks) this.lent.stackEnds(top);
    this.spareStacks.push(top);
  }

  private deadlocked(): never {
    const message = 'a callback spins on a lock whose holder waits: a spin lock must not be held while waiting';
    return this.kernel.bugCheck(BugCheckCode.SPIN_LOCK_ALREADY_OWNED, 0, 'R36', message);
  }

  private nobody(): Activity {
    throw new Error(`no driver code is running at IRQL ${this.kernel.irql}, ${DISPATCH_LEVEL} at most`);
  }
}
