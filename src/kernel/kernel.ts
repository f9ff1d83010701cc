import { type EventTarget, type Executor, type Nanoseconds, SECOND } from '../time/index.ts';
import { type Recorder, RecordKind } from '../trace/index.ts';
import { BugCheck, BugCheckCode, type Evidence, type RuleId, type SourceFrame } from './bug-check.ts';
import { type Finding, findingKey } from './finding.ts';
import type { IRP } from './irp.ts';
import { DISPATCH_LEVEL, type KIRQL, PASSIVE_LEVEL } from './irql.ts';
import { lastEvents } from './last-events.ts';
import { OutputLimit } from './output-limit.ts';
import { type Schedule, Scheduler } from './scheduler.ts';
import type { KernelThread } from './thread.ts';

/** Counts from 1. */
export class IdSource {
  private last = 0;

  next(): number {
    return ++this.last;
  }
}

/** What a kernel is made of. */
export interface KernelOptions {
  readonly executor: Executor;
  /** Where records go; null for no trace. */
  readonly trace?: Recorder | null;
  /** The machine's number in the trace. */
  readonly machine?: number;
  /** The order of threads and whether others run during a kernel call. */
  readonly schedule?: Schedule;
  /** Asked at each allocation; false makes it fail, to try out how a driver takes that. */
  readonly mayAllocate?: (place: () => string) => boolean;
  /** Told what drivers print, as they print it. */
  readonly onPrint?: (text: string) => void;
  /** Characters of what drivers print that the trace keeps; 16 Mi unless given. */
  readonly outputLimit?: number;
  /** Where ids come from; shared by the machines of a simulation, so that an id names one thing in its trace. */
  readonly ids?: IdSource;
  /** System time at executor time 0, in 100 ns units since 1601-01-01. */
  readonly systemTimeOrigin?: bigint;
  /** Rules whose findings are only counted, each with the reason why; bug checks stay what they are. */
  readonly allowedRules?: ReadonlyMap<RuleId, string>;
  /** For the tests of the tests: these rules find nothing by their name. */
  readonly disabledRules?: ReadonlySet<RuleId>;
}

/** Findings that are kept, beside a bug check: one for each line of a large driver. */
const MOST_FINDINGS = 1000;

/** 2026-01-01 00:00 UTC in 100 ns units since 1601-01-01: what a simulated machine believes at virtual time 0. */
const DEFAULT_SYSTEM_TIME = 134_116_992_000_000_000n;

/** The kernel of one machine: its processors' state, its scheduler, what it has given out, and whether it lives. */
export class Kernel {
  readonly executor: Executor;
  readonly trace: Recorder | null;
  readonly machine: number;
  readonly scheduler: Scheduler;
  readonly systemTimeOrigin: bigint;
  readonly onPrint: (text: string) => void;
  readonly output: OutputLimit;
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
  /** Where one of the driver's routines begins, in its own source. */
  sourceOf: ((routine: object) => readonly SourceFrame[]) | null = null;
  /** Misuses that were seen so far, the bug check among them; each once. */
  readonly findings: Finding[] = [];
  /** How often findings of an allowed rule were passed over. */
  readonly silenced = new Map<RuleId, number>();
  private readonly allocationPolicy: (place: () => string) => boolean;
  private readonly allowedRules: ReadonlyMap<RuleId, string>;
  private readonly disabledRules: ReadonlySet<RuleId>;
  /** Told when the machine bug checks. */
  readonly crashListeners = new Set<(crash: BugCheck) => void>();
  private readonly ids: IdSource;

  constructor(options: KernelOptions) {
    this.executor = options.executor;
    this.trace = options.trace ?? null;
    this.machine = options.machine ?? 0;
    this.systemTimeOrigin = options.systemTimeOrigin ?? DEFAULT_SYSTEM_TIME;
    this.onPrint = options.onPrint ?? (() => {});
    this.output = new OutputLimit(options.outputLimit);
    this.ids = options.ids ?? new IdSource();
    this.allocationPolicy = options.mayAllocate ?? (() => true);
    this.allowedRules = options.allowedRules ?? new Map();
    this.disabledRules = options.disabledRules ?? new Set();
    this.scheduler = new Scheduler(this, options.schedule);
  }

  /** The machine's time, in nanoseconds since the executor's origin. */
  now(): Nanoseconds {
    return this.executor.now();
  }

  /** Asked ahead of each allocation; false makes it fail. */
  mayAllocate(): boolean {
    return this.allocationPolicy(this.place);
  }

  /** FILE:LINE of the driver's code that runs now; '' for TypeScript. */
  readonly place = (): string => {
    const [top] = this.backtrace?.() ?? [];
    return top === undefined ? '' : `${top.file}:${top.line}`;
  };

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
    evidence: Evidence = {},
  ): never {
    const named = rule === null || !this.disabledRules.has(rule);
    const crash = new BugCheck(
      code,
      parameter1,
      named ? rule : null,
      message,
      cause === undefined ? undefined : { cause },
    );
    if (this.crash === null) {
      this.crash = crash;
      crash.frames = evidence.frames ?? this.backtrace?.() ?? [];
      crash.details = evidence.details ?? [];
      crash.parameters = [parameter1, ...(evidence.parameters ?? []), 0, 0, 0].slice(0, 4).map((it) => it >>> 0);
      this.trace?.record(
        RecordKind.BugCheck,
        this.machine,
        code,
        this.trace.intern(crash.rule ?? ''),
        this.trace.intern(message),
        0,
      );
      this.note({
        severity: 'bug check',
        rule: crash.rule,
        message: crash.message,
        frames: crash.frames,
        details: crash.details,
        time: this.now(),
        code: { value: code, name: crash.codeName, parameters: crash.parameters },
        events: this.trace === null ? [] : lastEvents(this.trace, this.machine),
      });
      for (const listener of this.crashListeners) listener(crash);
      this.crashListeners.clear();
    }
    throw crash;
  }

  /** Notes a misuse that does not stop the machine, unless it was noted already or its rule is allowed to be broken. */
  report(severity: 'error' | 'advice', rule: RuleId, message: string, evidence: Evidence = {}): void {
    if (this.disabledRules.has(rule)) return;
    if (this.allowedRules.has(rule)) {
      this.silenced.set(rule, (this.silenced.get(rule) ?? 0) + 1);
      return;
    }
    const frames = evidence.frames ?? this.backtrace?.() ?? [];
    const details = evidence.details ?? [];
    this.note({ severity, rule, message, frames, details, time: this.now(), code: null, events: [] });
  }

  private note(finding: Finding): void {
    const key = findingKey(finding);
    if (this.findings.some((other) => findingKey(other) === key)) return;
    if (this.findings.length >= MOST_FINDINGS && finding.severity !== 'bug check') return;
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
