import { type NTSTATUS, STATUS_CANCELLED, STATUS_PENDING } from '../base/index.ts';
import {
  BugCheckCode,
  IO_NETWORK_INCREMENT,
  IoCompleteRequest,
  IoMarkIrpPending,
  IoReleaseCancelSpinLock,
  IoSetCancelRoutine,
  IoSetNextIrpStackLocation,
  type IRP,
  irpEvidence,
  type Kernel,
  mustOwn,
  type Overtaker,
  SL_INVOKE_ALWAYS,
  type ULONG_PTR,
} from '../kernel/index.ts';
import type { EventTarget } from '../time/index.ts';
import { RecordKind } from '../trace/index.ts';
import type { BufferChain } from './buffer-chain.ts';
import type { SocketObject } from './socket.ts';
import type { TransportOp } from './transport.ts';
import type { Wsk } from './wsk.ts';

// Events: two that the executor brings, two that then run on a processor at DISPATCH_LEVEL.
const COMPLETION_POSTED = 0;
const CANCEL_POSTED = 1;
const FINISH = 2;
const COMPLETE = 3;

/** Completions in calls in completions beyond this end in a bug check (R29). */
const DEEPEST_COMPLETION = 8;

/** How the requests of one function differ from others. */
export interface RequestKind {
  /** What the transport's answer means. */
  readonly finish: (request: WskRequest, status: NTSTATUS, information: number) => void;
  /** Takes a pended request back if it can still be: it then completes with STATUS_CANCELLED. */
  readonly cancel: (request: WskRequest) => void;
  /** Called when the IRP has completed and is its client's again. */
  readonly completed: (request: WskRequest) => void;
}

/** The transport's answer is the result, and the transport takes back what it can. */
export const plainKind: RequestKind = {
  finish: (request, status, information) => request.complete(status, information),
  cancel: (request) => {
    if (request.socket?.anyEndpoint?.cancel(request)) request.completeSoon(STATUS_CANCELLED, 0);
  },
  completed: () => {},
};

/** For requests that end by themselves and soon, or must not be taken back. */
export const notCancelled = (): void => {};

/**
 * One WSK call with an IRP, from the call to its completion; at once the op that a transport reports to.
 *
 * A call ends in one of three ways, and each leaves the IRP completed exactly once:
 * `reject` (a parameter or state is wrong: completed before the call returns, same status),
 * `done` (accepted, and the result is known already) and `pend` (the result comes later).
 * What a function does beyond that stands in its `RequestKind`. It is one class for all functions, and their few fields
 * stand in every request: with a class each, every access here would meet a dozen shapes and cost several times as much.
 */
export class WskRequest implements TransportOp, EventTarget, Overtaker {
  readonly id: number;
  readonly wsk: Wsk;
  readonly kernel: Kernel;
  readonly socket: SocketObject | null;
  readonly irp: IRP;
  readonly name: string;
  readonly kind: RequestKind;
  /** The client's buffer and flags, and the bytes moved so far, where there are any. */
  data: BufferChain | null = null;
  flags = 0;
  filled = 0;
  /** How far the request has come; each kind numbers its steps, from 0. */
  step = 0;
  /** What else the kind has to keep. */
  work: unknown = null;
  private status: NTSTATUS = STATUS_PENDING;
  private information: ULONG_PTR = 0;
  private resultFixed = false;
  /** Neighbours in the socket's list of pending requests. */
  olderPending: WskRequest | null = null;
  newerPending: WskRequest | null = null;
  isPending = false;
  /** The next one in a RequestQueue. */
  nextWaiting: WskRequest | null = null;
  private completionQueued = false;

  constructor(wsk: Wsk, socket: SocketObject | null, name: string, irp: IRP, kind: RequestKind = plainKind) {
    const { kernel } = wsk;
    this.wsk = wsk;
    this.kernel = kernel;
    this.socket = socket;
    this.name = name;
    this.irp = irp;
    this.kind = kind;
    this.id = kernel.newId();
    kernel.assertAlive();
    takeIrp(kernel, irp, name);
    irp.holder = this;
    if (kernel.trace !== null) this.record(RecordKind.Call, kernel.irql);
  }

  /** For captures: the packet that comes of this request carries its number. */
  get cause(): number {
    return this.id;
  }

  /** The result is fixed: whatever comes now comes too late. */
  get isOver(): boolean {
    return this.resultFixed;
  }

  /** Ends the call for a wrong parameter or state. The socket is as it was. */
  reject(status: NTSTATUS): NTSTATUS {
    return this.completeInCall(status, 0);
  }

  /** Ends the call with a result that is known already: pended by default, inline where the policy says so. */
  done(status: NTSTATUS, information: ULONG_PTR): NTSTATUS {
    if (this.wsk.completesInline(this.name)) return this.completeInCall(status, information);
    this.pend();
    this.completeSoon(status, information);
    return this.returnPending();
  }

  /** Says that the result comes later. Call it before the work is started. */
  pend(): void {
    const { kernel, irp, socket } = this;
    IoMarkIrpPending(kernel, irp);
    if (socket !== null) socket.addPending(this);
    if (kernel.trace !== null) this.record(RecordKind.Return, STATUS_PENDING);
    IoSetCancelRoutine(kernel, irp, wskCancel);
    // Cancelled before it was handed to WSK: the bit is set and nobody will call the routine any more.
    if (irp.Cancel) kernel.executor.post(this, CANCEL_POSTED, 0);
  }

