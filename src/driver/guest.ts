import { BugCheckCode, DISPATCH_LEVEL, KDPC, type Kernel, type KernelThread } from '../kernel/index.ts';
import type { Wsk } from '../wsk/index.ts';
import { CallContext } from './call-context.ts';
import { DeviceTable } from './devices.ts';
import { DriverCalls } from './driver-calls.ts';
import { Executive } from './executive.ts';
import { Fibers } from './fibers.ts';
import { FunctionTable } from './function-table.ts';
import { GuestMemory } from './guest-memory.ts';
import type { GuestExports, GuestOptions } from './guest-options.ts';
import { Handles } from './handles.ts';
import { IrpTable } from './irp-table.ts';
import { KernelStacks } from './kernel-stacks.ts';
import { LentMemory, type Piece } from './lent-memory.ts';
import { badAccess } from './memory-error.ts';
import { ObjectTable } from './objects.ts';
import { Places } from './places.ts';
import { Pointers } from './pointers.ts';
import { Pool } from './pool.ts';
import type { Activity } from './routine.ts';
import { Poison } from './shadow.ts';
import { SpinLocks } from './spin-locks.ts';
import type { WasmMemory } from './webassembly.ts';
import { Work } from './work.ts';
import { AddressLists } from './wsk/address-info.ts';
import { DatagramIndications, DataIndications } from './wsk/indications.ts';
import { Registrations } from './wsk/registrations.ts';
import { SocketTable } from './wsk/socket-table.ts';

/** Bytes at address 0 that nobody may touch: NULL, and the fields of a structure at NULL. */
const NULL_REGION = 64 * 1024;

/** A driver's compiled code in its memory, on one machine: everything that its imports work with. */
export class Guest {
  readonly kernel: Kernel;
  readonly wsk: Wsk;
  readonly memory: GuestMemory;
  /** From `attach` on. */
  exports!: GuestExports;
  pool!: Pool;
  stacks!: KernelStacks;
  functions!: FunctionTable;
  readonly fibers: Fibers;
  readonly calls: DriverCalls;
  readonly pointers: Pointers;
  readonly places: Places;
  readonly objects: ObjectTable;
  readonly locks: SpinLocks;
  readonly lent: LentMemory;
  /** What the WSK call that is being made goes on using until its IRP completes. */
  lending: Piece[] = [];
  readonly irps: IrpTable;
  readonly handles: Handles;
  readonly devices: DeviceTable;
  readonly executive: Executive;
  readonly sockets: SocketTable;
  readonly registrations: Registrations;
  readonly dataIndications: DataIndications;
  readonly datagramIndications: DatagramIndications;
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
  private idle = 0;
  private process = 0;
  private readonly options: GuestOptions;

  constructor(kernel: Kernel, wsk: Wsk, memory: WasmMemory, options: GuestOptions = {}) {
    this.kernel = kernel;
    this.wsk = wsk;
    this.memory = new GuestMemory(memory, (address, size, write, what) =>
      badAccess(this, address, size, write, what || this.whoTouches),
    );
    this.options = options;
    const context = new CallContext(memory);
    this.places = new Places(context, options.lines ?? null);
    kernel.backtrace = () => this.places.backtrace();
    kernel.sourceOf = (routine) => this.places.beginOf(routine);
    this.fibers = new Fibers(this, memory, context);
    this.work = new Work(kernel, (branches) => this.fibers.setFuel(branches), options);
    this.calls = new DriverCalls(this);
    this.pointers = new Pointers(this);
    this.objects = new ObjectTable(kernel, this.memory);
    this.locks = new SpinLocks(kernel, this.memory, this.places);
    this.lent = new LentMemory(this);
    this.irps = new IrpTable(this);
    this.handles = new Handles();
    this.devices = new DeviceTable(this);
    this.executive = new Executive(this, options);
    this.sockets = new SocketTable(this);
    this.registrations = new Registrations(this);
    this.dataIndications = new DataIndications(this);
    this.datagramIndications = new DatagramIndications(this);
    this.addressLists = new AddressLists(this);
  }

  /** Connects the instance of the module, whose imports need this object before it exists. */
  attach(exports: GuestExports): void {
    this.exports = exports;
    this.memory.shadow.poison(0, NULL_REGION, Poison.Null);
    this.pool = new Pool(this.memory, exports.__heap_base.value, this.options);
    this.stacks = new KernelStacks(this.memory, this.pool, this.options.stackSize ?? 64 * 1024, () => this.full());
    const lines = this.options.lines ?? null;
    this.functions = new FunctionTable(exports.__indirect_function_table, this.functionImports, lines);
    this.fibers.attach(exports);
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
    return this.kernel.thread ?? this.calls.routine ?? this.nobody();
  }

  /** Memory for the host's own use in there; running out of it is the machine's end. */
  allocateInternal(size: number): number {
    return this.pool.allocate(size, 'internal') || this.full();
  }
  private full(): never {
    const message = 'the guest memory is full: give the driver more with --guest-memory';
    return this.kernel.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 0, null, message);
  }

  /** The driver's own code is about to touch what it must not. */
  reportAccess(address: number, size: number, write: boolean): never {
    const first = this.memory.shadow.firstBad(Math.min(address, this.memory.limit), size);
    badAccess(this, first < 0 ? address : first, size, write, '');
    throw new Error('unreachable');
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
    this.pool.release(address, this.places.here());
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

  /**
   * The driver calls the kernel: something that is in use may lie on what was a function's stack (R28, R33).
   * @param cost what the call counts as, in branches
   */
  calling(name: string, cost: number): void {
    this.memory.call = name;
    this.work.spend(cost);
    if (this.lent.hasStacks) this.lent.watchStack(this.fibers.stackPointer);
  }

  /** The call returns. */
  called(): void {
    this.memory.call = '';
    this.syncPaged();
  }

  /** The driver's code goes on: R15, paged memory is not to be touched at DISPATCH_LEVEL. */
  syncPaged(): void {
    if (this.pool.hasPaged) this.pool.hidePaged(this.kernel.irql >= DISPATCH_LEVEL);
  }

  private nobody(): Activity {
    throw new Error(`no driver code is running at IRQL ${this.kernel.irql}, ${DISPATCH_LEVEL} at most`);
  }
}
