import {
  NT_SUCCESS,
  type NTSTATUS,
  OpenWskError,
  STATUS_CANCELLED,
  STATUS_INSUFFICIENT_RESOURCES,
  STATUS_IO_TIMEOUT,
  STATUS_MORE_PROCESSING_REQUIRED,
} from '../base/index.ts';
import {
  type BugCheck,
  IoAllocateIrp,
  IoAllocateMdl,
  IoCancelIrp,
  IoFreeIrp,
  IoSetCompletionRoutine,
  type IRP,
  type Kernel,
  MmBuildMdlForNonPagedPool,
  type ULONG_PTR,
} from '../kernel/index.ts';
import { type EventTarget, MILLISECOND } from '../time/index.ts';
import type { WSK_BUF } from '../wsk/index.ts';
import { WskError } from './wsk-error.ts';

/** How long a call may take and who may take it back. */
export interface CallLimits {
  /** Milliseconds of the machine's time, 0 or more; the call then fails with STATUS_IO_TIMEOUT. */
  readonly timeout?: number | undefined;
  /** Takes the call back with IoCancelIrp; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Makes WSK calls and gives a promise for their completion. One IRP per call, freed when it completes. */
export class Caller {
  readonly kernel: Kernel;

  constructor(kernel: Kernel) {
    this.kernel = kernel;
  }

  /**
   * Makes one WSK call.
   * @param name of the function, for errors
   * @param call makes the call with the IRP given; what it returns does not matter, the IRP's completion does
   * @returns IoStatus.Information
   * @throws WskError with the final status; the signal's reason when it took the call back; OpenWskError
   *   OWSK_INVALID_ARGUMENT for limits that are none; BugCheck
   */
  call(name: string, call: (irp: IRP) => NTSTATUS, limits: CallLimits = {}): Promise<ULONG_PTR> {
    const wrong = wrongLimit(limits);
    if (wrong !== null) return Promise.reject(wrong);
    return new Promise((resolve, reject) => new PendingCall(this.kernel, name, limits, resolve, reject).begin(call));
  }

  /** A WSK_BUF of all of `bytes`, in place: leave them unchanged until the call has completed. */
  buffer(bytes: Uint8Array): WSK_BUF {
    const Mdl = IoAllocateMdl(this.kernel, bytes, bytes.length)!;
    MmBuildMdlForNonPagedPool(this.kernel, Mdl);
    return { Mdl, Offset: 0, Length: bytes.length };
  }
}

const wrongLimit = ({ timeout, signal }: CallLimits): OpenWskError | null => {
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout >= 0)) {
    const message = `timeout is ${String(timeout)}; give milliseconds, 0 or more`;
    return new OpenWskError('OWSK_INVALID_ARGUMENT', message, 'timeout');
  }
  if (signal !== undefined && typeof signal?.addEventListener !== 'function') {
    return new OpenWskError('OWSK_INVALID_ARGUMENT', 'signal is no AbortSignal', 'signal');
  }
  return null;
};

class PendingCall implements EventTarget {
  private readonly kernel: Kernel;
  private readonly name: string;
  private readonly limits: CallLimits;
  private readonly resolve: (information: ULONG_PTR) => void;
  private readonly reject: (error: unknown) => void;
  private irp: IRP | null = null;
  private timer = 0;
  private timedOut = false;

  constructor(
    kernel: Kernel,
    name: string,
    limits: CallLimits,
    resolve: (information: ULONG_PTR) => void,
    reject: (error: unknown) => void,
  ) {
    this.kernel = kernel;
    this.name = name;
    this.limits = limits;
    this.resolve = resolve;
    this.reject = reject;
  }

  begin(call: (irp: IRP) => NTSTATUS): void {
    const { kernel, limits } = this;
    if (limits.signal?.aborted) {
      this.reject(limits.signal.reason);
      return;
    }
    kernel.crashListeners.add(this.crashed);
    try {
      const irp = IoAllocateIrp(kernel, 1);
      if (irp === null) throw new WskError(this.name, STATUS_INSUFFICIENT_RESOURCES);
      this.irp = irp;
      IoSetCompletionRoutine(kernel, irp, this.completed, null, true, true, true);
      call(irp);
    } catch (error) {
      this.end();
      this.reject(error);
      return;
    }
    if (this.irp === null) return;
    limits.signal?.addEventListener('abort', this.cancel, { once: true });
    if (limits.timeout !== undefined && limits.timeout !== Number.POSITIVE_INFINITY) {
      this.timer = kernel.executor.schedule(kernel.now() + limits.timeout * MILLISECOND, this, 0, 0);
    }
  }

  /** The time allowed is over. */
  onEvent(): void {
    this.timer = 0;
    this.timedOut = true;
    this.cancel();
  }

  private readonly cancel = (): void => {
    if (this.irp !== null) IoCancelIrp(this.kernel, this.irp);
  };

  private readonly crashed = (crash: BugCheck): void => {
    this.end();
    this.reject(crash);
    this.kernel.executor.settled();
  };

  private readonly completed = (_device: object | null, irp: IRP): NTSTATUS => {
    const { Status, Information } = irp.IoStatus;
    this.end();
    IoFreeIrp(this.kernel, irp);
    if (NT_SUCCESS(Status)) this.resolve(Information);
    else this.reject(this.failure(Status));
    this.kernel.executor.settled();
    return STATUS_MORE_PROCESSING_REQUIRED;
  };

  private failure(status: NTSTATUS): unknown {
    if (status === STATUS_CANCELLED && this.limits.signal?.aborted) return this.limits.signal.reason;
    return new WskError(this.name, status === STATUS_CANCELLED && this.timedOut ? STATUS_IO_TIMEOUT : status);
  }

  private end(): void {
    this.irp = null;
    this.kernel.crashListeners.delete(this.crashed);
    this.limits.signal?.removeEventListener('abort', this.cancel);
    if (this.timer !== 0) this.kernel.executor.cancel(this.timer);
    this.timer = 0;
  }
}
