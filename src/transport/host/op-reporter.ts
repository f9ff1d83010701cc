import type { NTSTATUS } from '../../base/index.ts';
import type { EventTarget, Executor } from '../../time/index.ts';
import type { TransportOp } from '../../wsk/transport.ts';

/** Reports the end of operations after the present call has returned, in the order in which they ended. */
export class OpReporter implements EventTarget {
  private readonly executor: Executor;
  private readonly queue: { op: TransportOp; status: NTSTATUS; information: number }[] = [];

  constructor(executor: Executor) {
    this.executor = executor;
  }

  report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.queue.push({ op, status, information });
    this.executor.post(this, 0, 0);
  }

  onEvent(): void {
    const { op, status, information } = this.queue.shift()!;
    op.onTransportComplete(status, information);
  }
}
