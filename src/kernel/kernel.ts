import { type EventTarget, type Executor, type Nanoseconds, SECOND } from '../time/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';
import { BugCheck, BugCheckCode, type RuleId, type SourceFrame } from './bug-check.ts';
import { type Finding, findingKey } from './finding.ts';
import type { IRP } from './irp.ts';
import { DISPATCH_LEVEL, type KIRQL, PASSIVE_LEVEL } from './irql.ts';
import { type Schedule, Scheduler } from './scheduler.ts';
import type { KernelThread } from './thread.ts';

/** What a kernel is made of. */
/** Counts from 1. */
export class IdSource {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

export interface KernelOptions {
  readonly executor: Executor;
  /** Where records go; null for no trace. */
  readonly trace?: Recorder | null;
  /** The machine's number in the trace. */
  readonly machine?: number;
  /** The order of threads and whether others run during a kernel call. */
  readonly schedule?: Schedule;
  /** Asked at each allocation; false makes it fail, to try out how a driver takes that. */
  readonly mayAllocate?: () => boolean;
  /** Told what drivers print, as they print it. */
  readonly onPrint?: (text: string) => void;
  /** Where ids come from; shared by the machines of a simulation, so that an id names one thing in its trace. */
  readonly ids?: IdSource;
  /** System time at executor time 0, in 100 ns units since 1601-01-01. */
  readonly systemTimeOrigin?: bigint;
}

/** 2026-01-01 00:00 UTC in 100 ns units since 1601-01-01: what a simulated machine believes at virtual time 0. */
const DEFAULT_SYSTEM_TIME = 134_116_992_000_000_000n;

/** The kernel of one machine: its processors' state, its scheduler, what it has given out, and whether it lives. */
export class Kernel {
  readonly executor: Executor;
  readonly trace: Recorder | null;
  readonly machine: number;
  readonly scheduler: Scheduler;
  readonly systemTimeOrigin: bigint;
  readonly mayAllocate: () => boolean;
  readonly onPrint: (text: string) => void;
  /** IRPs from IoAllocateIrp that were not freed. */
  readonly liveIrps = new Set<IRP>();
  /** IRQL and thread of the code that runs now. */
  irql: KIRQL = PASSIVE_LEVEL;
  thread: KernelThread | null = null;
  /** Completions that run inside the calls which caused them, one in the other, on this processor's stack. */
  nestedCompletions = 0;
  /** Set once the machine has bug checked; nothing runs on it afterwards. */
  crash: BugCheck | null = null;
  /** Where a driver that is not TypeScript is now, in its own source. */
  backtrace: (() => readonly SourceFrame[]) | null = null;
  /** Misuses that were seen so far, the bug check among them; each once. */
  readonly findings: Finding[] = [];
  /** Told when the machine bug checks. */
  readonly crashListeners = new Set<(crash: BugCheck) => void>();
  private readonly ids: IdSource;

  constructor(options: KernelOptions) {
    this.executor = options.executor;
    this.trace = options.trace ?? null;
    this.machine = options.machine ?? 0;
    this.systemTimeOrigin = options.systemTimeOrigin ?? DEFAULT_SYSTEM_TIME;
    this.onPrint = options.onPrint ?? (() => {});
    this.ids = options.ids ?? new IdSource();
    this.mayAllocate = options.mayAllocate ?? (() => true);
    this.scheduler = new Scheduler(this, options.schedule);
  }

  /** The machine's time, in nanoseconds since the executor's origin. */
  now(): Nanoseconds {
    return this.executor.now();
  }

  /** A number for an IRP, thread, socket or request of this machine, never 0. */
  newId(): number {
    return this.ids.next();
  }

  /** Stops the machine. */
  bugCheck(
    code: BugCheckCode,
    parameter1: number,
    rule: RuleId | null,
    message: string,
    cause?: unknown,
    details: readonly string[] = [],
  ): never {
    const crash = new BugCheck(code, parameter1, rule, message, cause === undefined ? undefined : { cause });
    if (this.crash === null) {
      this.crash = crash;
      crash.frames = this.backtrace?.() ?? [];
      crash.details = details;
      this.trace?.record(
        RecordKind.BugCheck,
        this.machine,
        code,
        this.trace.intern(rule ?? ''),
        this.trace.intern(message),
        0,
      );
      this.note({
        severity: 'bug check',
        rule,
        message: crash.message,
        frames: crash.frames,
        details,
        time: this.now(),
      });
      for (const listener of this.crashListeners) listener(crash);
      this.crashListeners.clear();
    }
    throw crash;
  }

