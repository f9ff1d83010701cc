import type { NTSTATUS } from '../../base/index.ts';
import type { EventTarget, Executor } from '../../time/index.ts';
import type { StreamEvents, TransportOp } from '../../wsk/transport.ts';

/**
 * What WSK is to hear, in order. The stack reports from the middle of a packet or of a call; everything is noted here
 * and told from an event of its own, so that no op ends inside a call and signals keep their place behind the ops
 * they follow. However much is noted, one event is posted for it.
 */
const COMPLETE = 0;
const READABLE = 1;
const EOF = 2;
const RESET = 3;
const INCOMING = 4;
const INSPECT = 5;
const INSPECT_ABORTED = 6;
const BACKLOG = 7;

/** Who hears that there is something to read; asked at the time of telling, since it may be closed by then. */
export interface ReadableSource {
  readonly events: { onReadable(): void };
  readonly isClosed: boolean;
  /** The last READABLE that was noted has been told: the next one must be noted again. */
  readableTold(): void;
}

/** Who hears all signals; its listener may be replaced. */
export interface SignalSource extends ReadableSource {
  events: StreamEvents;
  /** It is time to ask about a handshake. */
  askInspection(id: number): void;
}

export class Upcalls implements EventTarget {
  private readonly executor: Executor;
  private readonly kinds: number[] = [];
  private readonly targets: (TransportOp | ReadableSource | null)[] = [];
  private readonly statuses: NTSTATUS[] = [];
  private readonly informations: number[] = [];
  private noted = 0;
  private told = 0;
  private isPosted = false;

  constructor(executor: Executor) {
    this.executor = executor;
  }

  complete(op: TransportOp, status: NTSTATUS, information: number): void {
    this.note(COMPLETE, op, status, information);
  }
  readable(source: ReadableSource): void {
    this.note(READABLE, source, 0, 0);
  }
  eof(source: SignalSource): void {
    this.note(EOF, source, 0, 0);
  }
  reset(source: SignalSource, status: NTSTATUS): void {
    this.note(RESET, source, status, 0);
  }
  inspect(source: SignalSource, id: number): void {
    this.note(INSPECT, source, 0, id);
  }
  inspectAborted(source: SignalSource, id: number): void {
    this.note(INSPECT_ABORTED, source, 0, id);
  }
  backlog(source: SignalSource, idealSize: number): void {
    this.note(BACKLOG, source, 0, idealSize);
  }
  incoming(source: SignalSource): void {
    this.note(INCOMING, source, 0, 0);
  }

  onEvent(): void {
    this.isPosted = false;
    // What these calls cause waits for the next event: everything else of this instant gets its turn.
    const end = this.noted;
    while (this.told < end) {
      const at = this.told++;
      const target = this.targets[at]!;
      const kind = this.kinds[at];
      this.targets[at] = null;
      if (kind === COMPLETE) (target as TransportOp).onTransportComplete(this.statuses[at], this.informations[at]);
      else tell(target as SignalSource, kind, this.statuses[at], this.informations[at]);
    }
    if (this.told === this.noted) this.told = this.noted = 0;
    else this.post();
  }

  private note(kind: number, target: TransportOp | ReadableSource, status: NTSTATUS, information: number): void {
    const at = this.noted++;
    this.kinds[at] = kind;
    this.targets[at] = target;
    this.statuses[at] = status;
    this.informations[at] = information;
    this.post();
  }

  private post(): void {
    if (this.isPosted) return;
    this.isPosted = true;
    this.executor.post(this, 0, 0);
  }
}

const tell = (source: SignalSource, kind: number, status: NTSTATUS, information: number): void => {
  if (kind === READABLE) source.readableTold();
  if (source.isClosed) return;
  if (kind === READABLE) source.events.onReadable();
  else if (kind === EOF) source.events.onEof();
  else if (kind === RESET) source.events.onReset(status);
  else if (kind === INSPECT) source.askInspection(information);
  else if (kind === INSPECT_ABORTED) source.events.onInspectAborted(information);
  else if (kind === BACKLOG) source.events.onBacklog(information);
  else source.events.onIncoming();
};
