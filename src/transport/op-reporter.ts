import type { NTSTATUS } from '../base/index.ts';
import type { EventTarget, Executor } from '../time/index.ts';
import type { TransportOp } from '../wsk/transport.ts';

/** Reports the end of operations after the present call has returned, in the order in which they ended. */
export class OpReporter {
  private readonly executor: Executor;

  constructor(executor: Executor) {
    this.executor = executor;
  }

  report(op: TransportOp, status: NTSTATUS, information: number): void {
    this.executor.post(new Report(op, status, information), 0, 0);
  }
}

class Report implements EventTarget {
  private readonly op: TransportOp;
  private readonly status: NTSTATUS;
  private readonly information: number;

  constructor(op: TransportOp, status: NTSTATUS, information: number) {
    this.op = op;
    this.status = status;
    this.information = information;
  }

  onEvent(): void {
    this.op.onTransportComplete(this.status, this.information);
  }
}