  /** Notes a misuse that does not stop the machine, unless it was noted already. */
  report(severity: 'error' | 'advice', rule: RuleId | null, message: string, details: readonly string[] = []): void {
    this.note({ severity, rule, message, frames: this.backtrace?.() ?? [], details, time: this.now() });
  }

  private note(finding: Finding): void {
    const key = findingKey(finding);
    if (this.findings.some((other) => findingKey(other) === key)) return;
    this.findings.push(finding);
    const { trace, machine } = this;
    if (trace === null) return;
    if (finding.severity !== 'bug check') {
      const severity = finding.severity === 'advice' ? 1 : 2;
      const [rule, message] = [trace.intern(finding.rule ?? ''), trace.intern(finding.message)];
      trace.record(RecordKind.Finding, machine, severity, rule, message, 0);
    }
    for (const { function: name, file, line, column } of finding.frames) {
      trace.record(RecordKind.Frame, machine, trace.intern(name), trace.intern(file), line, column);
    }
    for (const text of finding.details) trace.record(RecordKind.Detail, machine, trace.intern(text), 0, 0, 0);
  }

  /** Throws the bug check that stopped this machine, if one did: kernel functions of a dead machine do nothing. */
  assertAlive(): void {
    if (this.crash !== null) throw this.crash;
  }

  /**
   * Runs a target on another processor: at DISPATCH_LEVEL and in no thread, as DPCs, network completions and
   * callbacks do. What was running here goes on afterwards. Nothing that goes wrong inside reaches the caller:
   * a bug check stops the machine, any other exception is one (0x1E, as an unhandled exception in kernel mode is).
   */
  runAtDispatch(target: EventTarget, kind: number, arg: number): void {
    if (this.crash !== null) return;
    const { irql, thread, nestedCompletions } = this;
    this.irql = DISPATCH_LEVEL;
    this.thread = null;
    this.nestedCompletions = 0;
    try {
      target.onEvent(kind, arg);
    } catch (error) {
      this.caught(error);
    } finally {
      this.irql = irql;
      this.thread = thread;
      this.nestedCompletions = nestedCompletions;
    }
  }

  /** Stops the machine from outside, as pulling its plug would: a scenario's crash. */
  halt(): void {
    if (this.crash !== null) return;
    try {
      this.bugCheck(BugCheckCode.MANUALLY_INITIATED_CRASH, 0, null, 'the machine was switched off');
    } catch {
      // That is what was asked for.
    }
  }

  /** What escaped from code of the machine: turns it into the machine's bug check. */
  caught(error: unknown): void {
    if (error instanceof BugCheck && error === this.crash) return;
    const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    try {
      this.bugCheck(BugCheckCode.KMODE_EXCEPTION_NOT_HANDLED, 0, null, message, error);
    } catch {
      // The machine has stopped; whoever runs it learns of it from crashListeners.
    }
  }

  /** Converts a Timeout (100 ns units; negative relative, positive absolute since 1601) to a time of the executor. */
  deadline(timeout: number | bigint): Nanoseconds {
    const units = Number(timeout);
    if (units <= 0) return this.now() - units * 100;
    return Number(BigInt(timeout) - this.systemTimeOrigin) * 100;
  }
}

/** The system time in 100 ns units since 1601-01-01 UTC. Source: wdm.h reference, KeQuerySystemTime. */
export const KeQuerySystemTime = (kernel: Kernel): bigint =>
  kernel.systemTimeOrigin + BigInt(Math.floor(kernel.now() / 100));

/**
 * A counter that only goes forward, PERFORMANCE_FREQUENCY ticks a second.
 * Source: wdm.h reference, KeQueryPerformanceCounter.
 */
export const KeQueryPerformanceCounter = (kernel: Kernel): bigint => BigInt(Math.floor(kernel.now() / 100));
/** Ticks per second of KeQueryPerformanceCounter: 10 MHz, as on Windows 10. */
export const PERFORMANCE_FREQUENCY = BigInt(SECOND / 100);