  /** What a pended call returns, once its work was started: on another processor the IRP may have completed by now. */
  returnPending(): NTSTATUS {
    this.kernel.assertAlive();
    this.kernel.scheduler.switchPoint();
    return STATUS_PENDING;
  }

  /** Completes a pended request as its own event, after those completed before. */
  completeSoon(status: NTSTATUS, information: ULONG_PTR): void {
    this.setResult(status, information);
    this.completionQueued = true;
    this.kernel.executor.post(this, COMPLETION_POSTED, 0);
    this.kernel.scheduler.mayOvertake(this);
  }

  /** Completes before the executor's turn for it has come. */
  overtake(): void {
    this.completionQueued = false;
    this.kernel.runAtDispatch(this, COMPLETE, 0);
  }

  /** The transport's answer. Never inside the call. */
  onTransportComplete(status: NTSTATUS, information: number): void {
    this.status = status;
    this.information = information;
    this.kernel.runAtDispatch(this, FINISH, 0);
  }

  onEvent(kind: number): void {
    if (kind === COMPLETION_POSTED) {
      if (!this.completionQueued) return;
      this.kernel.scheduler.settle(this);
      this.overtake();
    } else if (kind === FINISH) this.kind.finish(this, this.status, this.information as number);
    else if (kind === COMPLETE) this.completeNow();
    else this.cancelUnlessDone();
  }

  /** IoCancelIrp has come; whoever ran since may have fixed the result. */
  cancelUnlessDone(): void {
    if (!this.resultFixed) this.kind.cancel(this);
  }

  /** Completes a pended request now, at the present IRQL. Only from `RequestKind.finish`. */
  complete(status: NTSTATUS, information: ULONG_PTR): void {
    this.setResult(status, information);
    this.completeNow();
  }

  private setResult(status: NTSTATUS, information: ULONG_PTR): void {
    this.status = status;
    this.information = information;
    this.resultFixed = true;
    // IoCancelIrp comes too late from here on.
    IoSetCancelRoutine(this.kernel, this.irp, null);
  }

  private completeNow(): void {
    const { socket, kernel, irp } = this;
    const { wsk } = this;
    wsk.completing = this.name;
    irp.IoStatus.Status = this.status;
    irp.IoStatus.Information = this.information;
    irp.holder = null;
    if (kernel.trace !== null) this.record(RecordKind.Complete, kernel.irql);
    if (socket !== null) socket.removePending(this);
    wsk.completing = '';
    irp.history?.completed(this.status);
    IoCompleteRequest(kernel, irp, IO_NETWORK_INCREMENT);
    this.kind.completed(this);
    if (socket !== null) socket.requestEnded();
  }

  private completeInCall(status: NTSTATUS, information: ULONG_PTR): NTSTATUS {
    this.setResult(status, information);
    const { kernel } = this;
    if (kernel.nestedCompletions >= DEEPEST_COMPLETION) tooDeep(kernel, this.name);
    kernel.nestedCompletions++;
    try {
      this.completeNow();
    } finally {
      kernel.nestedCompletions--;
    }
    this.record(RecordKind.Return, status);
    return status;
  }

  private record(
    kind: typeof RecordKind.Call | typeof RecordKind.Return | typeof RecordKind.Complete,
    d: number,
  ): void {
    const { trace, machine } = this.kernel;
    if (trace === null) return;
    if (kind === RecordKind.Complete) {
      const information = typeof this.information === 'number' ? this.information : 0;
      trace.record(kind, machine, this.status, information, this.id, d);
    } else {
      trace.record(kind, machine, trace.intern(this.name), this.socket?.id ?? 0, this.id, d);
    }
  }
}

/** R29: a kernel stack has 12 to 24 KiB; each completion in a call in a completion takes its share. */
const tooDeep = (kernel: Kernel, call: string): never =>
  kernel.bugCheck(
    BugCheckCode.PANIC_STACK_SWITCH,
    0,
    'R29',
    `${call} completes inside the call, ${DEEPEST_COMPLETION + 1} deep: completion routines make calls that complete ` +
      'at once, and so on; do not start calls in a completion routine, queue a work item or wake a thread for them',
  );

/** The cancel routine that WSK sets on every pended IRP. */
const wskCancel = (_device: object | null, irp: IRP): void => {
  const request = irp.holder as WskRequest;
  IoReleaseCancelSpinLock(request.kernel, irp.CancelIrql);
  request.cancelUnlessDone();
};

/** Checks the IRP that a client hands in and advances it to WSK's stack location, on the client's behalf. */
const takeIrp = (kernel: Kernel, irp: IRP, call: string): void => {
  mustOwn(kernel, irp, call);
  const selfAllocated = irp.CurrentLocation === irp.StackCount + 1;
  IoSetNextIrpStackLocation(kernel, irp);
  const { CompletionRoutine, Control } = irp.stackLocation(irp.CurrentLocation - 1);
  if (selfAllocated && (CompletionRoutine === null || (Control & SL_INVOKE_ALWAYS) !== SL_INVOKE_ALWAYS)) {
    const what =
      CompletionRoutine === null ? 'no completion routine' : 'a completion routine that is not always invoked';
    kernel.bugCheck(
      BugCheckCode.IRQL_NOT_LESS_OR_EQUAL,
      0,
      'R8',
      `${call} with a self-allocated IRP that has ${what}: IoSetCompletionRoutine(Irp, Routine, Context, TRUE, TRUE, TRUE) ` +
        'before each call, also after IoReuseIrp',
      undefined,
      irpEvidence(irp, 1),
    );
  }
  irp.owner = 'provider';
  irp.history?.sent(call);
};
